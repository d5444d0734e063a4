//! Identifiers and bearer secrets: random, URL-safe, and stored only as digests where they open something.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::clock::Micros;

/// Octets of a time in what is dated.
const TICK: usize = 6;

/// Characters of a dated secret.
const DATED_SECRET: usize = 51;

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

/// As [`new_id`], but it begins with its time, 32 hexadecimal digits: rows of one moment lie together in an index, and what
/// is written at once changes one page of it rather than as many as there are rows.
pub fn new_dated_id(now: Micros) -> String {
    hex::encode([tick(now).as_slice(), &crate::rng::bytes::<10>()].concat())
}

/// As [`new_secret`], but it begins with its time, 51 characters: for the codes and tokens of every login. Who holds it
/// knows when it was issued anyway.
pub fn new_dated_secret(now: Micros) -> String {
    URL_SAFE_NO_PAD.encode([tick(now).as_slice(), &crate::rng::bytes::<32>()].concat())
}

/// A time in steps of four milliseconds, in order as octets.
fn tick(now: Micros) -> [u8; TICK] {
    let [_, _, tick @ ..] = (now.max(0) >> 12).to_be_bytes();
    tick
}

/// What the database keeps of a bearer secret: its SHA-256, so that a stolen copy opens nothing; of a dated one behind its
/// time.
pub fn digest(secret: &str) -> Vec<u8> {
    let dated = (secret.len() == DATED_SECRET).then(|| from_base64url(secret)).flatten();
    let time = dated.as_deref().and_then(|bytes| bytes.get(..TICK)).unwrap_or_default();
    [time, &sha256(secret.as_bytes())].concat()
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

    const NOW: Micros = 1_800_000_000_000_000;

    #[test]
    fn an_identifier_is_no_option_of_a_command() {
        // One in 64 would be.
        assert!((0..2000).all(|_| !new_id().starts_with('-')));
    }

    #[test]
    fn what_is_dated_sorts_by_its_time() {
        let times = [0, NOW, NOW + 5_000, NOW + 3_600_000_000, 2 * NOW];
        let ids = times.map(new_dated_id);
        assert!(ids.is_sorted() && ids.iter().all(|id| id.len() == 32));
        assert!(times.map(|time| digest(&new_dated_secret(time))).is_sorted());
    }

    #[test]
    fn a_digest_hides_all_of_a_secret_but_its_time() {
        let (one, other) = (new_dated_secret(NOW), new_dated_secret(NOW));
        assert_eq!((one.len(), digest(&one).len()), (DATED_SECRET, TICK + 32));
        assert_eq!(digest(&one)[..TICK], digest(&other)[..TICK]);
        assert_ne!(digest(&one)[TICK..], digest(&other)[TICK..]);
        assert_eq!(digest(&new_secret()).len(), 32);
        assert_eq!(digest(&"*".repeat(DATED_SECRET)).len(), 32, "what is no base64url has no time");
    }
}
