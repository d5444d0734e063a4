//! Keys, signatures and what looks like them, judged by RustCrypto's `sm2` beside us.

use sm2::dsa::signature::hazmat::PrehashVerifier as _;
use sm2::elliptic_curve::PrimeField as _;
use sm2::elliptic_curve::ops::Reduce as _;
use sm2::elliptic_curve::point::AffineCoordinates as _;
use sm2::elliptic_curve::sec1::{FromSec1Point as _, ToSec1Point as _};
use sm2::{AffinePoint, FieldBytes, ProjectivePoint, Scalar, Sec1Point};
use sm2_verify::{PreparedKey, Signature, SignerId, VerifyingKey};

pub(crate) const ID: &str = "1234567812345678";

/// n, and p, most significant octet first.
pub(crate) const N: [u8; 32] = octets("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123");
pub(crate) const P: [u8; 32] = octets("fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff");

/// A key, a digest, and what may be a signature of it.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) key: AffinePoint,
    pub(crate) digest: [u8; 32],
    pub(crate) r: [u8; 32],
    pub(crate) s: [u8; 32],
}

impl Case {
    /// A good signature with the s and the t of choice, by the private key of choice, for the digest that comes of it.
    pub(crate) fn good(private: &Scalar, s: &Scalar, t: &Scalar) -> Self {
        let x = x_of(&(ProjectivePoint::GENERATOR * (*s + *t * private)));
        Self::with_x(&(ProjectivePoint::GENERATOR * *private), s, t, x)
    }

    /// The same, where the x of s·G + t·P is known.
    pub(crate) fn with_x(key: &ProjectivePoint, s: &Scalar, t: &Scalar, x: [u8; 32]) -> Self {
        let r = *t - s;
        let digest = (r - reduced(x)).to_repr().into();
        Self { key: key.to_affine(), digest, r: r.to_repr().into(), s: s.to_repr().into() }
    }

    /// What RustCrypto says, if we say the same with the key as it is and with the key prepared.
    pub(crate) fn verdict(&self) -> Result<bool, String> {
        let theirs = self.theirs();
        let point = self.key.to_sec1_point(false);
        let id = SignerId::new(ID).ok_or("the id is short")?;
        let key = VerifyingKey::from_uncompressed(&id, point.as_bytes()).ok_or("a point on the curve is refused")?;
        let signature = Signature::new(&self.r, &self.s);
        let plain = signature.is_some_and(|signature| key.verify_digest(&self.digest, &signature));
        let prepared = PreparedKey::new(key);
        let prepared = signature.is_some_and(|signature| prepared.verify_digest(&self.digest, &signature));
        if [plain, prepared] == [theirs; 2] { Ok(theirs) } else { Err(format!("{plain} {prepared} {theirs} {self:?}")) }
    }

    fn theirs(&self) -> bool {
        let key = sm2::dsa::VerifyingKey::from_affine(ID, self.key);
        let signature = sm2::dsa::Signature::from_scalars(self.r, self.s);
        let both = key.and_then(|key| signature.map(|signature| (key, signature)));
        both.is_ok_and(|(key, signature)| key.verify_prehash(&self.digest, &signature).is_ok())
    }
}

/// A generator that repeats itself from run to run (SplitMix64): what it finds can be found again.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    pub(crate) fn octets(&mut self) -> [u8; 32] {
        let words = [(); 4].map(|()| self.next().to_be_bytes());
        std::array::from_fn(|at| words[at / 8][at % 8])
    }

    /// Any number, or in one of four draws one with long runs of equal bits, or one near to zero or to n.
    pub(crate) fn scalar(&mut self) -> Scalar {
        let small = Scalar::from(self.next() % 9);
        match self.next() % 16 {
            0 => small,
            1 => -small,
            2 => reduced(runs(self.next(), self.next())),
            3 => Scalar::from(self.next()) * Scalar::from(self.next()),
            _ => reduced(self.octets()),
        }
    }
}

/// All octets zero up to one place, all ones from there to another, then zero.
fn runs(from: u64, to: u64) -> [u8; 32] {
    let (from, to) = ((from % 32) as usize, (to % 32) as usize);
    std::array::from_fn(|at| if (from.min(to)..=from.max(to)).contains(&at) { 0xff } else { 0 })
}

/// A good case, or one that has something in it that special cases come from.
pub(crate) fn draw(random: &mut Random) -> Case {
    let (private, s, t) = (random.scalar(), random.scalar(), random.scalar());
    let private = if bool::from(private.is_zero()) { Scalar::ONE } else { private };
    match random.next() % 16 {
        // Both parts of the sum are the same point, or cancel out.
        0 => Case::good(&private, &(t * private), &t),
        1 => Case::good(&private, &-(t * private), &t),
        // r + s = n
        2 => Case::good(&private, &s, &Scalar::ZERO),
        _ => Case::good(&private, &s, &t),
    }
}

/// What is left of a case when something in it was changed.
pub(crate) fn changed(random: &mut Random, case: &Case) -> Case {
    let mut changed = case.clone();
    let bit = random.next() as usize % 256;
    let flip = |octets: &mut [u8; 32]| octets[bit / 8] ^= 1 << (bit % 8);
    match random.next() % 8 {
        0 => flip(&mut changed.digest),
        1 => flip(&mut changed.r),
        2 => flip(&mut changed.s),
        3 => changed.r = add_n(&case.r),
        4 => changed.s = add_n(&case.s),
        5 => changed.digest = add_n(&case.digest),
        6 => changed.key = (-ProjectivePoint::from(case.key)).to_affine(),
        _ => std::mem::swap(&mut changed.r, &mut changed.s),
    }
    changed
}

/// The number and n modulo 2²⁵⁶: for a number below 2²⁵⁶ - n another encoding of the same class.
fn add_n(number: &[u8; 32]) -> [u8; 32] {
    let mut sum = *number;
    let mut carry = 0;
    for at in (0..32).rev() {
        carry += u16::from(sum[at]) + u16::from(N[at]);
        sum[at] = carry as u8;
        carry >>= 8;
    }
    sum
}

/// A point with this x, if there is one.
pub(crate) fn point_with_x(x: &[u8; 32]) -> Option<ProjectivePoint> {
    let encoded = Sec1Point::from_bytes([&[2], &x[..]].concat()).ok()?;
    AffinePoint::from_sec1_point(&encoded).into_option().map(ProjectivePoint::from)
}

/// The x of a point; zero for the point at infinity.
pub(crate) fn x_of(point: &ProjectivePoint) -> [u8; 32] {
    point.to_affine().x().into()
}

/// The number modulo n.
pub(crate) fn reduced(number: [u8; 32]) -> Scalar {
    Scalar::reduce(&FieldBytes::from(number))
}

/// Octets of hexadecimal digits.
pub(crate) const fn octets(digits: &str) -> [u8; 32] {
    const fn nibble(digit: u8) -> u8 {
        if digit < b'a' { digit - b'0' } else { digit - b'a' + 10 }
    }
    let (digits, mut octets, mut at) = (digits.as_bytes(), [0; 32], 0);
    while at < 32 {
        octets[at] = nibble(digits[2 * at]) << 4 | nibble(digits[2 * at + 1]);
        at += 1;
    }
    octets
}
