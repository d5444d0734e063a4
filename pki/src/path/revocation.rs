//! Revocation: by CRLs (RFC 5280 §6.3), full, scoped by issuing distribution point and reasons, indirect and delta; and
//! what they say together with OCSP, which is in [`super::ocsp`].
//!
//! §6.3 speaks of CRLs alone, RFC 6960 §2 of OCSP "in lieu of, or as a supplement to" them. *Which is believed?*
//! Whoever says that a certificate is revoked, whatever the other says: each may lag behind the other, and to refuse
//! is the safe side. Else the certificate is good if either says so, CRLs only if they cover every reason. Else both
//! are missing.
//!
//! A CRL counts only for what it says that it covers. One that is not understood (an unknown critical extension), not
//! of this time ([`super::freshness`]), without nextUpdate or number, or not signed by a key that leads to the same
//! anchor, counts for nothing.
//!
//! A certificate with noRevAvail (RFC 9608) is not held to evidence that its CA does not publish; but if somebody says
//! that it is revoked, it is. The extension counts in end entity certificates alone, and only where nothing beside it
//! names a place at which evidence is (§2).

use std::cmp::Ordering;
use std::collections::HashMap;
use std::rc::Rc;

use super::RevocationScope;
use super::crl_scope::{
    ALL_REASONS, Place, Point, check_timely, check_usable, has_forgotten, has_named_key, is_delta_of, is_in_scope,
    magnitude, may_sign_crls, missing_delta, missing_evidence, missing_signer, place_of, points_of,
};
use super::custody::Signing;
use super::freshness::Freshness;
use super::ocsp::{Finding, Question, Responses};
use super::report::{Missing, MissingKind, RevocationSource, RevocationStatus};
use super::rules::Rules;
use super::search::{Goal, Id, Search, id};
use crate::algorithm::VerifyingKey;
use crate::crl::{Reason, Revoked};
use crate::{Certificate, CertificateList, Error, Name, OcspResponse, Time, oid};

/// How many CRL issuers may be looked into within one another.
const MAX_NESTING: usize = 4;

/// How many OCSP responses are told of in a reason.
const MAX_TOLD: usize = 8;

/// CRLs and OCSP responses, and what was found out about them.
pub(super) struct Evidence<'a> {
    crls: HashMap<&'a Name, Vec<&'a CertificateList>>,
    deltas: HashMap<&'a Name, Vec<&'a CertificateList>>,
    /// The distribution points of certificates, and those that CRLs are of.
    points: HashMap<Id, Rc<[Point]>>,
    places: HashMap<Id, Option<Rc<Place>>>,
    /// Whether a CRL is signed by the key of a certificate.
    signatures: HashMap<(Id, Id), bool>,
    /// Whether a CRL issuer leads to an anchor, at a time, while those others are in progress.
    issuers: HashMap<(Id, Id, Time, Vec<Id>), bool>,
    /// CRL issuers being looked into: while that goes on, their own CRLs are taken as theirs.
    in_progress: Vec<Id>,
    pub(super) ocsp: Responses<'a>,
}

impl<'a> Evidence<'a> {
    pub(super) fn new(crls: &'a [CertificateList], ocsp: &'a [OcspResponse]) -> Self {
        let [mut complete, mut deltas]: [HashMap<_, Vec<_>>; 2] = Default::default();
        for crl in crls {
            let by_issuer = if crl.delta_base().is_some() { &mut deltas } else { &mut complete };
            by_issuer.entry(crl.issuer()).or_default().push(crl);
        }
        complete.values_mut().for_each(|list| list.sort_by(|one, other| compare_age(other, one)));
        Self {
            crls: complete,
            deltas,
            points: HashMap::new(),
            places: HashMap::new(),
            signatures: HashMap::new(),
            issuers: HashMap::new(),
            in_progress: Vec::new(),
            ocsp: Responses::new(ocsp),
        }
    }
}

/// The newest speaks first: of two that are both in date it knows more. Two of one second differ in their numbers
/// (§5.2.3). What the order of the heap is does not matter.
fn compare_age<'c>(one: &'c CertificateList, other: &'c CertificateList) -> Ordering {
    let age = |crl: &'c CertificateList| (crl.this_update(), magnitude(crl.number()));
    age(one).cmp(&age(other)).then_with(|| one.der().cmp(other.der()))
}

/// Of two delta CRLs the one with the higher number knows all that the other does.
fn compare_number(one: &CertificateList, other: &CertificateList) -> Ordering {
    magnitude(one.number()).cmp(&magnitude(other.number())).then_with(|| compare_age(one, other))
}

