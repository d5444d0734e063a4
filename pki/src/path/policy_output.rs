//! What RFC 5280 §6.1.6 gives out of the policies of a path that holds: the valid_policy_graph, and the qualifiers of
//! each policy of the user-constrained-policy-set.
//!
//! RFC 9618 §5.5 (§6.1.5 (g) of RFC 5280): "collect all qualifiers in the node, its ancestors, and descendants and
//! associate them with valid_policy". Nothing of this is done while a path is judged: the graph only remembers which
//! of its nodes anyPolicy has made, and the certificates have the rest. Who asks pays for each edge of the graph once,
//! as no policy is told more than [`MAX_QUALIFIERS`].

use std::collections::{BTreeMap, HashMap};

use super::policy_graph::{Level, Node, PolicyGraph};
use crate::certificate::extension::{CertificatePolicies, PolicyQualifier};
use crate::{Certificate, Oid, oid};

/// How many qualifiers one policy is told, those nearest the leaf. Policies that are mapped to many would each have all
/// of these; an honest one has a statement and a notice.
pub(super) const MAX_QUALIFIERS: usize = 32;

/// A qualifier as it stands in a certificate: type and the DER of the value.
type Qualifier = (Oid, Vec<u8>);

/// Qualifiers by number, ascending.
type Numbers = Vec<usize>;

/// What the policies of a path come to.
pub(super) struct PolicyOutput {
    /// The user-constrained-policy-set.
    pub(super) policies: Vec<Oid>,
    pub(super) graph: PolicyGraph,
}

/// A policy of the user-constrained-policy-set with its qualifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualifiedPolicy {
    /// The policy, in the domain of the anchor.
    pub policy: Oid,
    /// Each once, those of the leaf first; 32 at most.
    pub qualifiers: Vec<PolicyQualifier>,
}

/// A node of the valid_policy_graph (RFC 9618 §5.2) that leads down to the leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyNode<'a> {
    /// How many certificates below the anchor; zero is the node anyPolicy of the anchor itself.
    pub depth: usize,
    /// valid_policy
    pub valid_policy: Oid,
    /// expected_policy_set
    pub expected_policy_set: Vec<Oid>,
    qualifiers: &'a [Qualifier],
}

impl PolicyNode<'_> {
    /// qualifier_set
    pub fn qualifiers(&self) -> impl Iterator<Item = PolicyQualifier> {
        self.qualifiers.iter().map(|(kind, value)| PolicyQualifier::read(kind, value))
    }
}

/// The qualifiers that the certificates of a path list.
pub(super) struct Listed<'a> {
    /// By depth, that of the anchor the first and empty.
    depths: Vec<BTreeMap<Oid, (&'a [Qualifier], Numbers)>>,
    /// Each once; the place is the number.
    all: Vec<&'a Qualifier>,
}

impl<'a> Listed<'a> {
    /// Of a path, leaf first and anchor last.
    pub(super) fn on(path: &'a [Certificate]) -> Self {
        let below = path.split_last().map_or(&[][..], |(_, below)| below);
        Self::new(below.iter().map(|certificate| certificate.extensions().policies.as_ref()))
    }

    /// Of these extensions, the leaf's first.
    pub(super) fn new(extensions: impl Iterator<Item = Option<&'a CertificatePolicies>>) -> Self {
        let (mut numbers, mut all, mut depths) = (HashMap::new(), Vec::new(), Vec::new());
        let mut number = |qualifier: &'a Qualifier| {
            *numbers.entry(qualifier).or_insert_with(|| {
                all.push(qualifier);
                all.len() - 1
            })
        };
        for extension in extensions {
            let listed = extension.map_or(&[][..], |policies| &policies.0).iter();
            let qualified = listed.filter(|listed| !listed.qualifiers.is_empty()).map(|listed| {
                let set = union(&[], listed.qualifiers.iter().map(&mut number));
                (listed.policy, (&listed.qualifiers[..], set))
            });
            depths.push(qualified.collect());
        }
        depths.push(BTreeMap::new());
        depths.reverse();
        Self { depths, all }
    }

    /// §6.1.3 (d): its own P-Q, or AP-Q where anyPolicy has made the node.
    fn at(&self, depth: usize, policy: &Oid, node: &Node) -> (&'a [Qualifier], &[usize]) {
        let name = if node.by_any { &oid::ANY_POLICY } else { policy };
        let found = self.depths.get(depth).and_then(|listed| listed.get(name));
        found.map_or((&[], &[]), |(qualifiers, numbers)| (*qualifiers, numbers))
    }
}

/// The lowest numbers of both.
fn union(one: &[usize], other: impl IntoIterator<Item = usize>) -> Numbers {
    let mut both: Numbers = one.iter().copied().chain(other).collect();
    both.sort_unstable();
    both.dedup();
    both.truncate(MAX_QUALIFIERS);
    both
}

