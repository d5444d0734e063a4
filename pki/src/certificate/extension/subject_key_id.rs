//! subjectKeyIdentifier (RFC 5280 §4.2.1.2): a short name of the key.

use der::Tag;

use super::ExtensionValue;
use crate::encoding::{Asn1Result, Input, octet_string};
use crate::{Oid, oid};

/// SubjectKeyIdentifier ::= KeyIdentifier; KeyIdentifier ::= OCTET STRING
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectKeyId(pub Vec<u8>);

impl ExtensionValue for SubjectKeyId {
    const OID: Oid = oid::SUBJECT_KEY_IDENTIFIER;

    fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        Ok(Self(input.expect(Tag::OctetString)?.to_vec()))
    }

    fn write(&self) -> Vec<u8> {
        octet_string(&self.0)
    }
}
