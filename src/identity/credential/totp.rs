//! Time-based one-time codes (RFC 6238): six digits, thirty seconds, one step of drift either way, each used once.

use totp_rs::{Algorithm, Builder, Secret, Totp};

use crate::clock::{Micros, SECOND};

/// Bytes of a new secret: as long as the HMAC's digest (RFC 4226 §4, R6).
pub const SECRET_LENGTH: usize = 20;

/// The time step that `code` belongs to, if it is the present one or a neighbour of it.
pub fn matching_step(secret: &[u8], code: &str, now: Micros) -> Option<i64> {
    let step = generator(secret).check(code, seconds(now))?;
    i64::try_from(step).ok()
}

/// The code at `now`.
pub fn code(secret: &[u8], now: Micros) -> String {
    generator(secret).generate(seconds(now)).to_string()
}

/// The secret as authenticator apps read it, base32.
pub fn base32(secret: &[u8]) -> String {
    Secret::new(secret.into()).to_base32()
}

fn generator(secret: &[u8]) -> Totp {
    // SHA-1 is what authenticator apps implement; HMAC does not need collision resistance.
    Builder::new().with_algorithm(Algorithm::SHA1).with_secret(Secret::new(secret.into())).build_noncompliant()
}

fn seconds(now: Micros) -> u64 {
    u64::try_from(now / SECOND).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn rfc_6238_vectors() {
        for (time, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(super::code(SECRET, time * SECOND), code);
        }
    }

    #[test]
    fn a_neighbouring_step_counts_and_the_one_before_it_does_not() {
        let now = 1_111_111_109 * SECOND;
        let step = matching_step(SECRET, "081804", now).unwrap();
        assert_eq!(matching_step(SECRET, "081804", now + 30 * SECOND), Some(step));
        assert_eq!(matching_step(SECRET, "081804", now + 90 * SECOND), None);
        assert_eq!(matching_step(SECRET, "not a code", now), None);
    }
}
