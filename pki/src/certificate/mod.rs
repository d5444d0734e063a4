//! Certificates (RFC 5280 §4): read once, strictly, then only looked at.

mod builder;
pub mod extension;
pub mod lint;
mod request;
mod serial;

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use der::Tag;

use crate::algorithm::{PublicKey, SignatureAlgorithm, VerifyingKey};
use crate::encoding::{Asn1Result, Input, context, position, refuse};
use crate::{Error, Name, Oid, Time};

pub(crate) use builder::signed;
pub use builder::{CertificateBuilder, TbsCertificate};
pub use extension::{Extension, ExtensionRef, Extensions};
pub use request::{CertificateRequest, RequestBuilder};
pub use serial::Serial;

/// A certificate. Cheap to clone and to share; two are equal when their bytes are.
///
/// ```text
/// Certificate ::= SEQUENCE {
///      tbsCertificate       TBSCertificate,
///      signatureAlgorithm   AlgorithmIdentifier,
///      signatureValue       BIT STRING }
/// ```
#[derive(Clone)]
pub struct Certificate(Arc<Inner>);

struct Inner {
    der: Box<[u8]>,
    tbs: Range<usize>,
    signature_algorithm: SignatureAlgorithm,
    /// Where the signature begins, which ends the encoding.
    signature: usize,
    /// The last octets of it: a number at random in all but forgeries, which tells others apart at a glance.
    mark: u64,
    fields: Fields,
    fingerprint: OnceLock<Fingerprint>,
}

/// ```text
/// TBSCertificate ::= SEQUENCE {
///      version         [0] EXPLICIT Version DEFAULT v1,
///      serialNumber        CertificateSerialNumber,
///      signature           AlgorithmIdentifier,
///      issuer              Name,
///      validity            SEQUENCE { notBefore Time, notAfter Time },
///      subject             Name,
///      subjectPublicKeyInfo SubjectPublicKeyInfo,
///      issuerUniqueID  [1] IMPLICIT UniqueIdentifier OPTIONAL,
///      subjectUniqueID [2] IMPLICIT UniqueIdentifier OPTIONAL,
///      extensions      [3] EXPLICIT Extensions OPTIONAL }
/// ```
struct Fields {
    version: u8,
    serial: Serial,
    issuer: Name,
    not_before: Time,
    not_after: Time,
    subject: Name,
    public_key: PublicKey,
    extensions: Extensions,
}

impl Certificate {
    /// Reads a certificate. What DER forbids, an extension that does not hold what its standard says, one that
    /// stands twice, and a signature algorithm that differs inside and outside (RFC 5280 §4.1.1.2) are refused.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        Self::read(der).map_err(|why| Error::malformed("certificate", why))
    }

    /// The same certificate, equal to this one, with its key completed by what stands in another certificate.
    pub(crate) fn with_completed_key(&self, key: PublicKey) -> Result<Self, Error> {
        Self::read_completed(self.der(), Some(key)).map_err(|why| Error::malformed("certificate", why))
    }

    fn read(der: &[u8]) -> Asn1Result<Self> {
        Self::read_completed(der, None)
    }

    fn read_completed(der: &[u8], key: Option<PublicKey>) -> Asn1Result<Self> {
        let (tbs, outer_algorithm, signature) = Input::all(der, signed_parts)?;
        let (mut fields, inner_algorithm) = Input::all(tbs, |input| input.in_sequence(Fields::read))?;
        if inner_algorithm != outer_algorithm {
            return refuse("the signature algorithm differs inside and outside (RFC 5280 §4.1.1.2)");
        }
        if let Some(key) = key {
            fields.public_key = key;
        }
        Ok(Self(Arc::new(Inner {
            tbs: position(der, tbs),
            signature_algorithm: Input::all(outer_algorithm, SignatureAlgorithm::read)?,
            signature: der.len() - signature.len(),
            mark: signature.last_chunk().map_or(0, |end| u64::from_be_bytes(*end)),
            fields,
            fingerprint: OnceLock::new(),
            der: der.into(),
        })))
    }

    /// The DER encoding.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The signed part.
    pub fn tbs_der(&self) -> &[u8] {
        &self.0.der[self.0.tbs.clone()]
    }

    /// The SHA-256 of the encoding.
    pub fn fingerprint(&self) -> Fingerprint {
        *self.0.fingerprint.get_or_init(|| Fingerprint::of(&self.0.der))
    }

    /// The version as people say it: 1, 2 or 3.
    pub fn version(&self) -> u8 {
        self.0.fields.version
    }

    /// serialNumber
    pub fn serial(&self) -> &Serial {
        &self.0.fields.serial
    }

    /// issuer
    pub fn issuer(&self) -> &Name {
        &self.0.fields.issuer
    }

    /// subject
    pub fn subject(&self) -> &Name {
        &self.0.fields.subject
    }

    /// notBefore
    pub fn not_before(&self) -> Time {
        self.0.fields.not_before
    }

    /// notAfter; the certificate is valid through this second.
    pub fn not_after(&self) -> Time {
        self.0.fields.not_after
    }

    /// subjectPublicKeyInfo
    pub fn public_key(&self) -> &PublicKey {
        &self.0.fields.public_key
    }

    /// signatureAlgorithm
    pub fn signature_algorithm(&self) -> SignatureAlgorithm {
        self.0.signature_algorithm
    }

    /// signatureValue
    pub fn signature(&self) -> &[u8] {
        &self.0.der[self.0.signature..]
    }

    /// Equal certificates have the same; others hardly ever, but on purpose.
    pub(crate) fn mark(&self) -> u64 {
        self.0.mark
    }

    /// The extensions.
    pub fn extensions(&self) -> &Extensions {
        &self.0.fields.extensions
    }

    /// The content of extnValue of any extension, for those that only its CA's profile explains.
    pub fn extension_value(&self, kind: &Oid) -> Option<&[u8]> {
        self.extensions().find(kind).map(|extension| extension.value)
    }

    /// RFC 5280 §6.1: "A certificate is self-issued if the same DN appears in the subject and issuer fields".
    pub fn is_self_issued(&self) -> bool {
        self.issuer().matches(self.subject())
    }

    /// Whether basicConstraints says that the subject is a CA.
    pub fn is_ca(&self) -> bool {
        self.extensions().basic_constraints.is_some_and(|constraints| constraints.ca)
    }

    /// Whether the validity period includes this time.
    pub fn is_valid_at(&self, at: Time) -> bool {
        self.not_before() <= at && at <= self.not_after()
    }

    /// Checks the signature, and nothing else, with the issuer's key.
    pub fn verify_signature<'k>(&self, issuer: impl Into<VerifyingKey<'k>>) -> Result<(), Error> {
        issuer.into().verify(self.signature_algorithm(), self.tbs_der(), self.signature())
    }
}