/// Whether neither of two lists of one issuer is the newer. No CA makes two of one number and time that differ; *which
/// is believed, if there are?* Whichever says that the certificate is revoked.
fn is_of_one_age(one: &CertificateList, other: &CertificateList) -> bool {
    let age = (one.this_update(), magnitude(one.number()));
    one.issuer() == other.issuer() && age == (other.this_update(), magnitude(other.number()))
}

/// A delta CRL, and the time at which its signature is judged.
type Delta<'a> = (&'a CertificateList, Time);

/// A certificate on its path, whose status is looked for.
#[derive(Clone, Copy)]
pub(super) struct Subject<'p> {
    path: &'p [Certificate],
    place: usize,
    freshness: Freshness,
    /// Whether only what the certificate's own key has signed counts, or only what others have.
    self_signed: bool,
}

impl<'p> Subject<'p> {
    fn certificate(self) -> &'p Certificate {
        &self.path[self.place]
    }

    pub(super) fn above(self) -> &'p [Certificate] {
        &self.path[self.place + 1..]
    }
}

/// What is known of one certificate's revocation.
pub(super) struct Known {
    pub(super) status: RevocationStatus,
    pub(super) sources: Vec<RevocationSource>,
    pub(super) obstacles: Vec<Error>,
    pub(super) missing: Vec<Missing>,
}

/// The state variables of §6.3.2 for one certificate.
#[derive(Default)]
struct Progress<'a> {
    reasons: u16,
    revoked: Option<Revoked>,
    /// The complete CRLs that counted, as far as others may speak beside them.
    counted: Vec<&'a CertificateList>,
    /// The CRLs that counted; one that revokes is the last.
    sources: Vec<RevocationSource>,
    /// Why the CRLs that were there did not count, the most telling.
    obstacle: Option<Error>,
    /// What would have made CRLs count, or tell more: delta CRLs, certificates of who has signed.
    missing: Vec<Missing>,
}

impl<'a> Search<'a> {
    /// The status of a certificate on its path, and what is missing to know it.
    pub(super) fn status_of(&mut self, question: Question<'_>, goal: &Goal<'a>) -> Result<Known, Error> {
        let by_crl = self.ask_crls(question.path, question.place, goal)?;
        let by_ocsp = match by_crl.revoked {
            Some(_) => Finding::default(),
            None => self.ask_ocsp(question, goal)?,
        };
        Ok(by_crl.outcome(question, by_ocsp))
    }

