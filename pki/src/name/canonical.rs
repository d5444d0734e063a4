//! The form in which names are compared (RFC 5280 §7.1).

use der::Tag;

use super::Attribute;

/// Each RDN is its length and its sorted attributes, so that matching names are equal bytes and an ancestor is
/// a prefix.
///
/// RFC 5280 asks for RFC 4518 string preparation. Done here: every string type to Unicode, lower case, outer space
/// dropped, inner space single. Not done yet: NFKC, and the code points that RFC 4518 maps to nothing.
pub(super) fn of(rdns: &[Vec<Attribute<'_>>]) -> Vec<u8> {
    let mut out = Vec::new();
    for rdn in rdns {
        let mut parts: Vec<_> = rdn.iter().map(attribute).collect();
        parts.sort();
        let rdn = parts.concat();
        out.extend_from_slice(&(rdn.len() as u32).to_be_bytes());
        out.extend_from_slice(&rdn);
    }
    out
}

fn attribute(attribute: &Attribute<'_>) -> Vec<u8> {
    let kind = attribute.kind.as_bytes();
    let mut out = Vec::with_capacity(kind.len() + attribute.value.len() + 6);
    out.push(kind.len() as u8);
    out.extend_from_slice(kind);
    let at = out.len();
    out.extend_from_slice(&[0; 5]);
    out[at] = match string_value(attribute.tag, attribute.value) {
        Some(text) => {
            prepare(&text, &mut out);
            0
        }
        None => {
            out.extend_from_slice(attribute.value);
            // Any mark will do that no string has; the number of the tag keeps different types apart.
            1 + (attribute.tag.number().0 as u8 & 0x3f)
        }
    };
    let length = (out.len() - at - 5) as u32;
    out[at + 1..at + 5].copy_from_slice(&length.to_be_bytes());
    out
}

fn prepare(text: &str, out: &mut Vec<u8>) {
    for (at, word) in text.split_whitespace().enumerate() {
        if at > 0 {
            out.push(b' ');
        }
        if word.is_ascii() {
            out.extend(word.bytes().map(|octet| octet.to_ascii_lowercase()));
        } else {
            out.extend_from_slice(word.to_lowercase().as_bytes());
        }
    }
}

/// The text of an ASN.1 string, or `None` if it is no string or not well formed.
///
/// TeletexString (T.61) is read as Latin-1, as every other implementation does.
pub(crate) fn string_value(tag: Tag, value: &[u8]) -> Option<String> {
    match tag {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::NumericString | Tag::VisibleString => {
            std::str::from_utf8(value).ok().map(str::to_owned)
        }
        Tag::TeletexString => Some(value.iter().copied().map(char::from).collect()),
        Tag::BmpString => {
            let units = value.chunks_exact(2);
            let whole = units.remainder().is_empty();
            let units = units.map(|unit| u16::from_be_bytes([unit[0], unit[1]]));
            whole.then(|| char::decode_utf16(units).collect::<Result<_, _>>().ok()).flatten()
        }
        _ => None,
    }
}
