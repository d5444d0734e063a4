//! Identifiers and bearer secrets: random, URL-safe, and stored only as digests where they open something.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A row's public identifier: 128 random bits, 22 characters; never one that a command line would take for an option.
pub fn new_id() -> String {
    loop {
        let id = URL_SAFE_NO_PAD.encode(crate::rng::bytes::<16>());
        if !id.starts_with('-') {
            return id;
        }
    }
}

/// A bearer secret (session, code, token): 256 random bits, 43 characters.
pub fn new_secret() -> String {
    URL_SAFE_NO_PAD.encode(crate::rng::bytes::<32>())
}

/// What the database keeps of a bearer secret: its SHA-256, so that a stolen copy opens nothing.
pub fn digest(secret: &str) -> Vec<u8> {
    sha256(secret.as_bytes()).to_vec()
}

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    digest.as_ref().try_into().expect("SHA-256 gives 32 bytes")
}

/// SHA-512 of `bytes`.
pub fn sha512(bytes: &[u8]) -> [u8; 64] {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA512, bytes);
    digest.as_ref().try_into().expect("SHA-512 gives 64 bytes")
}

/// Unpadded base64url, as JOSE and the challenge page write bytes.
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads unpadded base64url.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Compares without telling by its time where two secrets differ.
pub fn same(left: &[u8], right: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(left, right).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_no_option_of_a_command() {
        // One in 64 would be.
        assert!((0..2000).all(|_| !new_id().starts_with('-')));
    }
}
