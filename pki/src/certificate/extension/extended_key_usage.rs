//! extKeyUsage (RFC 5280 §4.2.1.12): purposes beyond the key usage.

use super::ExtensionValue;
use crate::encoding::{self, Asn1Result, Input};
use crate::{Oid, oid};

/// ```text
/// ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtendedKeyUsage(pub Vec<Oid>);

impl ExtendedKeyUsage {
    /// Whether the purpose is listed, or any purpose.
    pub fn permits(&self, purpose: &Oid) -> bool {
        self.0.iter().any(|listed| listed == purpose || *listed == oid::ANY_EXTENDED_KEY_USAGE)
    }
}

impl ExtensionValue for ExtendedKeyUsage {
    const OID: Oid = oid::EXTENDED_KEY_USAGE;

    fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        match input.sequence_of(Input::oid)? {
            none if none.is_empty() => encoding::refuse("no purpose in it"),
            purposes => Ok(Self(purposes)),
        }
    }

    fn write(&self) -> Vec<u8> {
        encoding::sequence_of(self.0.iter().map(encoding::oid))
    }
}
