//! The string types of a name's attributes, as text (RFC 4518 §2.1, transcoding).

use std::borrow::Cow;

pub(crate) const UTF8: u8 = 12;
const NUMERIC: u8 = 18;
pub(crate) const PRINTABLE: u8 = 19;
const TELETEX: u8 = 20;
pub(crate) const IA5: u8 = 22;
const VISIBLE: u8 = 26;
const UNIVERSAL: u8 = 28;
const BMP: u8 = 30;

/// The name of a string type, by its identifier octet.
pub(crate) fn type_name(tag: u8) -> &'static str {
    match tag {
        UTF8 => "UTF8String",
        NUMERIC => "NumericString",
        PRINTABLE => "PrintableString",
        TELETEX => "TeletexString",
        IA5 => "IA5String",
        VISIBLE => "VisibleString",
        UNIVERSAL => "UniversalString",
        BMP => "BMPString",
        _ => "value of another type",
    }
}

/// The text of an ASN.1 string, or `None` if it is no string or not well formed.
///
/// TeletexString is read as Latin-1. T.61 proper switches between character sets in mid-string, "there is no standard
/// for mapping TeletexString values to Unicode" (RFC 4518 §2.1), and those who still wrote it put Latin-1 there, as
/// OpenSSL, GnuTLS and NSS read it. So a CA that went over to UTF8String in mid-life keeps its name.
pub(crate) fn string_value(tag: u8, value: &[u8]) -> Option<Cow<'_, str>> {
    match tag {
        UTF8 | PRINTABLE | IA5 | NUMERIC | VISIBLE => std::str::from_utf8(value).ok().map(Cow::Borrowed),
        TELETEX => Some(value.iter().copied().map(char::from).collect()),
        BMP => utf16(value).map(Cow::Owned),
        UNIVERSAL => utf32(value).map(Cow::Owned),
        _ => None,
    }
}

/// UCS-2; pairs of surrogates are borne, since writers of BMPString bear them.
fn utf16(value: &[u8]) -> Option<String> {
    let (units, []) = value.as_chunks() else { return None };
    char::decode_utf16(units.iter().copied().map(u16::from_be_bytes)).collect::<Result<_, _>>().ok()
}

fn utf32(value: &[u8]) -> Option<String> {
    let (units, []) = value.as_chunks() else { return None };
    units.iter().copied().map(|unit| char::from_u32(u32::from_be_bytes(unit))).collect()
}
