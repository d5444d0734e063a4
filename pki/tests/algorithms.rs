//! Certificates by every signature algorithm that OpenSSL makes, as the engine judges them.

#![allow(clippy::unwrap_used, clippy::panic)] // In a test, to panic is to fail.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pki::algorithm::{AlgorithmPolicy, PublicKey};
use pki::key::{KeySpec, Signer, SoftwareKey};
use pki::path::{self, TrustAnchor, ValidationRequest};
use pki::{Certificate, Time};

/// A time at which certificates made today are valid: their period begins now and lasts ten days.
const DAYS: &str = "10";

/// A folder of its own with a request for the leaf.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("algorithms-{test}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    openssl(&folder, "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out leaf.key");
    openssl(&folder, "req -new -key leaf.key -subj /CN=leaf -out leaf.req");
    folder
}

fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A root and what it has signed.
struct Made {
    root: Certificate,
    leaf: Certificate,
}

/// OpenSSL makes a key by `genpkey`, a root and a leaf, both signed with `options`.
fn make(folder: &Path, genpkey: &str, options: &str) -> Made {
    openssl(folder, &format!("genpkey {genpkey} -out root.key"));
    sign(folder, options)
}

fn sign(folder: &Path, options: &str) -> Made {
    let options = if options.is_empty() { String::new() } else { format!(" {options}") };
    openssl(folder, &format!("req -x509 -new -key root.key -subj /CN=root -days {DAYS} -out root.pem{options}"));
    openssl(
        folder,
        &format!(
            "x509 -req -in leaf.req -CA root.pem -CAkey root.key -set_serial 2 -days {DAYS} -out leaf.pem{options}"
        ),
    );
    Made { root: read(folder, "root"), leaf: read(folder, "leaf") }
}

fn read(folder: &Path, name: &str) -> Certificate {
    openssl(folder, &format!("x509 -in {name}.pem -outform DER -out {name}.der"));
    Certificate::from_der(&fs::read(folder.join(format!("{name}.der"))).unwrap()).unwrap()
}

/// `valid`, or the code of the refusal.
fn judge(made: &Made, policy: &AlgorithmPolicy) -> &'static str {
    let anchors = [TrustAnchor::new(made.root.clone())];
    let at = Time(made.leaf.not_before().0 + 60);
    let verdict = path::validate(&ValidationRequest::new(&made.leaf, &[], &anchors, at, policy));
    verdict.map_or_else(|invalid| invalid.error.code(), |_| "valid")
}

/// The same certificate with the last octet of its signature changed.
fn forged(certificate: &Certificate) -> Certificate {
    let mut der = certificate.der().to_vec();
    *der.last_mut().unwrap() ^= 1;
    Certificate::from_der(&der).unwrap()
}

/// The legacy policy accepts it, the dated one as said, and nobody one that is forged.
fn hold(what: &str, made: &Made, is_current: bool) {
    assert_eq!(judge(made, &AlgorithmPolicy::legacy()), "valid", "{what}");
    let dated = if is_current { "valid" } else { "algorithm_not_accepted" };
    assert_eq!(judge(made, &AlgorithmPolicy::dated()), dated, "{what}");
    let forged = Made { leaf: forged(&made.leaf), root: made.root.clone() };
    assert_eq!(judge(&forged, &AlgorithmPolicy::legacy()), "signature_invalid", "{what}");
}

#[test]
fn rsa_pss_with_any_digest_mask_and_salt() {
    let folder = folder("pss");
    for bits in [1024, 2048, 2049] {
        openssl(&folder, &format!("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:{bits} -out root.key"));
        for (digest, mask, salt, is_current) in [
            ("sha256", "sha256", "digest", true),
            ("sha256", "sha256", "0", true),
            ("sha256", "sha256", "max", true),
            ("sha256", "sha1", "20", true),
            ("sha384", "sha256", "33", true),
            ("sha224", "sha224", "digest", true),
            ("sha1", "sha1", "20", false),
            ("sha1", "sha512", "max", false),
        ] {
            let options = format!(
                "-{digest} -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:{salt} -sigopt rsa_mgf1_md:{mask}"
            );
            hold(&format!("{bits} bits, {options}"), &sign(&folder, &options), is_current && bits >= 2048);
        }
    }
}

/// RFC 4055 §1.2: "id-RSASSA-PSS … with or without parameters" in the key.
#[test]
fn keys_for_rsa_pss_alone() {
    let folder = folder("pss-keys");
    let limits =
        "-pkeyopt rsa_pss_keygen_md:sha256 -pkeyopt rsa_pss_keygen_mgf1_md:sha256 -pkeyopt rsa_pss_keygen_saltlen:";
    for (limits, options) in [
        (String::new(), "-sha384 -sigopt rsa_pss_saltlen:11"),
        (format!(" {limits}32"), ""),
        (format!(" {limits}20"), "-sigopt rsa_pss_saltlen:40"),
    ] {
        let made = make(&folder, &format!("-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048{limits}"), options);
        hold(&format!("{limits} {options}"), &made, true);
    }
}

