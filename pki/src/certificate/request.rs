//! Certification requests (PKCS#10, RFC 2986): what somebody who has made a key asks to be certified.

use der::Tag;

use super::builder::signed;
use super::extension::{Extension, SubjectAltNames};
use super::{Extensions, signed_parts};
use crate::algorithm::{PublicKey, SignatureAlgorithm, Sm2Ids};
use crate::encoding::{self, Asn1Result, Input, context, refuse, tlv};
use crate::key::Signer;
use crate::name::GeneralName;
use crate::{Error, Name, oid};

/// ```text
/// CertificationRequest ::= SEQUENCE { certificationRequestInfo, signatureAlgorithm AlgorithmIdentifier, signature BIT STRING }
/// CertificationRequestInfo ::= SEQUENCE {
///      version       INTEGER { v1(0) },
///      subject       Name,
///      subjectPKInfo SubjectPublicKeyInfo,
///      attributes    [0] IMPLICIT SET OF Attribute }
/// ```
#[derive(Debug, Clone)]
pub struct CertificateRequest {
    der: Box<[u8]>,
    info: Box<[u8]>,
    subject: Name,
    public_key: PublicKey,
    extensions: Extensions,
    algorithm: SignatureAlgorithm,
    signature: Box<[u8]>,
}

impl CertificateRequest {
    /// Reads a request. Whether it is signed by its own key is [`Self::verify_self_signature`]'s to say.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        Self::read(der).map_err(|why| Error::malformed("certificate request", why))
    }

    fn read(der: &[u8]) -> Asn1Result<Self> {
        let (info, algorithm, signature) = Input::all(der, signed_parts)?;
        let (subject, public_key, extensions) = Input::all(info, |input| input.in_sequence(read_info))?;
        Ok(Self {
            der: der.into(),
            info: info.into(),
            subject,
            public_key,
            extensions,
            algorithm: Input::all(algorithm, SignatureAlgorithm::read)?,
            signature: signature.into(),
        })
    }

    /// Starts a request for this subject.
    pub fn builder(subject: Name) -> RequestBuilder {
        RequestBuilder { subject, extensions: Vec::new() }
    }

    /// The DER encoding.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The subject asked for.
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// The key to be certified.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The extensions asked for (extensionRequest, RFC 2985 §5.4.2).
    pub fn requested_extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// By which algorithm the request is signed.
    pub fn signature_algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Whether who asks has the private key: the request must be signed with it (RFC 2986 §3), in SM2 under the standard id.
    pub fn verify_self_signature(&self) -> Result<(), Error> {
        self.verify_self_signature_under(&Sm2Ids::standard())
    }

    /// The same, in SM2 under one of these ids.
    pub fn verify_self_signature_under(&self, ids: &Sm2Ids) -> Result<(), Error> {
        self.public_key.under(ids).verify(self.algorithm, &self.info, &self.signature)
    }
}

fn read_info(input: &mut Input<'_>) -> Asn1Result<(Name, PublicKey, Extensions)> {
    if input.integer()? != [0] {
        return refuse("a version that RFC 2986 does not know");
    }
    let subject = Name::read(input.raw()?)?;
    let public_key = PublicKey::read(input.raw()?)?;
    // Some tools leave out the empty set of attributes, which RFC 2986 has as mandatory.
    let attributes = input.optional(context(0, true))?.unwrap_or_default();
    let requested = Input::new(attributes)?.each(attribute)?;
    let extensions = requested.into_iter().flatten().next().unwrap_or_default();
    Ok((subject, public_key, extensions))
}

/// Attribute ::= SEQUENCE { type OBJECT IDENTIFIER, values SET OF ANY }; all but extensionRequest are passed over.
fn attribute(input: &mut Input<'_>) -> Asn1Result<Option<Extensions>> {
    input.in_sequence(|input| {
        let kind = input.oid()?;
        let values = input.expect(Tag::Set)?;
        (kind == oid::EXTENSION_REQUEST).then(|| Input::all(values, Extensions::read)).transpose()
    })
}

/// Builds a [`CertificateRequest`].
#[derive(Debug, Clone)]
pub struct RequestBuilder {
    subject: Name,
    extensions: Vec<Extension>,
}

impl RequestBuilder {
    /// Asks for alternative names.
    pub fn subject_alt_names(mut self, names: Vec<GeneralName>) -> Self {
        let critical = self.subject.is_empty();
        self.extensions.push(Extension { critical, ..Extension::of(&SubjectAltNames(names), false) });
        self
    }

    /// Asks for any extension, from the DER of its value.
    pub fn extension(mut self, oid: crate::Oid, critical: bool, value: Vec<u8>) -> Self {
        self.extensions.push(Extension { oid, critical, value });
        self
    }

    /// Signs with the key that is to be certified.
    pub fn sign(&self, signer: &dyn Signer) -> Result<CertificateRequest, Error> {
        let attributes = match &self.extensions[..] {
            [] => Vec::new(),
            list => {
                let list = encoding::sequence_of(list.iter().map(Extension::write));
                encoding::sequence(&[&encoding::oid(&oid::EXTENSION_REQUEST), &tlv(Tag::Set, &list)])
            }
        };
        let info = encoding::sequence(&[
            &encoding::unsigned(0),
            self.subject.der(),
            signer.public_key().spki_der(),
            &tlv(context(0, true), &attributes),
        ]);
        let identifier = signer.algorithm().write(false);
        CertificateRequest::from_der(&signed(&info, signer.algorithm(), &identifier, signer)?)
    }
}
