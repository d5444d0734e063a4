//! The form in which names are compared (RFC 5280 §7.1).

use super::{Attribute, host, prepare, string_value};
use crate::oid;

/// Matching names are equal octets, and an ancestor is a prefix: each RDN is its length and its sorted attributes.
pub(super) struct Canonical {
    pub(super) octets: Vec<u8>,
    /// Whether an attribute holds what RFC 4518 §2.4 prohibits, so that its comparison is not defined.
    pub(super) prohibited: bool,
}

impl Canonical {
    pub(super) fn of(rdns: &[Vec<Attribute<'_>>]) -> Self {
        let mut name = Self { octets: Vec::new(), prohibited: false };
        for rdn in rdns {
            let start = name.octets.len();
            name.octets.extend_from_slice(&[0; 4]);
            match &rdn[..] {
                [single] => name.prohibited |= write(single, &mut name.octets),
                several => name.write_set(several),
            }
            set_length(&mut name.octets, start);
        }
        name
    }

    /// "Two relative distinguished names match if they have the same number of naming attributes and for each naming
    /// attribute in RDN1 there is a matching naming attribute in RDN2."
    fn write_set(&mut self, rdn: &[Attribute<'_>]) {
        let mut parts = Vec::with_capacity(rdn.len());
        for attribute in rdn {
            let mut part = Vec::new();
            self.prohibited |= write(attribute, &mut part);
            parts.push(part);
        }
        parts.sort();
        self.octets.extend(parts.concat());
    }
}

/// The mark of a value that was prepared, and so may match one of another string type.
const PREPARED: u8 = 0;

/// Appends type, mark, length and value; whether the value is a string that cannot be prepared. Such a one, and what
/// is no string, is its tag (no tag is 0) and its content as it stands, and matches the same octets alone.
///
/// *Why not simply no match?* Private use characters stand for rare characters in names of Hong Kong and the mainland
/// from before Unicode had them. A CA with one in its name must still be able to issue.
fn write(attribute: &Attribute<'_>, out: &mut Vec<u8>) -> bool {
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
