//! What comes of a path that has reached an anchor: the signatures that are left to check, the rules of RFC 5280 §6.1,
//! what the requester wants of the leaf, then revocation.

use super::inherit;
use super::ocsp::Question;
use super::policy_output::PolicyOutput;
use super::progress::Known;
use super::report::{RevocationNote, RevocationStatus};
use super::rules::Failure;
use super::search::{Found, Goal, Search, id};
use super::validate::check_path;
use super::witness::{Check, Silent, Witness};
use super::{RevocationMode, RevocationScope};
use crate::{Certificate, Error};

impl<'a> Search<'a> {
    /// A path that has reached an anchor: the signatures that are left to check, §6.1, then revocation.
    pub(super) fn judge(&mut self, path: &[Certificate], goal: &Goal<'a>) -> Result<Option<Found>, Error> {
        self.budget.path()?;
        self.paths_tried += u32::from(goal.is_leaf);
        if let Some(whole) = inherit::completed(path) {
            if let Err(failure) = self.check_deferred(path, &whole)? {
                return self.fail(failure, path, Vec::new());
            }
            // What is remembered of a certificate is by its address, which must not be given to another.
            self.completed.push(whole.clone());
            return self.judge_whole(&whole, goal);
        }
        self.judge_whole(path, goal)
    }

    fn judge_whole(&mut self, path: &[Certificate], goal: &Goal<'a>) -> Result<Option<Found>, Error> {
        let output = match self.check_rules(path, goal) {
            Ok(output) => output,
            Err(failure) => return self.fail(failure, path, Vec::new()),
        };
        match self.check_revocation(path, goal)? {
            (notes, None) => Ok(Some(Found { path: path.to_vec(), output, notes })),
            (notes, Some(failure)) => self.fail(failure, path, notes),
        }
    }

    fn check_rules(&mut self, path: &[Certificate], goal: &Goal<'a>) -> Result<PolicyOutput, Failure> {
        let output = check_path(path, &goal.rules, &mut self.budget, &mut Silent)?;
        if goal.is_leaf {
            self.check_expectations(&path[0], &mut Silent).map_err(|error| Failure {
                error,
                place: 0,
                intrinsic: true,
            })?;
        }
        Ok(output)
    }

    /// What the requester wants of the leaf beyond RFC 5280 §6: purpose, key usage, names.
    pub(super) fn check_expectations(&self, leaf: &Certificate, witness: &mut impl Witness) -> Result<(), Error> {
        witness.hear(Check::Purpose, self.request.purpose.check_leaf(leaf))?;
        witness.hear(Check::KeyUsage, self.check_wanted_usage(leaf))?;
        witness.hear(Check::Names, self.request.names.iter().try_for_each(|name| name.check(leaf)))
    }

    fn check_wanted_usage(&self, leaf: &Certificate) -> Result<(), Error> {
        let (Some(wanted), Some(usage)) = (self.request.key_usage, leaf.extensions().key_usage) else { return Ok(()) };
        match wanted.without(usage).names().next() {
            Some(usage) => Err(Error::KeyUsageNotPermitted { usage }),
            None => Ok(()),
        }
    }

    /// Remembers a failure; the end of the budget alone ends the search.
    fn fail(
        &mut self,
        failure: Failure,
        path: &[Certificate],
        notes: Vec<RevocationNote>,
    ) -> Result<Option<Found>, Error> {
        if matches!(failure.error, Error::BudgetExhausted { .. }) {
            return Err(failure.error);
        }
        let certificate = &path[failure.place.min(path.len() - 1)];
        if failure.intrinsic {
            self.condemned.insert(id(certificate));
        }
        self.note_judged(failure.error, certificate, path, notes);
        Ok(None)
    }

    /// RFC 5280 §6.1.3 (a)(3) for each certificate in scope: what is known, and the worst of it. All of them are looked into even if one is unknown, so
    /// that everything that is missing is named at once.
    fn check_revocation(
        &mut self,
        path: &[Certificate],
        goal: &Goal<'a>,
    ) -> Result<(Vec<RevocationNote>, Option<Failure>), Error> {
        let in_scope = match (self.request.revocation, goal.scope) {
            (RevocationMode::Off, _) => 0,
            (_, RevocationScope::Leaf) => 1.min(path.len() - 1),
            (_, RevocationScope::Chain) => path.len() - 1,
        };
        let (mut notes, mut worst): (Vec<_>, Option<Failure>) = (Vec::new(), None);
        for place in (0..in_scope).rev() {
            let known = self.status_of(Question { path, place, is_responder: false }, goal)?;
            known.missing.iter().cloned().for_each(|one| self.note_missing(one));
            if let Some(failure) = self.failure_of(&known.status, path, place) {
                let worse = worst.as_ref().is_none_or(|worst| worst.error.rank() < failure.error.rank());
                worst = if worse { Some(failure) } else { worst };
            }
            let Known { status, sources, obstacles, .. } = known;
            notes.push(RevocationNote { certificate: path[place].clone(), status, sources, obstacles });
        }
        notes.reverse();
        Ok((notes, worst))
    }

    fn failure_of(&self, status: &RevocationStatus, path: &[Certificate], place: usize) -> Option<Failure> {
        let failure = |error: &Error, intrinsic| Some(Failure { error: error.clone(), place, intrinsic });
        match status {
            RevocationStatus::Good | RevocationStatus::NotPublished => None,
            RevocationStatus::Revoked(error) => failure(error, true),
            RevocationStatus::Unknown(_) if self.may_be_unknown(&path[place + 1]) => None,
            RevocationStatus::Unknown(error) => failure(error, false),
        }
    }

    /// Whether a certificate of this CA is borne of which nothing is known.
    pub(super) fn may_be_unknown(&self, issuer: &Certificate) -> bool {
        let rule = self.request.revocation_policy.rule_of(issuer.public_key());
        self.request.revocation == RevocationMode::BestEffort || rule.may_be_unknown
    }
}
