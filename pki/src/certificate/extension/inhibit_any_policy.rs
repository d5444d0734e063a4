//! inhibitAnyPolicy (RFC 5280 §4.2.1.14): from when on anyPolicy no longer stands for every policy.

use super::ExtensionValue;
use crate::encoding::{Asn1Result, Input, counter, unsigned};
use crate::{Oid, oid};

/// InhibitAnyPolicy ::= SkipCerts; SkipCerts ::= INTEGER (0..MAX): after how many more certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InhibitAnyPolicy(pub u32);

impl ExtensionValue for InhibitAnyPolicy {
    const OID: Oid = oid::INHIBIT_ANY_POLICY;

    fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        counter(input.integer()?).map(Self)
    }

    fn write(&self) -> Vec<u8> {
        unsigned(u64::from(self.0))
    }
}
