//! Trust lists by TS 119 612, but for the signer's key: read, made canonical, digests compared.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pearlbridge_fuzz::within_limits;
use pki::trust::TrustList;

fuzz_target!(|xml: &[u8]| within_limits(|| TrustList::fuzz(xml)));
