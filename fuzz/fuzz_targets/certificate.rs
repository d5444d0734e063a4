//! A certificate, read, printed, linted and held against itself.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pearlbridge_fuzz::within_limits;
use pki::Certificate;
use pki::certificate::lint;

fuzz_target!(|der: &[u8]| within_limits(|| {
    let Ok(certificate) = Certificate::from_der(der) else { return };
    assert_eq!(certificate.der(), der, "it is kept as it came");
    let _ = format!("{certificate:?} {} {}", certificate.subject(), certificate.issuer());
    let _ = certificate.verify_signature(certificate.public_key());
    let _ = (certificate.is_ca(), certificate.is_self_issued());
    for extension in certificate.extensions().all() {
        assert!(certificate.extension_value(&extension.oid).is_some());
    }
    let _ = lint::run(&certificate, &certificate);
}));
