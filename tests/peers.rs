//! Programs that we did not write judge what our authorities issue: OpenSSL, the PKIX validators of the JDK and of
//! BouncyCastle, GnuTLS. All are given the same files of one demonstration province, and our own engine the same
//! values; every one must give the same answer, for the same reason.

#![allow(clippy::unwrap_used, clippy::panic)] // In a test, to panic is to fail.

mod support;

#[path = "peers/case.rs"]
mod case;
#[path = "peers/java.rs"]
mod java;
#[path = "peers/openssl.rs"]
mod openssl;
#[path = "peers/province.rs"]
mod province;

use std::fs;
use std::process::Command;
use std::sync::OnceLock;

use case::{Answer, CLASSIC, Case, Peer, SM2};
use pearlbridge::clock::Clock;
use province::{Lists, OWN, Province};

fn province() -> &'static Province {
    static PROVINCE: OnceLock<Province> = OnceLock::new();
    PROVINCE.get_or_init(Province::make)
}

/// Holds the answers to the table, and names every row that came out otherwise.
fn hold(peer: Peer, cases: &[Case], answers: &[Answer]) {
    assert_eq!(cases.len(), answers.len());
    let wrong = cases.iter().zip(answers).filter(|(case, answer)| !case.is_met(peer, answer));
    let wrong: Vec<_> =
        wrong.map(|(case, answer)| format!("{}: {answer:?}, not {:?}", case.name, case.refused)).collect();
    assert!(wrong.is_empty(), "{peer:?}\n{}", wrong.join("\n"));
}

#[test]
fn our_engine_gives_the_answers_of_the_table() {
    let now = Clock::System.now_seconds();
    let cases = [&CLASSIC[..], &SM2].concat();
    let answers: Vec<_> = cases.iter().map(|case| case::engine(province(), case, now)).collect();
    hold(Peer::Engine, &cases, &answers);
}

#[test]
fn the_trust_service_accepts_the_leaves_that_the_peers_accept() {
    for case in CLASSIC.iter().chain(&SM2).filter(|case| case.is_for_the_service()) {
        let judged = province().judgement(case.lists, case.leaf);
        assert_eq!(judged.is_ok(), case.refused.is_none(), "{}: {judged:?}", case.name);
    }
}

#[test]
fn openssl_agrees_on_rsa_and_ecdsa_chains() {
    let answers: Vec<_> = CLASSIC.iter().map(|case| openssl::verify(&province().folder, case)).collect();
    hold(Peer::OpenSsl, &CLASSIC, &answers);
}

#[test]
fn the_jdk_agrees_on_rsa_and_ecdsa_chains() {
    hold(Peer::Jdk, &CLASSIC, &java::verify(&province().folder, "SUN", &CLASSIC));
}

#[test]
fn bouncy_castle_agrees_on_all_chains_sm2_included() {
    let cases = [&CLASSIC[..], &SM2].concat();
    hold(Peer::BouncyCastle, &cases, &java::verify(&province().folder, "BC", &cases));
}

/// OpenSSL 3 hands the SM2 id to the check of the leaf's signature only, so each edge is a chain of its own.
#[test]
fn openssl_verifies_sm2_signatures_edge_by_edge() {
    let verify = |issuer: &str, subject: &str| {
        let (issuer, subject) = (format!("{issuer}.pem"), format!("{subject}.pem"));
        let options = ["verify", "-x509_strict", "-partial_chain", "-vfyopt", openssl::SM2_ID, "-trusted"];
        openssl::run(&province().folder, &[&options[..], &[&issuer, &subject]].concat())
    };
    for (issuer, subject) in [
        ("gd-root-sm2", "gd-bridge-sm2"),
        ("gd-bridge-sm2", "cn-cross"),
        ("cn-cross", "cn"),
        ("cn-root", "cn-ca"),
        ("cn-ca", "cn"),
        ("gd-root-sm2", "gd-ca-sm2"),
        ("gd-ca-sm2", "own-sm2"),
    ] {
        verify(issuer, subject).unwrap_or_else(|why| panic!("{issuer} to {subject}: {why}"));
    }
    assert!(verify("cn-cross", "cn-forged").unwrap_err().contains("certificate signature failure"));
    assert!(verify("gd-ca-sm2", "cn").unwrap_err().contains("unable to get local issuer certificate"));
}

/// OpenSSL 3 cannot give `crl` the SM2 id: those lists are read here, and verified by BouncyCastle in its table.
#[test]
fn openssl_reads_our_revocation_lists_and_verifies_them() {
    let folder = &province().folder;
    let authorities =
        ["gd-root-p256", "gd-ca-p256", "gd-bridge-p256", "hk-root", "hk-ca", "hk-ca-new", "mo-root", "mo-ca"];
    for authority in authorities {
        for lists in [Lists::Granted, Lists::Withdrawn] {
            let (issuer, file) = (format!("{authority}.pem"), lists.file(authority));
            let text = openssl::run(folder, &["crl", "-noout", "-CAfile", &issuer, "-in", &file]).unwrap();
            assert!(text.contains("verify OK"), "{authority}: {text}");
        }
    }
    let listed = |authority: &str, lists: Lists| {
        openssl::run(folder, &["crl", "-noout", "-text", "-in", &lists.file(authority)]).unwrap()
    };
    let serial = |name: &str| format!("Serial Number: {}", province().certificate(name).serial());
    for (bridge, cross) in
        [("gd-bridge-p256", "hk-cross"), ("gd-bridge-p256", "mo-cross"), ("gd-bridge-sm2", "cn-cross")]
    {
        assert!(listed(bridge, Lists::Granted).contains("No Revoked Certificates"), "{bridge}");
        let text = listed(bridge, Lists::Withdrawn);
        let entry = text.split_once(&serial(cross)).unwrap_or_else(|| panic!("{cross} in {text}")).1;
        let reason = if cross == "mo-cross" { "CA Compromise" } else { "Cessation Of Operation" };
        assert!(entry.split("Serial Number").next().unwrap().contains(reason), "{cross}: {entry}");
    }
}

