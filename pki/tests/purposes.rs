//! Key usage and extended key usage of leaf and CAs against the purpose. Cases that x509-limbo has too (`rfc5280::eku`,
//! `webpki::eku`, `smime::eku`, `smime::ku`) bear its names; where we judge otherwise than its Web PKI and S/MIME
//! profiles do, `docs/conformance/x509-limbo.md` says why.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use pki::certificate::extension::KeyUsage;
use pki::key::KeySpec;
use pki::path::Purpose;
use pki::{Certificate, Oid, oid};
use support::{Authority, ask, ca_builder, code, key, name};

const OK: &str = "valid";
const REFUSED: &str = "purpose_not_permitted";

/// root (extended key usage) → intermediate (the same) → leaf (the same)
struct Chain {
    root: Authority,
    issuing: Authority,
}

impl Chain {
    fn new(root_usage: &[Oid], ca_usage: &[Oid]) -> Self {
        let (root_key, issuing_key) = (key(KeySpec::EcdsaP256), key(KeySpec::EcdsaP256));
        let subject = name("CN", "Root");
        let with = |builder: pki::CertificateBuilder, usage: &[Oid]| match usage {
            [] => builder,
            usage => builder.extended_key_usage(usage),
        };
        let certificate = with(ca_builder(&subject, &subject, &root_key), root_usage).sign(&root_key).unwrap();
        let root = Authority { key: root_key, certificate };
        let builder = with(ca_builder(root.name(), &name("CN", "Issuing"), &issuing_key), ca_usage);
        let issuing = Authority { certificate: root.sign(builder), key: issuing_key };
        Self { root, issuing }
    }

    fn leaf(&self, usage: &[Oid], bits: Option<KeyUsage>, critical: bool) -> Certificate {
        let subject = key(KeySpec::EcdsaP256);
        let spki = pki::key::Signer::public_key(&subject).clone();
        let mut builder = support::builder(self.issuing.name(), &name("CN", "Somebody"), spki);
        if let Some(bits) = bits {
            builder = builder.key_usage(bits);
        }
        if !usage.is_empty() {
            builder = builder.extended_key_usage(usage);
        }
        if critical && !usage.is_empty() {
            let value = self.issuing.sign(builder.clone()).extension_value(&oid::EXTENDED_KEY_USAGE).unwrap().to_vec();
            builder = builder.extension(oid::EXTENDED_KEY_USAGE, true, value);
        }
        self.issuing.sign(builder)
    }

    fn judge(&self, leaf: &Certificate, purpose: Purpose) -> &'static str {
        let heap = [self.issuing.certificate.clone()];
        code(&ask(leaf, &heap, &[self.root.anchor()], |request| request.purpose = purpose))
    }
}

const SERVER: Oid = oid::SERVER_AUTH;
const CLIENT: Oid = oid::CLIENT_AUTH;
const ANY: Oid = oid::ANY_EXTENDED_KEY_USAGE;
const EMAIL: Oid = oid::EMAIL_PROTECTION;
const STAMP: Oid = oid::TIME_STAMPING;
const PRECERTIFICATE: Oid = Oid::new_unwrap("1.3.6.1.4.1.11129.2.4.4");

#[test]
fn extended_key_usage_of_the_leaf_permits_or_not() {
    let chain = Chain::new(&[], &[]);
    for (case, usage, purpose, expected) in [
        ("ee-wrong-eku", &[CLIENT][..], Purpose::ServerAuth, REFUSED),
        ("ee-without-eku", &[], Purpose::ServerAuth, OK),
        ("ee-anyeku", &[SERVER, ANY], Purpose::ServerAuth, OK),
        ("anyEKU alone", &[ANY], Purpose::ServerAuth, OK),
        ("ee-precertificate-only", &[PRECERTIFICATE], Purpose::ServerAuth, REFUSED),
        ("ee-serverauth-with-additional", &[SERVER, CLIENT], Purpose::ServerAuth, OK),
        ("ee-codesigning-with-serverauth", &[SERVER, oid::CODE_SIGNING], Purpose::ServerAuth, OK),
        ("ee-email-protection", &[EMAIL], Purpose::Email, OK),
        ("ee-missing-email-protection", &[CLIENT], Purpose::Email, REFUSED),
        ("RFC 9336", &[oid::DOCUMENT_SIGNING], Purpose::DocumentSigning, OK),
        ("Microsoft's", &[Oid::new_unwrap("1.3.6.1.4.1.311.10.3.12")], Purpose::DocumentSigning, OK),
        ("Adobe's", &[Oid::new_unwrap("1.2.840.113583.1.1.5")], Purpose::DocumentSigning, OK),
        ("another signature", &[EMAIL], Purpose::DocumentSigning, REFUSED),
        ("no wish", &[PRECERTIFICATE], Purpose::Any, OK),
        ("OCSP, unsaid", &[], Purpose::OcspSigning, REFUSED),
        ("OCSP, any", &[ANY], Purpose::OcspSigning, REFUSED),
        ("OCSP", &[oid::OCSP_SIGNING], Purpose::OcspSigning, OK),
    ] {
        let leaf = chain.leaf(usage, Some(KeyUsage::DIGITAL_SIGNATURE), false);
        assert_eq!(chain.judge(&leaf, purpose), expected, "{case}");
    }
}

