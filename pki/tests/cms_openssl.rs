//! Certs-only messages: what OpenSSL writes is read here, what is written here OpenSSL reads.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pki::cms::CertsOnly;
use pki::key::KeySpec;
use pki::{Certificate, CertificateList};
use support::Authority;

fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs openssl in a folder; its output.
fn openssl(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A root, its issuing CA, and a CRL of each.
fn hierarchy() -> ([Certificate; 2], [CertificateList; 2]) {
    let root = Authority::root("CN", "Root", KeySpec::Sm2);
    let issuing = root.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    let crls = [root.crl(&[]), issuing.crl(&[&root.certificate])];
    ([root.certificate, issuing.certificate], crls)
}

#[test]
fn openssl_lists_what_a_message_of_ours_holds() {
    let folder = folder("cms_ours");
    let (certificates, crls) = hierarchy();
    let twice = certificates.iter().chain(&certificates);
    fs::write(folder.join("ours.p7c"), CertsOnly::write(twice, &crls)).unwrap();
    let text = openssl(&folder, &["pkcs7", "-inform", "DER", "-in", "ours.p7c", "-print_certs"]);
    let blocks = pem(&text, "CERTIFICATE", &folder);
    assert_eq!(blocks.len(), 2, "each once: {text}");
    assert!(certificates.iter().all(|certificate| blocks.iter().any(|der| der == certificate.der())));
    assert_eq!(text.matches("BEGIN X509 CRL").count(), 2);
    // Strict DER, sets in order: what OpenSSL writes anew is the same.
    openssl(&folder, &["pkcs7", "-inform", "DER", "-in", "ours.p7c", "-outform", "DER", "-out", "again.p7c"]);
    assert_eq!(fs::read(folder.join("ours.p7c")).unwrap(), fs::read(folder.join("again.p7c")).unwrap());
}

#[test]
fn what_openssl_packs_is_read() {
    let folder = folder("cms_theirs");
    let (certificates, crls) = hierarchy();
    for (name, der) in [("root", certificates[0].der()), ("issuing", certificates[1].der())] {
        fs::write(folder.join(name), der).unwrap();
        openssl(&folder, &["x509", "-inform", "DER", "-in", name, "-out", &format!("{name}.pem")]);
    }
    fs::write(folder.join("crl"), crls[0].der()).unwrap();
    let pack = ["crl2pkcs7", "-outform", "DER", "-certfile", "root.pem", "-certfile", "issuing.pem"];
    openssl(&folder, &[&pack[..], &["-nocrl", "-out", "plain.p7b"]].concat());
    openssl(&folder, &[&pack[..], &["-inform", "DER", "-in", "crl", "-out", "crl.p7b"]].concat());
    for (file, lists) in [("plain.p7b", 0), ("crl.p7b", 1)] {
        let message = fs::read(folder.join(file)).unwrap();
        let read = CertsOnly::read(&message).unwrap();
        let mut found: Vec<_> = read.certificates().map(Result::unwrap).collect();
        found.sort_by_key(|certificate| !certificate.is_self_issued());
        assert_eq!(found, certificates);
        assert_eq!(read.crls().map(Result::unwrap).count(), lists);
        let lists = &crls[..lists];
        assert_eq!(CertsOnly::write(&certificates, lists), message, "both write DER");
    }
}

/// A signature's certificates are not taken from it unseen.
#[test]
fn a_message_that_somebody_has_signed_is_refused() {
    let folder = folder("cms_signed");
    let request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=a"];
    openssl(&folder, &[&request[..], &["-keyout", "key.pem", "-out", "a.pem"]].concat());
    let sign = ["cms", "-sign", "-signer", "a.pem", "-inkey", "key.pem", "-in", "a.pem", "-outform", "DER", "-out"];
    for (file, streamed) in [("signed.p7s", false), ("streamed.p7s", true)] {
        let mut arguments = [&sign[..], &[file]].concat();
        arguments.extend(streamed.then_some("-stream"));
        openssl(&folder, &arguments);
        let message = fs::read(folder.join(file)).unwrap();
        let why = CertsOnly::read(&message).unwrap_err().to_string();
        assert!(CertsOnly::is_content_info(&message) && why.contains("signed"), "{why}");
    }
}

fn pem(text: &str, label: &str, folder: &Path) -> Vec<Vec<u8>> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----\n"));
    let blocks = text.split(&begin).skip(1).filter_map(|rest| rest.split_once(&end).map(|(block, _)| block));
    let decode = |block: &str| {
        fs::write(folder.join("block.pem"), format!("{begin}{block}{end}")).unwrap();
        openssl(folder, &["x509", "-in", "block.pem", "-outform", "DER", "-out", "block.der"]);
        fs::read(folder.join("block.der")).unwrap()
    };
    blocks.map(decode).collect()
}
