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

use super::heap::{Candidate, KeyId};
use super::outlook::Outlook;
use super::profile::check_algorithm;
use super::search::{Found, Goal, Search, id};
use crate::algorithm::KeyAlgorithm;
use crate::{Certificate, Error};

/// After how many issuers tried the outlook is asked for, and how many times more until it is asked again. An honest
/// search is over by then, and a look down a big mesh costs as much as some hundred signatures.
pub(super) const PATIENCE: u32 = 16;

/// What came of a possible issuer.
enum Tried {
    Found(Found),
    /// Not by this path.
    Failed,
    /// By no path: it has not signed, or is on no valid path itself.
    Never,
}

impl<'a> Search<'a> {
    /// Tries every issuer of the last certificate of `path`, the most likely first.
    pub(super) fn extend(&mut self, path: &mut Vec<Certificate>, goal: &Goal<'a>) -> Result<Option<Found>, Error> {
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
}

/// RFC 4158 §2.4.2: the same name with the same key twice on a path is a loop.
fn is_loop(path: &[Certificate], candidate: &Certificate) -> bool {
    path.iter().any(|seen| seen.public_key() == candidate.public_key() && seen.subject() == candidate.subject())
}
