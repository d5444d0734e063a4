//! Issue a certificate: `issue_certificate FOLDER`
//!
//! A root, a CA below it, a certificate of that CA and the CRLs of both, all in SM2, as DER files. Keys and serial
//! numbers take their randomness from outside, as everything here does.

use std::error::Error;
use std::path::Path;
use std::time::SystemTime;

use pki::certificate::extension::KeyUsage;
use pki::certificate::lint;
use pki::key::{KeySpec, Signer, SoftwareKey};
use pki::name::GeneralName;
use pki::{Certificate, CertificateBuilder, CertificateList, CrlBuilder, Name, Serial, Time, oid};

const DAY: i64 = 86_400;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("a folder is wanted")?;
    issue(Path::new(&folder), now()?)
}

/// A name, its key, and its certificate.
struct Authority {
    key: SoftwareKey,
    certificate: Certificate,
}

/// Writes `root.der`, `ca.der`, `leaf.der`, `root.crl` and `ca.crl`.
pub(crate) fn issue(folder: &Path, at: Time) -> Result<(), Box<dyn Error>> {
    let root = root(at)?;
    let ca = subordinate(&root, at)?;
    let leaf = ca.issue(leaf(&ca, &key()?, at))?;
    std::fs::create_dir_all(folder)?;
    for (file, certificate) in [("root.der", &root.certificate), ("ca.der", &ca.certificate), ("leaf.der", &leaf)] {
        std::fs::write(folder.join(file), certificate.der())?;
    }
    for (file, authority) in [("root.crl", &root), ("ca.crl", &ca)] {
        std::fs::write(folder.join(file), authority.crl(at)?.der())?;
    }
    Ok(())
}

fn root(at: Time) -> Result<Authority, Box<dyn Error>> {
    let (key, name) = (key()?, name("Example Root"));
    let builder = builder(name.clone(), name, &key, at, 3650).key_usage(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN);
    let certificate = builder.basic_constraints(true, None).subject_key_id().sign(&key)?;
    Ok(Authority { key, certificate })
}

fn subordinate(root: &Authority, at: Time) -> Result<Authority, Box<dyn Error>> {
    let key = key()?;
    let builder = builder(root.certificate.subject().clone(), name("Example CA"), &key, at, 1825)
        .basic_constraints(true, Some(0))
        .key_usage(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN)
        .subject_key_id()
        .authority_key_id_of(&root.certificate)
        .crl_distribution_points(&["http://example.org/root.crl"]);
    Ok(Authority { certificate: root.issue(builder)?, key })
}

fn leaf(ca: &Authority, key: &SoftwareKey, at: Time) -> CertificateBuilder {
    builder(ca.certificate.subject().clone(), name("陈大文"), key, at, 365)
        .basic_constraints(false, None)
        .key_usage(KeyUsage::DIGITAL_SIGNATURE)
        .extended_key_usage([oid::CLIENT_AUTH, oid::EMAIL_PROTECTION])
        .subject_alt_names([GeneralName::Email("chan@example.org".into())])
        .subject_key_id()
        .authority_key_id_of(&ca.certificate)
        .authority_info_access(&["http://example.org/ca.der"], &[])
        .crl_distribution_points(&["http://example.org/ca.crl"])
}

impl Authority {
    /// Held to the lints with a key that is thrown away, before the real one signs: what it has signed cannot be
    /// taken back.
    fn issue(&self, builder: CertificateBuilder) -> Result<Certificate, Box<dyn Error>> {
        let rehearsed = builder.sign(&key()?)?;
        match lint::run(&rehearsed, &self.certificate).first() {
            Some(finding) => Err(format!("{}: {}", finding.lint, finding.message).into()),
            None => Ok(builder.sign(&self.key)?),
        }
    }

    fn crl(&self, at: Time) -> Result<CertificateList, pki::Error> {
        CrlBuilder::new(self.certificate.subject().clone(), 1, at, at.plus_seconds(7 * DAY))
            .authority_key_id_of(&self.certificate)
            .sign(&self.key)
    }
}

fn builder(issuer: Name, subject: Name, key: &SoftwareKey, at: Time, days: i64) -> CertificateBuilder {
    let mut serial = [0; 20];
    random(&mut serial);
    // Positive, and 20 octets at most (RFC 5280 §4.1.2.2).
    serial[0] &= 0x7f;
    let period = (at, at.plus_seconds(days * DAY));
    CertificateBuilder::new(Serial::from_unsigned(&serial), issuer, subject, period, key.public_key().clone())
}

fn name(common: &str) -> Name {
    Name::from_attributes(&[(oid::COUNTRY, "CN"), (oid::COMMON_NAME, common)])
}

fn key() -> Result<SoftwareKey, pki::Error> {
    SoftwareKey::generate(KeySpec::Sm2, &mut random)
}

#[expect(clippy::disallowed_methods, reason = "the engine draws no lots: its caller does")]
fn random(out: &mut [u8]) {
    aws_lc_rs::rand::fill(out).expect("the system has randomness");
}

#[expect(clippy::disallowed_methods, reason = "the engine reads no clock: its caller does")]
fn now() -> Result<Time, Box<dyn Error>> {
    Ok(Time(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs().try_into()?))
}
