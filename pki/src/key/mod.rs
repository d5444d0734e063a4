//! Who signs: the [`Signer`] that everything which signs takes, and keys held in memory.
//!
//! Keys in hardware are signers of the caller's own making.

mod software;
mod weak;

use std::fmt;

use crate::Error;
use crate::algorithm::{PublicKey, SignatureAlgorithm};

pub use software::SoftwareKey;
pub use weak::{Weakness, weakness};

/// Signs with one private key by one algorithm, wherever the key is kept.
pub trait Signer: Send + Sync {
    /// The algorithm of every signature that it makes.
    fn algorithm(&self) -> SignatureAlgorithm;
    /// The key that checks them.
    fn public_key(&self) -> &PublicKey;
    /// Signs `message` (not its digest); the signature is as certificates hold it, DER for ECDSA and SM2.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error>;
}

/// The kinds of key that can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeySpec {
    /// RSA, 2048 bits
    Rsa2048,
    /// RSA, 3072 bits
    Rsa3072,
    /// RSA, 4096 bits
    Rsa4096,
    /// ECDSA on P-256
    EcdsaP256,
    /// ECDSA on P-384
    EcdsaP384,
    /// ECDSA on P-521
    EcdsaP521,
    /// Ed25519
    Ed25519,
    /// ML-DSA-44
    MlDsa44,
    /// ML-DSA-65
    MlDsa65,
    /// ML-DSA-87
    MlDsa87,
    /// SM2
    Sm2,
}

impl KeySpec {
    /// Every kind, for tables and settings.
    pub const ALL: [Self; 11] = [
        Self::Rsa2048,
        Self::Rsa3072,
        Self::Rsa4096,
        Self::EcdsaP256,
        Self::EcdsaP384,
        Self::EcdsaP521,
        Self::Ed25519,
        Self::MlDsa44,
        Self::MlDsa65,
        Self::MlDsa87,
        Self::Sm2,
    ];

    /// The name that settings use, e.g. `ecdsa-p256`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rsa2048 => "rsa-2048",
            Self::Rsa3072 => "rsa-3072",
            Self::Rsa4096 => "rsa-4096",
            Self::EcdsaP256 => "ecdsa-p256",
            Self::EcdsaP384 => "ecdsa-p384",
            Self::EcdsaP521 => "ecdsa-p521",
            Self::Ed25519 => "ed25519",
            Self::MlDsa44 => "ml-dsa-44",
            Self::MlDsa65 => "ml-dsa-65",
            Self::MlDsa87 => "ml-dsa-87",
            Self::Sm2 => "sm2",
        }
    }
}

impl std::str::FromStr for KeySpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|spec| spec.name() == text).ok_or_else(|| format!("no kind of key: {text:?}"))
    }
}

impl fmt::Display for KeySpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
