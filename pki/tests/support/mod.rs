//! A small world of CAs, made on the spot.

#![allow(dead_code, clippy::unwrap_used)] // Each test file uses a part of it, and in a test, to panic is to fail.

pub(crate) mod dice;
pub(crate) mod names;

use std::sync::atomic::{AtomicU64, Ordering};

use pki::algorithm::{AlgorithmPolicy, Digest, PublicKey, SignatureAlgorithm};
use pki::certificate::extension::{KeyUsage, PolicyInformation};
use pki::key::{KeySpec, Signer, SoftwareKey};
use pki::path::{self, CheckOutcome, Report, TrustAnchor, ValidationRequest, Verdict};
use pki::{Certificate, CertificateBuilder, CertificateList, CrlBuilder, Error, Name, Oid, Serial, Time, oid};

/// 2026-01-01T00:00:00Z
pub(crate) const NOW: Time = Time(1_767_225_600);
pub(crate) const DAY: i64 = 86_400;

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A number that no other certificate of this run has.
pub(crate) fn serial() -> Serial {
    Serial::from_unsigned(&NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes())
}

/// A poor generator, but another key at each call.
pub(crate) fn key(spec: KeySpec) -> SoftwareKey {
    let mut state = NEXT.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut random = |out: &mut [u8]| {
        for octet in out.iter_mut() {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *octet = (state >> 32) as u8;
        }
    };
    SoftwareKey::generate(spec, &mut random).unwrap()
}

pub(crate) fn name(country: &str, common: &str) -> Name {
    Name::from_attributes(&[(oid::COUNTRY, country), (oid::COMMON_NAME, common)])
}

/// Writes anything in place of a signature, by an algorithm of which the key is.
pub(crate) struct Forger<'k>(pub(crate) &'k SoftwareKey);

impl Signer for Forger<'_> {
    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::RsaPkcs1(Digest::Sha1)
    }

    fn public_key(&self) -> &PublicKey {
        self.0.public_key()
    }

    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(vec![1; 256])
    }
}

/// A name with its key, and the certificate that it signs with.
pub(crate) struct Authority {
    pub(crate) key: SoftwareKey,
    pub(crate) certificate: Certificate,
}

impl Authority {
    /// Signed by itself.
    pub(crate) fn root(country: &str, common: &str, spec: KeySpec) -> Self {
        let (key, name) = (key(spec), name(country, common));
        let certificate = ca_builder(&name, &name, &key).sign(&key).unwrap();
        Self { key, certificate }
    }

    /// Signed by `self`.
    pub(crate) fn subordinate(&self, country: &str, common: &str, spec: KeySpec) -> Self {
        let key = key(spec);
        let certificate = self.sign(ca_builder(self.name(), &name(country, common), &key));
        Self { key, certificate }
    }

    pub(crate) fn name(&self) -> &Name {
        self.certificate.subject()
    }

    pub(crate) fn anchor(&self) -> TrustAnchor {
        TrustAnchor::new(self.certificate.clone())
    }

    pub(crate) fn sign(&self, builder: CertificateBuilder) -> Certificate {
        builder.authority_key_id_of(&self.certificate).sign(&self.key).unwrap()
    }

    /// An end entity without further ado.
    pub(crate) fn leaf(&self, country: &str, common: &str) -> Certificate {
        self.sign(self.leaf_builder(country, common))
    }

    pub(crate) fn leaf_builder(&self, country: &str, common: &str) -> CertificateBuilder {
        let key = key(KeySpec::EcdsaP256);
        builder(self.name(), &name(country, common), key.public_key().clone())
            .key_usage(KeyUsage::DIGITAL_SIGNATURE)
            .subject_key_id()
    }

    /// A CRL of today with these serial numbers.
    pub(crate) fn crl(&self, revoked: &[&Certificate]) -> CertificateList {
        let entries = revoked.iter().map(|certificate| (certificate.serial().clone(), Time(NOW.0 - DAY), None));
        CrlBuilder::new(self.name().clone(), 1, Time(NOW.0 - DAY), Time(NOW.0 + DAY))
            .revoked(entries)
            .authority_key_id_of(&self.certificate)
            .sign(&self.key)
            .unwrap()
    }
}

