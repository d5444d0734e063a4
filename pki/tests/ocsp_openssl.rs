//! `openssl ocsp` as the peer: its responses judged here, ours read there.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pki::algorithm::SignatureAlgorithm;
use pki::certificate::extension::KeyUsage;
use pki::crl::Reason;
use pki::key::{KeySpec, Signer, SoftwareKey};
use pki::ocsp::{CertId, CertIdHash, CertStatus, ResponderId, SingleResponse};
use pki::path::{RevocationMode, Verdict};
use pki::{Certificate, CertificateBuilder, OcspRequest, OcspResponse, OcspResponseBuilder, Time, oid};
use support::{Authority, DAY, NOW, ask, code, key, name, serial};

/// A CA, its leaf and two responders, valid when `openssl`, which has a clock, says that it is now; in files.
struct World {
    folder: PathBuf,
    ca: Authority,
    leaf: Certificate,
    delegate: (SoftwareKey, Certificate),
}

/// Into 2100, whenever these tests are run.
fn builder(issuer: &Authority, common: &str, key: &dyn Signer) -> CertificateBuilder {
    let validity = (NOW, Time(4_102_444_800));
    let subject = name("CN", common);
    CertificateBuilder::new(serial(), issuer.name().clone(), subject, validity, key.public_key().clone())
}

impl World {
    fn new(test: &str, spec: KeySpec) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("ocsp-{test}-{spec}"));
        fs::create_dir_all(&folder).unwrap();
        let mut ca = Authority::root("CN", "CA", spec);
        let constrained = builder(&ca, "CA", &ca.key).basic_constraints(true, None);
        let usage = KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN | KeyUsage::DIGITAL_SIGNATURE;
        ca.certificate = constrained.key_usage(usage).subject_key_id().sign(&ca.key).unwrap();
        let leaf = ca.sign(builder(&ca, "Somebody", &key(KeySpec::EcdsaP256)));
        let world = Self { delegate: delegate(&ca, spec, &[oid::OCSP_SIGNING]), folder, ca, leaf };
        world.keep("ca", &world.ca.certificate, &world.ca.key);
        world.keep("delegate", &world.delegate.1, &world.delegate.0);
        let (wrong, certificate) = delegate(&world.ca, spec, &[oid::CLIENT_AUTH]);
        world.keep("wrong", &certificate, &wrong);
        world.keep("leaf", &world.leaf, &world.ca.key);
        world
    }

    fn keep(&self, name: &str, certificate: &Certificate, key: &SoftwareKey) {
        let der = self.folder.join("der");
        fs::write(&der, certificate.der()).unwrap();
        self.openssl(&["x509", "-inform", "DER", "-in", "der", "-out", &format!("{name}.pem")]);
        fs::write(&der, key.to_pkcs8_der().as_slice()).unwrap();
        self.openssl(&["pkey", "-inform", "DER", "-in", "der", "-out", &format!("{name}.key")]);
    }

    #[track_caller]
    fn openssl(&self, arguments: &[&str]) -> String {
        let output = Command::new("openssl").args(arguments).current_dir(&self.folder).output().unwrap();
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{arguments:?}: {text}");
        text
    }

    /// What `openssl ocsp` answers as the responder of this name, with this line of its index about the leaf.
    fn answer(&self, responder: &str, line: &str, options: &[&str]) -> OcspResponse {
        let line = line.replace("SERIAL", &self.leaf.serial().to_string());
        fs::write(self.folder.join("index"), line).unwrap();
        let (signer, key) = (format!("{responder}.pem"), format!("{responder}.key"));
        let base = ["ocsp", "-index", "index", "-CA", "ca.pem", "-rsigner", &signer, "-rkey", &key, "-respout", "out"];
        let asked = ["-issuer", "ca.pem", "-cert", "leaf.pem", "-noverify", "-no_nonce"];
        // A digest of CertIDs counts for the certificates after it.
        let (hash, others): (Vec<_>, Vec<_>) =
            options.iter().partition(|option| ["-sha1", "-sha256", "-sm3"].contains(option));
        self.openssl(&[&base[..], &hash, &asked, &others].concat());
        OcspResponse::from_der(&fs::read(self.folder.join("out")).unwrap()).unwrap()
    }

    /// Judged when it was made.
    fn judge(&self, response: &OcspResponse) -> Verdict {
        self.judge_at(response, response.basic().unwrap().produced_at())
    }

    fn judge_at(&self, response: &OcspResponse, at: Time) -> Verdict {
        ask(&self.leaf, &[], &[self.ca.anchor()], |request| {
            request.at = at;
            (request.revocation, request.ocsp) = (RevocationMode::Require, std::slice::from_ref(response));
        })
    }
}

