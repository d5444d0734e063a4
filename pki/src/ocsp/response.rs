//! OCSPResponse and BasicOCSPResponse (RFC 6960 §4.2.1): read once, strictly, then only looked at.

use std::fmt;
use std::sync::Arc;

use der::Tag;

use super::{ResponderId, SingleResponse, read_nonce};
use crate::algorithm::{SignatureAlgorithm, VerifyingKey};
use crate::certificate::Extension;
use crate::certificate::extension::read_list;
use crate::encoding::{self, Asn1Result, Input, context, refuse, tlv};
use crate::{Certificate, Error, Oid, Time, oid};

/// A response as a responder sends it: a [`BasicOcspResponse`], or why there is none. Cheap to clone and to share.
///
/// ```text
/// OCSPResponse ::= SEQUENCE {
///      responseStatus    OCSPResponseStatus,
///      responseBytes [0] EXPLICIT ResponseBytes OPTIONAL }
/// ResponseBytes ::= SEQUENCE { responseType OBJECT IDENTIFIER, response OCTET STRING }
/// ```
#[derive(Clone)]
pub struct OcspResponse(Arc<Inner>);

struct Inner {
    der: Box<[u8]>,
    status: ResponseStatus,
    basic: Option<BasicOcspResponse>,
}

/// ```text
/// OCSPResponseStatus ::= ENUMERATED { successful (0), malformedRequest (1), internalError (2), tryLater (3),
///      sigRequired (5), unauthorized (6) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ResponseStatus {
    /// successful (0): there is an answer.
    Successful = 0,
    /// malformedRequest (1)
    MalformedRequest = 1,
    /// internalError (2)
    InternalError = 2,
    /// tryLater (3)
    TryLater = 3,
    /// sigRequired (5): the request ought to be signed.
    SigRequired = 5,
    /// unauthorized (6): the responder does not answer this client, or does not know the CA (RFC 5019 §2.2.3).
    Unauthorized = 6,
}

impl ResponseStatus {
    const ALL: [Self; 6] = [
        Self::Successful,
        Self::MalformedRequest,
        Self::InternalError,
        Self::TryLater,
        Self::SigRequired,
        Self::Unauthorized,
    ];

    fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        let content = input.expect(Tag::Enumerated)?;
        let known = Self::ALL.into_iter().find(|status| *content == [*status as u8]);
        known.map_or_else(|| refuse("a responseStatus that RFC 6960 does not know"), Ok)
    }

    /// The name in RFC 6960, e.g. `tryLater`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Successful => "successful",
            Self::MalformedRequest => "malformedRequest",
            Self::InternalError => "internalError",
            Self::TryLater => "tryLater",
            Self::SigRequired => "sigRequired",
            Self::Unauthorized => "unauthorized",
        }
    }
}

/// What is signed, and by whom.
///
/// ```text
/// BasicOCSPResponse ::= SEQUENCE {
///      tbsResponseData    ResponseData,
///      signatureAlgorithm AlgorithmIdentifier,
///      signature          BIT STRING,
///      certs          [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
/// ```
pub struct BasicOcspResponse {
    tbs: Box<[u8]>,
    data: ResponseData,
    signature_algorithm: SignatureAlgorithm,
    signature: Box<[u8]>,
    certificates: Vec<Certificate>,
}

/// ```text
/// ResponseData ::= SEQUENCE {
///      version            [0] EXPLICIT Version DEFAULT v1,
///      responderID            ResponderID,
///      producedAt             GeneralizedTime,
///      responses              SEQUENCE OF SingleResponse,
///      responseExtensions [1] EXPLICIT Extensions OPTIONAL }
/// ```
struct ResponseData {
    responder: ResponderId,
    produced_at: Time,
    responses: Vec<SingleResponse>,
    nonce: Option<Vec<u8>>,
    extended_revoke: bool,
    unknown_critical: Option<Oid>,
}

impl OcspResponse {
    /// Reads a response. What DER forbids, a type other than id-pkix-ocsp-basic, success without an answer and
    /// failure with one are refused; so is an extension that does not hold what its standard says.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        Self::read(der).map_err(|why| Error::malformed("OCSP response", why))
    }

    /// An error message (§4.2.1), which is not signed.
    pub fn refusal(status: ResponseStatus) -> Result<Self, Error> {
        Self::from_der(&encoding::sequence(&[&tlv(Tag::Enumerated, &[status as u8])]))
    }

    fn read(der: &[u8]) -> Asn1Result<Self> {
        let (status, bytes) = Input::all(der, |input| {
            input.in_sequence(|input| Ok((ResponseStatus::read(input)?, input.optional(context(0, true))?)))
        })?;
        let basic = match (status, bytes) {
            (ResponseStatus::Successful, Some(bytes)) => Some(read_bytes(bytes)?),
            (ResponseStatus::Successful, None) => return refuse("success without responseBytes"),
            // §4.2.1: "If the value of responseStatus is one of the error conditions, the responseBytes field is not
            // set."
            (_, Some(_)) => return refuse("an error message with responseBytes"),
            (_, None) => None,
        };
        Ok(Self(Arc::new(Inner { der: der.into(), status, basic })))
    }

    /// The DER encoding.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// responseStatus
    pub fn status(&self) -> ResponseStatus {
        self.0.status
    }

    /// The answer; there is one if, and only if, the status is successful.
    pub fn basic(&self) -> Option<&BasicOcspResponse> {
        self.0.basic.as_ref()
    }
}

