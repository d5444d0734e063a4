//! Building responses: what a responder answers, signed.

use der::Tag;

use super::{OcspRequest, OcspResponse, ResponderId, SingleResponse, nonce_extension};
use crate::certificate::Extension;
use crate::encoding::{self, context, tlv};
use crate::key::Signer;
use crate::{Certificate, Error, Oid, Time, oid};

/// Collects what a BasicOCSPResponse holds.
#[derive(Debug, Clone)]
pub struct OcspResponseBuilder {
    responder: ResponderId,
    produced_at: Time,
    responses: Vec<SingleResponse>,
    extensions: Vec<Extension>,
    certificates: Vec<Certificate>,
    sm2_null: bool,
}

impl OcspResponseBuilder {
    /// A response without answers.
    pub fn new(responder: ResponderId, produced_at: Time) -> Self {
        let (responses, extensions, certificates) = (Vec::new(), Vec::new(), Vec::new());
        Self { responder, produced_at, responses, extensions, certificates, sm2_null: false }
    }

    /// Adds an answer.
    pub fn response(mut self, single: SingleResponse) -> Self {
        self.responses.push(single);
        self
    }

    /// Adds certificates by which the signature can be checked: the responder's own, if it is not the CA.
    pub fn certificates(mut self, certificates: impl IntoIterator<Item = Certificate>) -> Self {
        self.certificates.extend(certificates);
        self
    }

    /// Repeats the nonce of the request, if it has one.
    pub fn nonce_of(self, request: &OcspRequest) -> Self {
        match request.nonce() {
            Some(nonce) => self.with(nonce_extension(nonce)),
            None => self,
        }
    }

    /// Says that *revoked* may also mean that a certificate was never issued (§4.4.8).
    pub fn extended_revoke(self) -> Self {
        self.extension(oid::OCSP_EXTENDED_REVOKE, false, encoding::null())
    }

    /// Any extension, from the DER of its value.
    pub fn extension(self, oid: Oid, critical: bool, value: Vec<u8>) -> Self {
        self.with(Extension { oid, critical, value })
    }

    /// Writes NULL parameters with SM2 signatures, as GM/T 0015-2023 wants; without it there are none.
    pub fn sm2_null_parameters(mut self, null: bool) -> Self {
        self.sm2_null = null;
        self
    }

    fn with(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// Signs, and reads the outcome as strictly as anybody's response.
    pub fn sign(&self, signer: &dyn Signer) -> Result<OcspResponse, Error> {
        let tbs = self.tbs();
        let certificates = match &self.certificates[..] {
            [] => Vec::new(),
            list => {
                let list = encoding::sequence_of(list.iter().map(|certificate| certificate.der().to_vec()));
                tlv(context(0, true), &list)
            }
        };
        let basic = encoding::sequence(&[
            &tbs,
            &signer.algorithm().write(self.sm2_null),
            &encoding::bit_string(&signer.sign(&tbs)?),
            &certificates,
        ]);
        let bytes = encoding::sequence(&[&encoding::oid(&oid::OCSP_BASIC), &encoding::octet_string(&basic)]);
        let successful = tlv(Tag::Enumerated, &[0]);
        OcspResponse::from_der(&encoding::sequence(&[&successful, &tlv(context(0, true), &bytes)]))
    }

    fn tbs(&self) -> Vec<u8> {
        let extensions = match &self.extensions[..] {
            [] => Vec::new(),
            list => tlv(context(1, true), &encoding::sequence_of(list.iter().map(Extension::write))),
        };
        encoding::sequence(&[
            &self.responder.write(),
            &encoding::generalized_time(self.produced_at),
            &encoding::sequence_of(self.responses.iter().map(SingleResponse::write)),
            &extensions,
        ])
    }
}
