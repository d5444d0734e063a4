//! Certificates of every kind, good and bad, signed by the authorities of a demonstration or by nobody it knows.

use std::path::{Path, PathBuf};

use pearlbridge::ca::issue::{IssuedFor, new_serial};
use pki::certificate::CertificateBuilder;
use pki::certificate::extension::{KeyUsage, PolicyInformation};
use pki::key::{KeySpec, Signer as _, SoftwareKey};
use pki::{Certificate, Name, Oid, Time, oid};

use super::demo::Demo;
use super::temporary_directory;

/// The policy that the trust list names for Hong Kong's personal certificates.
pub(crate) const HK_POLICY: &str = "2.16.344.8.2.2008.810.2.2018.1.1";

const DAY: i64 = 86_400;

/// A certificate and its key, as files and as it is.
pub(crate) struct Leaf {
    pub(crate) file: PathBuf,
    pub(crate) key: PathBuf,
    pub(crate) certificate: Certificate,
}

/// What is asked of a certificate; by default all is well with it.
pub(crate) struct Wish<'w> {
    pub(crate) authority: &'w str,
    /// The applicant's number, by which the account is found.
    pub(crate) number: &'w str,
    /// The holder's name.
    pub(crate) name: &'w str,
    /// From and until, in days from now.
    pub(crate) days: (i64, i64),
    pub(crate) policy: Option<&'w str>,
    pub(crate) purpose: Oid,
    /// Issued through the authority's books, so that it can be revoked.
    pub(crate) recorded: bool,
}

impl Default for Wish<'_> {
    fn default() -> Self {
        let (number, policy) = ("1000000077", Some(HK_POLICY));
        let (name, purpose) = ("HO Test", oid::CLIENT_AUTH);
        Self { authority: "hk-ca", number, name, days: (-1, 365), policy, purpose, recorded: false }
    }
}

/// A certificate by one of the demonstration's authorities.
pub(crate) async fn issue(demo: &Demo, wish: Wish<'_>) -> Leaf {
    let app = demo.open().await;
    let issuer = app.ca.issuer(wish.authority).await.expect("the authority is here");
    let key = new_key();
    let builder = builder(&wish, issuer.certificate.subject().clone(), &key, app.clock.now_seconds())
        .authority_key_id_of(&issuer.certificate)
        .crl_distribution_points(&[&app.ca.crl_url(wish.authority)]);
    let certificate = if wish.recorded {
        app.ca.issue(&issuer, &builder, IssuedFor::house("test")).await.expect("it can be issued")
    } else {
        builder.sign(issuer.signer.as_ref()).expect("it can be signed")
    };
    app.store.close().await;
    write(certificate, &key)
}

/// A certificate whose signature is good and whose policyMappings are no DER: the files of it and of its key. TLS does
/// not look at that extension.
pub(crate) async fn issue_unreadable(demo: &Demo) -> (PathBuf, PathBuf) {
    let app = demo.open().await;
    let issuer = app.ca.issuer("hk-ca").await.expect("the authority is here");
    let key = new_key();
    let now = app.clock.now_seconds();
    app.store.close().await;
    let policy_mappings = Oid::new("2.5.29.33").expect("an identifier");
    let builder = builder(&Wish::default(), issuer.certificate.subject().clone(), &key, now);
    let builder = builder.extension(policy_mappings, false, vec![0x30, 0x7f, 0x00]);
    let tbs = builder.to_be_signed(issuer.signer.algorithm());
    let signature = issuer.signer.sign(tbs.der()).expect("it can be signed");
    // RFC 4055 §5: sha256WithRSAEncryption, its parameters NULL.
    let algorithm = *b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00";
    let signature = tlv(0x03, &[&[0], signature.as_slice()].concat());
    let der = tlv(0x30, &[tbs.der(), &algorithm, &signature].concat());
    assert!(Certificate::from_der(&der).is_err(), "the engine cannot read it");
    let directory = temporary_directory("leaf");
    let (file, key_file) = (directory.join("leaf.pem"), directory.join("leaf.key"));
    write_pem(&file, "CERTIFICATE", &der);
    write_pem(&key_file, "PRIVATE KEY", &key.to_pkcs8_der());
    (file, key_file)
}

/// DER with a length of one to three octets.
fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let [.., high, low] = content.len().to_be_bytes();
    let length = match content.len() {
        0..0x80 => vec![low],
        0x80..0x100 => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [&[tag], length.as_slice(), content].concat()
}

/// A certificate by an authority of which nobody knows; its name is that of one which everybody knows.
pub(crate) async fn forge(demo: &Demo, wish: Wish<'_>) -> Leaf {
    let app = demo.open().await;
    let issuer = app.ca.issuer(wish.authority).await.expect("the authority is here");
    let now = app.clock.now_seconds();
    app.store.close().await;
    let (key, foreign) = (new_key(), new_key());
    let builder = builder(&wish, issuer.certificate.subject().clone(), &key, now);
    write(builder.sign(&foreign).expect("it can be signed"), &key)
}

/// A certificate by an authority of which nobody knows.
pub(crate) fn unknown() -> Leaf {
    let now = pearlbridge::clock::Clock::System.now_seconds();
    let issuer = Name::from_attributes(&[(oid::COUNTRY, "ZZ"), (oid::COMMON_NAME, "An authority of nowhere")]);
    let (key, foreign) = (new_key(), new_key());
    write(builder(&Wish::default(), issuer, &key, now).sign(&foreign).expect("it can be signed"), &key)
}

fn new_key() -> SoftwareKey {
    SoftwareKey::generate(KeySpec::EcdsaP256, &mut pearlbridge::rng::fill).expect("a key can be made")
}

fn builder(wish: &Wish<'_>, issuer: Name, key: &SoftwareKey, now: Time) -> CertificateBuilder {
    let subject = Name::from_attributes(&[
        (oid::COUNTRY, "HK"),
        (oid::ORGANIZATION, "Demonstration e-Cert (Personal)"),
        (oid::ORGANIZATIONAL_UNIT, wish.number),
        (oid::COMMON_NAME, wish.name),
    ]);
    let validity = (Time(now.0 + wish.days.0 * DAY), Time(now.0 + wish.days.1 * DAY));
    let builder = CertificateBuilder::new(new_serial(), issuer, subject, validity, key.public_key().clone())
        .basic_constraints(false, None)
        .key_usage(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION)
        .extended_key_usage([wish.purpose])
        .subject_key_id();
    match wish.policy {
        Some(policy) => builder.policies([PolicyInformation::new(Oid::new(policy).expect("an identifier"))]),
        None => builder,
    }
}

fn write(certificate: Certificate, key: &SoftwareKey) -> Leaf {
    let directory = temporary_directory("leaf");
    let (file, key_file) = (directory.join("leaf.pem"), directory.join("leaf.key"));
    write_pem(&file, "CERTIFICATE", certificate.der());
    write_pem(&key_file, "PRIVATE KEY", &key.to_pkcs8_der());
    Leaf { file, key: key_file, certificate }
}

/// Writes DER as PEM.
pub(crate) fn write_pem(path: &Path, label: &str, der: &[u8]) {
    std::fs::write(path, pem::encode(&pem::Pem::new(label, der))).expect("the file can be written");
}
