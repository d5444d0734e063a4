//! What the engine builds, OpenSSL reads and verifies; what OpenSSL makes, the engine reads. Other people's eyes.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pki::algorithm::{Digest, SignatureAlgorithm};
use pki::certificate::extension::{KeyUsage, PolicyInformation};
use pki::crl::Reason;
use pki::key::{KeySpec, Signer, SoftwareKey};
use pki::name::GeneralName;
use pki::{Certificate, CertificateBuilder, CertificateRequest, CrlBuilder, Name, Oid, Serial, Time, oid};

const NOW: Time = Time(1_767_225_600); // 2026-01-01T00:00:00Z
const ID: &str = "distid:1234567812345678";

fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs openssl in a folder; its output if it succeeds.
fn openssl(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if output.status.success() { Ok(text) } else { Err(text) }
}

/// A fixed, poor generator: enough to make keys in tests.
fn key(spec: KeySpec) -> SoftwareKey {
    let mut state = 11u8;
    let mut random = |out: &mut [u8]| {
        out.iter_mut().for_each(|octet| {
            state = state.wrapping_mul(29).wrapping_add(71);
            *octet = state;
        });
    };
    SoftwareKey::generate(spec, &mut random).unwrap()
}

fn root(key: &dyn Signer) -> Certificate {
    let name = Name::from_attributes(&[(oid::COUNTRY, "CN"), (oid::COMMON_NAME, "测试 Root")]);
    CertificateBuilder::new(
        Serial::from_hex("8001").unwrap(),
        name.clone(),
        name,
        (NOW, Time(4_102_444_800)), // into 2100, so that GeneralizedTime is used
        key.public_key().clone(),
    )
    .basic_constraints(true, None)
    .key_usage(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN)
    .subject_key_id()
    .sign(key)
    .unwrap()
}

fn leaf(root: &Certificate, signer: &dyn Signer, key: &dyn Signer) -> Certificate {
    let subject = Name::from_attributes(&[(oid::COUNTRY, "CN"), (oid::COMMON_NAME, "leaf")]);
    CertificateBuilder::new(
        Serial::from_hex("02").unwrap(),
        root.subject().clone(),
        subject,
        (NOW, Time(NOW.0 + 86_400)),
        key.public_key().clone(),
    )
    .basic_constraints(false, None)
    .key_usage(KeyUsage::DIGITAL_SIGNATURE)
    .extended_key_usage([oid::CLIENT_AUTH])
    .policies([PolicyInformation::with_cps(Oid::new_unwrap("1.3.6.1.4.1.32473.1"), "https://example.org/cps")])
    .subject_alt_names([GeneralName::Dns("example.org".into()), GeneralName::Ip(vec![127, 0, 0, 1])])
    .crl_distribution_points(&["http://example.org/root.crl"])
    .authority_info_access(&["http://example.org/root.cer"], &["http://example.org/ocsp"])
    .authority_key_id_of(root)
    .subject_key_id()
    .sign(signer)
    .unwrap()
}

