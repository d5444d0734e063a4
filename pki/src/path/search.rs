//! A search: what it is for, what it remembers, and what it answers in the end.
//!
//! [`super::build`] walks up from the leaf, [`super::judge`] says whether a path holds that has reached an anchor.

use std::collections::{HashMap, HashSet};

use super::budget::Budget;
use super::build::PATIENCE;
use super::evidence::Evidence;
use super::explain::Rejections;
use super::heap::Heap;
use super::outlook::Outlook;
use super::policy_output::PolicyOutput;
use super::report::{Invalid, Missing, RevocationNote, Valid, Verdict};
use super::rules::Rules;
use super::{RevocationScope, ValidationRequest};
use crate::{Certificate, Error};

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
    pub(super) completed: Vec<Vec<Certificate>>,
    /// Certificates that are on no valid path.
    pub(super) condemned: HashSet<Id>,
    /// Issuers tried above the leaf, and at how many of them the outlook is asked for next.
    pub(super) issuers_tried: u32,
    pub(super) next_look: u32,
    pub(super) outlook: Option<Outlook<'a>>,
    /// Whether the outlook is that no path from the leaf holds.
    pub(super) hopeless: bool,
    pub(super) paths_tried: u32,
    pub(super) signatures_checked: u32,
    /// Signatures that earlier searches had checked.
    pub(super) signatures_remembered: u32,
    pub(super) best: Option<Best>,
    pub(super) missing: Vec<Missing>,
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

    pub(super) fn note(&mut self, error: Error, certificate: &Certificate, path: &[Certificate]) {
        self.note_judged(error, certificate, path, Vec::new());
    }

    pub(super) fn note_judged(
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

    pub(super) fn note_missing(&mut self, missing: Missing) {
        if !self.missing.contains(&missing) {
            self.missing.push(missing);
        }
    }
}