/// Without the bridge: GnuTLS takes a critical directoryName constraint for one that it does not know.
#[test]
fn gnutls_agrees_on_chains_without_a_bridge() {
    let folder = &province().folder;
    let verify = |files: &[&str]| {
        let chain: String = files.iter().map(|file| fs::read_to_string(folder.join(file)).unwrap()).collect();
        let name = format!("gnutls-{}", files[0]);
        fs::write(folder.join(&name), chain).unwrap();
        let output = Command::new("certtool").args(["--verify-chain", "--infile", &name]).current_dir(folder).output();
        let output = output.expect("certtool is missing: install gnutls-bin");
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    for own in ["own-ecdsa.pem", "own-rsa.pem"] {
        let (good, text) = verify(&[own, "gd-ca-p256.pem", "gd-root-p256.pem", "granted/gd-ca-p256.crl.pem"]);
        assert!(good && text.contains("The certificate is trusted"), "{text}");
    }
    let home = ["hk-ca.pem", "hk-root.pem", "granted/hk-ca.crl.pem"];
    for (leaf, why) in [
        ("hk.pem", "Chain verification output: Verified. The certificate is trusted."),
        ("hk-lost.pem", "The certificate chain is revoked"),
        ("hk-forged.pem", "The signature in the certificate is invalid"),
        ("hk-expired.pem", "The certificate chain uses expired certificate"),
    ] {
        let (good, text) = verify(&[&[leaf][..], &home].concat());
        assert_eq!((good, text.contains(why)), (leaf == "hk.pem", true), "{text}");
    }
}

#[test]
fn a_request_made_by_openssl_is_answered_with_a_certificate_for_its_key() {
    let folder = &province().folder;
    for (name, ..) in OWN {
        let (request, certificate) = (format!("{name}.req"), format!("{name}.pem"));
        let asked = openssl::run(folder, &["req", "-inform", "DER", "-in", &request, "-noout", "-pubkey"]).unwrap();
        let issued = openssl::run(folder, &["x509", "-in", &certificate, "-noout", "-pubkey"]).unwrap();
        assert_eq!(asked, issued, "{name}");
        let text =
            openssl::run(folder, &["x509", "-in", &certificate, "-noout", "-subject", "-nameopt", "utf8,show_type"]);
        let text = text.unwrap();
        assert!(!text.contains("Chan"), "the subject is the account's, not the request's: {text}");
        // RFC 5280, Appendix A.1: X520SerialNumber ::= PrintableString
        assert!(text.contains("serialNumber=PRINTABLESTRING:"), "{text}");
    }
}

/// RFC 5280, Appendix A.1: at most 64 letters of PrintableString. §7.1: without regard to case.
#[test]
fn any_subject_key_fits_into_a_serial_number_and_into_a_comparison_without_case() {
    for key in &province().subject_keys {
        let plain = key.bytes().all(|octet| octet.is_ascii_digit() || octet.is_ascii_lowercase());
        assert!(plain && key.len() <= 64, "{key}");
    }
}

#[test]
fn a_request_that_is_not_signed_as_it_should_be_is_refused() {
    let refusals: Vec<_> = province().refused_requests.iter().map(|(name, why)| (*name, why.as_str())).collect();
    let expected = [
        ("changed", "the request is not signed with its own key"),
        ("made under an empty SM2 id", "the request's own SM2 signature is wrong"),
    ];
    assert_eq!(refusals, expected);
}

#[test]
fn requests_of_pearlbridge_are_verified_by_openssl() {
    let folder = &province().folder;
    for kind in ["sm2", "ecdsa-p256", "ecdsa-p384", "rsa-2048"] {
        let (key, request) = (format!("asked-{kind}.key"), format!("asked-{kind}.req"));
        let made = Command::new(env!("CARGO_BIN_EXE_pearlbridge"))
            .args(["request", "--key-type", kind, "--subject", "CN=张伟,C=CN", "--key", &key, "--out", &request])
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let id: &[&str] = if kind == "sm2" { &["-vfyopt", openssl::SM2_ID] } else { &[] };
        let verified = openssl::run(folder, &[&["req", "-verify", "-noout", "-in", &request], id].concat()).unwrap();
        assert!(verified.contains("verify OK"), "{kind}: {verified}");
        let asked = openssl::run(folder, &["req", "-noout", "-pubkey", "-in", &request]).unwrap();
        assert_eq!(asked, openssl::run(folder, &["pkey", "-pubout", "-in", &key]).unwrap(), "{kind}");
    }
}
