//! Revocation by OCSP (RFC 6960 §3.2): which responses speak of a certificate, and whether who signed them may.
//!
//! Two may speak for an issuer (§4.2.2.2): its own key, and a certificate which that same key has issued for OCSP
//! signing. The third of the RFC, a responder trusted by local configuration for CAs that are not its own, is not
//! offered. Of the issuer's own certificate no key usage is asked, as the RFC asks none.
//!
//! *Is the responder's own certificate revoked?* (§4.2.2.2.1) With id-pkix-ocsp-nocheck that is not looked into.
//! Without it, CRLs and what the CA itself has signed are asked; no responder speaks of itself or of another. Revoked,
//! its responses count for nothing. Unknown, they count for nothing if revocation is required and its certificate says
//! where its status is found; where it says nothing, the RFC leaves it to us, and we take the responder as its CA made
//! it.

use std::collections::HashMap;

use super::crl_scope::missing_evidence;
use super::freshness::Freshness;
use super::profile::check_alone;
use super::purpose::Purpose;
use super::report::{Missing, RevocationSource, RevocationStatus};
use super::rules::Rules;
use super::search::{Goal, Id, Search, id};
use super::witness::Silent;
use crate::crl::Revoked;
use crate::ocsp::{BasicOcspResponse, CertStatus, OcspResponse, SingleResponse};
use crate::{Certificate, Error, Serial, Time, oid};

/// How many certificates may be tried as the signer of one response: the CA's, and the responder's before and after a
/// change of key.
const MAX_RESPONDERS: usize = 4;

/// An answer with the response in which it stands.
type Answer<'a> = (&'a BasicOcspResponse, &'a SingleResponse);

/// The responses, and what was found out about them.
pub(super) struct Responses<'a> {
    answers: HashMap<&'a Serial, Vec<Answer<'a>>>,
    /// Error messages in place of answers.
    refusals: Vec<Error>,
    /// Whether a response is signed by the key of a certificate.
    signatures: HashMap<(Id, Id), bool>,
}

impl<'a> Responses<'a> {
    pub(super) fn new(responses: &'a [OcspResponse]) -> Self {
        let (mut answers, mut refusals): (HashMap<_, Vec<_>>, _) = (HashMap::new(), Vec::new());
        for response in responses {
            match response.basic() {
                Some(basic) => basic.responses().iter().for_each(|single| {
                    answers.entry(single.id().serial()).or_default().push((basic, single));
                }),
                None => refusals.push(Error::OcspUnusable {
                    why: format!("an OCSP responder has refused to answer: {}", response.status().name()),
                }),
            }
        }
        Self { answers, refusals, signatures: HashMap::new() }
    }
}

/// Whose certificate, and where on which path; the issuer stands above it.
#[derive(Clone, Copy)]
pub(super) struct Question<'p> {
    pub(super) path: &'p [Certificate],
    pub(super) place: usize,
    /// Whether it is a responder's certificate, of which only its CA may speak.
    pub(super) is_responder: bool,
}

impl<'p> Question<'p> {
    pub(super) fn certificate(self) -> &'p Certificate {
        &self.path[self.place]
    }

    pub(super) fn issuer(self) -> &'p Certificate {
        &self.path[self.place + 1]
    }
}

/// What all responses say of one certificate.
#[derive(Default)]
pub(super) struct Finding {
    pub(super) is_good: bool,
    pub(super) revoked: Option<Revoked>,
    /// Who said so.
    pub(super) sources: Vec<RevocationSource>,
    /// Why a response did not count.
    pub(super) obstacles: Vec<Error>,
    /// What would tell whether a responder may speak.
    pub(super) missing: Vec<Missing>,
}

impl<'a> Search<'a> {
    /// Asks every response until one says that the certificate is revoked.
    pub(super) fn ask_ocsp(&mut self, question: Question<'_>, goal: &Goal<'a>) -> Result<Finding, Error> {
        let mut finding = Finding::default();
        if self.request.ocsp.is_empty() {
            return Ok(finding);
        }
        finding.obstacles.clone_from(&self.evidence.ocsp.refusals);
        let (certificate, issuer) = (question.certificate(), question.issuer());
        let answers = self.evidence.ocsp.answers.get(certificate.serial()).cloned().unwrap_or_default();
        let mut is_mentioned = false;
        for answer in answers {
            self.budget.step()?;
            if finding.revoked.is_none() && answer.1.id().is_of(certificate, issuer) {
                is_mentioned = true;
                let checked = self.check_answer(answer, question, goal, &mut finding.missing);
                finding.take(answer, settle(checked)?, goal);
            }
        }
        if !is_mentioned {
            finding.obstacles.push(Error::OcspUnusable { why: "no OCSP response is about it".into() });
        }
        Ok(finding)
    }

