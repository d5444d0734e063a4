//! Mailboxes (RFC 5321 §4.1.2, RFC 6531), as rfc822Name, SmtpUTF8Mailbox and the attribute emailAddress hold them.

use std::borrow::Cow;

use super::host;

/// A mailbox, taken apart to be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mailbox<'a> {
    local: &'a str,
    /// In A-labels.
    host: Cow<'a, str>,
}

impl<'a> Mailbox<'a> {
    /// Reads what stands in a certificate. `None` if it is no mailbox at a host with a name.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let (local, host) = split(text)?;
        host::from_certificate(host::without_final_dot(host)).map(|host| Self { local, host })
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn host_is(&self, host: &str) -> bool {
        self.host.eq_ignore_ascii_case(host)
    }

    /// Whether an rfc822Name can hold it.
    pub(crate) fn is_ascii(&self) -> bool {
        self.local.is_ascii()
    }

    /// RFC 5280 §7.5, RFC 9598 §5: the local part octet by octet, the host without case.
    pub(crate) fn is(&self, other: &Mailbox<'_>) -> bool {
        self.local == other.local && self.host_is(&other.host)
    }
}

/// Reads what a person has written: the host in any script.
pub(crate) fn parse(text: &str) -> Option<String> {
    let (local, host) = split(text)?;
    host::to_a_labels(host).map(|host| format!("{local}@{host}"))
}

/// Local part and host of `Mailbox = Local-part "@" ( Domain / address-literal )`.
fn split(text: &str) -> Option<(&str, &str)> {
    text.rsplit_once('@').filter(|(local, _)| is_local_part(local))
}

/// Local-part = Dot-string / Quoted-string, with the letters of RFC 6531 too. Dots in odd places are borne, as there
/// are such mailboxes; an `@` outside quotes is not, since readers differ on what is the host then.
fn is_local_part(local: &str) -> bool {
    match local.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"').is_some_and(is_quoted),
        None => !local.is_empty() && local.chars().all(is_plain),
    }
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || ".!#$%&'*+-/=?^_`{|}~".contains(c)
        || (!c.is_ascii() && !c.is_control() && c != '\u{feff}')
}

/// Whether every quote and backslash within quotes has a backslash before it.
fn is_quoted(content: &str) -> bool {
    let mut rest = content.chars();
    while let Some(c) = rest.next() {
        match c {
            '"' => return false,
            '\\' if rest.next().is_none_or(char::is_control) => return false,
            c if c.is_control() => return false,
            _ => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_are_told_from_what_is_none() {
        for good in
            ["a@example.org", "a.b+c@example.org", "\"a@b\"@example.org", "用户@xn--bcher-kva.example", "a..b@c"]
        {
            assert!(Mailbox::read(good).is_some(), "{good}");
        }
        for bad in [
            "example.org",
            "@example.org",
            "a@",
            "a@b@example.org",
            "\"a@example.org",
            "a b@example.org",
            "\"a\"b\"@c",
            "a@[127.0.0.1]",
            "a@ex ample.org",
            "用户@Bücher.example",
            "\u{feff}用@example.org",
            "\"\\\"@example.org",
        ] {
            assert!(Mailbox::read(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn hosts_are_compared_without_case_and_local_parts_as_they_stand() {
        let same = |one: &str, other: &str| Mailbox::read(one).unwrap().is(&Mailbox::read(other).unwrap());
        assert!(same("a@Example.org", "a@example.ORG"));
        assert!(same("用户@bücher.example", "用户@XN--BCHER-KVA.example"));
        assert!(!same("A@example.org", "a@example.org"));
        // Composed and decomposed are two local parts: "no normalization" (RFC 9598 §5).
        assert!(!same("é@example.org", "e\u{301}@example.org"));
    }
}