    /// §6.3.3 for every CRL that may cover the certificate at `place`.
    fn ask_crls(&mut self, path: &[Certificate], place: usize, goal: &Goal<'a>) -> Result<Progress<'a>, Error> {
        let certificate = &path[place];
        let mut progress = Progress::default();
        let freshness = self.freshness(&path[place + 1], goal);
        let points = self.evidence.points.entry(id(certificate)).or_insert_with(|| points_of(certificate).into());
        let points = points.clone();
        // What a key says of its own certificate counts only where nobody else says anything: one that was revoked
        // after it was stolen would say that all is well.
        for self_signed in [false, true] {
            progress.counted.clear();
            for point in &*points {
                for crl in self.evidence.crls.get(&point.crl_issuer).cloned().unwrap_or_default() {
                    if progress.wants(crl) {
                        let subject = Subject { path, place, freshness, self_signed };
                        self.process_crl(crl, point, subject, goal, &mut progress)?;
                    }
                }
            }
        }
        Ok(progress)
    }

    /// §6.3.3 (a) to (l) for one complete CRL.
    fn process_crl(
        &mut self,
        crl: &'a CertificateList,
        point: &Point,
        subject: Subject<'_>,
        goal: &Goal<'a>,
        progress: &mut Progress<'a>,
    ) -> Result<(), Error> {
        self.budget.step()?;
        let certificate = subject.certificate();
        let covered = point.reasons & crl.scope().and_then(|scope| scope.only_some_reasons).unwrap_or(ALL_REASONS);
        // (e) nothing new; (b) scope.
        let is_new = covered & !progress.reasons != 0 || progress.has_counted_another_of_its_age(crl);
        if !is_new || !is_in_scope(crl, point, certificate) || !self.is_of_place(crl, point)? {
            return Ok(());
        }
        if let Err(obstacle) = self.weigh(crl, covered, subject, goal, progress)? {
            progress.hinder(obstacle);
        }
        Ok(())
    }

    /// (b)(2)(i): whether the CRL is of the distribution point, or of all. Every name may be compared with every other.
    fn is_of_place(&mut self, crl: &'a CertificateList, point: &Point) -> Result<bool, Error> {
        let known = self.evidence.places.entry(crl.der().as_ptr().addr()).or_insert_with(|| place_of(crl));
        let Some(place) = known else { return Ok(true) };
        self.budget.name_comparisons(place.comparisons(&point.place))?;
        Ok(place.shares_a_name(&point.place))
    }

    /// The same for a CRL that covers reasons of the certificate's: the inner error is why it does not count.
    fn weigh(
        &mut self,
        crl: &'a CertificateList,
        covered: u16,
        subject: Subject<'_>,
        goal: &Goal<'a>,
        progress: &mut Progress<'a>,
    ) -> Result<Result<(), Error>, Error> {
        if let Err(obstacle) = check_usable(crl) {
            return Ok(Err(obstacle));
        }
        let (certificate, at) = (subject.certificate(), goal.rules.at);
        let deltas = self.deltas_of(crl, subject)?;
        progress.missing.extend(missing_delta(crl, certificate).filter(|_| deltas.is_empty()));
        let timely = check_timely(crl, subject.freshness);
        // (a)(1)(i): one that has run out is brought up to date by a delta CRL that has not.
        let time = match &timely {
            Ok(time) => *time,
            Err(_) if crl.this_update() <= at && !deltas.is_empty() => at,
            Err(obstacle) => return Ok(Err(obstacle.clone())),
        };
        // (f), (g)
        let Some(signer) = self.signer_of(&Signing { crl, subject, goal, time })? else {
            progress.missing.extend(missing_signer(crl));
            let why = format!("no trusted key of {} has signed its CRL", crl.issuer());
            return Ok(Err(Error::RevocationUnknown { why }));
        };
        let deltas = self.newest_signed(&deltas, &signer)?;
        Ok(match timely {
            Err(obstacle) if deltas.is_empty() => Err(obstacle),
            _ => progress.take((crl, &deltas), certificate, covered, at),
        })
    }

    fn freshness(&self, issuer: &Certificate, goal: &Goal<'a>) -> Freshness {
        Freshness::new(goal.rules.at, self.request.revocation_policy, issuer.public_key())
    }

    /// (c): the delta CRLs that bring a complete one up to date, the newest first, with the time at which each is judged.
    fn deltas_of(&mut self, crl: &CertificateList, subject: Subject<'_>) -> Result<Vec<Delta<'a>>, Error> {
        let mut deltas = Vec::new();
        for delta in self.evidence.deltas.get(crl.issuer()).into_iter().flatten() {
            self.budget.step()?;
            let timely = check_usable(delta).and_then(|()| check_timely(delta, subject.freshness));
            if let Ok(time) = timely
                && is_delta_of(delta, crl)
                && !has_forgotten(delta, subject.certificate())
            {
                deltas.push((*delta, time));
            }
        }
        deltas.sort_by(|(one, _), (other, _)| compare_number(other, one));
        Ok(deltas)
    }

    /// The newest that the key has signed, and others of its age.
    fn newest_signed(&mut self, deltas: &[Delta<'a>], signer: &Certificate) -> Result<Vec<&'a CertificateList>, Error> {
        let mut newest: Vec<&'a CertificateList> = Vec::new();
        for (delta, time) in deltas {
            if newest.first().is_some_and(|first| !is_of_one_age(first, delta)) {
                break;
            }
            if self.accepts(delta, signer, *time) && self.is_signed_by(delta, signer)? {
                delta.remember_signer(self.verifying(signer));
                newest.push(delta);
            }
        }
        Ok(newest)
    }

    /// §6.3.3 (f) and (g): a certificate with the CRL issuer's name whose key has signed, which may sign CRLs, bears the
    /// name by right, and from which a path leads to the same anchor. The issuer on the path itself is the usual one.
    fn signer_of(&mut self, list: &Signing<'_, 'a>) -> Result<Option<Certificate>, Error> {
        let Signing { crl, subject, time, .. } = *list;
        let above = subject.above().iter().filter(|above| above.subject() == crl.issuer()).cloned();
        let mut candidates: Vec<_> = above.collect();
        candidates.extend(self.heap.named(crl.issuer()).cloned());
        candidates.sort_by_key(|candidate| !has_named_key(crl, candidate));
        for candidate in candidates {
            // Whoever has the key can say so by any of its certificates (docs/decisions/0007).
            let judges_itself = candidate.public_key() == subject.certificate().public_key();
            if judges_itself == subject.self_signed
                && may_sign_crls(&candidate)
                && self.accepts(crl, &candidate, time)
                && self.is_signed_by(crl, &candidate)?
                && self.bears_the_name(&candidate, list)?
                && self.is_trusted_signer(&candidate, list)?
            {
                crl.remember_signer(self.verifying(&candidate));
                return Ok(Some(candidate));
            }
        }
        Ok(None)
    }

    pub(super) fn is_signed_by(&mut self, crl: &CertificateList, signer: &Certificate) -> Result<bool, Error> {
        let key = (crl.der().as_ptr().addr(), id(signer));
        if let Some(known) = self.evidence.signatures.get(&key) {
            return Ok(*known);
        }
        let known = crl.is_known_signer(self.verifying(signer));
        self.signatures_remembered += u32::from(known);
        let signed = known || self.verify_crl(crl, signer)?;
        self.evidence.signatures.insert(key, signed);
        Ok(signed)
    }

    /// Whether the algorithm was acceptable when the CRL is judged.
    fn accepts(&self, crl: &CertificateList, signer: &Certificate, time: Time) -> bool {
        let key = signer.public_key().algorithm();
        self.request.algorithms.accepts(crl.signature_algorithm(), key, time).is_ok()
    }

    fn verify_crl(&mut self, crl: &CertificateList, signer: &Certificate) -> Result<bool, Error> {
        self.pay_signature(signer.public_key().algorithm())?;
        Ok(crl.verify_signature(self.verifying(signer)).is_ok())
    }

    /// The key of a certificate, under the ids that the request accepts.
    pub(super) fn verifying<'c>(&self, signer: &'c Certificate) -> VerifyingKey<'c>
    where
        'a: 'c,
    {
        signer.public_key().under(&self.request.algorithms.sm2_ids)
    }

    /// Whoever stands above on the path is judged with it. Anybody else needs a path to the same anchor. While that
    /// is looked for, the signer's own CRLs are taken as its own, or a key that signs only CRLs, itself covered by
    /// them, could never be trusted; if they list the signer, it is revoked all the same. Nor is a CRL believed by a
    /// certificate that it revokes itself, whatever others say of that.
    pub(super) fn is_trusted_signer(&mut self, signer: &Certificate, list: &Signing<'_, 'a>) -> Result<bool, Error> {
        let Signing { crl, subject, goal, time } = *list;
        // The path of a certificate has its anchor at least.
        let Some(anchor) = subject.path.last() else {
            return Ok(false);
        };
        if subject.above().contains(signer) || self.evidence.in_progress.contains(&id(signer)) {
            // The path is judged at the time of validation, which is not when a later CRL was signed.
            return Ok(time == goal.rules.at || signer.is_valid_at(time));
        }
        let own = crl.revoked_of(signer.issuer(), signer.serial());
        if own.is_some_and(|entry| entry.untrusted_since() <= time) {
            return Ok(false);
        }
        // What is found within other searches rests on what these have yet to prove. Remembered by itself it would make
        // the answer hang on who was looked into first.
        let mut within = self.evidence.in_progress.clone();
        within.sort_unstable();
        let question = (id(signer), id(anchor), time, within);
        if let Some(known) = self.evidence.issuers.get(&question) {
            return Ok(*known);
        }
        if self.evidence.in_progress.len() >= MAX_NESTING {
            return Ok(false);
        }
        self.evidence.in_progress.push(id(signer));
        let found = self.find_crl_issuer(signer, anchor, goal, time);
        self.evidence.in_progress.pop();
        let trusted = found?;
        self.evidence.issuers.insert(question, trusted);
        Ok(trusted)
    }

    fn find_crl_issuer(
        &mut self,
        signer: &Certificate,
        anchor: &Certificate,
        goal: &Goal<'a>,
        time: Time,
    ) -> Result<bool, Error> {
        let goal = Goal {
            rules: Rules { at: time, ..goal.rules.of_crl_issuer() },
            anchor: Some(anchor.clone()),
            scope: RevocationScope::Chain,
            is_leaf: false,
        };
        self.find_aside(signer, &goal)
    }
}

impl<'a> Progress<'a> {
    /// §6.3.3: "if the certificate is revoked … or the reasons_mask is all-reasons", there is no more to do, but to hear
    /// the other side.
    fn wants(&self, crl: &CertificateList) -> bool {
        let is_open = self.reasons != ALL_REASONS || self.has_counted_another_of_its_age(crl);
        self.revoked.is_none() && is_open
    }

    fn has_counted_another_of_its_age(&self, crl: &CertificateList) -> bool {
        self.counted.iter().any(|counted| is_of_one_age(counted, crl) && counted.der() != crl.der())
    }

    fn hinder(&mut self, obstacle: Error) {
        if self.obstacle.as_ref().is_none_or(|known| known.rank() < obstacle.rank()) {
            self.obstacle = Some(obstacle);
        }
    }

    /// (h) to (l): what the delta CRL says if there is one, and what the complete CRL says. A delta CRL may take an entry
    /// back; else whichever has the certificate not trusted at the time counts, as a hold may have become a revocation.
    fn take(
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
    fn outcome(mut self, question: Question<'_>, by_ocsp: Finding) -> Known {
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
