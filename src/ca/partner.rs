//! A partner's authority as it hands itself in: certificates in files, its keys its own.
//!
//! The trust list binds a record to a root and an issuing authority (standards of recognition name both), so both must be
//! here, and one must lead to the other by the rules of RFC 5280 §6, whatever the bridge makes of them later.

use std::path::Path;

use pki::algorithm::AlgorithmPolicy;
use pki::certificate::extension::KeyUsage;
use pki::path::{TrustAnchor, ValidationRequest};
use pki::{Certificate, Time};

use super::{Error, Result};

/// An issuing authority and the root above it.
#[derive(Clone, Debug)]
pub struct Partner {
    /// It signs what people hold.
    pub issuing: Certificate,
    /// It signed itself.
    pub root: Certificate,
}

impl Partner {
    /// Takes the issuing authority, and finds its root among `others`, over those that stand between.
    ///
    /// # Errors
    /// Why this is no authority that can be recognised at `at`, in words; `file` says where it came from.
    pub fn new(file: &str, issuing: Certificate, others: &[Certificate], at: Time) -> Result<Self> {
        let wrong = |why: String| Error::File { file: file.to_owned(), why };
        signs_certificates(&issuing).map_err(wrong)?;
        if signed_itself(&issuing) {
            in_force(&issuing, at).map_err(wrong)?;
            return Ok(Self { root: issuing.clone(), issuing });
        }
        let roots: Vec<TrustAnchor> =
            others.iter().filter(|other| signed_itself(other)).cloned().map(TrustAnchor::new).collect();
        if roots.is_empty() {
            return Err(wrong(format!("the root above {} is not there", issuing.subject())));
        }
        let algorithms = AlgorithmPolicy::default();
        let valid = pki::path::validate(&ValidationRequest::new(&issuing, others, &roots, at, &algorithms))
            .map_err(|invalid| wrong(format!("{} ({})", invalid.error, invalid.error.rfc())))?;
        let root = valid.path.into_iter().next_back().ok_or_else(|| wrong("it leads to no root".to_owned()))?;
        in_force(&root, at).map_err(wrong)?;
        Ok(Self { issuing, root })
    }
}

/// The certificates in a file, PEM or DER, each read strictly.
///
/// # Errors
/// The file, and which of them cannot be read.
pub fn read(path: &Path) -> Result<Vec<Certificate>> {
    let wrong = |why: String| Error::File { file: path.display().to_string(), why };
    let bytes = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let ders = crate::pem::read(&bytes, crate::pem::CERTIFICATE).map_err(wrong)?;
    let numbered = ders.iter().enumerate();
    let read = numbered.map(|(index, der)| {
        Certificate::from_der(der)
            .map_err(|error| wrong(format!("certificate {}: {error} ({})", index + 1, error.rfc())))
    });
    read.collect()
}

fn signed_itself(certificate: &Certificate) -> bool {
    certificate.is_self_issued() && certificate.verify_signature(certificate.public_key()).is_ok()
}

/// RFC 5280 §4.2.1.9 and §4.2.1.3: a version 3 certificate of an authority says so twice.
fn signs_certificates(issuing: &Certificate) -> std::result::Result<(), String> {
    if !issuing.is_ca() {
        return Err("is no certificate of an authority (RFC 5280 §4.2.1.9)".to_owned());
    }
    match issuing.extensions().key_usage {
        Some(usage) if usage.contains(KeyUsage::KEY_CERT_SIGN) => Ok(()),
        _ => Err("its key usage does not hold keyCertSign (RFC 5280 §4.2.1.3)".to_owned()),
    }
}

/// The engine looks at no anchor's period; a root that has run out is recognised by nobody.
fn in_force(certificate: &Certificate, at: Time) -> std::result::Result<(), String> {
    if certificate.is_valid_at(at) {
        return Ok(());
    }
    let (from, until) = (certificate.not_before(), certificate.not_after());
    Err(format!("{} is in force from {from} to {until} only", certificate.subject()))
}
