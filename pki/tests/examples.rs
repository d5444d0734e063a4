//! The examples, one after the other on one another's files, with OpenSSL as the OCSP responder.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

use std::fs;
use std::path::Path;
use std::process::Command;

use pki::{Certificate, OcspResponse, Time};

// Each is a program; what it does beside reading its arguments is called here.
#[allow(dead_code)]
#[path = "../examples/check_ocsp.rs"]
mod check_ocsp;
#[allow(dead_code)]
#[path = "../examples/issue_certificate.rs"]
mod issue_certificate;
#[allow(dead_code)]
#[path = "../examples/missing_evidence.rs"]
mod missing_evidence;
#[allow(dead_code)]
#[path = "../examples/validate_chain.rs"]
mod validate_chain;

/// 2026-01-01T00:00:00Z
const NOW: Time = Time(1_767_225_600);

fn issued() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    issue_certificate::issue(folder.path(), NOW).unwrap();
    folder
}

fn read(folder: &Path, file: &str) -> Certificate {
    Certificate::from_der(&fs::read(folder.join(file)).unwrap()).unwrap()
}

#[test]
fn what_the_example_issues_is_a_chain() {
    let folder = issued();
    let chain = ["leaf.der", "ca.der", "root.der"].map(|file| read(folder.path(), file));
    let told = validate_chain::judge(&chain, NOW).unwrap();
    assert_eq!(told, "valid: CN=陈大文,C=CN ← CN=Example CA,C=CN ← CN=Example Root,C=CN");
    let late = validate_chain::judge(&chain, NOW.plus_seconds(400 * 86_400)).unwrap();
    assert!(late.starts_with("invalid: ") && late.ends_with("(RFC 5280 §6.1.3 (a)(2))"), "{late}");
}

#[test]
fn missing_evidence_is_asked_for_until_there_is_none() {
    let folder = issued();
    let [leaf, root] = ["leaf.der", "root.der"].map(|file| read(folder.path(), file));
    let told = missing_evidence::judge(&leaf, &root, folder.path(), NOW);
    assert_eq!(told.last().unwrap(), "valid, 3 certificates");
    for file in ["ca.der", "ca.crl", "root.crl"] {
        assert_eq!(told.iter().filter(|line| line.ends_with(file)).count(), 1, "{told:?}");
    }
    fs::remove_file(folder.path().join("ca.crl")).unwrap();
    let told = missing_evidence::judge(&leaf, &root, folder.path(), NOW);
    assert!(told.last().unwrap().starts_with("invalid: "), "{told:?}");
}

#[test]
fn an_answer_of_openssl_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let script = "
        openssl ecparam -name prime256v1 -genkey -noout -out ca.key
        openssl req -x509 -new -key ca.key -subj /CN=CA -days 30 -out ca.pem
        openssl ecparam -name prime256v1 -genkey -noout -out leaf.key
        openssl req -new -key leaf.key -subj /CN=Leaf -out leaf.csr
        openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -set_serial 5 -days 20 -out leaf.pem
        printf 'V\\t491231235959Z\\t\\t05\\tunknown\\t/CN=Leaf\\n' >index.txt
        openssl ocsp -issuer ca.pem -cert leaf.pem -reqout leaf.req -no_nonce
        openssl ocsp -index index.txt -CA ca.pem -rsigner ca.pem -rkey ca.key -reqin leaf.req -respout leaf.ocsp -ndays 7
        for name in ca leaf; do openssl x509 -in $name.pem -outform DER -out $name.der; done";
    let output = Command::new("sh").args(["-ec", script]).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let [leaf, ca] = ["leaf.der", "ca.der"].map(|file| read(folder.path(), file));
    let response = OcspResponse::from_der(&fs::read(folder.path().join("leaf.ocsp")).unwrap()).unwrap();
    let made = response.basic().unwrap().produced_at();
    let told = check_ocsp::check(response.clone(), &leaf, ca.clone(), made);
    assert!(told[1].starts_with("Good"), "{told:?}");
    assert_eq!(told.last().unwrap(), "believed: not revoked");
    let late = check_ocsp::check(response, &leaf, ca, made.plus_seconds(8 * 86_400));
    assert!(late.last().unwrap().starts_with("refused: "), "{late:?}");
}
