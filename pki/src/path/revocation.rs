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

use super::RevocationScope;
use super::crl_scope::{
    ALL_REASONS, Point, check_timely, check_usable, has_forgotten, has_named_key, is_delta_of, is_in_scope,
    may_sign_crls, missing_delta, missing_signer, place_of, points_of,
};
use super::custody::Signing;
use super::evidence::{compare_number, is_of_one_age};
use super::freshness::Freshness;
use super::ocsp::{Finding, Question};
use super::progress::{Known, Progress};
use super::rules::Rules;
use super::search::{Goal, Search, id};
use crate::algorithm::VerifyingKey;
use crate::{Certificate, CertificateList, Error, Time};

/// How many CRL issuers may be looked into within one another.
const MAX_NESTING: usize = 4;

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