pub(crate) fn builder(issuer: &Name, subject: &Name, key: PublicKey) -> CertificateBuilder {
    let validity = (Time(NOW.0 - DAY), Time(NOW.0 + 30 * DAY));
    CertificateBuilder::new(serial(), issuer.clone(), subject.clone(), validity, key)
}

pub(crate) fn ca_builder(issuer: &Name, subject: &Name, key: &dyn Signer) -> CertificateBuilder {
    builder(issuer, subject, key.public_key().clone())
        .basic_constraints(true, None)
        .key_usage(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN)
        .subject_key_id()
}

/// The same CA (name, key, key identifier) certified by another.
pub(crate) fn cross(by: &Authority, subject: &Authority) -> CertificateBuilder {
    let id = subject.certificate.extensions().subject_key_id.clone().unwrap();
    ca_builder(by.name(), subject.name(), &subject.key).subject_key_id_of(id.0)
}

pub(crate) fn policy(text: &'static str) -> (Oid, PolicyInformation) {
    let oid = Oid::new_unwrap(text);
    (oid, PolicyInformation::new(oid))
}

static ALGORITHMS: AlgorithmPolicy = AlgorithmPolicy::dated();

/// Asks with nothing but the necessary, after `change`.
pub(crate) fn ask<'a>(
    leaf: &'a Certificate,
    heap: &'a [Certificate],
    anchors: &'a [TrustAnchor],
    change: impl FnOnce(&mut ValidationRequest<'a>),
) -> Verdict {
    let mut request = ValidationRequest::new(leaf, heap, anchors, NOW, &ALGORITHMS);
    change(&mut request);
    let verdict = path::validate(&request);
    // What is remembered from one question to the next would tell them apart.
    if request.edges.is_none() {
        let (again, report) = path::explain(&request);
        assert_eq!(code(&again), code(&verdict), "{report:#?}");
        agree(&again, &report);
    }
    verdict
}

/// Holds a report to its verdict: a path that holds has no check that failed, and one that does not has failed for the
/// reason that is given, with the certificate that is named.
pub(crate) fn agree(verdict: &Verdict, report: &Report) {
    let notes = verdict.as_ref().map_or_else(|invalid| &invalid.revocation, |valid| &valid.revocation);
    let told = report.certificates.iter().filter_map(|one| one.revocation.as_ref());
    let content = |note: &path::RevocationNote| (note.certificate.clone(), note.status.clone(), note.sources.clone());
    assert!(told.map(content).eq(notes.iter().map(content)), "{notes:?} and {report:#?}");
    let failed = |examined: &path::Examined| -> Vec<Error> {
        let outcomes = examined.checks.iter().map(|checked| &checked.outcome);
        let failures = outcomes.filter(|outcome| matches!(outcome, CheckOutcome::Failed(_)));
        failures.filter_map(CheckOutcome::error).cloned().collect()
    };
    match verdict {
        Ok(valid) => {
            assert!(report.certificates.iter().map(|one| &one.certificate).eq(&valid.path));
            let wrong: Vec<_> = report.certificates.iter().flat_map(failed).collect();
            assert!(wrong.is_empty(), "{wrong:?}");
            let reached = |one: &path::Examined| one.checks.iter().all(|one| one.outcome != CheckOutcome::NotReached);
            assert!(report.certificates.iter().all(reached), "{report:#?}");
        }
        Err(invalid) => {
            assert!(report.certificates.iter().map(|one| &one.certificate).eq(&invalid.path_considered));
            let concerned =
                report.certificates.iter().filter(|one| Some(&one.certificate) == invalid.certificate.as_ref());
            let told = concerned.flat_map(failed).any(|error| error == invalid.error);
            assert!(told || invalid.error.code() == "budget_exhausted", "{}: {report:#?}", invalid.error);
        }
    }
}

/// The code of a refusal, or `valid`.
pub(crate) fn code(verdict: &Verdict) -> &'static str {
    verdict.as_ref().map_or_else(|invalid| invalid.error.code(), |_| "valid")
}
