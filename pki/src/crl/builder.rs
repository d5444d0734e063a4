//! Building CRLs.

use super::{CertificateList, IssuingDistributionPoint, Reason};
use crate::certificate::extension::{
    AuthorityKeyId, CrlDistributionPoints, DistributionPoint, Extension, ExtensionValue,
};
use crate::certificate::signed;
use crate::encoding::{self, context, tlv, unsigned};
use crate::key::Signer;
use crate::name::GeneralName;
use crate::{Certificate, Error, Name, Serial, Time, oid};

/// An entry to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrlEntry {
    /// userCertificate
    pub serial: Serial,
    /// revocationDate
    pub since: Time,
    /// reasonCode; an unspecified one is left out, as RFC 5280 §5.3.1 advises.
    pub reason: Option<Reason>,
    /// invalidityDate
    pub invalid_since: Option<Time>,
    /// certificateIssuer: whose certificate, in an indirect CRL; if it is not given, that of the entry before.
    pub issuer: Option<Name>,
}

/// Collects what a version 2 CRL holds.
#[derive(Debug, Clone)]
pub struct CrlBuilder {
    issuer: Name,
    number: u64,
    this_update: Time,
    next_update: Time,
    revoked: Vec<CrlEntry>,
    extensions: Vec<Extension>,
    sm2_null: bool,
}

impl CrlBuilder {
    /// A full CRL without entries.
    pub fn new(issuer: Name, number: u64, this_update: Time, next_update: Time) -> Self {
        Self { issuer, number, this_update, next_update, revoked: vec![], extensions: vec![], sm2_null: false }
    }

    /// Adds entries: serial number, since when, and why.
    pub fn revoked(self, entries: impl IntoIterator<Item = (Serial, Time, Option<Reason>)>) -> Self {
        let entry = |(serial, since, reason)| CrlEntry { serial, since, reason, invalid_since: None, issuer: None };
        self.entries(entries.into_iter().map(entry))
    }

    /// Adds entries with all that they may say.
    pub fn entries(mut self, entries: impl IntoIterator<Item = CrlEntry>) -> Self {
        self.revoked.extend(entries);
        self
    }

    /// deltaCRLIndicator, critical: only what has changed since the complete CRL of this number (§5.2.4).
    pub fn delta_since(self, base: u64) -> Self {
        self.extension(oid::DELTA_CRL_INDICATOR, true, unsigned(base))
    }

    /// freshestCRL: where the delta CRLs of this complete one are (§5.2.6).
    pub fn freshest_crl(self, uris: &[&str]) -> Self {
        let points = CrlDistributionPoints(uris.iter().map(|uri| DistributionPoint::from_uri(uri)).collect());
        self.extension(oid::FRESHEST_CRL, false, points.write())
    }

    /// expiredCertsOnCRL (X.509 §9.5.2.8): certificates that ran out at this time or later are still listed.
    pub fn lists_expired_since(self, since: Time) -> Self {
        self.extension(oid::EXPIRED_CERTS_ON_CRL, false, encoding::generalized_time(since))
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

pub(super) fn entry(entry: &CrlEntry) -> Vec<u8> {
    let extension = |oid, critical, value| Extension { oid, critical, value }.write();
    let reason = entry.reason.filter(|reason| *reason != Reason::Unspecified);
    let reason = reason.map(|reason| extension(oid::CRL_REASON, false, tlv(der::Tag::Enumerated, &[reason.code()])));
    let invalid = entry.invalid_since.map(encoding::generalized_time);
    let invalid = invalid.map(|time| extension(oid::INVALIDITY_DATE, false, time));
    let issuer = entry.issuer.clone().map(|name| encoding::sequence_of([GeneralName::Directory(name).write()]));
    let issuer = issuer.map(|names| extension(oid::CERTIFICATE_ISSUER, true, names));
    let extensions: Vec<_> = [reason, invalid, issuer].into_iter().flatten().collect();
    let extensions = if extensions.is_empty() { Vec::new() } else { encoding::sequence_of(extensions) };
    let serial = tlv(der::Tag::Integer, entry.serial.content());
    encoding::sequence(&[&serial, &encoding::time(entry.since), &extensions])
}
