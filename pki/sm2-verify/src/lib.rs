//! Checks SM2 signatures (GB/T 32918.2, GM/T 0003.2), fast.
//!
//! To check a signature holds no secret, so that nothing here takes the same time for all numbers. Nothing here may be
//! used to sign or to decrypt: there is no way in for a private key.
//!
//! ```text
//! ENTL(16 bits) ‖ ID ‖ a ‖ b ‖ xG ‖ yG ‖ xP ‖ yP   → SM3 → Z
//! Z ‖ message                                      → SM3 → e
//! r, s in [1, n-1];  t = r + s mod n, not 0;  (x, y) = s·G + t·P;  good if r = e + x mod n
//! ```

#![forbid(unsafe_code)]

mod field;
mod multiple;
mod point;
mod scalar;

use std::fmt;

use sm3::{Digest as _, Sm3};

use crate::field::{Element, Words};
use crate::multiple::Table;
use crate::point::{Affine, Point};
use crate::scalar::{N, Scalar};

/// The signer's id, digested together with the curve: what Z has in common for all keys.
#[derive(Clone)]
pub struct SignerId(Sm3);

/// A signature: r and s, both in [1, n-1].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    r: Scalar,
    s: Scalar,
}

/// A public key.
#[derive(Clone, Debug)]
pub struct VerifyingKey {
    point: Affine,
    z: [u8; 32],
}

/// A public key with 32 KiB of its multiples, to check many signatures. To make it takes as long as some seven checks
/// without it; each check with it is more than three times as fast.
pub struct PreparedKey {
    key: VerifyingKey,
    table: Table,
}

impl SignerId {
    /// `None` if the id is longer than its length can say: 8191 octets.
    pub fn new(id: &str) -> Option<Self> {
        let bits = u16::try_from(id.len().checked_mul(8)?).ok()?;
        let digest = Sm3::new().chain_update(bits.to_be_bytes()).chain_update(id).chain_update(CURVE);
        Some(Self(digest))
    }
}

impl fmt::Debug for SignerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignerId")
    }
}

impl Signature {
    /// From r and s, most significant octet first; `None` if one of them is zero, or not below n.
    pub fn new(r: &[u8; 32], s: &[u8; 32]) -> Option<Self> {
        let read = |octets| Scalar::new(words(octets)).filter(|number| !number.is_zero());
        Some(Self { r: read(r)?, s: read(s)? })
    }
}

impl VerifyingKey {
    /// Reads a point without compression (04 ‖ x ‖ y); `None` if it is anything else, or not on the curve.
    pub fn from_uncompressed(id: &SignerId, octets: &[u8]) -> Option<Self> {
        let (x, y) = octets.strip_prefix(&[4])?.split_first_chunk::<32>()?;
        let coordinate = |octets: &[u8; 32]| Element::new(words(octets));
        let point = Affine::new(coordinate(x)?, coordinate(y.try_into().ok()?)?)?;
        let z = id.0.clone().chain_update(x).chain_update(y).finalize();
        Some(Self { point, z: z.into() })
    }

    /// e: the SM3 of Z and the message.
    pub fn digest(&self, message: &[u8]) -> [u8; 32] {
        Sm3::new().chain_update(self.z).chain_update(message).finalize().into()
    }

    /// Whether the key has signed the message.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> bool {
        self.verify_digest(&self.digest(message), signature)
    }

    /// Whether the key has signed a message of this [`digest`](Self::digest).
    pub fn verify_digest(&self, digest: &[u8; 32], signature: &Signature) -> bool {
        signature.holds(digest, |s, t| multiple::sum(s, t, &self.point))
    }
}

impl PreparedKey {
    /// Prepares a key.
    pub fn new(key: VerifyingKey) -> Self {
        Self { table: Table::of(&key.point), key }
    }

    /// [`VerifyingKey::verify`]
    pub fn verify(&self, message: &[u8], signature: &Signature) -> bool {
        self.verify_digest(&self.key.digest(message), signature)
    }

    /// [`VerifyingKey::verify_digest`]
    pub fn verify_digest(&self, digest: &[u8; 32], signature: &Signature) -> bool {
        signature.holds(digest, |s, t| multiple::sum_prepared(s, t, &self.table))
    }
}

impl Signature {
    /// GB/T 32918.2 §7.1, steps B5 to B7; `sum` is s·G + t·P.
    ///
    /// Instead of x the numbers are tried that x may be: r - e mod n, and n more if that is still below p. Thus
    /// nothing needs to be inverted.
    fn holds(&self, digest: &[u8; 32], sum: impl FnOnce(Scalar, Scalar) -> Point) -> bool {
        let t = self.r.plus(self.s);
        if t.is_zero() {
            return false;
        }
        let sum = sum(self.s, t);
        let x = self.r.minus(Scalar::reduced(words(digest))).number();
        let has_x = |x: Words| Element::new(x).is_some_and(|x| sum.has_x(&x));
        let (above, carry) = field::add(&x, &N);
        has_x(x) || (!carry && has_x(above))
    }
}

/// Words of octets, most significant first.
fn words(octets: &[u8; 32]) -> Words {
    std::array::from_fn(|at| octets[24 - 8 * at..][..8].iter().fold(0, |word, octet| word << 8 | u64::from(*octet)))
}

/// a ‖ b ‖ xG ‖ yG (GB/T 32918.5)
const CURVE: [u8; 128] = [
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfc, 0x28, 0xe9, 0xfa, 0x9e, 0x9d, 0x9f,
    0x5e, 0x34, 0x4d, 0x5a, 0x9e, 0x4b, 0xcf, 0x65, 0x09, 0xa7, 0xf3, 0x97, 0x89, 0xf5, 0x15, 0xab, 0x8f, 0x92, 0xdd,
    0xbc, 0xbd, 0x41, 0x4d, 0x94, 0x0e, 0x93, 0x32, 0xc4, 0xae, 0x2c, 0x1f, 0x19, 0x81, 0x19, 0x5f, 0x99, 0x04, 0x46,
    0x6a, 0x39, 0xc9, 0x94, 0x8f, 0xe3, 0x0b, 0xbf, 0xf2, 0x66, 0x0b, 0xe1, 0x71, 0x5a, 0x45, 0x89, 0x33, 0x4c, 0x74,
    0xc7, 0xbc, 0x37, 0x36, 0xa2, 0xf4, 0xf6, 0x77, 0x9c, 0x59, 0xbd, 0xce, 0xe3, 0x6b, 0x69, 0x21, 0x53, 0xd0, 0xa9,
    0x87, 0x7c, 0xc6, 0x2a, 0x47, 0x40, 0x02, 0xdf, 0x32, 0xe5, 0x21, 0x39, 0xf0, 0xa0,
];
