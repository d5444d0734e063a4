//! Host names, and the two forms in which a label of another script is written (RFC 5890): the U-label for people, the
//! A-label (`xn--…`) for protocols. Certificates hold A-labels (RFC 9549), which compare as ASCII.

use std::borrow::Cow;

use idna::AsciiDenyList;

/// Letters, digits, hyphens and (for what exists) underscores in labels of 1 to 63; a dot at the end is borne.
pub(crate) fn is_host_name(name: &str) -> bool {
    let name = without_final_dot(name);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    (1..=253).contains(&name.len()) && name.split('.').all(label)
}

/// `host.example.` and `host.example` are the same host.
pub(crate) fn without_final_dot(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

/// The A-labels of a host name that a person has written in any script and case.
pub(crate) fn to_a_labels(name: &str) -> Option<Cow<'_, str>> {
    match name.is_ascii() {
        true => Some(Cow::Borrowed(name)),
        // An A-label is no shorter than its letters are many, and no letter longer than four octets.
        false if name.len() > 4 * 253 => None,
        false => idna::domain_to_ascii_cow(name.as_bytes(), AsciiDenyList::EMPTY).ok(),
    }
    .filter(|ascii| is_host_name(ascii))
}

/// The A-labels of a host name in a certificate. RFC 8398 wrote U-labels into an SmtpUTF8Mailbox, and RFC 9598 only
/// A-labels; of the former are borne those that are U-labels indeed (RFC 5890 §2.3.2.1: there and back again is the
/// same), so that no character is mapped to another on the way.
pub(crate) fn from_certificate(name: &str) -> Option<Cow<'_, str>> {
    let ascii = to_a_labels(name)?;
    if name.is_ascii() {
        return Some(ascii);
    }
    match idna::domain_to_unicode(&ascii) {
        (unicode, Ok(())) if unicode == name => Some(ascii),
        _ => None,
    }
}

/// A host name as it is shown to people: the A-labels, and in brackets after them the U-labels that they stand for. Both,
/// because U-labels may be made of letters that look like others (RFC 5890 §4.4). A wildcard is left as it is.
pub(crate) fn for_people(name: &str) -> Cow<'_, str> {
    let (wildcard, host) = name.strip_prefix("*.").map_or(("", name), |host| ("*.", host));
    match idna::domain_to_unicode(host) {
        (unicode, Ok(())) if !unicode.is_ascii() && host.is_ascii() && is_host_name(host) => {
            Cow::Owned(format!("{name} ({wildcard}{unicode})"))
        }
        _ => Cow::Borrowed(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_may_write_any_script_and_case() {
        for (written, expected) in [
            ("Bücher.example", "xn--bcher-kva.example"),
            ("政務.example", "xn--lhrz14b.example"),
            ("ＷＷＷ。example", "www.example"),
            ("WWW.example", "WWW.example"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ] {
            assert_eq!(to_a_labels(written).as_deref(), Some(expected), "{written}");
        }
        for bad in ["", "a..b", "bü cher.example", "\u{202e}.example", "-a.example"] {
            assert_eq!(to_a_labels(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn people_are_shown_both_forms() {
        for (name, shown) in [
            ("example.org", "example.org"),
            ("XN--bcher-kva.example", "XN--bcher-kva.example (bücher.example)"),
            ("*.xn--lhrz14b.example", "*.xn--lhrz14b.example (*.政務.example)"),
            // Letters of Cyrillic that look Latin.
            ("xn--80ak6aa92e.com", "xn--80ak6aa92e.com (аррӏе.com)"),
            // No U-label stands for these.
            ("xn--a.example", "xn--a.example"),
            ("xn--.example", "xn--.example"),
            ("a b.xn--bcher-kva.example", "a b.xn--bcher-kva.example"),
        ] {
            assert_eq!(for_people(name), shown);
        }
    }

    #[test]
    fn certificates_hold_labels_that_need_no_mapping() {
        assert_eq!(from_certificate("bücher.example").as_deref(), Some("xn--bcher-kva.example"));
        assert_eq!(from_certificate("XN--BCHER-KVA.example").as_deref(), Some("XN--BCHER-KVA.example"));
        // KELVIN SIGN is K only after mapping.
        for bad in ["Bücher.example", "\u{212a}.example", "bu\u{308}cher.example"] {
            assert_eq!(from_certificate(bad), None, "{bad:?}");
        }
    }
}
