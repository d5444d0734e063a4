//! Path building (RFC 4158): from the leaf up, through an unordered heap in which strangers, loops, expired twins and
//! cross-certificates of all kinds may lie.
//!
//! * Issuers are looked up by name and key identifier. A breadth-first walk down from the anchors first tells how far
//!   each name is from one, so that what leads nowhere is never entered and the shortest way is tried first.
//! * The signature of an edge is checked when it is first walked, and remembered; an edge that does not hold is no
//!   edge. Of the edges of a valid path those between CAs may be remembered for later searches ([`super::edges`]).
//! * What fails for a reason of its own (expired, no CA, revoked) or has no issuer left is not tried again; what fails
//!   for a reason of the path (policy, constraints) is tried by the other paths, within the budget.
//! * After several failures an [`Outlook`] from the anchors tells which ways cannot hold whatever is above, so that a
//!   mesh in which none can is left at once.

use std::collections::{HashMap, HashSet};

use super::budget::Budget;
use super::explain::Rejections;
use super::heap::{Candidate, Heap, KeyId};
use super::inherit;
use super::ocsp::Question;
use super::outlook::Outlook;
use super::policy_output::PolicyOutput;
use super::report::{Invalid, Missing, RevocationNote, RevocationStatus, Valid, Verdict};
use super::revocation::{Evidence, Known};
use super::validate::{Failure, Rules, check_algorithm, check_path};
use super::witness::{Check, Silent, Witness};
use super::{RevocationMode, RevocationScope, ValidationRequest};
use crate::algorithm::KeyAlgorithm;
use crate::{Certificate, Error};

/// After how many issuers tried the outlook is asked for, and how many times more until it is asked again. An honest
/// search is over by then, and a look down a big mesh costs as much as some hundred signatures.
const PATIENCE: u32 = 16;

/// One certificate object, whatever certificate it is: an address that outlives the search.
pub(super) type Id = usize;

pub(super) fn id(certificate: &Certificate) -> Id {
    certificate.der().as_ptr().addr()
}

/// A search and all that it remembers.
pub(super) struct Search<'a> {
    pub(super) request: &'a ValidationRequest<'a>,
    pub(super) heap: Heap<'a>,
    pub(super) budget: Budget,
    pub(super) evidence: Evidence<'a>,
    /// Edges walked: (subject, issuer) and whether the signature holds.
    pub(super) edges: HashMap<(Id, Id), Result<(), Error>>,
    /// Paths with keys that were completed by [`inherit`].
    completed: Vec<Vec<Certificate>>,
    /// Certificates that are on no valid path.
    condemned: HashSet<Id>,
    /// Issuers tried above the leaf, and at how many of them the outlook is asked for next.
    issuers_tried: u32,
    next_look: u32,
    outlook: Option<Outlook<'a>>,
    /// Whether the outlook is that no path from the leaf holds.
    hopeless: bool,
    paths_tried: u32,
    signatures_checked: u32,
    /// Signatures that earlier searches had checked.
    pub(super) signatures_remembered: u32,
    pub(super) best: Option<Best>,
    missing: Vec<Missing>,
    /// The paths that were rejected, if somebody wants to be told.
    pub(super) rejections: Option<Rejections>,
}

/// The most telling failure so far.
pub(super) struct Best {
    pub(super) error: Error,
    pub(super) certificate: Certificate,
    pub(super) path: Vec<Certificate>,
    /// What was found of the revocation of its certificates, if that was looked into.
    pub(super) notes: Vec<RevocationNote>,
}

/// What a search is for: its target's rules, and which anchors count.
pub(super) struct Goal<'a> {
    pub(super) rules: Rules<'a>,
    /// RFC 5280 §6.3.3 (f): a CRL issuer's path must end at the anchor of the certificate in question.
    pub(super) anchor: Option<Certificate>,
    pub(super) scope: RevocationScope,
    /// Whether the requester's expectations of the leaf (names, key usage) apply.
    pub(super) is_leaf: bool,
}

/// What came of a possible issuer.
enum Tried {
    Found(Found),
    /// Not by this path.
    Failed,
    /// By no path: it has not signed, or is on no valid path itself.
    Never,
}

