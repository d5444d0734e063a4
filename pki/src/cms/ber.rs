//! The elements of a message. CMS may be BER (RFC 5652 §1): Java's libraries write messages of indefinite length, in which
//! the certificates are DER all the same. Lengths are found by `der`, which bounds how deep they may nest.

use der::{Decode, EncodingRules, Header, Reader, SliceReader};

use crate::encoding::{Asn1Result, refuse};

/// An element as it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'a> {
    /// The identifier octet.
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    /// Tag, length and content.
    pub(super) whole: &'a [u8],
}

/// Takes the next element off `input`.
pub(super) fn next<'a>(input: &mut &'a [u8]) -> Asn1Result<Element<'a>> {
    let mut reader = SliceReader::new_with_encoding_rules(input, EncodingRules::Ber)?;
    let header = Header::decode(&mut reader)?;
    let (start, length) = (usize::try_from(reader.position())?, usize::try_from(header.length())?);
    let Some((whole, rest)) = start.checked_add(length).and_then(|end| input.split_at_checked(end)) else {
        return refuse("an element that is longer than what it stands in");
    };
    // Tags of CMS have one octet. An indefinite length has one, and is counted with the two octets that end it
    // (X.690 §8.1.3.6).
    let is_indefinite = start == 2 && whole[1] == 0x80;
    let end = if is_indefinite { whole.len() - 2 } else { whole.len() };
    *input = rest;
    Ok(Element { tag: whole[0], content: &whole[start..end], whole })
}

/// The content of the next element, which must have this tag.
pub(super) fn expect<'a>(input: &mut &'a [u8], tag: u8, what: &str) -> Asn1Result<&'a [u8]> {
    match next(input)? {
        element if element.tag == tag => Ok(element.content),
        element => refuse(format!("the tag {:#04x} where {what} was expected", element.tag)),
    }
}

/// The content of the next element if it has this tag.
pub(super) fn optional<'a>(input: &mut &'a [u8], tag: u8) -> Asn1Result<Option<&'a [u8]>> {
    match input.first() {
        Some(first) if *first == tag => Ok(Some(next(input)?.content)),
        _ => Ok(None),
    }
}

/// Nothing may be left over.
pub(super) fn finish(input: &[u8]) -> Asn1Result<()> {
    if input.is_empty() { Ok(()) } else { refuse("bytes after the end of the structure") }
}
