//! The parameters of RSASSA-PSS (RFC 4055 §3.1): of a signature, and as the limits of a key.

use std::fmt;

use super::Digest;
use crate::encoding::{self, Asn1Result, Input, context};
use crate::oid;

/// ```text
/// RSASSA-PSS-params ::= SEQUENCE {
///      hashAlgorithm     [0] HashAlgorithm DEFAULT sha1Identifier,
///      maskGenAlgorithm  [1] MaskGenAlgorithm DEFAULT mgf1SHA1Identifier,
///      saltLength        [2] INTEGER DEFAULT 20,
///      trailerField      [3] INTEGER DEFAULT 1 }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PssParameters {
    /// hashAlgorithm
    pub digest: Digest,
    /// The digest of MGF1, the only maskGenAlgorithm that there is.
    pub mask_digest: Digest,
    /// saltLength, in octets
    pub salt_length: u32,
}

impl PssParameters {
    /// What everybody uses: MGF1 with the same digest, and a salt as long as the digest.
    pub fn usual(digest: Digest) -> Self {
        Self { digest, mask_digest: digest, salt_length: digest.length() as u32 }
    }

    /// `None` where a digest, the mask or the trailer is not one of RFC 4055.
    pub(super) fn read(parameters: &[u8]) -> Asn1Result<Option<Self>> {
        Input::all(parameters, |input| {
            input.in_sequence(|input| {
                let digest = input.optional(context(0, true))?.map(digest_identifier).transpose()?;
                let mask = input.optional(context(1, true))?.map(mask_digest).transpose()?;
                let salt = input.optional(context(2, true))?.map(explicit_counter).transpose()?;
                let trailer = input.optional(context(3, true))?.map(explicit_counter).transpose()?;
                let digests = digest.unwrap_or(Some(Digest::Sha1)).zip(mask.unwrap_or(Some(Digest::Sha1)));
                let known = digests.filter(|_| trailer.unwrap_or(1) == 1);
                let salt_length = salt.unwrap_or(20);
                Ok(known.map(|(digest, mask_digest)| Self { digest, mask_digest, salt_length }))
            })
        })
    }

    /// What is a default is left out (X.690 §11.5).
    pub(super) fn write(self) -> Vec<u8> {
        let explicit = |number, plain: bool, content: &[u8]| {
            if plain { Vec::new() } else { encoding::tlv(context(number, true), content) }
        };
        let mask = encoding::sequence(&[&encoding::oid(&oid::MGF1), &self.mask_digest.identifier()]);
        let salt = encoding::unsigned(u64::from(self.salt_length));
        encoding::sequence(&[
            &explicit(0, self.digest == Digest::Sha1, &self.digest.identifier()),
            &explicit(1, self.mask_digest == Digest::Sha1, &mask),
            &explicit(2, self.salt_length == 20, &salt),
        ])
    }

    /// Whether a key with these parameters may have made a signature with those: they "MUST be the same except the
    /// saltLength field", which "MUST be greater or equal" in the signature (RFC 4055 §3.3).
    pub(super) fn permit(&self, signature: &Self) -> bool {
        (self.digest, self.mask_digest) == (signature.digest, signature.mask_digest)
            && self.salt_length <= signature.salt_length
    }
}

fn explicit_counter(content: &[u8]) -> Asn1Result<u32> {
    Input::all(content, |input| encoding::counter(input.integer()?))
}

fn digest_identifier(content: &[u8]) -> Asn1Result<Option<Digest>> {
    Input::all(content, |input| {
        input.in_sequence(|input| {
            let kind = input.oid()?;
            input.null_or_nothing()?;
            Ok(Digest::from_oid(&kind))
        })
    })
}

fn mask_digest(content: &[u8]) -> Asn1Result<Option<Digest>> {
    Input::all(content, |input| {
        input.in_sequence(|input| match input.oid()? {
            oid::MGF1 => digest_identifier(input.raw()?),
            _ => input.raw().map(|_| None),
        })
    })
}

impl fmt::Display for PssParameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { digest, mask_digest, salt_length } = self;
        write!(f, "RSA-PSS with {digest}, MGF1 with {mask_digest} and a salt of {salt_length} octets")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_has_null_or_nothing_for_parameters() {
        let is_read = |parameters: &[u8]| {
            digest_identifier(&encoding::sequence(&[&encoding::oid(&oid::SHA256), parameters])).is_ok()
        };
        assert_eq!([&[][..], &[5, 0], &[5, 1, 0], &[4, 0]].map(is_read), [true, true, false, false]);
    }
}
