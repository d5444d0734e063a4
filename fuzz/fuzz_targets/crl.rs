//! A CRL, read, printed, and asked for every entry.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pearlbridge_fuzz::within_limits;
use pki::{CertificateList, Serial};

fuzz_target!(|der: &[u8]| within_limits(|| {
    let Ok(crl) = CertificateList::from_der(der) else { return };
    assert_eq!(crl.der(), der, "it is kept as it came");
    let _ = format!("{crl:?}");
    let _ = crl.revoked(&Serial::from_unsigned(&[1]));
    let _ = (crl.len(), crl.scope(), crl.number(), crl.delta_base());
}));
