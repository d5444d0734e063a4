//! What may still come of a search, seen from the anchors.
//!
//! Paths are built from the leaf up, and whether policies, path lengths and name constraints hold shows only when
//! an anchor is reached. In a mesh the ways up are without number, and all may fail for one and the same reason at
//! the top. So when several paths have failed, the rules of RFC 5280 §6.1 are run once from all anchors down, all
//! ways at the same time: for each name is kept *the best that may have come down to it* by any way: the union of
//! the policies, the most lenient counters, the name constraints that no way avoids. Where even the best fails, no
//! path can hold, and need not be tried.
//!
//! This only ever refuses to try; a path that is accepted was judged by [`super::validate`].

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::rc::Rc;

use super::budget::Budget;
use super::counters::Counters;
use super::heap::Heap;
use super::index::NameNumber;
use super::name_constraints::Constraints;
use super::policy_graph::InitialPolicies;
use super::profile::{may_be_anchor, may_be_intermediate};
use super::rules::Rules;
use super::search::{Id, id};
use super::validate::initial_policies;
use crate::{Certificate, Error, Oid, oid};

/// What a look may cost, at half a microsecond a certificate: half as much again as a full mesh of 200 CAs needs. A
/// look that costs more is given up, and tells nothing.
const LOOK: Budget =
    Budget { signatures: 0, steps: 60_000, paths: 0, name_comparisons: 100_000, policies: 60_000, depth: 0 };

/// So many policies of a certificate cost nothing beside the certificate itself.
const FREE_POLICIES: usize = 8;

/// The best that may come down to each name.
pub(super) struct Outlook<'a> {
    best: Vec<Option<State<'a>>>,
    /// Whether a name waits for what is below it to be looked at.
    waiting: Vec<bool>,
}

/// The state variables of §6.1.2 at their most lenient.
#[derive(Clone)]
struct State<'a> {
    /// Policies that the next certificate may assert, anyPolicy among them, as far as they come from an acceptable
    /// one of the anchor's domain.
    policies: BTreeSet<Oid>,
    acceptable: Rc<InitialPolicies>,
    constraints: Constraints<'a>,
    counters: Counters,
}

impl<'a> Outlook<'a> {
    /// Looks down from the anchors, past certificates that are `condemned`. `None` if that costs too much.
    pub(super) fn new(heap: &Heap<'a>, rules: &Rules<'a>, condemned: &HashSet<Id>) -> Option<Self> {
        let mut budget = LOOK;
        let mut outlook = Self { best: vec![None; heap.names()], waiting: vec![false; heap.names()] };
        let mut queue = VecDeque::new();
        for (anchor, name) in heap.anchors().filter(|(anchor, _)| may_be_anchor(anchor, rules)) {
            outlook.improve(name, State::new(anchor, rules), &mut queue);
        }
        while let Some(name) = queue.pop_front() {
            outlook.waiting[name as usize] = false;
            // What is in the queue has a state.
            let above = outlook.best[name as usize].clone()?;
            for (certificate, subject) in heap.issued_by(name) {
                budget.step().ok()?;
                if condemned.contains(&id(certificate)) || !may_be_intermediate(certificate, rules) {
                    continue;
                }
                let mut state = above.clone();
                match state.descend(certificate, false, &mut budget) {
                    Ok(()) => outlook.improve(subject, state, &mut queue),
                    Err(Error::BudgetExhausted { .. }) => return None,
                    Err(_) => {}
                }
            }
        }
        Some(outlook)
    }

    /// Joins a state to what is known of a name; if that makes it better, what is below must be looked at again.
    fn improve(&mut self, name: NameNumber, state: State<'a>, queue: &mut VecDeque<NameNumber>) {
        let better = match &mut self.best[name as usize] {
            Some(best) => best.join(&state),
            none => {
                *none = Some(state);
                true
            }
        };
        if better && !std::mem::replace(&mut self.waiting[name as usize], true) {
            queue.push_back(name);
        }
    }

    /// Whether the best that may come down to the last certificate of `path` (leaf first), by way of `candidate` if
    /// there is one, holds down to the leaf. The error is the end of the budget.
    pub(super) fn permits<'p>(
        &self,
        heap: &Heap<'a>,
        path: &'p [Certificate],
        candidate: Option<&'p Certificate>,
        budget: &mut Budget,
    ) -> Result<bool, Error>
    where
        'a: 'p,
    {
        let name = candidate.or(path.last()).and_then(|top| heap.number_of(top.issuer()));
        let state: Option<State<'p>> = name.and_then(|name| self.best[name as usize].clone());
        let Some(mut state) = state else { return Ok(false) };
        let above = candidate.map(|candidate| (candidate, false));
        let below = path.iter().enumerate().rev().map(|(place, certificate)| (certificate, place == 0));
        for (certificate, last) in above.into_iter().chain(below) {
            match state.descend(certificate, last, budget) {
                Ok(()) => {}
                Err(exhausted @ Error::BudgetExhausted { .. }) => return Err(exhausted),
                Err(_) => return Ok(false),
            }
        }
        Ok(true)
    }
}