    /// §3.2, the cheapest first: understood, of this time, signed by who may.
    fn check_answer(
        &mut self,
        (response, single): Answer<'a>,
        question: Question<'_>,
        goal: &Goal<'a>,
        missing: &mut Vec<Missing>,
    ) -> Result<(), Error> {
        let responder = response.responder();
        if let Some(extension) = response.unknown_critical().or(single.unknown_critical()) {
            let why = format!("the OCSP response of {responder} has the unknown critical extension {extension}");
            return Err(Error::OcspUnusable { why });
        }
        let freshness = Freshness::new(goal.rules.at, self.request.revocation_policy, question.issuer().public_key());
        let time = single.check_fresh(question.certificate(), freshness, responder)?;
        // Who has made a response after the time of validation is judged at the time when it was made.
        let goal = Goal { rules: Rules { at: time, ..goal.rules.clone() }, anchor: goal.anchor.clone(), ..*goal };
        self.check_responder(response, question, &goal, missing)
    }

    /// Whether one of the certificates that the responder may mean has signed, and may.
    fn check_responder(
        &mut self,
        response: &'a BasicOcspResponse,
        question: Question<'_>,
        goal: &Goal<'a>,
        missing: &mut Vec<Missing>,
    ) -> Result<(), Error> {
        let mut obstacle = not_authorized(response, "no certificate of it by that issuer is at hand");
        for candidate in self.responders(response, question) {
            let checked = self.check_candidate(&candidate, response, question, goal, missing);
            match settle(checked)? {
                Ok(()) => return Ok(()),
                Err(why) => obstacle = why,
            }
        }
        Err(obstacle)
    }

    /// The certificates that responderID may mean: the issuer's, then those in the response, then those at hand.
    fn responders(&self, response: &'a BasicOcspResponse, question: Question<'_>) -> Vec<Certificate> {
        let issuer = question.issuer();
        let delegated = response.certificates().iter().chain(self.heap.below(issuer.subject()));
        let delegated = delegated.filter(|one| {
            !question.is_responder && one.issuer() == issuer.subject() && one.public_key() != issuer.public_key()
        });
        let named = [issuer].into_iter().chain(delegated).filter(|one| response.responder().is(one));
        named.take(MAX_RESPONDERS).cloned().collect()
    }

    fn check_candidate(
        &mut self,
        candidate: &Certificate,
        response: &'a BasicOcspResponse,
        question: Question<'_>,
        goal: &Goal<'a>,
        missing: &mut Vec<Missing>,
    ) -> Result<(), Error> {
        if candidate.public_key() == question.issuer().public_key() {
            return self.check_response_signature(response, candidate, goal.rules.at);
        }
        self.check_delegation(candidate, response, question, goal)?;
        self.check_response_signature(response, candidate, goal.rules.at)?;
        self.check_responder_status(candidate, response, question, goal, missing)
    }

    /// §4.2.2.2: "issued by the CA that issued the certificate in question", "signed by the same key", with
    /// id-kp-OCSPSigning; and a certificate that holds, when it signed and now.
    fn check_delegation(
        &mut self,
        delegate: &Certificate,
        response: &'a BasicOcspResponse,
        question: Question<'_>,
        goal: &Goal<'a>,
    ) -> Result<(), Error> {
        let refused = |why: Error| not_authorized(response, &why.to_string());
        if delegate.public_key() == question.certificate().public_key() {
            return Err(not_authorized(response, "it speaks of itself"));
        }
        Purpose::OcspSigning.check_leaf(delegate).map_err(refused)?;
        check_alone(delegate, Some(question.issuer()), &goal.rules, &mut Silent).map_err(refused)?;
        if !delegate.is_valid_at(response.produced_at()) {
            return Err(not_authorized(response, "its certificate was not valid when it signed"));
        }
        self.check_edge(delegate, question.issuer())?.map_err(refused)
    }