fn delegate(ca: &Authority, spec: KeySpec, purposes: &[pki::Oid]) -> (SoftwareKey, Certificate) {
    let key = key(spec);
    let plain = builder(ca, "Responder", &key).key_usage(KeyUsage::DIGITAL_SIGNATURE).subject_key_id();
    let certificate = ca.sign(plain.extended_key_usage(purposes).extension(oid::OCSP_NOCHECK, false, vec![5, 0]));
    (key, certificate)
}

const GOOD: &str = "V\t491231235959Z\t\tSERIAL\tunknown\t/CN=Somebody\n";
const REVOKED: &str = "R\t491231235959Z\t260102000000Z,keyCompromise\tSERIAL\tunknown\t/CN=Somebody\n";
const HELD: &str = "R\t491231235959Z\t260102000000Z,certificateHold\tSERIAL\tunknown\t/CN=Somebody\n";
const OTHER: &str = "V\t491231235959Z\t\t7FFFFF\tunknown\t/CN=Other\n";

#[test]
fn responses_of_openssl_are_judged_as_it_meant_them() {
    for spec in [KeySpec::Rsa2048, KeySpec::EcdsaP256, KeySpec::EcdsaP384] {
        let world = World::new("judged", spec);
        for responder in ["ca", "delegate"] {
            for options in [&["-sha1"][..], &["-sha256", "-resp_key_id"], &["-sm3", "-nmin", "5"], &["-rmd", "sha512"]]
            {
                let judge = |line| code(&world.judge(&world.answer(responder, line, options)));
                let all = [GOOD, REVOKED, HELD, OTHER].map(judge);
                let expected = ["valid", "certificate_revoked", "certificate_revoked", "revocation_unknown"];
                assert_eq!(all, expected, "{spec} {responder} {options:?}");
            }
        }
    }
}

#[test]
fn time_and_reason_are_those_of_the_index() {
    let world = World::new("reason", KeySpec::EcdsaP256);
    let response = world.answer("ca", REVOKED, &["-sha1"]);
    let [single] = response.basic().unwrap().responses() else { panic!("one answer") };
    let since = Time::parse_rfc3339("2026-01-02T00:00:00Z").unwrap();
    assert_eq!(single.status(), CertStatus::Revoked { since, reason: Some(Reason::KeyCompromise) });
    assert_eq!(single.id().hash(), Some(CertIdHash::Sha1));
}

#[test]
fn a_responder_of_another_purpose_or_digest_or_time_is_refused() {
    let world = World::new("refused", KeySpec::Rsa2048);
    let reason = |verdict: Verdict| verdict.unwrap_err().error.to_string();
    let wrong = reason(world.judge(&world.answer("wrong", GOOD, &[])));
    assert!(wrong.contains("not permitted for the purpose ocsp-signing"), "{wrong}");
    let weak = reason(world.judge(&world.answer("delegate", GOOD, &["-rmd", "sha1"])));
    assert!(weak.contains("SHA-1 was not acceptable"), "{weak}");
    let response = world.answer("delegate", GOOD, &["-nmin", "5"]);
    let later = Time(response.basic().unwrap().produced_at().0 + 301);
    assert!(reason(world.judge_at(&response, later)).contains("has run out"));
    // A sibling of the CA, with its own leaf of the same serial number.
    let sibling = World::new("sibling", KeySpec::Rsa2048);
    let foreign = World { leaf: world.leaf.clone(), ..sibling };
    fs::copy(world.folder.join("leaf.pem"), foreign.folder.join("leaf.pem")).unwrap();
    let stranger = reason(world.judge(&foreign.answer("ca", GOOD, &[])));
    assert!(stranger.contains("no OCSP response is about it"), "{stranger}");
}

