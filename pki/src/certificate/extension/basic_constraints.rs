//! basicConstraints (RFC 5280 §4.2.1.9): who is a CA, and how many CAs may follow it.

use der::Tag;

use super::ExtensionValue;
use crate::encoding::{Asn1Result, Input, boolean, counter, sequence, unsigned};
use crate::{Oid, oid};

/// ```text
/// BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BasicConstraints {
    /// Whether the subject is a CA.
    pub ca: bool,
    /// How many non-self-issued intermediates may follow.
    pub path_len: Option<u32>,
}

impl ExtensionValue for BasicConstraints {
    const OID: Oid = oid::BASIC_CONSTRAINTS;

    fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        input.in_sequence(|input| {
            let ca = input.flag()?;
            Ok(Self { ca, path_len: input.optional(Tag::Integer)?.map(counter).transpose()? })
        })
    }

    fn write(&self) -> Vec<u8> {
        let ca = if self.ca { boolean(true) } else { Vec::new() };
        sequence(&[&ca, &self.path_len.map(|length| unsigned(u64::from(length))).unwrap_or_default()])
    }
}