#[test]
fn digests_and_lengths_that_only_old_certificates_have() {
    let folder = folder("old");
    for (key, digest, is_current) in [
        ("-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "sha224", true),
        ("-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "sha1", false),
        ("-algorithm RSA -pkeyopt rsa_keygen_bits:1024", "sha1", false),
        ("-algorithm RSA -pkeyopt rsa_keygen_bits:1024", "sha384", false),
        ("-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "sha1", false),
        ("-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "sha224", true),
        ("-algorithm EC -pkeyopt ec_paramgen_curve:P-384", "sha1", false),
        ("-algorithm EC -pkeyopt ec_paramgen_curve:P-384", "sha224", true),
        ("-algorithm EC -pkeyopt ec_paramgen_curve:P-521", "sha1", false),
        ("-algorithm EC -pkeyopt ec_paramgen_curve:P-521", "sha224", true),
        ("-algorithm EC -pkeyopt ec_paramgen_curve:P-521", "sha256", true),
    ] {
        hold(&format!("{key} {digest}"), &make(&folder, key, &format!("-{digest}")), is_current);
    }
}

#[test]
fn edwards_curves() {
    let folder = folder("edwards");
    for algorithm in ["ED25519", "ED448"] {
        hold(algorithm, &make(&folder, &format!("-algorithm {algorithm}"), ""), true);
    }
}

/// OpenSSL 3.0 has no ML-DSA: RustCrypto's has, and the two make the same key of a seed.
#[test]
fn ml_dsa_as_another_library_does_it() {
    use ml_dsa::signature::{Keypair, Signer as _, Verifier};
    use ml_dsa::{MlDsa44, MlDsa65, MlDsa87, Signature, SigningKey};
    macro_rules! agree {
        ($parameters:ty, $spec:expr) => {
            let ours = SoftwareKey::generate($spec, &mut |_| ()).unwrap();
            let pkcs8 = ours.to_pkcs8_der();
            // RFC 9881 §6: seed [0] OCTET STRING (SIZE (32)), the last of the PrivateKeyInfo.
            let seed: [u8; 32] = pkcs8[pkcs8.len() - 32..].try_into().unwrap();
            let theirs = SigningKey::<$parameters>::from_seed(&seed.into());
            assert_eq!(theirs.verifying_key().encode()[..], *ours.public_key().key_bits());
            let signature = theirs.sign(b"message").encode();
            assert_eq!(ours.public_key().verify(ours.algorithm(), b"message", &signature), Ok(()));
            assert!(ours.public_key().verify(ours.algorithm(), b"massage", &signature).is_err());
            let signature = Signature::<$parameters>::try_from(&ours.sign(b"message").unwrap()[..]).unwrap();
            assert!(theirs.verifying_key().verify(b"message", &signature).is_ok());
        };
    }
    agree!(MlDsa44, KeySpec::MlDsa44);
    agree!(MlDsa65, KeySpec::MlDsa65);
    agree!(MlDsa87, KeySpec::MlDsa87);
}

#[test]
fn dsa_by_the_legacy_policy_alone() {
    let folder = folder("dsa");
    for (p, q, digest) in [(1024, 160, "sha1"), (1024, 224, "sha1"), (2048, 224, "sha224"), (2048, 256, "sha256")] {
        openssl(
            &folder,
            &format!(
                "genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:{p} -pkeyopt dsa_paramgen_q_bits:{q} -out parameters.pem"
            ),
        );
        hold(&format!("{p}/{q} {digest}"), &make(&folder, "-paramfile parameters.pem", &format!("-{digest}")), false);
    }
}

/// Whatever stands in a key, it is refused or does not verify, and nothing falls over.
#[test]
fn keys_that_are_changed_verify_nothing() {
    let folder = folder("changed");
    openssl(
        &folder,
        "genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:1024 -pkeyopt dsa_paramgen_q_bits:160 -out parameters.pem",
    );
    let made = [
        make(&folder, "-paramfile parameters.pem", "-sha1"),
        make(&folder, "-algorithm RSA -pkeyopt rsa_keygen_bits:1024", "-sha224"),
    ];
    for Made { root, leaf } in made {
        let spki = root.public_key().spki_der();
        let last = root.public_key().key_bits().len();
        // Identifiers stay: another kind of key is another test. The leading octets, then every eleventh.
        let start = spki.windows(2).position(|pair| pair == [2, 0x81]).unwrap();
        for at in (start..spki.len()).filter(|at| at - start < 12 || at % 11 == 0 || spki.len() - at < 4) {
            for mask in [1, 0x80, 0xff] {
                let mut changed = spki.to_vec();
                changed[at] ^= mask;
                let Ok(key) = PublicKey::from_spki_der(&changed) else { continue };
                assert!(leaf.verify_signature(&key).is_err(), "octet {at} of {}, {last}", spki.len());
            }
        }
    }
}
