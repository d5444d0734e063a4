//! subjectAltName (RFC 5280 §4.2.1.6): further names of the subject.

use super::ExtensionValue;
use crate::encoding::{self, Asn1Result, Input, refuse};
use crate::name::GeneralName;
use crate::{Oid, oid};

/// ```text
/// SubjectAltName ::= GeneralNames; GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectAltNames(pub Vec<GeneralName>);

impl ExtensionValue for SubjectAltNames {
    const OID: Oid = oid::SUBJECT_ALT_NAME;

    fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        match input.sequence_of(GeneralName::read)? {
            none if none.is_empty() => refuse("no name in it"),
            names => Ok(Self(names)),
        }
    }

    fn write(&self) -> Vec<u8> {
        encoding::sequence_of(self.0.iter().map(GeneralName::write))
    }
}
