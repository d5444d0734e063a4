//! RFC 5280 §6.1, step by step: one path, found already and its signatures checked, from the anchor down to the leaf.
//!
//! Not here: §6.1.3 (a)(1), the signatures, which [`super::build`] checks edge by edge while it builds, and (a)(3),
//! revocation, which [`super::revocation`] looks into when all else is well. What is asked of each certificate by itself is
//! in [`super::profile`].

use super::budget::Budget;
use super::counters::Counters;
use super::name_constraints::Constraints;
use super::policy_graph::{InitialPolicies, PolicyGraph};
use super::policy_output::PolicyOutput;
use super::profile::{check_anchor, check_in_place};
use super::rules::{Failure, Rules};
use super::witness::{Check, Witness};
use crate::{Certificate, Error};

/// Judges a path (leaf first, anchor last); what its policies come to if it holds.
pub(super) fn check_path(
    path: &[Certificate],
    rules: &Rules<'_>,
    budget: &mut Budget,
    witness: &mut impl Witness,
) -> Result<PolicyOutput, Failure> {
    let (anchor, below) = path.split_last().ok_or_else(|| Failure::own(0, unreachable_path()))?;
    witness.at(below.len());
    check_anchor(anchor, below.is_empty(), rules, witness).map_err(|error| Failure::own(below.len(), error))?;
    let mut state = State::new(anchor, below.len(), rules);
    for (place, certificate) in below.iter().enumerate().rev() {
        witness.at(place);
        let checked = check_in_place(certificate, place, path.get(place + 1), rules, witness);
        checked.map_err(|error| Failure::own(place, error))?;
        let processed = state.process(certificate, place == 0, budget, witness);
        processed.map_err(|error| Failure::of_path(place, error))?;
    }
    witness.at(0);
    state.wrap_up(path.first(), witness).map_err(|error| Failure::of_path(0, error))
}

/// Of a path that has not reached an anchor, what can be said of each certificate (leaf first) without one.
pub(super) fn check_piece(path: &[Certificate], rules: &Rules<'_>, witness: &mut impl Witness) -> Result<(), Failure> {
    path.iter().enumerate().rev().try_for_each(|(place, certificate)| {
        witness.at(place);
        let checked = check_in_place(certificate, place, path.get(place + 1), rules, witness);
        checked.map_err(|error| Failure::own(place, error))
    })
}

/// A path has the leaf at least; this is what is said if not.
fn unreachable_path() -> Error {
    Error::Malformed { what: "path", why: "no certificate in it".into() }
}

/// The state variables of §6.1.2, but for those of the signature.
struct State<'a> {
    graph: PolicyGraph,
    initial_policies: InitialPolicies,
    constraints: Constraints<'a>,
    counters: Counters,
}

impl<'a> State<'a> {
    /// §6.1.2; (b) and (c) start with the inputs, and RFC 5937 §3.2 adds the anchor's own.
    fn new(anchor: &'a Certificate, length: usize, rules: &Rules<'a>) -> Self {
        let mut constraints = Constraints::default();
        constraints.add(rules.initial_subtrees);
        constraints.add(anchor.extensions().name_constraints.as_ref());
        Self {
            graph: PolicyGraph::new(),
            initial_policies: initial_policies(anchor, rules),
            constraints,
            counters: Counters::new(anchor, length, rules),
        }
    }

    /// §6.1.3 (b) to (f), then §6.1.4 for all but the last certificate.
    fn process(
        &mut self,
        certificate: &'a Certificate,
        last: bool,
        budget: &mut Budget,
        witness: &mut impl Witness,
    ) -> Result<(), Error> {
        // (b), (c): "If certificate i is self-issued and it is not the final certificate in the path, skip this step"
        match self.constraints.is_empty() || (certificate.is_self_issued() && !last) {
            true => witness.idle(Check::NameConstraints),
            false => witness.hear(Check::NameConstraints, self.constraints.check(certificate, budget))?,
        }
        let policies = certificate.extensions().policies.as_ref();
        budget.policies(self.graph.width() + policies.map_or(0, |policies| policies.0.len()))?;
        self.graph.add(policies, self.counters.any_allowed(certificate, last));
        witness.hear(Check::Policies, self.require_policy())?;
        if last { Ok(()) } else { self.prepare_for_next(certificate, budget, witness) }
    }

    /// §6.1.3 (f): "Verify that either explicit_policy is greater than 0 or the valid_policy_graph is not equal to
    /// NULL"
    fn require_policy(&self) -> Result<(), Error> {
        let satisfied = self.counters.explicit_policy > 0 || !self.graph.is_null();
        if satisfied { Ok(()) } else { Err(Error::PolicyNotPermitted) }
    }

    /// §6.1.4
    fn prepare_for_next(
        &mut self,
        certificate: &'a Certificate,
        budget: &mut Budget,
        witness: &mut impl Witness,
    ) -> Result<(), Error> {
        // (b); (a) is `check_ca`'s
        if let Some(mappings) = &certificate.extensions().policy_mappings {
            budget.policies(mappings.0.len())?;
            match self.counters.policy_mapping > 0 {
                true => self.graph.map(mappings),
                false => self.graph.remove_mapped(mappings),
            }
        }
        witness.hear(Check::PathLength, self.counters.prepare_for_next(certificate))?;
        // (g)
        self.constraints.add(certificate.extensions().name_constraints.as_ref());
        Ok(())
    }

    /// §6.1.5 (a), (b) and (g)
    fn wrap_up(self, leaf: Option<&Certificate>, witness: &mut impl Witness) -> Result<PolicyOutput, Error> {
        let policies = self.graph.user_constrained(&self.initial_policies);
        let lacks_policy = self.counters.requires_policy_of(leaf) && policies.is_empty();
        witness.hear(Check::Policies, if lacks_policy { Err(Error::PolicyNotPermitted) } else { Ok(()) })?;
        Ok(PolicyOutput { policies, graph: self.graph })
    }
}

/// The policies that count from an anchor down, as RFC 5937 §3.2 takes them into the inputs.
pub(super) fn initial_policies(anchor: &Certificate, rules: &Rules<'_>) -> InitialPolicies {
    let initial = (*rules.initial_policies).clone();
    match &anchor.extensions().policies {
        Some(listed) => initial.restrict(listed),
        None => initial,
    }
}
