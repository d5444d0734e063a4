//! Which algorithms were acceptable when, and under which ids SM2 may have signed: a policy, handed in by the caller.

use super::{Digest, KeyAlgorithm, SignatureAlgorithm, Sm2Ids};
use crate::Time;

/// Until when weak algorithms were acceptable. A signature is judged at the time of validation (`at`), so that an
/// old archive can be judged as of its own day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlgorithmPolicy {
    /// SHA-1 in signatures is accepted before this time.
    pub sha1_until: Time,
    /// DSA is accepted before this time, with keys from 1024 bits on.
    pub dsa_until: Time,
    /// RSA keys under 2048 bits (never under 1024) are accepted before this time.
    pub rsa_1024_until: Time,
    /// Under which ids SM2 signatures are accepted.
    pub sm2_ids: Sm2Ids,
}

impl AlgorithmPolicy {
    /// What was acceptable at the time: SHA-1 and RSA under 2048 bits until the end of 2013
    /// (NIST SP 800-131A: disallowed for signatures after 2013). DSA never: it is for old archives alone.
    pub const fn dated() -> Self {
        // 2014-01-01T00:00:00Z
        let end = Time(1_388_534_400);
        Self { sha1_until: end, dsa_until: Time(i64::MIN), rsa_1024_until: end, sm2_ids: Sm2Ids::standard() }
    }

    /// SHA-1, DSA and RSA-1024 at any time, for archives whose integrity is assured by other means.
    pub const fn legacy() -> Self {
        let never = Time(i64::MAX);
        Self { sha1_until: never, dsa_until: never, rsa_1024_until: never, sm2_ids: Sm2Ids::standard() }
    }

    /// The same, with SM2 signatures under these ids.
    pub fn with_sm2_ids(self, sm2_ids: Sm2Ids) -> Self {
        Self { sm2_ids, ..self }
    }

    /// Whether a signature by this algorithm and key counts at this time; if not, what is wrong with it.
    pub fn accepts(&self, algorithm: SignatureAlgorithm, key: KeyAlgorithm, at: Time) -> Result<(), String> {
        if algorithm.digest() == Some(Digest::Sha1) && at >= self.sha1_until {
            return Err(algorithm.to_string());
        }
        self.accepts_key(key, at)
    }

    /// Whether a key of this kind counts at this time; if not, its name.
    pub fn accepts_key(&self, key: KeyAlgorithm, at: Time) -> Result<(), String> {
        match key {
            KeyAlgorithm::Rsa { bits } if bits < 1024 || (bits < 2048 && at >= self.rsa_1024_until) => {
                Err(key.to_string())
            }
            KeyAlgorithm::Dsa { bits } if bits.is_some_and(|bits| bits < 1024) || at >= self.dsa_until => {
                Err(key.to_string())
            }
            _ => Ok(()),
        }
    }
}

impl Default for AlgorithmPolicy {
    fn default() -> Self {
        Self::dated()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha1_and_short_keys_end_with_2013_unless_the_policy_is_legacy() {
        let (old, new) = (Time(1_388_534_399), Time(1_388_534_400));
        let (sha1, short) = (SignatureAlgorithm::RsaPkcs1(Digest::Sha1), KeyAlgorithm::Rsa { bits: 1024 });
        let dated = AlgorithmPolicy::dated();
        assert!(dated.accepts(sha1, short, old).is_ok());
        assert!(dated.accepts(sha1, KeyAlgorithm::Rsa { bits: 2048 }, new).is_err());
        assert!(dated.accepts(SignatureAlgorithm::RsaPkcs1(Digest::Sha256), short, new).is_err());
        assert!(AlgorithmPolicy::legacy().accepts(sha1, short, new).is_ok());
        assert!(AlgorithmPolicy::legacy().accepts_key(KeyAlgorithm::Rsa { bits: 512 }, old).is_err());
    }

    #[test]
    fn dsa_is_accepted_by_the_legacy_policy_alone() {
        let (dsa, key) = (SignatureAlgorithm::Dsa(Digest::Sha256), KeyAlgorithm::Dsa { bits: Some(2048) });
        assert!(AlgorithmPolicy::dated().accepts(dsa, key, Time(0)).is_err());
        assert!(AlgorithmPolicy::legacy().accepts(dsa, key, Time(1_388_534_400)).is_ok());
        assert!(AlgorithmPolicy::legacy().accepts_key(KeyAlgorithm::Dsa { bits: Some(512) }, Time(0)).is_err());
    }
}