impl PolicyGraph {
    /// The nodes that lead to the lowest depth, from the anchor down.
    pub(super) fn nodes<'a>(&self, listed: &Listed<'a>) -> Vec<PolicyNode<'a>> {
        let (mut nodes, mut reached) = (Vec::new(), self.lowest());
        for (depth, level) in self.levels.iter().enumerate().rev() {
            let (mut here, mut above) = (Vec::new(), BTreeMap::new());
            for (policy, node) in reached.keys().filter_map(|policy| level.get_key_value(policy)) {
                above.extend(node.parents.iter().map(|parent| (*parent, Numbers::new())));
                here.push(PolicyNode {
                    depth,
                    valid_policy: *policy,
                    expected_policy_set: node.expected(policy),
                    qualifiers: listed.at(depth, policy, node).0,
                });
            }
            nodes.push(here);
            reached = above;
        }
        nodes.into_iter().rev().flatten().collect()
    }

    /// The qualifiers of each of these policies of the user-constrained-policy-set, of those that have any.
    pub(super) fn qualifiers<'a>(&self, listed: &Listed<'a>, policies: &[Oid]) -> Vec<(Oid, Vec<&'a Qualifier>)> {
        if listed.all.is_empty() {
            return Vec::new();
        }
        let found = self.collect(listed);
        // RFC 9618 §5.5: a policy that the user names and anyPolicy alone stands for has the qualifiers of that.
        let of = |policy: &Oid| found.get(policy).or_else(|| found.get(&oid::ANY_POLICY));
        let told = policies.iter().filter_map(|policy| Some((*policy, of(policy).filter(|set| !set.is_empty())?)));
        told.map(|(policy, set)| (policy, set.iter().map(|number| listed.all[*number]).collect())).collect()
    }

    /// The qualifiers of the node, its ancestors and its descendants, for each of the valid_policy_node_set.
    fn collect(&self, listed: &Listed<'_>) -> BTreeMap<Oid, Numbers> {
        let (above, mut found) = (self.of_any_policy(listed), BTreeMap::<Oid, Numbers>::new());
        let mut below = self.lowest();
        for (depth, level) in self.levels.iter().enumerate().skip(1).rev() {
            let mut next = BTreeMap::<Oid, Numbers>::new();
            for (policy, below) in below {
                let Some(node) = level.get(&policy) else { continue };
                let set = union(&below, listed.at(depth, &policy, node).1.iter().copied());
                let is_any = policy == oid::ANY_POLICY;
                if is_any && depth + 1 == self.levels.len() {
                    found.insert(policy, above[depth].clone());
                } else if !is_any && node.parents.contains(&oid::ANY_POLICY) {
                    let known = found.entry(policy).or_default();
                    *known = union(known, set.iter().chain(&above[depth - 1]).copied());
                }
                // Of anyPolicy the ancestors alone count, which `above` has.
                let handed = |parent: &Oid| if *parent == oid::ANY_POLICY { &[][..] } else { &set };
                for parent in &node.parents {
                    let known = next.entry(*parent).or_default();
                    *known = union(known, handed(parent).iter().copied());
                }
            }
            below = next;
        }
        found
    }

    /// Those of the nodes anyPolicy from the anchor down to each depth. The only ancestor of anyPolicy is anyPolicy.
    fn of_any_policy(&self, listed: &Listed<'_>) -> Vec<Numbers> {
        let mut above: Vec<Numbers> = Vec::with_capacity(self.levels.len());
        for (depth, level) in self.levels.iter().enumerate() {
            let own = level.get(&oid::ANY_POLICY).map(|node| listed.at(depth, &oid::ANY_POLICY, node).1);
            let known = above.last().map_or(&[][..], |above| above);
            above.push(union(known, own.unwrap_or_default().iter().copied()));
        }
        above
    }

    fn lowest(&self) -> BTreeMap<Oid, Numbers> {
        let lowest = self.levels.last().into_iter().flat_map(Level::keys);
        lowest.map(|policy| (*policy, Numbers::new())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::extension::{PolicyInformation, PolicyMappings};
    use crate::path::policy_graph::InitialPolicies;

    fn oids(arc: u32, count: usize) -> Vec<Oid> {
        (0..count).map(|n| Oid::new(&format!("1.3.6.1.4.1.32473.{arc}.{n}")).unwrap()).collect()
    }

    fn qualified(policies: &[Oid]) -> CertificatePolicies {
        CertificatePolicies(
            policies.iter().map(|policy| PolicyInformation::with_cps(*policy, &policy.to_string())).collect(),
        )
    }

    /// A thousand policies become one, and that one a thousand: each of the first has all that the last are told.
    #[test]
    fn no_policy_is_told_more_than_a_few_qualifiers_however_many_it_leads_to() {
        let (first, middle, last) = (oids(1, 1000), oids(2, 1), oids(3, 1000));
        let all: Vec<_> = [&first, &middle, &last].map(|policies| qualified(policies)).into();
        let mut graph = PolicyGraph::new();
        graph.add(Some(&all[0]), true);
        graph.map(&PolicyMappings(first.iter().map(|policy| (*policy, middle[0])).collect()));
        graph.add(Some(&all[1]), true);
        graph.map(&PolicyMappings(last.iter().map(|policy| (middle[0], *policy)).collect()));
        graph.add(Some(&all[2]), true);
        let listed = Listed::new(all.iter().rev().map(Some));
        let policies = graph.user_constrained(&InitialPolicies::Any);
        let told = graph.qualifiers(&listed, &policies);
        assert_eq!(told.len(), 1000);
        assert!(told.iter().all(|(_, set)| set.len() == MAX_QUALIFIERS && *set[0] == all[2].0[0].qualifiers[0]));
        let nodes = graph.nodes(&listed);
        assert_eq!((nodes.len(), nodes[0].depth, nodes[2001].depth), (2002, 0, 3));
        assert_eq!(nodes[1001].expected_policy_set.len(), 1000);
        assert_eq!(nodes[1].qualifiers().collect::<Vec<_>>(), [PolicyQualifier::Cps(first[0].to_string())]);
    }
}
