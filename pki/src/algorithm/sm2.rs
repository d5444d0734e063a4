//! Checking SM2 signatures (GB/T 32918.2, GM/T 0003) with the RustCrypto `sm2` crate.

use sm2::dsa::signature::Verifier;
use sm2::dsa::{Signature, VerifyingKey};

/// The signer's id that GM/T 0009 §10 sets when nothing else was agreed.
pub(crate) const SM2_ID: &str = "1234567812345678";

/// Reads an uncompressed point; `None` if it is not on the curve.
pub(super) fn read_key(point: &[u8]) -> Option<VerifyingKey> {
    VerifyingKey::from_sec1_bytes(SM2_ID, point).ok()
}

/// SM2Signature ::= SEQUENCE { R INTEGER, S INTEGER } over SM3(Z ‖ message).
pub(super) fn verify(key: &VerifyingKey, message: &[u8], signature: &[u8]) -> bool {
    Signature::from_der(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
}