impl<'a> State<'a> {
    fn new(anchor: &'a Certificate, rules: &Rules<'a>) -> Self {
        let mut constraints = Constraints::default();
        constraints.add(rules.initial_subtrees);
        constraints.add(anchor.extensions().name_constraints.as_ref());
        Self {
            policies: BTreeSet::from([oid::ANY_POLICY]),
            acceptable: Rc::new(initial_policies(anchor, rules)),
            constraints,
            // As if a path could be of any length: the counters of a longer one are never lower.
            counters: Counters::new(anchor, usize::MAX, rules),
        }
    }

    /// Whether the other made this one better.
    fn join(&mut self, other: &Self) -> bool {
        let policies = self.policies.len();
        self.policies.extend(&other.policies);
        let mut better = self.policies.len() > policies;
        if !Rc::ptr_eq(&self.acceptable, &other.acceptable) && self.acceptable != other.acceptable {
            let either = self.acceptable.or(&other.acceptable);
            better |= either != *self.acceptable;
            self.acceptable = Rc::new(either);
        }
        better |= self.constraints.intersect(&other.constraints);
        let (before, other) = (self.counters, other.counters);
        self.counters = Counters {
            explicit_policy: before.explicit_policy.max(other.explicit_policy),
            inhibit_any_policy: before.inhibit_any_policy.max(other.inhibit_any_policy),
            policy_mapping: before.policy_mapping.max(other.policy_mapping),
            max_path_length: before.max_path_length.max(other.max_path_length),
            allowed: before.allowed,
        };
        better || self.counters != before
    }

    /// §6.1.3 (b) to (f), then §6.1.4 or §6.1.5.
    fn descend(&mut self, certificate: &'a Certificate, last: bool, budget: &mut Budget) -> Result<(), Error> {
        if last || !certificate.is_self_issued() {
            self.constraints.check(certificate, budget)?;
        }
        self.assert(certificate, last, budget)?;
        let required = match last {
            true => self.counters.requires_policy_of(Some(certificate)),
            false => self.counters.explicit_policy == 0,
        };
        if required && self.policies.is_empty() {
            return Err(Error::PolicyNotPermitted);
        }
        if !last {
            self.map(certificate, budget)?;
            self.counters.prepare_for_next(certificate)?;
            self.constraints.add(certificate.extensions().name_constraints.as_ref());
        }
        Ok(())
    }

    /// §6.1.3 (d) and (e), without the graph: a policy is dropped as soon as the one of the anchor's domain that it
    /// comes from is not acceptable, because §6.1.5 (g) would drop it in the end.
    fn assert(&mut self, certificate: &Certificate, last: bool, budget: &mut Budget) -> Result<(), Error> {
        let listed = certificate.extensions().policies.as_ref().map_or(&[][..], |policies| &policies.0);
        budget.policies((self.policies.len() + listed.len()).saturating_sub(FREE_POLICIES))?;
        let any = self.policies.contains(&oid::ANY_POLICY);
        let mut kept = BTreeSet::new();
        for policy in listed.iter().map(|listed| listed.policy) {
            match policy == oid::ANY_POLICY {
                true if self.counters.any_allowed(certificate, last) => kept.extend(&self.policies),
                false if self.policies.contains(&policy) || (any && self.acceptable.contains(&policy)) => {
                    kept.insert(policy);
                }
                _ => {}
            }
        }
        self.policies = kept;
        Ok(())
    }

    /// §6.1.4 (b)
    fn map(&mut self, certificate: &Certificate, budget: &mut Budget) -> Result<(), Error> {
        let Some(mappings) = &certificate.extensions().policy_mappings else { return Ok(()) };
        budget.policies(mappings.0.len())?;
        let before = self.policies.clone();
        for (issuer, _) in &mappings.0 {
            self.policies.remove(issuer);
        }
        if self.counters.policy_mapping > 0 {
            let any = before.contains(&oid::ANY_POLICY);
            let counts = |issuer: &Oid| before.contains(issuer) || (any && self.acceptable.contains(issuer));
            let mapped = mappings.0.iter().filter(|(issuer, _)| counts(issuer)).map(|(_, subject)| *subject);
            self.policies.extend(mapped);
        }
        Ok(())
    }
}