/// The three parts of every signed structure of RFC 5280, undecoded: content, algorithm, signature.
///
/// A signature is whole octets. One with unused bits is left empty, so that it fits no key: that is a wrong
/// signature, which says more than that the certificate is malformed.
pub(crate) fn signed_parts<'a>(input: &mut Input<'a>) -> Asn1Result<(&'a [u8], &'a [u8], &'a [u8])> {
    input.in_sequence(|input| Ok((input.raw()?, input.raw()?, input.bit_string()?.as_bytes().unwrap_or_default())))
}

impl Fields {
    fn read<'a>(input: &mut Input<'a>) -> Asn1Result<(Self, &'a [u8])> {
        let version = read_version(input)?;
        let serial = Serial::from_content(input.integer()?);
        let algorithm = input.raw()?;
        let issuer = Name::read(input.raw()?)?;
        let (not_before, not_after) = input.in_sequence(|input| Ok((input.time()?, input.time()?)))?;
        let subject = Name::read(input.raw()?)?;
        let public_key = PublicKey::read(input.raw()?)?;
        let unique_ids = [input.optional(context(1, false))?, input.optional(context(2, false))?];
        let extensions = input.optional(context(3, true))?;
        if (version < 3 && extensions.is_some()) || (version < 2 && unique_ids.iter().any(Option::is_some)) {
            return refuse(format!("fields that version {version} does not have (RFC 5280 §4.1.2.1)"));
        }
        let extensions = extensions.map(|list| Input::all(list, Extensions::read)).transpose()?.unwrap_or_default();
        let fields = Self { version, serial, issuer, not_before, not_after, subject, public_key, extensions };
        Ok((fields, algorithm))
    }
}

/// Version ::= INTEGER { v1(0), v2(1), v3(2) }
fn read_version(input: &mut Input<'_>) -> Asn1Result<u8> {
    match input.optional(context(0, true))? {
        None => Ok(1),
        Some(explicit) => match Input::all(explicit, |input| input.expect(Tag::Integer))? {
            [number @ 0..=2] => Ok(number + 1),
            _ => refuse("a version that RFC 5280 does not know"),
        },
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || (self.0.mark == other.0.mark && self.0.der == other.0.der)
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({} by {}, {})", self.subject(), self.issuer(), self.serial())
    }
}

/// The SHA-256 of a DER encoding; printed as `sha256:…`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of these bytes.
    pub fn of(der: &[u8]) -> Self {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, der);
        let mut octets = [0; 32];
        octets.copy_from_slice(digest.as_ref());
        Self(octets)
    }

    /// The 32 octets.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for Fingerprint {
    fn from(octets: [u8; 32]) -> Self {
        Self(octets)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