fn verified_by_openssl(test: &str, signer: &SoftwareKey) {
    let folder = folder(test);
    let root = root(signer);
    let leaf = leaf(&root, signer, &key(KeySpec::EcdsaP256));
    let crl = CrlBuilder::new(root.subject().clone(), 7, NOW, Time(NOW.0 + 86_400))
        .revoked([(Serial::from_hex("99").unwrap(), NOW, Some(Reason::KeyCompromise))])
        .authority_key_id_of(&root)
        .sign(signer)
        .unwrap();
    fs::write(folder.join("root.der"), root.der()).unwrap();
    fs::write(folder.join("leaf.der"), leaf.der()).unwrap();
    fs::write(folder.join("crl.der"), crl.der()).unwrap();
    let time = (NOW.0 + 60).to_string();
    let sm2 = signer.algorithm() == SignatureAlgorithm::Sm2Sm3;
    let mut verify = vec!["verify", "-attime", &time, "-partial_chain", "-trusted", "root.der", "-x509_strict"];
    verify.extend(if sm2 { vec!["-vfyopt", ID] } else { vec![] });
    openssl(&folder, &[&verify[..], &["leaf.der"]].concat()).unwrap();
    let text = openssl(&folder, &["x509", "-in", "leaf.der", "-noout", "-text"]).unwrap();
    for part in ["DNS:example.org, IP Address:127.0.0.1", "CPS: https://example.org/cps", "CA Issuers - URI:http"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    openssl(&folder, &["x509", "-in", "root.der", "-out", "root.pem"]).unwrap();
    let text = openssl(&folder, &["crl", "-in", "crl.der", "-noout", "-text", "-CAfile", "root.pem"]).unwrap();
    assert!(text.contains("Serial Number: 99") && text.contains("Key Compromise"), "{text}");
    // OpenSSL 3.0 has no way to give `crl` the SM2 id.
    assert!(sm2 || text.contains("verify OK"), "{text}");
    assert_eq!(crl.revoked(&Serial::from_hex("99").unwrap()).unwrap().reason, Some(Reason::KeyCompromise));
    assert_eq!(crl.verify_signature(root.public_key()), Ok(()));
}

#[test]
fn certificates_and_crls_of_every_algorithm_are_verified_by_openssl() {
    for spec in
        [KeySpec::Rsa2048, KeySpec::EcdsaP256, KeySpec::EcdsaP384, KeySpec::EcdsaP521, KeySpec::Ed25519, KeySpec::Sm2]
    {
        verified_by_openssl(&format!("built-{spec}"), &key(spec));
    }
    let pss = key(KeySpec::Rsa2048).with_algorithm(SignatureAlgorithm::RsaPss(Digest::Sha384));
    verified_by_openssl("built-pss", &pss);
}

#[test]
fn requests_of_every_algorithm_are_verified_by_openssl() {
    for spec in [KeySpec::Rsa2048, KeySpec::EcdsaP384, KeySpec::Ed25519, KeySpec::Sm2] {
        let folder = folder(&format!("request-{spec}"));
        let name = Name::from_attributes(&[(oid::COMMON_NAME, "applicant")]);
        let names = vec![GeneralName::Email("a@example.org".into())];
        let request = CertificateRequest::builder(name).subject_alt_names(names).sign(&key(spec)).unwrap();
        request.verify_self_signature().unwrap();
        assert!(request.requested_extensions().subject_alt_names.is_some());
        fs::write(folder.join("req.der"), request.der()).unwrap();
        let id = if spec == KeySpec::Sm2 { vec!["-vfyopt", ID] } else { vec![] };
        let base = ["req", "-inform", "DER", "-in", "req.der", "-noout", "-verify", "-text"];
        let text = openssl(&folder, &[&base[..], &id[..]].concat()).unwrap();
        assert!(text.contains("email:a@example.org"), "{text}");
    }
}

#[test]
fn keys_and_requests_made_by_openssl_are_read() {
    let folder = folder("openssl-made");
    let made: [(&str, &[&str], &[&str]); 7] = [
        ("rsa", &["-algorithm", "RSA"], &[]),
        ("pss", &["-algorithm", "RSA"], &["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]),
        ("p256", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], &[]),
        ("p384", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"], &["-sha384"]),
        ("p521", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"], &["-sha512"]),
        ("ed25519", &["-algorithm", "ED25519"], &[]),
        ("sm2", &["-algorithm", "SM2"], &["-sm3", "-sigopt", ID]),
    ];
    for (name, algorithm, options) in made {
        let (key, request) = (format!("{name}.key"), format!("{name}.req"));
        openssl(&folder, &[&["genpkey", "-out", "made.pem"], algorithm].concat()).unwrap();
        // `genpkey -outform DER` would write the traditional form of RSA and EC keys.
        openssl(&folder, &["pkcs8", "-topk8", "-nocrypt", "-in", "made.pem", "-outform", "DER", "-out", &key]).unwrap();
        let base = ["req", "-new", "-keyform", "DER", "-key", &key, "-subj", "/C=HK/CN=Chan", "-outform", "DER"];
        openssl(&folder, &[&base[..], &["-out", &request], options].concat()).unwrap();
        let key = SoftwareKey::from_pkcs8_der(&fs::read(folder.join(&key)).unwrap()).unwrap();
        let request = CertificateRequest::from_der(&fs::read(folder.join(&request)).unwrap()).unwrap();
        assert_eq!(request.public_key(), key.public_key(), "{name}");
        assert_eq!(request.verify_self_signature(), Ok(()), "{name}");
        assert_eq!(request.subject().to_string(), "CN=Chan,C=HK");
        let signature = key.sign(b"challenge").unwrap();
        assert_eq!(key.public_key().verify(key.algorithm(), b"challenge", &signature), Ok(()));
    }
}

#[test]
fn an_sm2_signature_with_null_parameters_is_read_and_openssl_reads_ours() {
    let key = key(KeySpec::Sm2);
    let name = Name::from_attributes(&[(oid::COMMON_NAME, "null")]);
    let builder = CertificateBuilder::new(
        Serial::from_hex("1").unwrap(),
        name.clone(),
        name,
        (NOW, Time(NOW.0 + 9)),
        key.public_key().clone(),
    );
    let (absent, null) = (builder.sign(&key).unwrap(), builder.sm2_null_parameters(true).sign(&key).unwrap());
    assert_eq!(absent.signature_algorithm(), null.signature_algorithm());
    assert_eq!(absent.tbs_der().len() + 2, null.tbs_der().len());
    assert_eq!(null.verify_signature(key.public_key()), Ok(()));
}

#[test]
fn what_is_built_reads_the_same_to_x509_parser() {
    let signer = key(KeySpec::Sm2);
    let root = root(&signer);
    let leaf = leaf(&root, &signer, &key(KeySpec::Rsa2048));
    let (rest, other) = x509_parser::parse_x509_certificate(leaf.der()).unwrap();
    assert!(rest.is_empty());
    assert_eq!(other.issuer().as_raw(), root.subject().der());
    assert_eq!(other.validity().not_after.timestamp(), leaf.not_after().0);
    assert_eq!(other.extensions().len(), leaf.extensions().all().len());
    assert_eq!(other.public_key().raw, leaf.public_key().spki_der());
}
