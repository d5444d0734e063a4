//! CertID (RFC 6960 §4.1.1): of which certificate a request or a response speaks.

use der::Tag;
use sm3::{Digest, Sm3};

use crate::encoding::{self, Asn1Result, Input};
use crate::{Certificate, Oid, Serial, oid};

/// How the issuer is hashed. SHA-1 is good enough here: a CertID names a certificate and proves nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CertIdHash {
    /// SHA-1, which every responder knows
    Sha1,
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
    /// SM3
    Sm3,
}

impl CertIdHash {
    /// Every hash.
    pub const ALL: [Self; 5] = [Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512, Self::Sm3];

    fn oid(self) -> Oid {
        match self {
            Self::Sha1 => oid::SHA1,
            Self::Sha256 => oid::SHA256,
            Self::Sha384 => oid::SHA384,
            Self::Sha512 => oid::SHA512,
            Self::Sm3 => oid::SM3,
        }
    }

    fn from_oid(kind: &Oid) -> Option<Self> {
        Self::ALL.into_iter().find(|hash| hash.oid() == *kind)
    }

    pub(super) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384, SHA512, digest};
        match self {
            Self::Sha1 => digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().to_vec(),
            Self::Sha256 => digest(&SHA256, bytes).as_ref().to_vec(),
            Self::Sha384 => digest(&SHA384, bytes).as_ref().to_vec(),
            Self::Sha512 => digest(&SHA512, bytes).as_ref().to_vec(),
            Self::Sm3 => Sm3::digest(bytes).to_vec(),
        }
    }
}

/// ```text
/// CertID ::= SEQUENCE {
///      hashAlgorithm  AlgorithmIdentifier,
///      issuerNameHash OCTET STRING,
///      issuerKeyHash  OCTET STRING,
///      serialNumber   CertificateSerialNumber }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertId {
    der: Box<[u8]>,
    hash: Option<CertIdHash>,
    issuer_name_hash: Box<[u8]>,
    issuer_key_hash: Box<[u8]>,
    serial: Serial,
}

impl CertId {
    /// Names a certificate by its serial number and its issuer's name and key.
    pub fn of(hash: CertIdHash, certificate: &Certificate, issuer: &Certificate) -> Self {
        let name = hash.digest(certificate.issuer().der());
        let key = hash.digest(issuer.public_key().key_bits());
        let serial = certificate.serial().clone();
        let der = encoding::sequence(&[
            &encoding::sequence(&[&encoding::oid(&hash.oid()), &encoding::null()]),
            &encoding::octet_string(&name),
            &encoding::octet_string(&key),
            &encoding::tlv(Tag::Integer, serial.content()),
        ]);
        let (issuer_name_hash, issuer_key_hash) = (name.into(), key.into());
        Self { der: der.into(), hash: Some(hash), issuer_name_hash, issuer_key_hash, serial }
    }

    /// A hash algorithm that is not known here is no error: such a CertID is of no certificate that we can name.
    pub(super) fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        let der = input.raw()?;
        Input::all(der, |input| {
            input.in_sequence(|input| {
                Ok(Self {
                    der: der.into(),
                    hash: input.in_sequence(read_hash)?,
                    issuer_name_hash: input.expect(Tag::OctetString)?.into(),
                    issuer_key_hash: input.expect(Tag::OctetString)?.into(),
                    serial: Serial::from_content(input.integer()?),
                })
            })
        })
    }

    /// The DER encoding, as it was read: a response repeats what it was asked.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// hashAlgorithm, if it is known here.
    pub fn hash(&self) -> Option<CertIdHash> {
        self.hash
    }

    /// serialNumber
    pub fn serial(&self) -> &Serial {
        &self.serial
    }

    /// Whether both mean one certificate by the same hash: an answer may write the hash's NULL parameters where the
    /// question has none, or leave them out.
    pub fn means_same(&self, other: &Self) -> bool {
        let parts = |id: &Self| (id.hash, id.issuer_name_hash.clone(), id.issuer_key_hash.clone());
        self.hash.is_some() && parts(self) == parts(other) && self.serial == other.serial
    }

    /// Whether this is the issuer's name and key, whatever the serial number.
    pub fn is_by(&self, issuer: &Certificate) -> bool {
        self.fits(issuer.subject().der(), issuer)
    }

    /// Whether the certificate, which `issuer` has issued, is meant. issuerNameHash is that "of the issuer's name field
    /// in the certificate being checked", issuerKeyHash of "the value (excluding tag and length) of the subject public
    /// key field in the issuer's certificate".
    pub fn is_of(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        self.serial == *certificate.serial() && self.fits(certificate.issuer().der(), issuer)
    }

    fn fits(&self, name: &[u8], issuer: &Certificate) -> bool {
        self.hash.is_some_and(|hash| {
            *self.issuer_key_hash == *hash.digest(issuer.public_key().key_bits())
                && *self.issuer_name_hash == *hash.digest(name)
        })
    }
}

fn read_hash(input: &mut Input<'_>) -> Asn1Result<Option<CertIdHash>> {
    let hash = CertIdHash::from_oid(&input.oid()?);
    match hash {
        Some(_) => input.null_or_nothing()?,
        // Parameters of what is not known here.
        None if !input.is_empty() => drop(input.raw()?),
        None => {}
    }
    Ok(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(hash: &Oid, null: &[u8], name: &[u8], serial: u64) -> CertId {
        let der = encoding::sequence(&[
            &encoding::sequence(&[&encoding::oid(hash), null]),
            &encoding::octet_string(name),
            &encoding::octet_string(&[2; 20]),
            &encoding::unsigned(serial),
        ]);
        Input::all(&der, CertId::read).unwrap()
    }

    #[test]
    fn an_answer_means_what_was_asked_with_null_or_without() {
        let asked = id(&oid::SHA1, &[5, 0], &[1; 20], 7);
        let means_it = |id: CertId| id.means_same(&asked);
        assert!(means_it(asked.clone()) && means_it(id(&oid::SHA1, &[], &[1; 20], 7)));
        assert!(!means_it(id(&oid::SHA1, &[], &[1; 20], 8)) && !means_it(id(&oid::SHA1, &[], &[3; 20], 7)));
        assert!(!means_it(id(&oid::SHA256, &[], &[1; 20], 7)));
        let unknown = id(&oid::ED25519, &[], &[1; 20], 7);
        assert!(!unknown.means_same(&unknown), "of no certificate that can be named");
    }
}
