//! The valid_policy_tree of RFC 5280 §6.1, read off the text step by step and as slow as it stands there: the measure
//! for the graph of RFC 9618, which must come to the same.

use std::collections::{BTreeMap, BTreeSet};

use super::policy_graph::{InitialPolicies, PolicyGraph};
use super::policy_output::Listed;
use crate::certificate::extension::{CertificatePolicies, PolicyInformation, PolicyMappings};
use crate::{Oid, oid};

/// A qualifier_set: bit n is the qualifier whose value is the octet n.
type Qualifiers = u16;

#[derive(Debug, Clone)]
struct Node {
    policy: Oid,
    qualifiers: Qualifiers,
    expected: BTreeSet<Oid>,
    children: Vec<Node>,
}

#[derive(Debug, Clone)]
struct Tree {
    root: Option<Node>,
    depth: usize,
}

impl Node {
    fn new(policy: Oid, qualifiers: Qualifiers) -> Self {
        Self { policy, qualifiers, expected: BTreeSet::from([policy]), children: Vec::new() }
    }

    /// Those of the node and of all below it.
    fn all_qualifiers(&self) -> Qualifiers {
        self.children.iter().map(Node::all_qualifiers).fold(self.qualifiers, |all, below| all | below)
    }

    /// Visits the nodes so many levels below.
    fn visit(&mut self, levels: usize, visit: &mut dyn FnMut(&mut Node)) {
        match levels {
            0 => visit(self),
            _ => self.children.iter_mut().for_each(|child| child.visit(levels - 1, visit)),
        }
    }

    /// "If there is a node … of depth i-1 or less without any child nodes, delete that node."
    fn prune(&mut self, levels: usize) -> bool {
        if levels > 0 {
            self.children.retain_mut(|child| child.prune(levels - 1));
        }
        levels == 0 || !self.children.is_empty()
    }

    /// The valid_policy_node_set of §6.1.5 (g)(iii)(1): nodes whose parent is anyPolicy; the last anyPolicy among them.
    /// With each policy stand the qualifiers of its nodes, their ancestors (`above`) and descendants.
    fn of_the_anchor(&self, levels: usize, above: Qualifiers, found: &mut BTreeMap<Oid, Qualifiers>) {
        let above = above | self.qualifiers;
        for child in self.children.iter().filter(|_| self.policy == oid::ANY_POLICY) {
            if child.policy != oid::ANY_POLICY || levels == 1 {
                *found.entry(child.policy).or_default() |= above | child.all_qualifiers();
            }
            child.of_the_anchor(levels - 1, above, found);
        }
    }
}

impl Tree {
    /// §6.1.2 (a)
    fn new() -> Self {
        Self { root: Some(Node::new(oid::ANY_POLICY, 0)), depth: 0 }
    }

    fn visit(&mut self, depth: usize, mut visit: impl FnMut(&mut Node)) {
        if let Some(root) = &mut self.root {
            root.visit(depth, &mut visit);
        }
    }

    fn prune(&mut self) {
        let depth = self.depth;
        self.root = self.root.take().and_then(|mut root| root.prune(depth).then_some(root));
    }

    /// §6.1.3 (d) and (e)
    fn add(&mut self, policies: Option<&CertificatePolicies>, any_allowed: bool) {
        let mut matched = BTreeSet::new();
        self.visit(self.depth, |node| matched.extend(node.expected.iter().copied()));
        let Some(policies) = policies else {
            (self.root, self.depth) = (None, self.depth + 1);
            return;
        };
        let (any, named): (Vec<_>, Vec<_>) = policies.0.iter().partition(|listed| listed.policy == oid::ANY_POLICY);
        let set = |listed: &PolicyInformation| mask(&listed.qualifiers);
        self.visit(self.depth, |node| {
            // (1)(i), (ii)
            for listed in &named {
                let of_any = node.policy == oid::ANY_POLICY && !matched.contains(&listed.policy);
                if node.expected.contains(&listed.policy) || of_any {
                    node.children.push(Node::new(listed.policy, set(listed)));
                }
            }
            // (2)
            for listed in any.iter().filter(|_| any_allowed) {
                for policy in node.expected.clone() {
                    if !node.children.iter().any(|child| child.policy == policy) {
                        node.children.push(Node::new(policy, set(listed)));
                    }
                }
            }
        });
        self.depth += 1;
        self.prune();
    }

    /// §6.1.4 (b)(1)
    fn map(&mut self, mappings: &[(Oid, Oid)]) {
        let issuers: BTreeSet<Oid> = mappings.iter().map(|(issuer, _)| *issuer).collect();
        for policy in issuers {
            let to: BTreeSet<Oid> =
                mappings.iter().filter(|(issuer, _)| *issuer == policy).map(|(_, subject)| *subject).collect();
            let mut found = false;
            self.visit(self.depth, |node| {
                if node.policy == policy {
                    (node.expected, found) = (to.clone(), true);
                }
            });
            if !found {
                self.visit(self.depth - 1, |node| {
                    let any = node.children.iter().find(|one| one.policy == oid::ANY_POLICY);
                    if let Some(any) = any.filter(|_| node.policy == oid::ANY_POLICY) {
                        let new = Node { expected: to.clone(), ..Node::new(policy, any.qualifiers) };
                        node.children.push(new);
                    }
                });
            }
        }
    }

