//! The valid_policy_graph of RFC 9618, which replaces the tree of RFC 5280: one node a policy and depth, so that
//! hostile mappings cost no more than their own length.

use std::collections::{BTreeMap, BTreeSet};

use crate::certificate::extension::{CertificatePolicies, PolicyMappings};
use crate::{Oid, oid};

/// One depth of the graph: nodes by their valid_policy.
pub(super) type Level = BTreeMap<Oid, Node>;

#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    /// The valid_policy of each parent at the depth above.
    pub(super) parents: Vec<Oid>,
    /// expected_policy_set; `None` is the policy itself.
    expected: Option<BTreeSet<Oid>>,
    /// Whether the certificate's anyPolicy has made it, so that its qualifier_set is that of anyPolicy.
    pub(super) by_any: bool,
}

impl Node {
    /// Of a policy that the certificate lists.
    fn listed(parents: Vec<Oid>) -> Self {
        Self { parents, expected: None, by_any: false }
    }

    /// expected_policy_set of the node of this policy.
    pub(super) fn expected(&self, policy: &Oid) -> Vec<Oid> {
        self.expected.as_ref().map_or_else(|| vec![*policy], |set| set.iter().copied().collect())
    }
}

/// The graph, grown certificate by certificate. Without a node at its lowest depth it is the RFC's NULL.
#[derive(Debug, Clone)]
pub(super) struct PolicyGraph {
    pub(super) levels: Vec<Level>,
}

impl PolicyGraph {
    /// §6.1.2 (a): a single node anyPolicy at depth zero.
    pub(super) fn new() -> Self {
        Self { levels: vec![Level::from([(oid::ANY_POLICY, Node::default())])] }
    }

    pub(super) fn is_null(&self) -> bool {
        self.levels.last().is_none_or(BTreeMap::is_empty)
    }

    /// How many policies its lowest depth expects: what the next certificate costs.
    pub(super) fn width(&self) -> usize {
        let lowest = self.levels.last().into_iter().flat_map(BTreeMap::values);
        lowest.map(|node| node.expected.as_ref().map_or(1, BTreeSet::len)).sum()
    }

    /// §6.1.3 (d) and (e): the next certificate. `any_allowed` is whether its anyPolicy counts, that is
    /// inhibit_anyPolicy is over zero, or it is a self-issued intermediate.
    pub(super) fn add(&mut self, policies: Option<&CertificatePolicies>, any_allowed: bool) {
        let level = match policies {
            Some(policies) if !self.is_null() => self.children(policies, any_allowed),
            // (e) "If the certificate policies extension is not present, set the valid_policy_graph to NULL."
            _ => Level::new(),
        };
        self.levels.push(level);
    }

    fn children(&self, policies: &CertificatePolicies, any_allowed: bool) -> Level {
        let expecting = self.expecting();
        let any_parent = self.levels.last().is_some_and(|level| level.contains_key(&oid::ANY_POLICY));
        let mut level = Level::new();
        for policy in policies.0.iter().map(|listed| listed.policy).filter(|policy| *policy != oid::ANY_POLICY) {
            // (d)(1)(i), else (ii)
            match expecting.get(&policy) {
                Some(parents) => drop(level.insert(policy, Node::listed(parents.clone()))),
                None if any_parent => drop(level.insert(policy, Node::listed(vec![oid::ANY_POLICY]))),
                None => {}
            }
        }
        // (d)(2)
        if any_allowed && policies.contains(&oid::ANY_POLICY) {
            for (policy, parents) in expecting {
                level.entry(policy).or_insert(Node { parents, expected: None, by_any: true });
            }
        }
        level
    }

    /// Which nodes of the lowest depth expect which policy.
    fn expecting(&self) -> BTreeMap<Oid, Vec<Oid>> {
        let mut expecting: BTreeMap<Oid, Vec<Oid>> = BTreeMap::new();
        for (policy, node) in self.levels.last().into_iter().flatten() {
            match &node.expected {
                None => expecting.entry(*policy).or_default().push(*policy),
                Some(set) => set.iter().for_each(|mapped| expecting.entry(*mapped).or_default().push(*policy)),
            }
        }
        expecting
    }

    /// §6.1.4 (b)(1): mapping is allowed. A policy that only anyPolicy stands for gets a node of its own.
    pub(super) fn map(&mut self, mappings: &PolicyMappings) {
        let mut mapped: BTreeMap<Oid, BTreeSet<Oid>> = BTreeMap::new();
        for (issuer, subject) in &mappings.0 {
            mapped.entry(*issuer).or_default().insert(*subject);
        }
        let Some(level) = self.levels.last_mut() else { return };
        let any = level.contains_key(&oid::ANY_POLICY);
        for (policy, expected) in mapped {
            match level.get_mut(&policy) {
                Some(node) => node.expected = Some(expected),
                None if any => {
                    let node = Node { parents: vec![oid::ANY_POLICY], expected: Some(expected), by_any: true };
                    level.insert(policy, node);
                }
                None => {}
            }
        }
    }

    /// §6.1.4 (b)(2): mapping is inhibited, so that a policy which would be mapped is lost.
    pub(super) fn remove_mapped(&mut self, mappings: &PolicyMappings) {
        if let Some(level) = self.levels.last_mut() {
            mappings.0.iter().for_each(|(issuer, _)| drop(level.remove(issuer)));
        }
    }

