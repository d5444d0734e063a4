//! certificatePolicies (RFC 5280 §4.2.1.4): under which policies the certificate was issued.

use der::Tag;

use super::{ExtensionValue, PolicyQualifier};
use crate::encoding::{self, Asn1Result, Input, refuse};
use crate::{Oid, oid};

/// ```text
/// certificatePolicies ::= SEQUENCE SIZE (1..MAX) OF PolicyInformation
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificatePolicies(pub Vec<PolicyInformation>);

/// ```text
/// PolicyInformation ::= SEQUENCE { policyIdentifier CertPolicyId, policyQualifiers SEQUENCE SIZE (1..MAX) OF PolicyQualifierInfo OPTIONAL }
/// PolicyQualifierInfo ::= SEQUENCE { policyQualifierId OBJECT IDENTIFIER, qualifier ANY DEFINED BY policyQualifierId }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyInformation {
    /// policyIdentifier
    pub policy: Oid,
    /// The qualifiers: type and the DER of the value.
    pub qualifiers: Vec<(Oid, Vec<u8>)>,
}

impl PolicyInformation {
    /// A policy without qualifiers.
    pub fn new(policy: Oid) -> Self {
        Self { policy, qualifiers: Vec::new() }
    }

    /// A policy whose certification practice statement is at `uri`.
    pub fn with_cps(policy: Oid, uri: &str) -> Self {
        let uri = encoding::tlv(Tag::Ia5String, uri.as_bytes());
        Self { policy, qualifiers: vec![(oid::QUALIFIER_CPS, uri)] }
    }

    fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        input.in_sequence(|input| {
            let policy = input.oid()?;
            let qualifiers = if input.is_empty() { Vec::new() } else { input.sequence_of(qualifier)? };
            Ok(Self { policy, qualifiers })
        })
    }

    fn write(&self) -> Vec<u8> {
        let each = self.qualifiers.iter().map(|(kind, value)| encoding::sequence(&[&encoding::oid(kind), value]));
        let qualifiers = if self.qualifiers.is_empty() { Vec::new() } else { encoding::sequence_of(each) };
        encoding::sequence(&[&encoding::oid(&self.policy), &qualifiers])
    }
}

fn qualifier(input: &mut Input<'_>) -> Asn1Result<(Oid, Vec<u8>)> {
    input.in_sequence(|input| Ok((input.oid()?, input.raw()?.to_vec())))
}

impl CertificatePolicies {
    /// Whether the policy is listed by its own name.
    pub fn contains(&self, policy: &Oid) -> bool {
        self.0.iter().any(|listed| listed.policy == *policy)
    }

    /// The type of the first qualifier that is none of RFC 5280's two, or not of the form that its type has.
    pub(super) fn uninterpreted_qualifier(&self) -> Option<Oid> {
        let mut qualifiers = self.0.iter().flat_map(|listed| &listed.qualifiers);
        let unknown = |(kind, value): &&(Oid, Vec<u8>)| !PolicyQualifier::can_be_read(kind, value);
        qualifiers.find(unknown).map(|(kind, _)| *kind)
    }
}

impl ExtensionValue for CertificatePolicies {
    const OID: Oid = oid::CERTIFICATE_POLICIES;

    fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        let policies = input.sequence_of(PolicyInformation::read)?;
        let mut seen: Vec<_> = policies.iter().map(|listed| listed.policy).collect();
        seen.sort();
        match (policies.is_empty(), seen.windows(2).find(|pair| pair[0] == pair[1])) {
            (true, _) => refuse("no policy in it"),
            (_, Some(twice)) => refuse(format!("policy {} twice", twice[0])),
            _ => Ok(Self(policies)),
        }
    }

    fn write(&self) -> Vec<u8> {
        encoding::sequence_of(self.0.iter().map(PolicyInformation::write))
    }
}
