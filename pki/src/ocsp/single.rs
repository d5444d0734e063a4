//! SingleResponse (RFC 6960 §4.2.1): what a response says of one certificate.

use der::Tag;

use super::{CertId, ResponderId};
use crate::certificate::Extension;
use crate::certificate::extension::read_list;
use crate::crl::{Reason, read_reason};
use crate::encoding::{self, Asn1Result, Input, context, refuse, tlv};
use crate::path::{Freshness, Untimely};
use crate::{Certificate, Error, Oid, Time, oid};

/// ```text
/// CertStatus ::= CHOICE {
///      good    [0] IMPLICIT NULL,
///      revoked [1] IMPLICIT RevokedInfo,
///      unknown [2] IMPLICIT NULL }
/// RevokedInfo ::= SEQUENCE {
///      revocationTime       GeneralizedTime,
///      revocationReason [0] EXPLICIT CRLReason OPTIONAL }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertStatus {
    /// Not revoked, as far as the responder knows. It need not mean that the certificate was ever issued (§2.2).
    Good,
    /// Revoked or on hold; where [`super::BasicOcspResponse::is_extended_revoked`], perhaps never issued.
    Revoked {
        /// revocationTime
        since: Time,
        /// revocationReason
        reason: Option<Reason>,
    },
    /// The responder does not know the certificate: neither good nor bad.
    Unknown,
}

/// ```text
/// SingleResponse ::= SEQUENCE {
///      certID               CertID,
///      certStatus           CertStatus,
///      thisUpdate           GeneralizedTime,
///      nextUpdate       [0] EXPLICIT GeneralizedTime OPTIONAL,
///      singleExtensions [1] EXPLICIT Extensions OPTIONAL }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SingleResponse {
    id: CertId,
    status: CertStatus,
    this_update: Time,
    next_update: Option<Time>,
    archive_cutoff: Option<Time>,
    /// All but archiveCutoff.
    others: Vec<Extension>,
}

impl SingleResponse {
    /// What is said of one certificate, known to be so at `this_update`.
    pub fn new(id: CertId, status: CertStatus, this_update: Time, next_update: Option<Time>) -> Self {
        Self { id, status, this_update, next_update, archive_cutoff: None, others: Vec::new() }
    }

    /// Says that records of certificates are kept that ran out at this time or later (§4.4.4).
    pub fn with_archive_cutoff(mut self, cutoff: Time) -> Self {
        self.archive_cutoff = Some(cutoff);
        self
    }

    /// Any extension, from the DER of its value.
    pub fn with_extension(mut self, oid: Oid, critical: bool, value: Vec<u8>) -> Self {
        self.others.push(Extension { oid, critical, value });
        self
    }

