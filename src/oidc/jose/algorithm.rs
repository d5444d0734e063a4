//! The signature algorithms that are taken (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2).

use pki::algorithm::{Digest, KeyAlgorithm, SignatureAlgorithm};
use pki::key::KeySpec;

/// A signature algorithm by its JOSE name. There is no symmetric one, and no `none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256
    Rs256,
    /// RSASSA-PSS with SHA-256
    Ps256,
    /// Ed25519
    EdDsa,
}

impl Algorithm {
    /// All of them, the one to prefer first.
    pub const ALL: [Self; 4] = [Self::Es256, Self::Rs256, Self::Ps256, Self::EdDsa];

    /// Its name as we write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm of a name; Ed25519 has two (RFC 9864 §2.2).
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "Ed25519" => Some(Self::EdDsa),
            _ => Self::ALL.into_iter().find(|algorithm| algorithm.name() == name),
        }
    }

    /// The kind of key that is made for it.
    pub fn key_spec(self) -> KeySpec {
        match self {
            Self::Es256 => KeySpec::EcdsaP256,
            Self::Rs256 | Self::Ps256 => KeySpec::Rsa2048,
            Self::EdDsa => KeySpec::Ed25519,
        }
    }

    /// The `kty` of such a key as JWK (RFC 7518 §6.1, RFC 8037 §2).
    pub const fn kty(self) -> &'static str {
        match self {
            Self::Es256 => "EC",
            Self::Rs256 | Self::Ps256 => "RSA",
            Self::EdDsa => "OKP",
        }
    }

    /// Its name in the engine.
    pub fn signature(self) -> SignatureAlgorithm {
        match self {
            Self::Es256 => SignatureAlgorithm::Ecdsa(Digest::Sha256),
            Self::Rs256 => SignatureAlgorithm::RsaPkcs1(Digest::Sha256),
            Self::Ps256 => SignatureAlgorithm::RsaPss(Digest::Sha256),
            Self::EdDsa => SignatureAlgorithm::Ed25519,
        }
    }

    /// The algorithm of an engine's name.
    pub fn of_signature(signature: SignatureAlgorithm) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.signature() == signature)
    }

    /// Whether a key of a kind can check it; an RSA key has 2048 bits at least (RFC 7518 §3.3, §3.5).
    pub fn fits(self, key: KeyAlgorithm) -> bool {
        match (self, key) {
            (Self::Es256, KeyAlgorithm::EcdsaP256) | (Self::EdDsa, KeyAlgorithm::Ed25519) => true,
            (Self::Rs256 | Self::Ps256, KeyAlgorithm::Rsa { bits }) => bits >= 2048,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_not_in_the_table_is_none() {
        for name in ["none", "HS256", "es256", "ES384", ""] {
            assert_eq!(Algorithm::from_name(name), None, "{name}");
        }
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::from_name(algorithm.name()), Some(algorithm));
            assert_eq!(Algorithm::of_signature(algorithm.signature()), Some(algorithm));
        }
    }
}