    /// §6.1.4 (b)(2)
    fn remove_mapped(&mut self, mappings: &[(Oid, Oid)]) {
        self.visit(self.depth - 1, |node| {
            node.children.retain(|child| !mappings.iter().any(|(issuer, _)| *issuer == child.policy));
        });
        self.prune();
    }

    /// §6.1.5 (g): the valid_policy of the nodes that are left in the valid_policy_node_set, and their qualifiers as RFC
    /// 9618 §5.5 collects them.
    fn user_constrained(&self, initial: &[Oid]) -> BTreeMap<Oid, Qualifiers> {
        let mut found = BTreeMap::new();
        if let Some(root) = &self.root {
            root.of_the_anchor(self.depth, 0, &mut found);
        }
        if initial.contains(&oid::ANY_POLICY) {
            return found;
        }
        let any = found.remove(&oid::ANY_POLICY);
        let wanted = |policy: &Oid| Some((*policy, *found.get(policy).or(any.as_ref())?));
        initial.iter().filter_map(wanted).collect()
    }
}

fn mask<'a>(qualifiers: impl IntoIterator<Item = &'a (Oid, Vec<u8>)>) -> Qualifiers {
    qualifiers.into_iter().fold(0, |mask, (_, value)| mask | 1 << value[0])
}

/// SplitMix64
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    /// Some of these policies, each with up to two qualifiers of a few.
    fn some(&mut self, list: &[Oid]) -> Vec<PolicyInformation> {
        let listed: Vec<_> = list.iter().filter(|_| self.below(2) == 0).copied().collect();
        let mut qualifiers = || (0..self.below(3)).map(|_| (oid::QUALIFIER_CPS, vec![self.below(9) as u8])).collect();
        listed.into_iter().map(|policy| PolicyInformation { policy, qualifiers: qualifiers() }).collect()
    }
}

const DOMAIN: [Oid; 4] = [
    Oid::new_unwrap("1.3.6.1.4.1.32473.1"),
    Oid::new_unwrap("1.3.6.1.4.1.32473.2"),
    Oid::new_unwrap("1.3.6.1.4.1.32473.3"),
    oid::ANY_POLICY,
];

/// Grows both by the same certificate, whose policies it gives back.
fn grow(
    chance: &mut Chance,
    tree: &mut Tree,
    graph: &mut PolicyGraph,
    story: &mut Vec<String>,
) -> Option<CertificatePolicies> {
    let policies = (chance.below(12) > 0).then(|| chance.some(&DOMAIN)).filter(|list| !list.is_empty());
    let (policies, any_allowed) = (policies.map(CertificatePolicies), chance.below(4) > 0);
    tree.add(policies.as_ref(), any_allowed);
    graph.add(policies.as_ref(), any_allowed);
    story.push(format!("{policies:?}, anyPolicy counts: {any_allowed}"));
    if chance.below(2) == 0 {
        let mut policy = || DOMAIN[chance.below(3) as usize];
        let mappings: Vec<_> = (0..3).map(|_| (policy(), policy())).collect();
        let is_allowed = chance.below(4) > 0;
        story.push(format!("{mappings:?}, allowed: {is_allowed}"));
        if is_allowed {
            tree.map(&mappings);
            graph.map(&PolicyMappings(mappings));
        } else {
            tree.remove_mapped(&mappings);
            graph.remove_mapped(&PolicyMappings(mappings));
        }
    }
    policies
}

/// What the graph gives out, as the tree does.
fn output(graph: &PolicyGraph, listed: &[Option<CertificatePolicies>], initial: &[Oid]) -> BTreeMap<Oid, Qualifiers> {
    let policies = graph.user_constrained(&InitialPolicies::new(initial));
    let qualified = graph.qualifiers(&Listed::new(listed.iter().rev().map(Option::as_ref)), &policies);
    let mut output: BTreeMap<_, _> = policies.into_iter().map(|policy| (policy, 0)).collect();
    output.extend(qualified.into_iter().map(|(policy, set)| (policy, mask(set))));
    output
}

#[test]
fn the_graph_comes_to_what_the_tree_comes_to() {
    let mut chance = Chance(9618);
    for _ in 0..20_000 {
        let (mut tree, mut graph, mut story) = (Tree::new(), PolicyGraph::new(), Vec::new());
        let mut listed = Vec::new();
        for _ in 0..=chance.below(5) {
            listed.push(grow(&mut chance, &mut tree, &mut graph, &mut story));
            assert_eq!(tree.root.is_none(), graph.is_null(), "{story:#?}");
            for initial in [vec![oid::ANY_POLICY], DOMAIN[..1].to_vec(), DOMAIN[1..3].to_vec()] {
                let found = output(&graph, &listed, &initial);
                assert_eq!(tree.user_constrained(&initial), found, "{initial:?} after {story:#?}");
            }
        }
    }
}
