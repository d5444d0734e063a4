//! What is known of one certificate's revocation: the state variables of RFC 5280 §6.3.2 while its CRLs are read, and what
//! they come to together with OCSP.

use super::crl_scope::{ALL_REASONS, has_forgotten, missing_evidence};
use super::evidence::is_of_one_age;
use super::ocsp::{Finding, Question};
use super::report::{Missing, MissingKind, RevocationSource, RevocationStatus};
use crate::crl::{Reason, Revoked};
use crate::{Certificate, CertificateList, Error, Time, oid};

/// How many OCSP responses are told of in a reason.
const MAX_TOLD: usize = 8;

/// What is known of one certificate's revocation.
pub(super) struct Known {
    pub(super) status: RevocationStatus,
    pub(super) sources: Vec<RevocationSource>,
    pub(super) obstacles: Vec<Error>,
    pub(super) missing: Vec<Missing>,
}

/// The state variables of §6.3.2 for one certificate.
#[derive(Default)]
pub(super) struct Progress<'a> {
    pub(super) reasons: u16,
    pub(super) revoked: Option<Revoked>,
    /// The complete CRLs that counted, as far as others may speak beside them.
    pub(super) counted: Vec<&'a CertificateList>,
    /// The CRLs that counted; one that revokes is the last.
    pub(super) sources: Vec<RevocationSource>,
    /// Why the CRLs that were there did not count, the most telling.
    pub(super) obstacle: Option<Error>,
    /// What would have made CRLs count, or tell more: delta CRLs, certificates of who has signed.
    pub(super) missing: Vec<Missing>,
}

impl<'a> Progress<'a> {
    /// §6.3.3: "if the certificate is revoked … or the reasons_mask is all-reasons", there is no more to do, but to hear
    /// the other side.
    pub(super) fn wants(&self, crl: &CertificateList) -> bool {
        let is_open = self.reasons != ALL_REASONS || self.has_counted_another_of_its_age(crl);
        self.revoked.is_none() && is_open
    }

    pub(super) fn has_counted_another_of_its_age(&self, crl: &CertificateList) -> bool {
        self.counted.iter().any(|counted| is_of_one_age(counted, crl) && counted.der() != crl.der())
    }

    pub(super) fn hinder(&mut self, obstacle: Error) {
        if self.obstacle.as_ref().is_none_or(|known| known.rank() < obstacle.rank()) {
            self.obstacle = Some(obstacle);
        }
    }

    /// (h) to (l): what the delta CRL says if there is one, and what the complete CRL says. A delta CRL may take an entry
    /// back; else whichever has the certificate not trusted at the time counts, as a hold may have become a revocation.
    pub(super) fn take(
        &mut self,
        (crl, deltas): (&'a CertificateList, &[&CertificateList]),
        certificate: &Certificate,
        covered: u16,
        at: Time,
    ) -> Result<(), Error> {
        let entry = |crl: &CertificateList| crl.revoked_of(certificate.issuer(), certificate.serial());
        let removes = |entry: &Revoked| entry.reason == Some(Reason::RemoveFromCrl);
        let changes: Vec<_> = deltas.iter().map(|delta| entry(delta)).collect();
        let is_removed = !changes.is_empty() && changes.iter().all(|change| change.as_ref().is_some_and(removes));
        let complete = entry(crl).filter(|_| !is_removed);
        let mut entries = changes.into_iter().flatten().filter(|change| !removes(change)).chain(complete);
        self.revoked = entries.find(|entry| entry.untrusted_since() <= at);
        if self.revoked.is_none() && has_forgotten(crl, certificate) {
            let (issuer, made) = (crl.issuer(), crl.this_update());
            let why = format!("the CRL of {issuer} is of {made}, and does not list certificates that have run out");
            return Err(Error::RevocationUnknown { why });
        }
        self.reasons |= covered;
        self.counted.push(crl);
        let this_update = deltas.first().map_or(crl, |delta| *delta).this_update();
        let source = RevocationSource::Crl { issuer: crl.issuer().clone(), this_update };
        self.sources.retain(|known| *known != source);
        self.sources.push(source);
        Ok(())
    }

    /// Revoked by either, else good by either, else unknown.
    pub(super) fn outcome(mut self, question: Question<'_>, by_ocsp: Finding) -> Known {
        let certificate = question.certificate();
        let (status, missing) = match self.revoked.or(by_ocsp.revoked) {
            Some(Revoked { since, reason, invalid_since }) => {
                let invalid_since = invalid_since.filter(|invalid| *invalid < since);
                let error = Error::CertificateRevoked { since, reason, invalid_since };
                (RevocationStatus::Revoked(error), Vec::new())
            }
            None if by_ocsp.is_good => (RevocationStatus::Good, Vec::new()),
            None if self.reasons == ALL_REASONS => {
                self.missing.retain(|missing| missing.kind == MissingKind::DeltaCrl);
                (RevocationStatus::Good, std::mem::take(&mut self.missing))
            }
            None if has_no_revocation(certificate) => (RevocationStatus::NotPublished, Vec::new()),
            None => {
                let by_crl = std::mem::take(&mut self.missing);
                let missing = [missing_evidence(certificate, question.issuer()), by_crl, by_ocsp.missing].concat();
                (RevocationStatus::Unknown(self.unknown(&by_ocsp.obstacles)), missing)
            }
        };
        let sources = match (self.revoked, by_ocsp.revoked) {
            (Some(_), _) => self.sources.pop().into_iter().collect(),
            (None, Some(_)) => by_ocsp.sources,
            (None, None) => [self.sources, by_ocsp.sources].concat(),
        };
        let obstacles = self.obstacle.into_iter().chain(by_ocsp.obstacles).collect();
        Known { status, sources, obstacles, missing }
    }

    /// Why nothing is known: the CRLs' reason, then that of each OCSP response.
    fn unknown(&self, responses: &[Error]) -> Error {
        let plain = |why: &str| Error::RevocationUnknown { why: why.to_owned() };
        let by_crl = match (&self.obstacle, self.reasons) {
            (Some(obstacle), _) => obstacle.clone(),
            (None, 0) => plain("no CRL that covers the certificate"),
            (None, _) => plain("no CRLs that cover every reason"),
        };
        if responses.is_empty() {
            return by_crl;
        }
        let first = match by_crl {
            Error::RevocationUnknown { why } => why,
            other => other.to_string(),
        };
        let told = responses.iter().take(MAX_TOLD).map(ToString::to_string);
        let untold = responses.len().saturating_sub(MAX_TOLD);
        let rest = (untold > 0).then(|| format!("and {untold} more OCSP responses"));
        Error::RevocationUnknown { why: [first].into_iter().chain(told).chain(rest).collect::<Vec<_>>().join("; ") }
    }
}

/// RFC 9608 §2.
fn has_no_revocation(certificate: &Certificate) -> bool {
    let extensions = certificate.extensions();
    let has_responder = extensions.authority_info_access.as_ref().is_some_and(|access| access.ocsp().next().is_some());
    let has_lists = extensions.crl_distribution_points.is_some() || extensions.freshest_crl.is_some();
    extensions.find(&oid::NO_REV_AVAIL).is_some() && !certificate.is_ca() && !has_responder && !has_lists
}
