//! The form in which names are compared (RFC 5280 §7.1).

use der::Tag;

use super::{Attribute, attribute, host, prepare, string_value};
use crate::encoding::{Asn1Result, Input, refuse};
use crate::oid;

/// Appends the form of a Name (DER): matching names are equal octets, and an ancestor is a prefix. Each RDN is its length
/// and its sorted attributes. Whether an attribute holds what RFC 4518 §2.4 prohibits, so that its comparison is not
/// defined.
pub(super) fn write(name: &[u8], out: &mut Vec<u8>) -> Asn1Result<bool> {
    let mut rdns = Input::all(name, Input::sequence)?;
    let mut prohibited = false;
    while !rdns.is_empty() {
        let start = out.len();
        out.extend_from_slice(&[0; 4]);
        prohibited |= write_rdn(Input::new(rdns.expect(Tag::Set)?)?, out)?;
        set_length(out, start);
    }
    Ok(prohibited)
}

fn write_rdn(mut rdn: Input<'_>, out: &mut Vec<u8>) -> Asn1Result<bool> {
    if rdn.is_empty() {
        return refuse("an empty RDN");
    }
    let first = attribute(&mut rdn)?;
    if rdn.is_empty() { Ok(write_attribute(&first, out)) } else { write_set(first, rdn, out) }
}

/// "Two relative distinguished names match if they have the same number of naming attributes and for each naming
/// attribute in RDN1 there is a matching naming attribute in RDN2."
fn write_set(first: Attribute<'_>, others: Input<'_>, out: &mut Vec<u8>) -> Asn1Result<bool> {
    let (mut parts, mut prohibited) = (Vec::new(), false);
    for attribute in [first].into_iter().chain(others.each(attribute)?) {
        let mut part = Vec::new();
        prohibited |= write_attribute(&attribute, &mut part);
        parts.push(part);
    }
    parts.sort();
    parts.iter().for_each(|part| out.extend_from_slice(part));
    Ok(prohibited)
}

/// The mark of a value that was prepared, and so may match one of another string type.
const PREPARED: u8 = 0;

/// Appends type, mark, length and value; whether the value is a string that cannot be prepared. Such a one, and what
/// is no string, is its tag (no tag is 0) and its content as it stands, and matches the same octets alone.
///
/// *Why not simply no match?* Private use characters stand for rare characters in names of Hong Kong and the mainland
/// from before Unicode had them. A CA with one in its name must still be able to issue.
fn write_attribute(attribute: &Attribute<'_>, out: &mut Vec<u8>) -> bool {
    let kind = attribute.kind.as_bytes();
    out.push(kind.len() as u8);
    out.extend_from_slice(kind);
    let mark = out.len();
    out.push(PREPARED);
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    let text = string_value(attribute.tag, attribute.value);
    let prepared = text.as_ref().is_some_and(|text| match attribute.kind == oid::DOMAIN_COMPONENT {
        true => domain_component(text, out),
        false => prepare::prepare(text, out),
    });
    if !prepared {
        out[mark] = attribute.tag;
        out.extend_from_slice(attribute.value);
    }
    set_length(out, start);
    text.is_some() && !prepared
}

/// §7.3: "conforming implementations MUST perform a case-insensitive exact match". A label that should have been
/// written as an A-label (RFC 9549 §2.2), and was not, counts as the A-label.
fn domain_component(label: &str, out: &mut Vec<u8>) -> bool {
    let label = host::to_a_labels(label).unwrap_or(label.into());
    out.extend(label.bytes().map(|octet| octet.to_ascii_lowercase()));
    true
}

/// Writes how much stands after `start` into the four octets there.
fn set_length(out: &mut [u8], start: usize) {
    let length = (out.len() - start - 4) as u32;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
}
