//! A certs-only message, read, its certificates and CRLs read, and written anew.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pearlbridge_fuzz::within_limits;
use pki::cms::CertsOnly;

fuzz_target!(|bytes: &[u8]| within_limits(|| {
    let Ok(message) = CertsOnly::read(bytes) else { return };
    assert!(CertsOnly::is_content_info(bytes), "it is known by how it begins");
    let certificates: Vec<_> = message.certificates().filter_map(Result::ok).collect();
    let crls: Vec<_> = message.crls().filter_map(Result::ok).collect();
    let written = CertsOnly::write(&certificates, &crls);
    let again = CertsOnly::read(&written).expect("what was written can be read");
    assert!(again.certificate_ders().iter().all(|der| message.certificate_ders().contains(der)));
    assert!(again.certificate_ders().is_sorted() && again.crl_ders().is_sorted());
    assert!(certificates.iter().all(|certificate| again.certificate_ders().contains(&certificate.der())));
}));
