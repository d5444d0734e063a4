//! A private key (PKCS#8) and a public one (SubjectPublicKeyInfo), read and used.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pearlbridge_fuzz::within_limits;
use pki::algorithm::PublicKey;
use pki::key::{Signer, SoftwareKey};

fuzz_target!(|der: &[u8]| within_limits(|| {
    if let Ok(key) = PublicKey::from_spki_der(der) {
        assert_eq!(key.spki_der(), der, "it is kept as it came");
        let _ = (format!("{key:?}"), key.rsa_components(), key.key_identifier());
    }
    if let Ok(key) = SoftwareKey::from_pkcs8_der(der) {
        let signature = key.sign(b"message").expect("a key that was read signs");
        key.public_key().verify(key.algorithm(), b"message", &signature).expect("its public key verifies that");
    }
}));
