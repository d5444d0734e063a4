//! authorityInfoAccess and subjectInfoAccess (RFC 5280 §4.2.2): where more about issuer or subject is found.

use super::ExtensionValue;
use crate::encoding::{self, Asn1Result, Input};
use crate::name::GeneralName;
use crate::{Oid, oid};

/// AuthorityInfoAccessSyntax, SubjectInfoAccessSyntax ::= SEQUENCE SIZE (1..MAX) OF AccessDescription
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InformationAccess(pub Vec<AccessDescription>);

/// AccessDescription ::= SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName }
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessDescription {
    /// accessMethod
    pub method: Oid,
    /// accessLocation
    pub location: GeneralName,
}

impl InformationAccess {
    /// The URIs at which the issuer's certificates are (caIssuers).
    pub fn ca_issuers(&self) -> impl Iterator<Item = &str> {
        self.uris(oid::CA_ISSUERS)
    }

    /// The URIs of OCSP responders.
    pub fn ocsp(&self) -> impl Iterator<Item = &str> {
        self.uris(oid::OCSP)
    }

    /// The URIs at which the certificates that a CA has issued to other CAs are (caRepository).
    pub fn ca_repository(&self) -> impl Iterator<Item = &str> {
        self.uris(oid::CA_REPOSITORY)
    }

    fn uris(&self, method: Oid) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |access| access.method == method).filter_map(|access| match &access.location {
            GeneralName::Uri(uri) => Some(uri.as_str()),
            _ => None,
        })
    }
}

impl ExtensionValue for InformationAccess {
    const OID: Oid = oid::AUTHORITY_INFO_ACCESS;

    fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        let access = |input: &mut Input<'_>| {
            input.in_sequence(|input| {
                Ok(AccessDescription { method: input.oid()?, location: GeneralName::read(input)? })
            })
        };
        input.sequence_of(access).map(Self)
    }

    fn write(&self) -> Vec<u8> {
        let access = |access: &AccessDescription| {
            encoding::sequence(&[&encoding::oid(&access.method), &access.location.write()])
        };
        encoding::sequence_of(self.0.iter().map(access))
    }
}