/// A path that holds.
pub(super) struct Found {
    pub(super) path: Vec<Certificate>,
    pub(super) output: PolicyOutput,
    pub(super) notes: Vec<RevocationNote>,
}

impl<'a> Search<'a> {
    pub(super) fn new(request: &'a ValidationRequest<'a>) -> Self {
        Self {
            request,
            heap: Heap::new(request),
            budget: request.budget,
            evidence: Evidence::new(request.crls, request.ocsp),
            edges: HashMap::new(),
            completed: Vec::new(),
            condemned: HashSet::new(),
            issuers_tried: 0,
            next_look: PATIENCE,
            outlook: None,
            hopeless: false,
            paths_tried: 0,
            signatures_checked: 0,
            signatures_remembered: 0,
            best: None,
            missing: Vec::new(),
            rejections: None,
        }
    }

    pub(super) fn run(mut self) -> Verdict {
        let found = self.search();
        self.conclude(found)
    }

    /// The path that holds, if there is one.
    pub(super) fn search(&mut self) -> Option<Found> {
        let goal =
            Goal { rules: Rules::of(self.request), anchor: None, scope: self.request.revocation_scope, is_leaf: true };
        self.find(self.request.leaf, &goal).unwrap_or_else(|exhausted| {
            self.note(exhausted, self.request.leaf, std::slice::from_ref(self.request.leaf));
            None
        })
    }

    pub(super) fn conclude(self, found: Option<Found>) -> Verdict {
        match found {
            Some(found) => Ok(self.valid(found)),
            None => Err(Box::new(self.invalid())),
        }
    }

    fn valid(self, found: Found) -> Valid {
        if let Some(edges) = self.request.edges {
            edges.remember(&found.path, &self.request.algorithms.sm2_ids);
        }
        let leaf = found.path.first().unwrap_or(self.request.leaf);
        Valid {
            working_public_key: leaf.public_key().clone(),
            path: found.path,
            policies: found.output.policies,
            policy_graph: found.output.graph,
            paths_tried: self.paths_tried,
            signatures_checked: self.signatures_checked,
            signatures_remembered: self.signatures_remembered,
            revocation: found.notes,
            missing: self.missing,
        }
    }

    fn invalid(mut self) -> Invalid {
        let missing_issuers = self.heap.missing_issuers(self.request.leaf);
        self.missing.extend(missing_issuers);
        let best = self.best.take().unwrap_or_else(|| self.nowhere());
        Invalid {
            rfc: best.error.rfc(),
            error: best.error,
            certificate: Some(best.certificate),
            path_considered: best.path,
            revocation: best.notes,
            missing: self.missing,
            paths_tried: self.paths_tried,
            signatures_checked: self.signatures_checked,
            signatures_remembered: self.signatures_remembered,
        }
    }

    /// Why there is no path where none was walked at all.
    pub(super) fn nowhere(&self) -> Best {
        let leaf = self.request.leaf;
        let error = Error::UnknownIssuer { issuer: leaf.issuer().clone() };
        Best { error, certificate: leaf.clone(), path: vec![leaf.clone()], notes: Vec::new() }
    }

    /// The first path from `target` that holds. An error is the end of the budget, and of the search.
    pub(super) fn find(&mut self, target: &Certificate, goal: &Goal<'a>) -> Result<Option<Found>, Error> {
        let mut path = vec![target.clone()];
        let trusted_itself = self.heap.is_anchor(target) && goal.anchor.as_ref().is_none_or(|anchor| anchor == target);
        if trusted_itself && let Some(found) = self.judge(&path, goal)? {
            return Ok(Some(found));
        }
        self.extend(&mut path, goal)
    }

