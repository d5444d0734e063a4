//! String preparation (RFC 4518) for caseIgnoreMatch, as RFC 5280 §7.1 wants it. Step 1, transcoding, is
//! [`super::string_value`]'s; step 5, bidirectional checks, is none ("Bidirectional characters are ignored").
//!
//! The tables are those of RFC 3454, hence of Unicode 3.2, as the RFC demands: a name means the same to every version of
//! this program. NFKC is that of today's Unicode; of what 3.2 has assigned it never changes.

use stringprep::tables;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Appends the prepared form. If there is a code point that step 4 prohibits, nothing is appended and `false` returned.
pub(super) fn prepare(text: &str, out: &mut Vec<u8>) -> bool {
    if text.is_ascii() {
        prepare_ascii(text, out);
        return true;
    }
    // What is not assigned has no normal form yet; the others are looked for when normalising may have replaced them.
    let mut mapped = String::with_capacity(text.len());
    mapped.extend(text.chars().filter_map(map).flat_map(tables::case_fold_for_nfkc));
    if mapped.chars().any(tables::unassigned_code_point) {
        return false;
    }
    let normal: String = mapped.nfkc().collect();
    if normal.chars().any(is_prohibited) {
        return false;
    }
    remove_insignificant_space(&normal, out);
    true
}

/// Steps 2 and 6 for ASCII; steps 3 and 4 leave it as it is.
fn prepare_ascii(text: &str, out: &mut Vec<u8>) {
    let (start, mut space) = (out.len(), false);
    for octet in text.bytes() {
        match octet {
            b'\t'..=b'\r' | b' ' => space = true,
            0..=0x1f | 0x7f => {}
            _ => {
                if std::mem::take(&mut space) && out.len() > start {
                    out.push(b' ');
                }
                out.push(octet.to_ascii_lowercase());
            }
        }
    }
}

/// §2.2, but for case: control and format characters to nothing, separators to SPACE.
fn map(c: char) -> Option<char> {
    match c {
        '\u{9}'..='\u{d}' | '\u{85}' => Some(' '),
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' => Some(' '),
        '\u{202f}' | '\u{205f}' | '\u{3000}' => Some(' '),
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{6dd}' | '\u{70f}' => None,
        '\u{1806}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => None,
        '\u{2060}'..='\u{2063}' | '\u{206a}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' => None,
        '\u{fff9}'..='\u{fffc}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}' | '\u{e0020}'..='\u{e007f}' => None,
        c => Some(c),
    }
}

/// §2.4, but for what is not assigned; surrogates are no `char`.
fn is_prohibited(c: char) -> bool {
    c == char::REPLACEMENT_CHARACTER
        || tables::private_use(c)
        || tables::non_character_code_point(c)
        || tables::change_display_properties_or_deprecated(c)
}

/// §2.6.1: outer space goes, inner space is single (the RFC doubles it, for the sake of substrings). "A space is
/// defined to be the SPACE (U+0020) code point followed by no combining marks."
fn remove_insignificant_space(text: &str, out: &mut Vec<u8>) {
    let (start, mut space) = (out.len(), false);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c == ' ' && !rest.peek().is_some_and(|next| is_combining_mark(*next)) {
            space = true;
            continue;
        }
        if std::mem::take(&mut space) && out.len() > start {
            out.push(b' ');
        }
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(text: &str) -> Option<String> {
        let mut out = Vec::new();
        prepare(text, &mut out).then(|| String::from_utf8(out).unwrap())
    }

    #[test]
    fn each_step_does_what_the_rfc_says() {
        for (step, text, expected) in [
            ("case", "Hongkong POST", "hongkong post"),
            ("case", "ΣΊΣΥΦΟΣ", "σίσυφοσ"),
            ("case", "Straße", "strasse"),
            ("map to nothing", "a\u{ad}b\u{200b}c\u{feff}d\u{fe0f}e\u{fffc}\u{7}f", "abcdef"),
            ("map to nothing", "a\u{1}b\u{7f}", "ab"),
            ("map to space", "a\u{3000}b\u{a0}c\td\u{85}e", "a b c d e"),
            ("map to space", "a\tb\r\nc", "a b c"),
            ("normalise", "ＧＤＣＡ ①", "gdca 1"),
            ("normalise", "e\u{301}", "é"),
            ("normalise", "㎏", "kg"),
            ("normalise", "豈", "豈"),
            ("space", "  a   b  ", "a b"),
            ("space", " 數 安　 時代 ", "數 安 時代"),
            ("space", "   ", ""),
            ("a space under a mark is none", "a  \u{301}b", "a  \u{301}b"),
        ] {
            assert_eq!(prepared(text).as_deref(), Some(expected), "{step}: {text:?}");
        }
    }

    #[test]
    fn prohibited_code_points_are_found() {
        // Private use, not assigned in Unicode 3.2, no character at all, replacement.
        for text in ["\u{e000}", "a\u{f0000}", "\u{9fb4}", "\u{2b740}", "\u{fdd0}", "b\u{fffd}"] {
            assert_eq!(prepared(text), None, "{text:?}");
        }
        // A deprecated mark is replaced by NFKC before it is looked for.
        assert_eq!(prepared("a\u{340}").as_deref(), Some("à"));
    }

    #[test]
    fn preparing_twice_changes_nothing() {
        for text in ["ＧＤＣＡ ①", "Straße", " 數 安　 時代 ", "ﬁ ǅ ㎏", "\u{1e9b}\u{323}"] {
            let once = prepared(text).unwrap();
            assert_eq!(prepared(&once).as_deref(), Some(&once[..]), "{text:?}");
        }
    }
}
