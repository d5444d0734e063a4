//! Public keys from their bare numbers, as JWK (RFC 7518 §6, RFC 8037 §2) and COSE write them.

use super::{PublicKey, write_spki};
use crate::encoding::{self, Asn1Result, element, refuse};
use crate::{Error, oid};

/// The identifier octet of INTEGER.
const INTEGER: u8 = 2;

impl PublicKey {
    /// An RSA key from modulus and exponent, big-endian.
    ///
    /// # Errors
    /// [`Error::Malformed`] when either is zero.
    pub fn from_rsa_components(modulus: &[u8], exponent: &[u8]) -> Result<Self, Error> {
        let malformed = |why| Error::malformed("public key", why);
        let modulus = integer(modulus).map_err(malformed)?;
        let exponent = integer(exponent).map_err(malformed)?;
        let key = encoding::sequence(&[&modulus, &exponent]);
        Self::from_spki_der(&write_spki(&oid::RSA_ENCRYPTION, &encoding::null(), &key))
    }

    /// A P-256 key from the coordinates of its point, 32 octets each. Whether it lies on the curve shows at the first use.
    ///
    /// # Errors
    /// [`Error::Malformed`] when they are not of that length.
    pub fn from_p256_point(x: &[u8], y: &[u8]) -> Result<Self, Error> {
        if x.len() != 32 || y.len() != 32 {
            let why = "a coordinate on P-256 that is not 32 octets".to_owned();
            return Err(Error::Malformed { what: "public key", why });
        }
        // SEC 1 §2.3.3: an uncompressed point.
        let point = [&[4], x, y].concat();
        Self::from_spki_der(&write_spki(&oid::EC_PUBLIC_KEY, &encoding::oid(&oid::P256), &point))
    }

    /// An Ed25519 key from its 32 octets (RFC 8410 §4).
    ///
    /// # Errors
    /// [`Error::Malformed`] when they are not of that length.
    pub fn from_ed25519_octets(octets: &[u8]) -> Result<Self, Error> {
        Self::from_spki_der(&write_spki(&oid::ED25519, &[], octets))
    }
}

/// A positive INTEGER of minimal length.
fn integer(number: &[u8]) -> Asn1Result<Vec<u8>> {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    let significant = &number[zeros..];
    match significant.first() {
        None => refuse("an RSA number that is zero"),
        Some(first) if first & 0x80 != 0 => Ok(element(INTEGER, &[&[0], significant].concat())),
        Some(_) => Ok(element(INTEGER, significant)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{KeySpec, Signer as _, SoftwareKey};

    fn key(spec: KeySpec) -> PublicKey {
        SoftwareKey::generate(spec, &mut |_| ()).unwrap().public_key().clone()
    }

    #[test]
    fn a_key_from_its_numbers_is_the_key_that_they_were_taken_from() {
        let rsa = key(KeySpec::Rsa2048);
        let (modulus, exponent) = rsa.rsa_components().unwrap();
        let padded = [&[0, 0], exponent.as_slice()].concat();
        assert_eq!(PublicKey::from_rsa_components(&modulus, &padded).unwrap().spki_der(), rsa.spki_der());

        let curve = key(KeySpec::EcdsaP256);
        let (x, y) = curve.key_bits()[1..].split_at(32);
        assert_eq!(PublicKey::from_p256_point(x, y).unwrap().spki_der(), curve.spki_der());

        let edwards = key(KeySpec::Ed25519);
        assert_eq!(PublicKey::from_ed25519_octets(edwards.key_bits()).unwrap().spki_der(), edwards.spki_der());
    }

    #[test]
    fn numbers_of_another_length_are_refused() {
        assert!(PublicKey::from_rsa_components(&[0, 0], &[1, 0, 1]).is_err());
        assert!(PublicKey::from_p256_point(&[1; 31], &[1; 32]).is_err());
        assert!(PublicKey::from_ed25519_octets(&[1; 33]).is_err());
    }
}
