//! SM2 signatures by OpenSSL, good and spoilt: the engine gives OpenSSL's verdict, before and after it has prepared
//! the key.

#![allow(clippy::unwrap_used, clippy::panic)] // In a test, to panic is to fail.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use pki::algorithm::{PublicKey, SignatureAlgorithm};

/// What both `pkeyutl -sign` and `-verify` need to be told.
const OPTIONS: [&str; 7] = ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678", "-inkey", "key.pem"];
const FILES: [&str; 3] = ["-in", "message", "-sigfile"];

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sm2-openssl");
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn openssl(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("openssl").args(arguments).current_dir(folder).output().unwrap()
}

fn done(folder: &Path, arguments: &[&str]) {
    let output = openssl(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn verified_by_openssl(folder: &Path, signature: &[u8]) -> bool {
    fs::write(folder.join("signature"), signature).unwrap();
    openssl(folder, &[&["pkeyutl", "-verify"], &OPTIONS[..], &FILES, &["signature"]].concat()).status.success()
}

#[test]
fn signatures_of_openssl_get_its_verdict() {
    let folder = folder();
    let sign = [&["pkeyutl", "-sign", "-out", "signature"], &OPTIONS[..], &FILES[..2]].concat();
    for number in 0..3 {
        done(&folder, &["genpkey", "-algorithm", "SM2", "-out", "key.pem"]);
        done(&folder, &["pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "key.der"]);
        let key = PublicKey::from_spki_der(&fs::read(folder.join("key.der")).unwrap()).unwrap();
        // More than it takes for the key to be prepared.
        for length in 0..12usize {
            let message = vec![number; length * 37];
            fs::write(folder.join("message"), &message).unwrap();
            done(&folder, &sign);
            let signature = fs::read(folder.join("signature")).unwrap();
            let verdict = |signature: &[u8]| key.verify(SignatureAlgorithm::Sm2Sm3, &message, signature).is_ok();
            assert!(verdict(&signature) && verified_by_openssl(&folder, &signature), "{length}");
            let mut spoilt = signature;
            let at = (length * 7 + usize::from(number)) % spoilt.len();
            spoilt[at] ^= 1 << (length % 8);
            assert_eq!(verdict(&spoilt), verified_by_openssl(&folder, &spoilt), "{length}: {spoilt:x?}");
        }
    }
}
