//! OCSP requests and responses, read and printed.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pearlbridge_fuzz::within_limits;
use pki::{OcspRequest, OcspResponse};

fuzz_target!(|der: &[u8]| within_limits(|| {
    if let Ok(request) = OcspRequest::from_der(der) {
        let _ = (format!("{request:?}"), request.ids().len(), request.nonce());
    }
    let Ok(response) = OcspResponse::from_der(der) else { return };
    assert_eq!(response.der(), der, "it is kept as it came");
    let _ = format!("{response:?}");
    if let Some(basic) = response.basic() {
        for certificate in basic.certificates() {
            let _ = basic.verify_signature(certificate.public_key());
        }
    }
}));
