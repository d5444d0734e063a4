//! The text form of distinguished names (RFC 4514): the last RDN first, `+` within an RDN, `\` before what means
//! something.

use std::fmt;

use super::Attribute;
use crate::{Oid, oid};

const SHORT: &[(&str, Oid)] = &[
    ("CN", oid::COMMON_NAME),
    ("SN", oid::SURNAME),
    ("SERIALNUMBER", oid::SERIAL_NUMBER),
    ("C", oid::COUNTRY),
    ("L", oid::LOCALITY),
    ("ST", oid::STATE_OR_PROVINCE),
    ("STREET", oid::STREET),
    ("O", oid::ORGANIZATION),
    ("OU", oid::ORGANIZATIONAL_UNIT),
    ("T", oid::TITLE),
    ("GN", oid::GIVEN_NAME),
    ("UID", oid::USER_ID),
    ("DC", oid::DOMAIN_COMPONENT),
    ("E", oid::EMAIL_ADDRESS),
    // Read, but never written, as the names above come first.
    ("S", oid::STATE_OR_PROVINCE),
    ("EMAILADDRESS", oid::EMAIL_ADDRESS),
    ("GIVENNAME", oid::GIVEN_NAME),
    ("SURNAME", oid::SURNAME),
    ("TITLE", oid::TITLE),
];

pub(super) fn write(f: &mut fmt::Formatter<'_>, rdns: &[Vec<Attribute<'_>>]) -> fmt::Result {
    for (at, rdn) in rdns.iter().rev().enumerate() {
        f.write_str(if at > 0 { "," } else { "" })?;
        for (at, attribute) in rdn.iter().enumerate() {
            f.write_str(if at > 0 { "+" } else { "" })?;
            match SHORT.iter().find(|(_, kind)| *kind == attribute.kind) {
                Some((short, _)) => write!(f, "{short}={}", escape(&attribute.text()))?,
                None => write!(f, "{}={}", attribute.kind, escape(&attribute.text()))?,
            }
        }
    }
    Ok(())
}

fn escape(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let mut out = String::with_capacity(value.len());
    for (at, c) in value.chars().enumerate() {
        let special = matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';');
        if special || (c == '#' && at == 0) || (c == ' ' && (at == 0 || at == last)) {
            out.push('\\');
        }
        match c {
            // Not only NUL, as §2.4 wants: a line feed would begin another line of a log.
            c if c.is_ascii_control() => out.push_str(&format!("\\{:02X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// RDNs in the order of the encoding, which is the reverse of the text.
pub(super) fn parse(text: &str) -> Result<Vec<Vec<(Oid, String)>>, String> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let mut rdns = split(text, ',')
        .into_iter()
        .map(|rdn| split(rdn, '+').into_iter().map(attribute).collect())
        .collect::<Result<Vec<_>, _>>()?;
    rdns.reverse();
    Ok(rdns)
}

/// Splits at `mark` where no backslash stands before it.
fn split(text: &str, mark: char) -> Vec<&str> {
    let (mut parts, mut start, mut escaped) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        if c == mark && !escaped {
            parts.push(&text[start..at]);
            start = at + c.len_utf8();
        }
        escaped = c == '\\' && !escaped;
    }
    parts.push(&text[start..]);
    parts
}

fn attribute(text: &str) -> Result<(Oid, String), String> {
    let (kind, value) = text.split_once('=').ok_or_else(|| format!("no '=' in {text:?}"))?;
    let kind = kind.trim();
    let known = SHORT.iter().find(|(short, _)| short.eq_ignore_ascii_case(kind)).map(|(_, oid)| *oid);
    let kind = known.or_else(|| Oid::new(kind).ok()).ok_or_else(|| format!("unknown attribute type {kind:?}"))?;
    Ok((kind, unescape(trim(value))?))
}

/// Drops outer spaces (U+0020 alone), but not an escaped last one.
fn trim(value: &str) -> &str {
    let value = value.trim_start_matches(' ');
    let trimmed = value.trim_end_matches(' ');
    let backslashes = trimmed.bytes().rev().take_while(|octet| *octet == b'\\').count();
    if backslashes % 2 == 1 && trimmed.len() < value.len() { &value[..=trimmed.len()] } else { trimmed }
}

fn unescape(value: &str) -> Result<String, String> {
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(octet) = rest.next() {
        if octet != b'\\' {
            out.push(octet);
            continue;
        }
        match rest.next() {
            Some(special) if b",+\"\\<>; #=".contains(&special) => out.push(special),
            Some(high) => {
                let digit = |octet: u8| char::from(octet).to_digit(16);
                let pair = digit(high).zip(rest.next().and_then(digit));
                out.push(pair.map(|(high, low)| (high * 16 + low) as u8).ok_or("a bad escape")?);
            }
            None => return Err("a lone backslash at the end".into()),
        }
    }
    String::from_utf8(out).map_err(|_| "not UTF-8".into())
}
