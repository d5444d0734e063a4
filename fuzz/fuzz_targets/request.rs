//! A certificate request (PKCS#10), read, printed, its signature checked.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pearlbridge_fuzz::within_limits;
use pki::CertificateRequest;

fuzz_target!(|der: &[u8]| within_limits(|| {
    let Ok(request) = CertificateRequest::from_der(der) else { return };
    assert_eq!(request.der(), der, "it is kept as it came");
    let _ = (format!("{request:?}"), request.subject().to_string(), request.verify_self_signature());
}));
