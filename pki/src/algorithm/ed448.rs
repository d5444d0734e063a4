//! Ed448 (RFC 8032 §5.2), checked by the RustCrypto `ed448-goldilocks` crate; never signed with.

use ed448_goldilocks::{Signature, VerifyingKey};

/// `None` for what is no point of the curve.
pub(super) fn read_key(key: &[u8]) -> Option<VerifyingKey> {
    VerifyingKey::from_bytes(key.try_into().ok()?).ok()
}

pub(super) fn verify(key: &VerifyingKey, message: &[u8], signature: &[u8]) -> bool {
    Signature::try_from(signature).is_ok_and(|signature| key.verify_raw(&signature, message).is_ok())
}