    /// What is not accepted may be dear to check, and is not looked at.
    fn check_response_signature(
        &mut self,
        response: &'a BasicOcspResponse,
        signer: &Certificate,
        at: Time,
    ) -> Result<(), Error> {
        let (algorithm, key) = (response.signature_algorithm(), signer.public_key().algorithm());
        let accepted = self.request.algorithms.accepts(algorithm, key, at);
        accepted.map_err(|algorithm| Error::AlgorithmNotAccepted { algorithm, at })?;
        match self.is_response_signed_by(response, signer)? {
            true => Ok(()),
            false => Err(Error::OcspSignatureInvalid { responder: response.responder().clone() }),
        }
    }

    fn is_response_signed_by(&mut self, response: &'a BasicOcspResponse, signer: &Certificate) -> Result<bool, Error> {
        let key = (response.tbs_der().as_ptr().addr(), id(signer));
        if let Some(known) = self.evidence.ocsp.signatures.get(&key) {
            return Ok(*known);
        }
        self.pay_signature(signer.public_key().algorithm())?;
        let signed = response.verify_signature(self.verifying(signer)).is_ok();
        self.evidence.ocsp.signatures.insert(key, signed);
        Ok(signed)
    }

    /// §4.2.2.2.1, by the rule at the head of this file.
    fn check_responder_status(
        &mut self,
        delegate: &Certificate,
        response: &'a BasicOcspResponse,
        question: Question<'_>,
        goal: &Goal<'a>,
        missing: &mut Vec<Missing>,
    ) -> Result<(), Error> {
        let extensions = delegate.extensions();
        if extensions.find(&oid::OCSP_NOCHECK).is_some() {
            return Ok(());
        }
        let mut path = vec![delegate.clone()];
        path.extend_from_slice(&question.path[question.place + 1..]);
        let own = self.status_of(Question { path: &path, place: 0, is_responder: true }, goal)?;
        let has_sources = extensions.crl_distribution_points.is_some() || extensions.authority_info_access.is_some();
        match own.status {
            RevocationStatus::Revoked(why) => Err(not_authorized(response, &format!("its certificate is {why}"))),
            RevocationStatus::Unknown(why) if has_sources && !self.may_be_unknown(question.issuer()) => {
                missing.extend(missing_evidence(delegate, question.issuer()));
                Err(not_authorized(response, &format!("of its own certificate, {why}")))
            }
            RevocationStatus::Good | RevocationStatus::NotPublished | RevocationStatus::Unknown(_) => Ok(()),
        }
    }
}

impl Finding {
    /// *Revoked* is believed over any *good*; what will be revoked later is good until then, as with CRLs.
    fn take(&mut self, (response, single): Answer<'_>, checked: Result<(), Error>, goal: &Goal<'_>) {
        let revoked = match single.status() {
            CertStatus::Revoked { since, reason } => {
                Some(Revoked { since, reason, invalid_since: single.invalid_since() })
            }
            CertStatus::Good | CertStatus::Unknown => None,
        };
        let revoked = revoked.filter(|revoked| revoked.untrusted_since() <= goal.rules.at);
        let source =
            || RevocationSource::Ocsp { responder: response.responder().clone(), this_update: single.this_update() };
        match (checked, single.status()) {
            (Err(obstacle), _) => self.obstacles.push(obstacle),
            (Ok(()), CertStatus::Unknown) => {
                self.obstacles.push(Error::OcspStatusUnknown { responder: response.responder().clone() });
            }
            (Ok(()), CertStatus::Revoked { .. }) if revoked.is_some() => {
                self.revoked = revoked;
                self.sources = vec![source()];
            }
            (Ok(()), CertStatus::Good | CertStatus::Revoked { .. }) => {
                self.is_good = true;
                self.sources.push(source());
            }
        }
    }
}

fn not_authorized(response: &BasicOcspResponse, why: &str) -> Error {
    Error::OcspResponderNotAuthorized { responder: response.responder().clone(), why: why.to_owned() }
}

/// The end of the budget ends the search; any other error is one response's own.
fn settle<T>(outcome: Result<T, Error>) -> Result<Result<T, Error>, Error> {
    match outcome {
        Err(exhausted @ Error::BudgetExhausted { .. }) => Err(exhausted),
        other => Ok(other),
    }
}
