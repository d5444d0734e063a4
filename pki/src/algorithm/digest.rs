//! Message digests of the SHA family; SM3 stands with SM2 alone.

use std::fmt;

use aws_lc_rs::digest as lc;

use crate::{Oid, encoding, oid};

/// A message digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Digest {
    /// SHA-1, for old archives only.
    Sha1,
    /// SHA-224, in what others have signed.
    Sha224,
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
}

impl Digest {
    const ALL: [Self; 5] = [Self::Sha256, Self::Sha384, Self::Sha512, Self::Sha1, Self::Sha224];

    pub(super) fn from_oid(kind: &Oid) -> Option<Self> {
        Self::ALL.into_iter().find(|digest| digest.oid() == *kind)
    }

    fn oid(self) -> Oid {
        match self {
            Self::Sha1 => oid::SHA1,
            Self::Sha224 => oid::SHA224,
            Self::Sha256 => oid::SHA256,
            Self::Sha384 => oid::SHA384,
            Self::Sha512 => oid::SHA512,
        }
    }

    /// Octets of its output.
    pub(super) fn length(self) -> usize {
        self.function().output_len()
    }

    pub(crate) fn of(self, message: &[u8]) -> lc::Digest {
        lc::digest(self.function(), message)
    }

    fn function(self) -> &'static lc::Algorithm {
        match self {
            Self::Sha1 => &lc::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha224 => &lc::SHA224,
            Self::Sha256 => &lc::SHA256,
            Self::Sha384 => &lc::SHA384,
            Self::Sha512 => &lc::SHA512,
        }
    }

    /// Its AlgorithmIdentifier, with NULL (RFC 4055 §2.1).
    pub(super) fn identifier(self) -> Vec<u8> {
        encoding::sequence(&[&encoding::oid(&self.oid()), &encoding::null()])
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        })
    }
}