#[test]
fn requests_of_openssl_are_read_and_ours_answered() {
    let world = World::new("requests", KeySpec::EcdsaP256);
    let asked = ["ocsp", "-sha256", "-issuer", "ca.pem", "-cert", "leaf.pem", "-reqout", "req", "-nonce"];
    world.openssl(&asked);
    let request = OcspRequest::from_der(&fs::read(world.folder.join("req")).unwrap()).unwrap();
    assert!(request.ids()[0].is_of(&world.leaf, &world.ca.certificate));
    assert!(request.nonce().is_some_and(|nonce| nonce.len() >= 16));

    let id = CertId::of(CertIdHash::Sm3, &world.leaf, &world.ca.certificate);
    let request = OcspRequest::new(&[id], Some(&[5; 32])).unwrap();
    fs::write(world.folder.join("ours"), request.der()).unwrap();
    fs::write(world.folder.join("index"), GOOD.replace("SERIAL", &world.leaf.serial().to_string())).unwrap();
    let base = ["ocsp", "-index", "index", "-CA", "ca.pem", "-rsigner", "delegate.pem", "-rkey", "delegate.key"];
    world.openssl(&[&base[..], &["-reqin", "ours", "-respout", "out", "-noverify"]].concat());
    let response = OcspResponse::from_der(&fs::read(world.folder.join("out")).unwrap()).unwrap();
    assert_eq!(response.basic().unwrap().check_nonce(&[5; 32]), Ok(()));
    assert_eq!(code(&world.judge(&response)), "valid");
}

#[test]
fn our_responses_are_read_and_verified_by_openssl() {
    for spec in [KeySpec::Rsa2048, KeySpec::EcdsaP256, KeySpec::EcdsaP384, KeySpec::Ed25519] {
        let world = World::new("ours", spec);
        let since = Time(NOW.0 - DAY);
        for (status, expected) in [
            (CertStatus::Good, "leaf.pem: good"),
            (CertStatus::Revoked { since, reason: Some(Reason::Superseded) }, "Reason: superseded"),
            (CertStatus::Unknown, "leaf.pem: unknown"),
        ] {
            for by_ca in [true, false] {
                let text = world.read_by_openssl(&world.ours(status, by_ca));
                assert!(text.contains("Response verify OK") && text.contains(expected), "{spec} {by_ca}: {text}");
            }
        }
    }
}

/// OpenSSL 3.0 cannot be told the SM2 id for `ocsp`, so that it reads the response but does not check its signature.
#[test]
fn our_sm2_responses_are_read_by_openssl_and_judged_here() {
    let world = World::new("sm2", KeySpec::Sm2);
    let response = world.ours(CertStatus::Good, false);
    assert_eq!(code(&world.judge(&response)), "valid");
    fs::write(world.folder.join("resp"), response.der()).unwrap();
    let text = world.openssl(&["ocsp", "-respin", "resp", "-noverify", "-resp_text"]);
    for part in ["SM2-with-SM3", "Hash Algorithm: sm3", "Cert Status: good", "Archive Cutoff"] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

impl World {
    /// Good for ever, since openssl compares with its own clock.
    fn ours(&self, status: CertStatus, by_ca: bool) -> OcspResponse {
        let is_sm2 = self.ca.key.algorithm() == SignatureAlgorithm::Sm2Sm3;
        let hash = if is_sm2 { CertIdHash::Sm3 } else { CertIdHash::Sha1 };
        let id = CertId::of(hash, &self.leaf, &self.ca.certificate);
        let single = SingleResponse::new(id, status, NOW, Some(Time(4_102_444_800))).with_archive_cutoff(NOW);
        let (key, certificate, responder) = match by_ca {
            true => (&self.ca.key, &self.ca.certificate, ResponderId::by_name(&self.ca.certificate)),
            false => (&self.delegate.0, &self.delegate.1, ResponderId::by_key(&self.delegate.1)),
        };
        let builder = OcspResponseBuilder::new(responder, NOW).response(single).certificates([certificate.clone()]);
        builder.sign(key).unwrap()
    }

    fn read_by_openssl(&self, response: &OcspResponse) -> String {
        fs::write(self.folder.join("resp"), response.der()).unwrap();
        let base = ["ocsp", "-respin", "resp", "-issuer", "ca.pem", "-cert", "leaf.pem", "-CAfile", "ca.pem"];
        self.openssl(&[&base[..], &["-no_nonce"]].concat())
    }
}