    pub(super) fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        input.in_sequence(|input| {
            let id = CertId::read(input)?;
            let status = CertStatus::read(input)?;
            let this_update = input.generalized_time()?;
            let next_update = input.optional(context(0, true))?.map(explicit_time).transpose()?;
            let list = input.optional(context(1, true))?.map(|list| Input::all(list, read_list)).transpose()?;
            let is_cutoff = |extension: &Extension| extension.oid == oid::OCSP_ARCHIVE_CUTOFF;
            let (cutoff, others) = list.unwrap_or_default().into_iter().partition::<Vec<_>, _>(is_cutoff);
            let archive_cutoff = cutoff.first().map(|cutoff| explicit_time(&cutoff.value)).transpose()?;
            Ok(Self { id, status, this_update, next_update, archive_cutoff, others })
        })
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let next_update = self.next_update.map(|next| tlv(context(0, true), &encoding::generalized_time(next)));
        let cutoff = self.archive_cutoff.map(|cutoff| Extension {
            oid: oid::OCSP_ARCHIVE_CUTOFF,
            critical: false,
            value: encoding::generalized_time(cutoff),
        });
        let extensions: Vec<_> = cutoff.iter().chain(&self.others).map(Extension::write).collect();
        let extensions = match extensions.is_empty() {
            true => Vec::new(),
            false => tlv(context(1, true), &encoding::sequence_of(extensions)),
        };
        encoding::sequence(&[
            self.id.der(),
            &self.status.write(),
            &encoding::generalized_time(self.this_update),
            &next_update.unwrap_or_default(),
            &extensions,
        ])
    }

    /// certID
    pub fn id(&self) -> &CertId {
        &self.id
    }

    /// certStatus
    pub fn status(&self) -> CertStatus {
        self.status
    }

    /// thisUpdate: when this was known to be so.
    pub fn this_update(&self) -> Time {
        self.this_update
    }

    /// nextUpdate: when more will be known.
    pub fn next_update(&self) -> Option<Time> {
        self.next_update
    }

    /// archiveCutoff: records of certificates are kept that ran out at this time or later.
    pub fn archive_cutoff(&self) -> Option<Time> {
        self.archive_cutoff
    }

    /// invalidityDate, which an answer may repeat from the entry of a CRL (§4.4.5).
    pub fn invalid_since(&self) -> Option<Time> {
        let extension = self.others.iter().find(|extension| extension.oid == oid::INVALIDITY_DATE)?;
        explicit_time(&extension.value).ok()
    }

    /// A critical extension that is not known here, so that the answer must not be used (RFC 6960 §4.4). CRL references
    /// are for auditors, and what RFC 5280 §5.3 says of CRL entries only adds to a status that is given.
    pub fn unknown_critical(&self) -> Option<Oid> {
        let known = [oid::OCSP_CRL, oid::CRL_REASON, oid::INVALIDITY_DATE];
        let mut critical = self.others.iter().filter(|extension| extension.critical).map(|extension| extension.oid);
        critical.find(|oid| !known.contains(oid))
    }

    /// Whether it speaks of this time (§4.2.2.1), and still of this certificate: a responder may forget one that has
    /// run out, and then *good* means nothing unless the archive reaches back to it (§4.4.4). `responder` is for the
    /// message.
    pub fn check_current(&self, certificate: &Certificate, at: Time, responder: &ResponderId) -> Result<(), Error> {
        self.check_fresh(certificate, Freshness::strict(at), responder).map(|_| ())
    }

    /// The same by a rule of freshness; if it counts, the time at which its responder is judged.
    pub(crate) fn check_fresh(
        &self,
        certificate: &Certificate,
        freshness: Freshness,
        responder: &ResponderId,
    ) -> Result<Time, Error> {
        let unusable = |why: &str| Err(Error::OcspUnusable { why: format!("the OCSP response of {responder} {why}") });
        let this_update = self.this_update;
        let Some(due) = self.next_update.or(freshness.end_of_open(this_update)) else {
            return unusable("does not say when the next is due, as RFC 9919 §5 wants");
        };
        let time = match (freshness.check(this_update, Some(due)), self.next_update) {
            (Ok(time), _) => time,
            (Err(Untimely::Later), _) => {
                return unusable(&format!("is of {this_update}, after the time of validation"));
            }
            (Err(Untimely::Due(_)), None) => {
                return unusable(&format!("is of {this_update}, and does not say when the next is due"));
            }
            (Err(Untimely::Due(next_update)), Some(_)) => {
                return Err(Error::OcspExpired { responder: responder.clone(), next_update });
            }
            (Err(Untimely::TooOld(age)), _) => {
                return unusable(&format!("is of {this_update}, and may be {age} seconds old at most"));
            }
        };
        let forgotten = self.archive_cutoff.is_none_or(|cutoff| cutoff > certificate.not_after());
        match self.status {
            CertStatus::Good if self.this_update > certificate.not_after() && forgotten => {
                unusable("is of a time when the certificate had run out, and no archive reaches back to it")
            }
            _ => Ok(time),
        }
    }
}

impl CertStatus {
    fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        if let Some(revoked) = input.optional(context(1, true))? {
            return Input::all(revoked, read_revoked);
        }
        let nothing =
            |content: &[u8], status| if content.is_empty() { Ok(status) } else { refuse("a NULL with content") };
        match input.optional(context(0, false))? {
            Some(content) => nothing(content, Self::Good),
            None => nothing(input.expect(context(2, false))?, Self::Unknown),
        }
    }

    fn write(self) -> Vec<u8> {
        match self {
            Self::Good => tlv(context(0, false), &[]),
            Self::Unknown => tlv(context(2, false), &[]),
            Self::Revoked { since, reason } => {
                let reason = reason.map(|reason| tlv(context(0, true), &tlv(Tag::Enumerated, &[reason.code()])));
                let content = [encoding::generalized_time(since), reason.unwrap_or_default()].concat();
                tlv(context(1, true), &content)
            }
        }
    }
}

fn read_revoked(input: &mut Input<'_>) -> Asn1Result<CertStatus> {
    let since = input.generalized_time()?;
    let reason = input.optional(context(0, true))?.map(read_reason).transpose()?;
    Ok(CertStatus::Revoked { since, reason })
}

/// A GeneralizedTime and nothing else.
fn explicit_time(content: &[u8]) -> Asn1Result<Time> {
    Input::all(content, Input::generalized_time)
}
