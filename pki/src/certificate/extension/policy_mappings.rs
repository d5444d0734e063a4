//! policyMappings (RFC 5280 §4.2.1.5): which policy of the subject's domain counts as which of the issuer's.

use super::ExtensionValue;
use crate::encoding::{self, Asn1Result, Input, refuse};
use crate::{Oid, oid};

/// Pairs of (issuerDomainPolicy, subjectDomainPolicy).
///
/// ```text
/// PolicyMappings ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE { issuerDomainPolicy CertPolicyId, subjectDomainPolicy CertPolicyId }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyMappings(pub Vec<(Oid, Oid)>);

impl ExtensionValue for PolicyMappings {
    const OID: Oid = oid::POLICY_MAPPINGS;

    fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        match input.sequence_of(|input| input.in_sequence(|input| Ok((input.oid()?, input.oid()?))))? {
            none if none.is_empty() => refuse("no mapping in it"),
            mappings => Ok(Self(mappings)),
        }
    }

    fn write(&self) -> Vec<u8> {
        let pair =
            |(issuer, subject): &(Oid, Oid)| encoding::sequence(&[&encoding::oid(issuer), &encoding::oid(subject)]);
        encoding::sequence_of(self.0.iter().map(pair))
    }
}