    /// Whether there is a path from another target, such as the issuer of a CRL. What goes wrong with it is not the
    /// leaf's failure.
    pub(super) fn find_aside(&mut self, target: &Certificate, goal: &Goal<'a>) -> Result<bool, Error> {
        let (best, missing) = (self.best.take(), std::mem::take(&mut self.missing));
        let rejections = self.rejections.take();
        // What held at another time may not at this one, and the other way round.
        let condemned = match goal.rules.at == self.request.at {
            true => self.condemned.clone(),
            false => std::mem::take(&mut self.condemned),
        };
        let found = self.find(target, goal);
        (self.best, self.missing, self.condemned, self.rejections) = (best, missing, condemned, rejections);
        found.map(|found| found.is_some())
    }

    /// Tries every issuer of the last certificate of `path`, the most likely first.
    fn extend(&mut self, path: &mut Vec<Certificate>, goal: &Goal<'a>) -> Result<Option<Found>, Error> {
        // A path has its target at least.
        let Some(last) = path.last().cloned() else {
            return Ok(None);
        };
        let (mut known, mut dead_end) = (false, true);
        for key_id in [KeyId::Fits, KeyId::Differs] {
            for candidate in self.heap.issuers_of(&last, &goal.rules, key_id) {
                known = true;
                self.budget.step()?;
                self.look_out(goal)?;
                if (self.hopeless && goal.is_leaf) || self.is_condemned(path) {
                    return Ok(None);
                }
                match self.try_issuer(path, &last, &candidate, goal)? {
                    Tried::Found(found) => return Ok(Some(found)),
                    Tried::Failed => dead_end = false,
                    Tried::Never => {}
                }
            }
        }
        if !known {
            self.note(Error::UnknownIssuer { issuer: last.issuer().clone() }, &last, path);
        }
        if dead_end {
            self.condemned.insert(id(&last));
        }
        Ok(None)
    }

    fn try_issuer(
        &mut self,
        path: &mut Vec<Certificate>,
        last: &Certificate,
        candidate: &Candidate<'a>,
        goal: &Goal<'a>,
    ) -> Result<Tried, Error> {
        let issuer = candidate.certificate;
        if self.condemned.contains(&id(issuer)) {
            return Ok(Tried::Never);
        }
        if is_loop(path, issuer) || !self.may_hold(path, candidate, goal)? {
            return Ok(Tried::Failed);
        }
        if let Err(error) = self.check_edge(last, issuer)? {
            self.note(error, last, path);
            return Ok(Tried::Never);
        }
        Ok(match self.follow(path, candidate, goal)? {
            Some(found) => Tried::Found(found),
            None if self.condemned.contains(&id(issuer)) => Tried::Never,
            None => Tried::Failed,
        })
    }

    /// Whether the outlook, if there is one, lets the path hold by way of the candidate.
    fn may_hold(&mut self, path: &[Certificate], candidate: &Candidate<'a>, goal: &Goal<'a>) -> Result<bool, Error> {
        match &self.outlook {
            Some(outlook) if goal.is_leaf && !candidate.is_anchor => {
                outlook.permits(&self.heap, path, Some(candidate.certificate), &mut self.budget)
            }
            _ => Ok(true),
        }
    }

    /// Asks for the outlook when much was tried in vain.
    fn look_out(&mut self, goal: &Goal<'a>) -> Result<(), Error> {
        self.issuers_tried += u32::from(goal.is_leaf);
        if !goal.is_leaf || self.issuers_tried < self.next_look {
            return Ok(());
        }
        self.next_look = self.next_look.saturating_mul(PATIENCE);
        self.outlook = Outlook::new(&self.heap, &goal.rules, &self.condemned);
        if let Some(outlook) = &self.outlook {
            let leaf = std::slice::from_ref(self.request.leaf);
            self.hopeless = !outlook.permits(&self.heap, leaf, None, &mut self.budget)?;
        }
        if self.hopeless && self.paths_tried == 0 { self.show_why(goal) } else { Ok(()) }
    }