fn read_bytes(bytes: &[u8]) -> Asn1Result<BasicOcspResponse> {
    let (kind, response) =
        Input::all(bytes, |input| input.in_sequence(|input| Ok((input.oid()?, input.expect(Tag::OctetString)?))))?;
    if kind != oid::OCSP_BASIC {
        return refuse(format!("a response of type {kind}, not id-pkix-ocsp-basic"));
    }
    Input::all(response, |input| input.in_sequence(BasicOcspResponse::read))
}

impl BasicOcspResponse {
    fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        let tbs = input.raw()?;
        let data = Input::all(tbs, |input| input.in_sequence(ResponseData::read))?;
        let signature_algorithm = SignatureAlgorithm::read(input)?;
        // Unused bits make it fit no key, as with certificates.
        let signature = input.bit_string()?.as_bytes().unwrap_or_default().into();
        let certificates = input.optional(context(0, true))?.map(read_certificates).transpose()?;
        let certificates = certificates.unwrap_or_default();
        Ok(Self { tbs: tbs.into(), data, signature_algorithm, signature, certificates })
    }

    /// The signed part.
    pub fn tbs_der(&self) -> &[u8] {
        &self.tbs
    }

    /// responderID
    pub fn responder(&self) -> &ResponderId {
        &self.data.responder
    }

    /// producedAt: when it was signed.
    pub fn produced_at(&self) -> Time {
        self.data.produced_at
    }

    /// responses
    pub fn responses(&self) -> &[SingleResponse] {
        &self.data.responses
    }

    /// The answers about this certificate, which `issuer` has issued.
    pub fn responses_of(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> impl Iterator<Item = &SingleResponse> {
        self.responses().iter().filter(move |single| single.id().is_of(certificate, issuer))
    }

    /// certs: those that can be read as certificates.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The nonce (RFC 9654).
    pub fn nonce(&self) -> Option<&[u8]> {
        self.data.nonce.as_deref()
    }

    /// Whether it answers the request with this nonce. A response made in advance has none, which is an error here too;
    /// who bears that looks at [`Self::nonce`] first.
    pub fn check_nonce(&self, sent: &[u8]) -> Result<(), Error> {
        if self.nonce() == Some(sent) { Ok(()) } else { Err(Error::OcspNonceMismatch) }
    }

    /// Whether *revoked* may also mean that a certificate was never issued (§4.4.8): since 1970, on hold.
    pub fn is_extended_revoked(&self) -> bool {
        self.data.extended_revoke
    }

    /// A critical extension of the response that is not known here, so that it must not be used (§4.4).
    pub fn unknown_critical(&self) -> Option<Oid> {
        self.data.unknown_critical
    }

    /// signatureAlgorithm
    pub fn signature_algorithm(&self) -> SignatureAlgorithm {
        self.signature_algorithm
    }

    /// Checks the signature, and nothing else, with the responder's key.
    pub fn verify_signature<'k>(&self, responder: impl Into<VerifyingKey<'k>>) -> Result<(), Error> {
        responder.into().verify(self.signature_algorithm, &self.tbs, &self.signature)
    }
}

/// One that cannot be read is passed over: it can prove nothing, and need not be the responder's.
fn read_certificates(content: &[u8]) -> Asn1Result<Vec<Certificate>> {
    let certificates = Input::all(content, |input| input.sequence_of(Input::raw))?;
    Ok(certificates.into_iter().filter_map(|der| Certificate::from_der(der).ok()).collect())
}

impl ResponseData {
    fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        read_version(input)?;
        let mut data = Self {
            responder: ResponderId::read(input)?,
            produced_at: input.generalized_time()?,
            responses: input.sequence_of(SingleResponse::read)?,
            nonce: None,
            extended_revoke: false,
            unknown_critical: None,
        };
        let list = input.optional(context(1, true))?.map(|list| Input::all(list, read_list)).transpose()?;
        list.unwrap_or_default().iter().try_for_each(|extension| data.take(extension))?;
        Ok(data)
    }

    fn take(&mut self, extension: &Extension) -> Asn1Result<()> {
        match extension.oid {
            oid::OCSP_NONCE => self.nonce = Some(read_nonce(&extension.value)?),
            oid::OCSP_EXTENDED_REVOKE => {
                Input::all(&extension.value, |input| input.expect(Tag::Null))?;
                self.extended_revoke = true;
            }
            other if extension.critical => self.unknown_critical = self.unknown_critical.or(Some(other)),
            _ => {}
        }
        Ok(())
    }
}

/// Version ::= INTEGER { v1(0) }, in requests and in responses.
pub(super) fn read_version(input: &mut Input<'_>) -> Asn1Result<()> {
    match input.optional(context(0, true))? {
        None => Ok(()),
        Some(explicit) => match Input::all(explicit, |input| input.expect(Tag::Integer))? {
            [0] => Ok(()),
            _ => refuse("a version that RFC 6960 does not know"),
        },
    }
}

impl fmt::Debug for OcspResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.basic() {
            Some(basic) => fmt::Debug::fmt(basic, f),
            None => write!(f, "OcspResponse({})", self.status().name()),
        }
    }
}

impl fmt::Debug for BasicOcspResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.responses().len();
        write!(f, "OcspResponse(of {} at {}, {count} answers)", self.responder(), self.produced_at())
    }
}
