//! OCSPRequest (RFC 6960 §4.1.1): what a client asks.

use super::response::read_version;
use super::{CertId, nonce_extension, read_nonce};
use crate::certificate::Extension;
use crate::certificate::extension::read_list;
use crate::encoding::{self, Asn1Result, Input, context, refuse, tlv};
use crate::name::GeneralName;
use crate::{Error, Oid, oid};

/// ```text
/// OCSPRequest ::= SEQUENCE { tbsRequest TBSRequest, optionalSignature [0] EXPLICIT Signature OPTIONAL }
/// TBSRequest ::= SEQUENCE {
///      version           [0] EXPLICIT Version DEFAULT v1,
///      requestorName     [1] EXPLICIT GeneralName OPTIONAL,
///      requestList           SEQUENCE OF Request,
///      requestExtensions [2] EXPLICIT Extensions OPTIONAL }
/// Request ::= SEQUENCE { reqCert CertID, singleRequestExtensions [0] EXPLICIT Extensions OPTIONAL }
/// ```
///
/// A signature is passed over: who asks is not judged here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OcspRequest {
    der: Box<[u8]>,
    ids: Vec<CertId>,
    nonce: Option<Vec<u8>>,
    unknown_critical: Option<Oid>,
}

/// What a request may carry that changes nothing of what we answer: AcceptableResponses, since there is one type of
/// response; the service locator, since we forward nothing; preferred algorithms, since a CA has its own.
const PASSED_OVER: [Oid; 3] = [oid::OCSP_RESPONSE, oid::OCSP_SERVICE_LOCATOR, oid::OCSP_PREFERRED_ALGORITHMS];

impl OcspRequest {
    /// Asks about certificates; `nonce` of 1 to 128 octets, 32 by RFC 9654 §2.1.
    pub fn new(ids: &[CertId], nonce: Option<&[u8]>) -> Result<Self, Error> {
        let list = encoding::sequence_of(ids.iter().map(|id| encoding::sequence(&[id.der()])));
        let extensions = nonce.map(|nonce| {
            let list = encoding::sequence_of([nonce_extension(nonce).write()]);
            tlv(context(2, true), &list)
        });
        let tbs = encoding::sequence(&[&list, &extensions.unwrap_or_default()]);
        Self::from_der(&encoding::sequence(&[&tbs]))
    }

    /// Reads a request. One that asks for nothing is refused.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        Self::read(der).map_err(|why| Error::malformed("OCSP request", why))
    }

    fn read(der: &[u8]) -> Asn1Result<Self> {
        Input::all(der, |input| {
            input.in_sequence(|input| {
                let request = input.in_sequence(|input| Self::read_tbs(der, input))?;
                input.optional(context(0, true))?;
                Ok(request)
            })
        })
    }

    fn read_tbs(der: &[u8], input: &mut Input<'_>) -> Asn1Result<Self> {
        read_version(input)?;
        input.optional(context(1, true))?.map(|name| Input::all(name, GeneralName::read)).transpose()?;
        let (mut ids, mut extensions) = (Vec::new(), Vec::new());
        for (id, list) in input.sequence_of(read_one)? {
            ids.push(id);
            extensions.extend(list);
        }
        if ids.is_empty() {
            return refuse("it asks about no certificate");
        }
        let list = input.optional(context(2, true))?.map(|list| Input::all(list, read_list)).transpose()?;
        extensions.extend(list.unwrap_or_default());
        let mut request = Self { der: der.into(), ids, nonce: None, unknown_critical: None };
        extensions.iter().try_for_each(|extension| request.take(extension))?;
        Ok(request)
    }

    fn take(&mut self, extension: &Extension) -> Asn1Result<()> {
        match extension.oid {
            oid::OCSP_NONCE => self.nonce = Some(read_nonce(&extension.value)?),
            other if extension.critical && !PASSED_OVER.contains(&other) => {
                self.unknown_critical = self.unknown_critical.or(Some(other));
            }
            _ => {}
        }
        Ok(())
    }

    /// The DER encoding.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The certificates that are asked about, one at least.
    pub fn ids(&self) -> &[CertId] {
        &self.ids
    }

    /// The nonce (RFC 9654), which the response repeats.
    pub fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }

    /// A critical extension that is not known here, so that the request must not be answered (§4.4).
    pub fn unknown_critical(&self) -> Option<Oid> {
        self.unknown_critical
    }
}

fn read_one(input: &mut Input<'_>) -> Asn1Result<(CertId, Vec<Extension>)> {
    input.in_sequence(|input| {
        let id = CertId::read(input)?;
        let list = input.optional(context(0, true))?.map(|list| Input::all(list, read_list)).transpose()?;
        Ok((id, list.unwrap_or_default()))
    })
}
