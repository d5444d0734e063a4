//! RSA signatures that `aws-lc-rs` does not check: RSASSA-PSS with other parameters than the usual or a short key, and
//! PKCS#1 v1.5 with SHA-224, or with SHA-384 by a short key. The arithmetic is `crypto-bigint`'s; what is here are the
//! two encodings of RFC 8017 §9. No secret goes through it.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};

use super::pss::PssParameters;
use super::{Digest, SignatureAlgorithm};
use crate::encoding::{self, Asn1Result, Input};

/// The longest modulus, in octets, and exponent, in bits, that `aws-lc-rs` takes: beyond lies only work for us.
const MAX_MODULUS: usize = 1024;
const MAX_EXPONENT: u32 = 33;

/// A public key, ready.
pub(super) struct RsaKey {
    modulus: BoxedMontyParams,
    modulus_bits: u32,
    exponent: BoxedUint,
}

impl RsaKey {
    pub(super) fn read(key: &[u8]) -> Option<Self> {
        let (modulus, exponent) = Input::all(key, read_numbers).ok()?;
        let modulus = encoding::positive(modulus).filter(|modulus| modulus.len() <= MAX_MODULUS)?;
        let exponent =
            encoding::positive(exponent).filter(|exponent| exponent.last().is_some_and(|last| last & 1 == 1))?;
        let exponent = BoxedUint::from_be_slice_vartime(exponent);
        let modulus = Odd::new(BoxedUint::from_be_slice_vartime(modulus)).into_option()?;
        (2..=MAX_EXPONENT).contains(&exponent.bit_width_vartime()).then(|| Self {
            modulus_bits: modulus.bit_width_vartime(),
            modulus: BoxedMontyParams::new_vartime(modulus),
            exponent,
        })
    }

    pub(super) fn verify(&self, algorithm: SignatureAlgorithm, message: &[u8], signature: &[u8]) -> bool {
        let Some(encoded) = self.open(signature) else { return false };
        match algorithm {
            SignatureAlgorithm::RsaPkcs1(digest) => {
                pkcs1_encoding(digest, message, encoded.len()).is_some_and(|expected| expected == encoded)
            }
            SignatureAlgorithm::RsaPss(digest) => self.is_pss(&PssParameters::usual(digest), message, &encoded),
            SignatureAlgorithm::RsaPssUnusual(parameters) => self.is_pss(&parameters, message, &encoded),
            _ => false,
        }
    }

    /// RSAVP1 (RFC 8017 §5.2.2) of a signature as long as the modulus; as long again.
    fn open(&self, signature: &[u8]) -> Option<Vec<u8>> {
        let length = self.modulus_bits.div_ceil(8) as usize;
        let precision = self.modulus.bits_precision();
        let number = BoxedUint::from_be_slice(signature, precision).ok()?;
        if signature.len() != length || number >= **self.modulus.modulus() {
            return None;
        }
        let opened = BoxedMontyForm::new(number, &self.modulus);
        let opened = opened.pow_bounded_exp(&self.exponent, self.exponent.bit_width_vartime()).retrieve().to_be_bytes();
        // Below the modulus, so that what is cut off is zero.
        opened.get(opened.len() - length..).map(<[u8]>::to_vec)
    }

    /// §8.1.2 step 2 (c): the encoding is one bit shorter than the modulus, and an octet if that bit is alone in one.
    fn is_pss(&self, parameters: &PssParameters, message: &[u8], opened: &[u8]) -> bool {
        let bits = self.modulus_bits - 1;
        match (bits % 8, opened) {
            (0, [0, encoded @ ..]) => is_pss_encoding(parameters, message, encoded, bits),
            (0, _) => false,
            _ => is_pss_encoding(parameters, message, opened, bits),
        }
    }
}

/// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
fn read_numbers<'a>(input: &mut Input<'a>) -> Asn1Result<(&'a [u8], &'a [u8])> {
    input.in_sequence(|input| Ok((input.integer()?, input.integer()?)))
}

/// EMSA-PKCS1-v1_5 (§9.2): 00 01 FF … FF 00 DigestInfo
fn pkcs1_encoding(digest: Digest, message: &[u8], length: usize) -> Option<Vec<u8>> {
    let info = encoding::sequence(&[&digest.identifier(), &encoding::octet_string(digest.of(message).as_ref())]);
    let padding = length.checked_sub(info.len() + 3).filter(|padding| *padding >= 8)?;
    Some([&[0, 1][..], &vec![0xff; padding], &[0], &info].concat())
}

/// EMSA-PSS-VERIFY (§9.1.2), its steps by their numbers.
fn is_pss_encoding(parameters: &PssParameters, message: &[u8], encoded: &[u8], bits: u32) -> bool {
    let PssParameters { digest, mask_digest, salt_length } = *parameters;
    let (hash_length, salt_length) = (digest.length(), salt_length as usize);
    // 3, 4
    let (Some((0xbc, rest)), true) =
        (encoded.split_last(), encoded.len() >= hash_length.saturating_add(salt_length).saturating_add(2))
    else {
        return false;
    };
    // 5, 6
    let (masked, hash) = rest.split_at(rest.len() - hash_length);
    let unused = encoded.len() * 8 - bits as usize;
    let clear = 0xffu8 >> unused;
    if masked[0] & !clear != 0 {
        return false;
    }
    // 7 to 9
    let mask = mgf1(mask_digest, hash, masked.len());
    let mut block: Vec<u8> = masked.iter().zip(mask).map(|(octet, mask)| octet ^ mask).collect();
    block[0] &= clear;
    // 10 to 14
    let (padding, salt) = block.split_at(block.len() - salt_length);
    let is_padded = matches!(padding, [zeros @ .., 1] if zeros.iter().all(|octet| *octet == 0));
    let again = [&[0; 8], digest.of(message).as_ref(), salt].concat();
    is_padded && digest.of(&again).as_ref() == hash
}

/// MGF1 (§B.2.1)
fn mgf1(digest: Digest, seed: &[u8], length: usize) -> Vec<u8> {
    let block = |counter: u32| digest.of(&[seed, &counter.to_be_bytes()].concat());
    let mut mask = Vec::with_capacity(length + digest.length());
    for counter in 0..length.div_ceil(digest.length()) as u32 {
        mask.extend_from_slice(block(counter).as_ref());
    }
    mask.truncate(length);
    mask
}