/// RFC 3161 §2.3: "The corresponding certificate MUST contain only one instance of the extended key usage field
/// extension … with KeyPurposeID having value: id-kp-timeStamping. This extension MUST be critical."
#[test]
fn time_stamping_is_critical_and_alone() {
    let chain = Chain::new(&[], &[]);
    let plain = oid::EXTENDED_KEY_USAGE;
    for (case, usage, critical, expected) in [
        ("as it should be", &[STAMP][..], true, OK),
        ("with another", &[STAMP, CLIENT], true, REFUSED),
        ("any", &[ANY], true, REFUSED),
        ("unsaid", &[], false, REFUSED),
    ] {
        let leaf = chain.leaf(usage, Some(KeyUsage::NON_REPUDIATION), critical);
        assert_eq!(chain.judge(&leaf, Purpose::TimeStamping), expected, "{case}");
    }
    let value = chain.leaf(&[STAMP], None, true).extension_value(&plain).unwrap().to_vec();
    let leaf = chain.issuing.sign(chain.issuing.leaf_builder("CN", "a").extension(plain, false, value));
    assert_eq!(chain.judge(&leaf, Purpose::TimeStamping), REFUSED, "not critical");
}

#[test]
fn extended_key_usage_of_cas_and_anchors_bounds_those_below() {
    for (case, root_usage, ca_usage, expected) in [
        ("nothing said", &[][..], &[][..], OK),
        ("root-has-eku", &[SERVER], &[], OK),
        ("an anchor for something else", &[EMAIL], &[], REFUSED),
        ("an anchor for any", &[ANY], &[SERVER], OK),
        ("intermediate-missing-server-auth", &[], &[EMAIL], REFUSED),
        ("intermediate-has-any-eku", &[], &[ANY], OK),
        ("intermediate-has-code-signing", &[], &[SERVER, oid::CODE_SIGNING], OK),
    ] {
        let chain = Chain::new(root_usage, ca_usage);
        let leaf = chain.leaf(&[SERVER], Some(KeyUsage::DIGITAL_SIGNATURE), false);
        assert_eq!(chain.judge(&leaf, Purpose::ServerAuth), expected, "{case}");
        assert_eq!(chain.judge(&leaf, Purpose::Any), OK, "{case}, without a wish");
    }
    // Who signs OCSP responses is named by the CA itself, whatever the CA is for.
    let chain = Chain::new(&[EMAIL], &[EMAIL]);
    let leaf = chain.leaf(&[oid::OCSP_SIGNING], Some(KeyUsage::DIGITAL_SIGNATURE), false);
    assert_eq!(chain.judge(&leaf, Purpose::OcspSigning), OK);
}

/// §4.2.1.12: "the certificate MUST only be used for a purpose consistent with both extensions".
#[test]
fn key_usage_must_be_consistent_with_the_purpose() {
    let chain = Chain::new(&[], &[]);
    let (signs, commits) = (KeyUsage::DIGITAL_SIGNATURE, KeyUsage::NON_REPUDIATION);
    let (wraps, agrees) = (KeyUsage::KEY_ENCIPHERMENT, KeyUsage::KEY_AGREEMENT);
    for (purpose, usage, good, bad) in [
        (Purpose::ServerAuth, SERVER, &[signs, wraps, agrees][..], &[commits, KeyUsage::CRL_SIGN][..]),
        (Purpose::ClientAuth, CLIENT, &[signs], &[commits, wraps, agrees]),
        (Purpose::CodeSigning, oid::CODE_SIGNING, &[signs], &[commits, wraps]),
        (Purpose::Email, EMAIL, &[signs, commits, wraps, agrees], &[KeyUsage::CRL_SIGN]),
        (Purpose::TimeStamping, STAMP, &[signs, commits], &[wraps, agrees]),
        (Purpose::OcspSigning, oid::OCSP_SIGNING, &[signs, commits], &[wraps, agrees]),
        (Purpose::DocumentSigning, oid::DOCUMENT_SIGNING, &[signs, commits], &[wraps, agrees]),
    ] {
        let judge = |bits: Option<KeyUsage>| chain.judge(&chain.leaf(&[usage], bits, false), purpose);
        assert_eq!(judge(None), OK, "{} without key usage", purpose.name());
        good.iter().for_each(|bit| assert_eq!(judge(Some(*bit)), OK, "{} {bit:?}", purpose.name()));
        bad.iter().for_each(|bit| assert_eq!(judge(Some(*bit)), REFUSED, "{} {bit:?}", purpose.name()));
    }
}