    /// Walks the shortest way to an anchor, for the reason why it does not hold.
    fn show_why(&mut self, goal: &Goal<'a>) -> Result<(), Error> {
        let mut path = vec![self.request.leaf.clone()];
        while let Some(last) = path.last().cloned().filter(|_| path.len() < self.budget.depth as usize) {
            let of = |key_id| self.heap.issuers_of(&last, &goal.rules, key_id);
            let candidates = of(KeyId::Fits).into_iter().chain(of(KeyId::Differs));
            let open = candidates.filter(|candidate| !is_loop(&path, candidate.certificate));
            let Some(nearest) = open.min_by_key(|candidate| candidate.distance) else { break };
            if let Err(error) = self.check_edge(&last, nearest.certificate)? {
                self.note(error, &last, &path);
                break;
            }
            path.push(nearest.certificate.clone());
            if nearest.is_anchor {
                return self.judge(&path, goal).map(|_| ());
            }
        }
        Ok(())
    }

    fn follow(
        &mut self,
        path: &mut Vec<Certificate>,
        candidate: &Candidate<'a>,
        goal: &Goal<'a>,
    ) -> Result<Option<Found>, Error> {
        path.push(candidate.certificate.clone());
        let found = match candidate.is_anchor {
            true if goal.anchor.as_ref().is_some_and(|anchor| anchor != candidate.certificate) => None,
            true => self.judge(path, goal)?,
            false if path.len() < self.request.budget.depth as usize => self.extend(path, goal)?,
            false => {
                let error = Error::PathLengthExceeded { allowed: self.request.budget.depth };
                self.note(error, candidate.certificate, path);
                None
            }
        };
        path.pop();
        Ok(found)
    }

    fn is_condemned(&self, path: &[Certificate]) -> bool {
        !self.condemned.is_empty() && path.iter().any(|certificate| self.condemned.contains(&id(certificate)))
    }

    /// The signature of an edge, from memory if it was walked before, by this search or an earlier one. The outer error is the end of the budget.
    pub(super) fn check_edge(
        &mut self,
        subject: &Certificate,
        issuer: &Certificate,
    ) -> Result<Result<(), Error>, Error> {
        if let Some(known) = self.edges.get(&(id(subject), id(issuer))) {
            return Ok(known.clone());
        }
        let (algorithms, at) = (self.request.algorithms, self.request.at);
        if let Err(error) = check_algorithm(subject, issuer, algorithms, at) {
            return Ok(Err(error));
        }
        if issuer.public_key().inherits_parameters() {
            return Ok(Ok(())); // until the path is whole: see `inherit`
        }
        let key = issuer.public_key().under(&algorithms.sm2_ids);
        let holds = match self.request.edges {
            Some(edges) if edges.contain(subject, key) => {
                self.signatures_remembered += 1;
                Ok(())
            }
            _ => {
                self.pay_signature(issuer.public_key().algorithm())?;
                subject.verify_signature(key)
            }
        };
        self.edges.insert((id(subject), id(issuer)), holds.clone());
        Ok(holds)
    }

    pub(super) fn pay_signature(&mut self, by: KeyAlgorithm) -> Result<(), Error> {
        self.budget.signature(by)?;
        self.signatures_checked += 1;
        Ok(())
    }

    /// A path that has reached an anchor: the signatures that are left to check, §6.1, then revocation.
    fn judge(&mut self, path: &[Certificate], goal: &Goal<'a>) -> Result<Option<Found>, Error> {
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

    fn note(&mut self, error: Error, certificate: &Certificate, path: &[Certificate]) {
        self.note_judged(error, certificate, path, Vec::new());
    }

    fn note_judged(
        &mut self,
        error: Error,
        certificate: &Certificate,
        path: &[Certificate],
        notes: Vec<RevocationNote>,
    ) {
        if let Some(rejections) = &mut self.rejections {
            rejections.add(&error, certificate, path);
        }
        if self.best.as_ref().is_none_or(|best| best.error.rank() < error.rank()) {
            self.best = Some(Best { error, certificate: certificate.clone(), path: path.to_vec(), notes });
        }
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

    fn note_missing(&mut self, missing: Missing) {
        if !self.missing.contains(&missing) {
            self.missing.push(missing);
        }
    }
}

/// RFC 4158 §2.4.2: the same name with the same key twice on a path is a loop.
fn is_loop(path: &[Certificate], candidate: &Certificate) -> bool {
    path.iter().any(|seen| seen.public_key() == candidate.public_key() && seen.subject() == candidate.subject())
}
