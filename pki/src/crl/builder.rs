//! Building CRLs.

use super::{CertificateList, IssuingDistributionPoint, Reason};
use crate::certificate::extension::{AuthorityKeyId, Extension, ExtensionValue};
use crate::certificate::signed;
use crate::encoding::{self, context, tlv, unsigned};
use crate::key::Signer;
use crate::{Certificate, Error, Name, Serial, Time, oid};

/// Collects what a version 2 CRL holds.
#[derive(Debug, Clone)]
pub struct CrlBuilder {
    issuer: Name,
    number: u64,
    this_update: Time,
    next_update: Time,
    revoked: Vec<(Serial, Time, Option<Reason>)>,
    extensions: Vec<Extension>,
    sm2_null: bool,
}

impl CrlBuilder {
    /// A full CRL without entries.
    pub fn new(issuer: Name, number: u64, this_update: Time, next_update: Time) -> Self {
        Self { issuer, number, this_update, next_update, revoked: vec![], extensions: vec![], sm2_null: false }
    }

    /// Adds entries: serial number, since when, and why.
    pub fn revoked(mut self, entries: impl IntoIterator<Item = (Serial, Time, Option<Reason>)>) -> Self {
        self.revoked.extend(entries);
        self
    }

    /// authorityKeyIdentifier: the issuer's subjectKeyIdentifier, or where it has none, one made from its key.
    pub fn authority_key_id_of(self, issuer: &Certificate) -> Self {
        let found = issuer.extensions().subject_key_id.as_ref().map(|id| id.0.clone());
        let key_id = Some(found.unwrap_or_else(|| issuer.public_key().key_identifier()));
        self.with(Extension::of(&AuthorityKeyId { key_id, ..AuthorityKeyId::default() }, false))
    }

    /// issuingDistributionPoint, critical: the CRL covers a part only.
    pub fn scope(self, scope: &IssuingDistributionPoint) -> Self {
        self.with(Extension { oid: IssuingDistributionPoint::OID, critical: true, value: scope.write() })
    }

    /// Any extension, from the DER of its value.
    pub fn extension(self, oid: crate::Oid, critical: bool, value: Vec<u8>) -> Self {
        self.with(Extension { oid, critical, value })
    }

    /// Writes NULL parameters with SM2 signatures, as GM/T 0015-2023 wants; without it there are none.
    pub fn sm2_null_parameters(mut self, null: bool) -> Self {
        self.sm2_null = null;
        self
    }

    fn with(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// Signs.
    pub fn sign(&self, signer: &dyn Signer) -> Result<CertificateList, Error> {
        let identifier = signer.algorithm().write(self.sm2_null);
        let tbs = self.tbs(&identifier);
        CertificateList::from_der(&signed(&tbs, signer.algorithm(), &identifier, signer)?)
    }

    fn tbs(&self, identifier: &[u8]) -> Vec<u8> {
        let number = Extension { oid: oid::CRL_NUMBER, critical: false, value: unsigned(self.number) };
        let extensions = self.extensions.iter().chain([&number]).map(Extension::write);
        // "If there are no revoked certificates, the revoked certificates list MUST be absent" (§5.1.2.6)
        let entries = match &self.revoked[..] {
            [] => Vec::new(),
            entries => encoding::sequence_of(entries.iter().map(entry)),
        };
        encoding::sequence(&[
            &unsigned(1),
            identifier,
            self.issuer.der(),
            &encoding::time(self.this_update),
            &encoding::time(self.next_update),
            &entries,
            &tlv(context(0, true), &encoding::sequence_of(extensions)),
        ])
    }
}

/// An unspecified reason is left out, as RFC 5280 §5.3.1 advises.
fn entry((serial, since, reason): &(Serial, Time, Option<Reason>)) -> Vec<u8> {
    let reason = reason.filter(|reason| *reason != Reason::Unspecified).map(|reason| {
        let value = tlv(der::Tag::Enumerated, &[reason.code()]);
        encoding::sequence_of([Extension { oid: oid::CRL_REASON, critical: false, value }.write()])
    });
    let serial = tlv(der::Tag::Integer, serial.content());
    encoding::sequence(&[&serial, &encoding::time(*since), &reason.unwrap_or_default()])
}
