//! Keys that anybody may use, because they were made badly: what shows in the public half and is cheap to see.
//!
//! Not here: factors that lie close together, common factors of two keys, and lists of keys known to be lost.

use std::fmt;

use crate::algorithm::{KeyAlgorithm, PublicKey};

/// Why a key is no good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// An RSA modulus with a small factor, 2 among them (CA/Browser Forum BR §6.1.6).
    SmallFactor(u32),
    /// An RSA exponent that is even or under 65537 (FIPS 186-5 §A.1.1).
    SmallExponent,
    /// An RSA modulus as Infineon's library made it, whose factors can be found (ROCA, CVE-2017-15361).
    Roca,
    /// No key at all: a point off its curve, or numbers out of their range (SP 800-56A §5.6.2.3).
    Malformed,
}

/// The first weakness that is found.
pub fn weakness(key: &PublicKey) -> Option<Weakness> {
    match (key.algorithm(), key.rsa_components()) {
        (KeyAlgorithm::Rsa { .. }, Some((modulus, exponent))) => rsa_weakness(&modulus, &exponent),
        _ => (!key.is_well_formed()).then_some(Weakness::Malformed),
    }
}

fn rsa_weakness(modulus: &[u8], exponent: &[u8]) -> Option<Weakness> {
    let factor = primes(2..752).find(|prime| remainder(modulus, *prime) == 0);
    if let Some(factor) = factor {
        return Some(Weakness::SmallFactor(factor));
    }
    let is_small = exponent.len() < 3 || exponent < &[1, 0, 1][..] && exponent.len() == 3;
    let is_even = exponent.last().is_none_or(|last| last & 1 == 0);
    if is_small || is_even {
        return Some(Weakness::SmallExponent);
    }
    is_roca(modulus).then_some(Weakness::Roca)
}

/// "The Return of Coppersmith's Attack" §2: primes of the form k·M + (65537^a mod M), M the product of the first
/// primes. So the modulus is a power of 65537 modulo each of these primes; another is for all of them once in 2^27.
fn is_roca(modulus: &[u8]) -> bool {
    primes(3..168).all(|prime| powers_of_65537(prime).any(|power| power == remainder(modulus, prime)))
}

fn powers_of_65537(prime: u32) -> impl Iterator<Item = u32> {
    (0..prime).scan(1, move |power, _| {
        *power = *power * (65_537 % prime) % prime;
        Some(*power)
    })
}

fn primes(range: std::ops::Range<u32>) -> impl Iterator<Item = u32> {
    range.filter(|number| {
        (2..*number).take_while(|divisor| divisor * divisor <= *number).all(|divisor| number % divisor != 0)
    })
}

/// Of a big-endian number; the divisor is small.
fn remainder(number: &[u8], divisor: u32) -> u32 {
    number.iter().fold(0, |rest, octet| (rest * 256 + u32::from(*octet)) % divisor)
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SmallFactor(factor) => write!(f, "its modulus is divisible by {factor}"),
            Self::SmallExponent => f.write_str("its public exponent is even or under 65537"),
            Self::Roca => f.write_str("it was made by a library whose keys can be factored (ROCA, CVE-2017-15361)"),
            Self::Malformed => f.write_str("it is no key: a point off the curve, or a number out of range"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{KeySpec, Signer, SoftwareKey};
    use crate::{algorithm, encoding, oid};

    fn rsa(modulus: &[u8], exponent: u64) -> PublicKey {
        let sign = if modulus[0] & 0x80 == 0 { &[][..] } else { &[0] };
        let modulus = encoding::tlv(der::Tag::Integer, &[sign, modulus].concat());
        let key = encoding::sequence(&[&modulus, &encoding::unsigned(exponent)]);
        PublicKey::from_spki_der(&algorithm::write_spki(&oid::RSA_ENCRYPTION, &encoding::null(), &key)).unwrap()
    }

    /// 65537^127 times another number.
    fn powers(last: u32) -> Vec<u8> {
        let mut number = vec![0; 260];
        number[259] = 1;
        for factor in std::iter::repeat_n(65_537, 127).chain([last]) {
            let mut carry = 0u64;
            for octet in number.iter_mut().rev() {
                carry += u64::from(*octet) * u64::from(factor);
                *octet = carry as u8;
                carry >>= 8;
            }
        }
        number.into_iter().skip_while(|octet| *octet == 0).collect()
    }

    #[test]
    fn good_keys_have_no_weakness() {
        for spec in KeySpec::ALL {
            let key = SoftwareKey::generate(spec, &mut |octets| octets.fill(9)).unwrap();
            assert_eq!(weakness(key.public_key()), None, "{spec}");
        }
    }

    #[test]
    fn moduli_with_small_factors_small_exponents_and_the_roca_print_are_found() {
        let good = SoftwareKey::generate(KeySpec::Rsa2048, &mut |_| ()).unwrap();
        let (modulus, _) = good.public_key().rsa_components().unwrap();
        assert_eq!(weakness(&rsa(&modulus, 65_537)), None);
        assert_eq!(weakness(&rsa(&modulus, 3)), Some(Weakness::SmallExponent));
        assert_eq!(weakness(&rsa(&modulus, 65_538)), Some(Weakness::SmallExponent));
        let mut even = modulus.clone();
        *even.last_mut().unwrap() ^= 1;
        assert_eq!(weakness(&rsa(&even, 65_537)), Some(Weakness::SmallFactor(2)));
        assert_eq!(weakness(&rsa(&powers(65_537), 65_537)), Some(Weakness::Roca));
        assert_eq!(weakness(&rsa(&powers(751), 65_537)), Some(Weakness::SmallFactor(751)));
        assert_eq!(weakness(&rsa(&powers(757), 65_537)), None);
    }

    #[test]
    fn a_point_off_its_curve_is_no_key() {
        for spec in [KeySpec::EcdsaP256, KeySpec::EcdsaP384, KeySpec::Sm2] {
            let key = SoftwareKey::generate(spec, &mut |octets| octets.fill(9)).unwrap();
            let mut spki = key.public_key().spki_der().to_vec();
            *spki.last_mut().unwrap() ^= 1;
            assert_eq!(weakness(&PublicKey::from_spki_der(&spki).unwrap()), Some(Weakness::Malformed), "{spec}");
        }
    }
}
