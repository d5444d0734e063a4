//! DSA (FIPS 186-4), in old archives: checked by the RustCrypto `dsa` crate, never signed with.

use dsa::signature::hazmat::PrehashVerifier;
use dsa::{BoxedUint, Components, Signature, VerifyingKey};

use super::Digest;
use crate::encoding::{Asn1Result, Input, positive};

/// How long p is; `None` where the parameters are omitted and the issuer's apply (RFC 3279 §2.3.2).
pub(super) fn bits(parameters: Option<&[u8]>) -> Asn1Result<Option<u32>> {
    let bits = |p: &[u8]| positive(p).map_or(0, |p| p.len() as u32 * 8 - p[0].leading_zeros());
    parameters.map(|parameters| Ok(bits(read_parameters(parameters)?[0]))).transpose()
}

/// Dss-Parms ::= SEQUENCE { p INTEGER, q INTEGER, g INTEGER }
fn read_parameters(parameters: &[u8]) -> Asn1Result<[&[u8]; 3]> {
    Input::all(parameters, |input| {
        input.in_sequence(|input| Ok([input.integer()?, input.integer()?, input.integer()?]))
    })
}

/// The lengths of q of FIPS 186-4 §4.2, and the longest p. OpenSSL pairs them otherwise than the standard does.
const Q_BITS: [u32; 3] = [160, 224, 256];
const MAX_P_BITS: u32 = 3072;

/// DSAPublicKey ::= INTEGER, y. `None` for what is no key.
pub(super) fn read_key(parameters: &[u8], key: &[u8]) -> Option<VerifyingKey> {
    let [p, q, g] = read_parameters(parameters).ok()?;
    let p = BoxedUint::from_be_slice_vartime(positive(p)?);
    let q = BoxedUint::from_be_slice_vartime(positive(q)?);
    // The crate multiplies modulo p without a look at how its numbers came, so both are made as wide.
    let below_p = |number: &[u8]| {
        let number = BoxedUint::from_be_slice(positive(number)?, p.bits_precision()).ok()?;
        (number < p).then_some(number)
    };
    if !Q_BITS.contains(&q.bit_width_vartime()) || p.bit_width_vartime() > MAX_P_BITS {
        return None;
    }
    let y = below_p(Input::all(key, |input| input.integer()).ok()?)?;
    let components = Components::from_components_unchecked(p.clone(), q, below_p(g)?).ok()?;
    VerifyingKey::from_components(components, y).ok()
}

/// Dss-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }
pub(super) fn verify(key: &VerifyingKey, digest: Digest, message: &[u8], signature: &[u8]) -> bool {
    let signature = Signature::try_from(signature);
    signature.is_ok_and(|signature| key.verify_prehash(digest.of(message).as_ref(), &signature).is_ok())
}
