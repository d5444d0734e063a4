//! Trust lists by TS 119 612, up to the point where a signer's key is wanted: read, made canonical, digests compared.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pearlbridge_fuzz::within_limits;
use pki::algorithm::AlgorithmPolicy;
use pki::trust::TrustList;

fuzz_target!(|xml: &[u8]| within_limits(|| {
    assert!(TrustList::from_signed_xml(xml, &[], &AlgorithmPolicy::dated()).is_err(), "nobody has signed it");
}));