    /// The authority-constrained-policy-set (RFC 9618 §5.5): policies of the anchor's domain that lead down to the
    /// leaf. Pruning is left to this moment: what does not lead to the lowest depth is not reached from there.
    fn authority_constrained(&self) -> BTreeSet<Oid> {
        let mut found = BTreeSet::new();
        let mut reached: BTreeSet<Oid> = self.levels.last().into_iter().flatten().map(|(policy, _)| *policy).collect();
        if reached.contains(&oid::ANY_POLICY) {
            found.insert(oid::ANY_POLICY);
        }
        for level in self.levels.iter().skip(1).rev() {
            let mut above = BTreeSet::new();
            for (policy, node) in reached.iter().filter_map(|policy| level.get(policy).map(|node| (policy, node))) {
                if *policy != oid::ANY_POLICY && node.parents.contains(&oid::ANY_POLICY) {
                    found.insert(*policy);
                }
                above.extend(&node.parents);
            }
            reached = above;
        }
        found
    }

    /// §6.1.5 (g), as RFC 9618 §5.5 has it: the user-constrained-policy-set. An `initial` without anyPolicy keeps
    /// of the authority's set what it lists itself, or all of itself where the authority's set is anyPolicy.
    pub(super) fn user_constrained(&self, initial: &InitialPolicies) -> Vec<Oid> {
        let authority = self.authority_constrained();
        match initial {
            InitialPolicies::Any => authority.into_iter().collect(),
            InitialPolicies::Only(set) if authority.contains(&oid::ANY_POLICY) => set.iter().copied().collect(),
            InitialPolicies::Only(set) => authority.intersection(set).copied().collect(),
        }
    }
}

/// The user-initial-policy-set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum InitialPolicies {
    Any,
    Only(BTreeSet<Oid>),
}

impl InitialPolicies {
    pub(super) fn new(policies: &[Oid]) -> Self {
        match policies.is_empty() || policies.contains(&oid::ANY_POLICY) {
            true => Self::Any,
            false => Self::Only(policies.iter().copied().collect()),
        }
    }

    pub(super) fn contains(&self, policy: &Oid) -> bool {
        match self {
            Self::Any => true,
            Self::Only(set) => set.contains(policy),
        }
    }

    /// What either holds.
    pub(super) fn or(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Only(one), Self::Only(other)) => Self::Only(one.union(other).copied().collect()),
            _ => Self::Any,
        }
    }

    /// RFC 5937 §3.2: what the anchor's own policies leave of it.
    pub(super) fn restrict(self, anchor: &CertificatePolicies) -> Self {
        let listed: Vec<_> = anchor.0.iter().map(|listed| listed.policy).collect();
        match (self, Self::new(&listed)) {
            (initial, Self::Any) => initial,
            (Self::Any, only) => only,
            (Self::Only(set), Self::Only(other)) => Self::Only(set.intersection(&other).copied().collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::extension::PolicyInformation;

    const A: Oid = Oid::new_unwrap("1.3.6.1.4.1.32473.1");
    const B: Oid = Oid::new_unwrap("1.3.6.1.4.1.32473.2");

    fn policies(list: &[Oid]) -> CertificatePolicies {
        CertificatePolicies(list.iter().map(|policy| PolicyInformation::new(*policy)).collect())
    }

    #[test]
    fn a_mapped_policy_is_reported_in_the_domain_of_the_anchor() {
        let mut graph = PolicyGraph::new();
        graph.add(Some(&policies(&[A])), true);
        graph.map(&PolicyMappings(vec![(A, B)]));
        graph.add(Some(&policies(&[B])), true);
        assert_eq!(graph.user_constrained(&InitialPolicies::Any), [A]);
        assert_eq!(graph.user_constrained(&InitialPolicies::new(&[A])), [A]);
        assert!(graph.user_constrained(&InitialPolicies::new(&[B])).is_empty());
    }

    #[test]
    fn any_policy_all_the_way_down_leaves_the_users_own_set() {
        let mut graph = PolicyGraph::new();
        graph.add(Some(&policies(&[oid::ANY_POLICY])), true);
        graph.add(Some(&policies(&[oid::ANY_POLICY])), true);
        assert_eq!(graph.user_constrained(&InitialPolicies::Any), [oid::ANY_POLICY]);
        assert_eq!(graph.user_constrained(&InitialPolicies::new(&[B])), [B]);
        graph.add(None, true);
        assert!(graph.is_null());
    }

    #[test]
    fn mappings_that_multiply_at_each_depth_cost_no_more_than_their_length() {
        let oids: Vec<_> = (0..60).map(|n| Oid::new(&format!("1.3.6.1.4.1.32473.{n}")).unwrap()).collect();
        let all_to_all = oids.iter().flat_map(|one| oids.iter().map(|other| (*one, *other))).collect();
        let (mappings, mut graph) = (PolicyMappings(all_to_all), PolicyGraph::new());
        for _ in 0..20 {
            graph.add(Some(&policies(&oids)), true);
            graph.map(&mappings);
        }
        graph.add(Some(&policies(&oids[..1])), true);
        assert_eq!(graph.user_constrained(&InitialPolicies::Any).len(), 60);
    }
}
