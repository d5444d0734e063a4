//! Graphs of CAs in which some edges do not hold: a path must be found if there is one, by any way. The graphs are
//! those of RFC 4158 §2.3 and §2.4, which BetterTLS asks about too; and the dead ends and circles of x509-limbo
//! (`pathological`, `cve`, `pathlen`), under its names.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::slice;

use pki::key::{KeySpec, Signer};
use pki::name::GeneralName;
use pki::path::{ExpectedName, Purpose, TrustAnchor};
use pki::{Certificate, CertificateBuilder, Time, oid};
use support::{Authority, DAY, NOW, ask, ca_builder, code, cross, key, name};

type Edge = (&'static str, &'static str);

/// RFC 4158 §2.3, figure 7.
const FIGURE_SEVEN: &[Edge] = &[("B", "EE"), ("C", "B"), ("A", "B"), ("C", "A"), ("A", "C"), ("TA", "C"), ("TA", "A")];

/// RFC 4158 §2.4: four hierarchies and meshes around a bridge. The leaf is deep in one, each of the others has an anchor.
const BRIDGE: &[Edge] = &[
    ("F", "H"),
    ("F", "G"),
    ("G", "F"),
    ("H", "I"),
    ("I", "H"),
    ("G", "I"),
    ("W", "F"),
    ("W", "G"),
    ("J", "K"),
    ("N", "EE"),
    ("L", "N"),
    ("L", "M"),
    ("X", "J"),
    ("X", "L"),
    ("B", "E"),
    ("B", "D"),
    ("A", "B"),
    ("C", "B"),
    ("A", "C"),
    ("C", "A"),
    ("Y", "A"),
    ("Y", "C"),
    ("R", "S"),
    ("O", "R"),
    ("O", "Q"),
    ("P", "S"),
    ("Z", "O"),
    ("Z", "P"),
    ("W", "Bridge"),
    ("Bridge", "W"),
    ("X", "Bridge"),
    ("Bridge", "X"),
    ("Y", "Bridge"),
    ("Bridge", "Y"),
    ("Z", "Bridge"),
    ("Bridge", "Z"),
];

type Change = fn(CertificateBuilder) -> CertificateBuilder;

/// What an edge that does not hold has.
const FLAWS: &[(&str, Change)] = &[
    ("another's names", |ca| ca.name_constraints(vec![GeneralName::Dns("bad.example.com".into())], vec![])),
    ("another purpose", |ca| ca.extended_key_usage([oid::EMAIL_PROTECTION])),
    ("no CA", |ca| ca.basic_constraints(false, None)),
    ("expired", |ca| ca),
];

/// The names of a graph with their keys, and the certificates of its edges.
struct Graph {
    authorities: BTreeMap<&'static str, Authority>,
    edges: &'static [Edge],
}

impl Graph {
    fn new(edges: &'static [Edge]) -> Self {
        let names: BTreeSet<_> = edges.iter().flat_map(|(from, to)| [*from, *to]).collect();
        let root = |name: &&'static str| (*name, Authority::root("CN", name, KeySpec::EcdsaP256));
        Self { authorities: names.iter().map(root).collect(), edges }
    }

    fn certify(&self, (from, to): Edge, flaw: Option<usize>) -> Certificate {
        let (issuer, subject) = (&self.authorities[from], &self.authorities[to]);
        if to == "EE" {
            let leaf = issuer.leaf_builder("CN", "EE").extended_key_usage([oid::SERVER_AUTH]);
            return issuer.sign(leaf.subject_alt_names([GeneralName::Dns("localhost".into())]));
        }
        let builder = match flaw.is_some_and(|flaw| FLAWS[flaw].0 == "expired") {
            true => expired(issuer, subject),
            false => cross(issuer, subject),
        };
        issuer.sign(match flaw {
            Some(flaw) => (FLAWS[flaw].1)(builder),
            None => builder,
        })
    }

    /// Judges the graph as seen from an anchor, with these edges broken.
    fn judge(&self, anchor: &str, certificates: &[Certificate], leaf: &Certificate) -> &'static str {
        let asked = [ExpectedName::parse("dns:localhost").unwrap()];
        code(&ask(leaf, certificates, &[self.authorities[anchor].anchor()], |request| {
            (request.names, request.purpose) = (&asked, Purpose::ServerAuth);
        }))
    }

    /// Whether there is a way from the anchor to the leaf over the edges that hold.
    fn reaches(&self, anchor: &'static str, broken: &BTreeSet<usize>) -> bool {
        let mut reached = BTreeSet::from([anchor]);
        loop {
            let before = reached.len();
            let holds = self.edges.iter().enumerate().filter(|(at, _)| !broken.contains(at));
            let next: Vec<_> = holds.filter(|(_, (from, _))| reached.contains(from)).map(|(_, (_, to))| *to).collect();
            reached.extend(next);
            if reached.len() == before {
                return reached.contains("EE");
            }
        }
    }
}

fn expired(issuer: &Authority, subject: &Authority) -> CertificateBuilder {
    let validity = (Time(NOW.0 - 9 * DAY), Time(NOW.0 - DAY));
    let key = subject.key.public_key().clone();
    CertificateBuilder::new(support::serial(), issuer.name().clone(), subject.name().clone(), validity, key)
        .basic_constraints(true, None)
        .subject_key_id()
}

/// Tries the graph with every choice of broken edges that is given.
fn try_all(graph: &Graph, anchors: &[&'static str], choices: impl Iterator<Item = BTreeSet<usize>> + Clone) {
    let good: Vec<_> = graph.edges.iter().map(|edge| graph.certify(*edge, None)).collect();
    let leaf_at = graph.edges.iter().position(|(_, to)| *to == "EE").unwrap();
    for (flaw, (what, _)) in FLAWS.iter().enumerate() {
        let bad: Vec<_> = graph.edges.iter().map(|edge| graph.certify(*edge, Some(flaw))).collect();
        for broken in choices.clone().filter(|broken| !broken.contains(&leaf_at)) {
            let pick = |at: usize| if broken.contains(&at) { bad[at].clone() } else { good[at].clone() };
            let heap: Vec<_> = (0..graph.edges.len()).filter(|at| *at != leaf_at).map(pick).collect();
            for anchor in anchors {
                let verdict = graph.judge(anchor, &heap, &good[leaf_at]);
                let expected = graph.reaches(anchor, &broken);
                assert_eq!(verdict == "valid", expected, "{what} at {broken:?}, from {anchor}: {verdict}");
            }
        }
    }
}

#[test]
fn figure_seven_with_every_set_of_broken_edges() {
    let graph = Graph::new(FIGURE_SEVEN);
    let subsets = (0u32..1 << FIGURE_SEVEN.len())
        .map(|bits| (0..FIGURE_SEVEN.len()).filter(|at| bits & 1 << at != 0).collect::<BTreeSet<_>>());
    try_all(&graph, &["TA"], subsets);
}

#[test]
fn the_bridge_with_every_edge_and_every_pair_of_edges_of_the_way_broken() {
    let graph = Graph::new(BRIDGE);
    let singles = (0..BRIDGE.len()).map(|at| BTreeSet::from([at]));
    try_all(&graph, &["W", "X", "Y", "Z"], singles);
    let around = 28..BRIDGE.len();
    let pairs = around.clone().flat_map(move |one| around.clone().map(move |other| BTreeSet::from([one, other])));
    try_all(&graph, &["W", "Y"], pairs);
}

#[test]
fn path_lengths_count_intermediates_that_are_not_self_issued() {
    for (case, lengths, leaf_is_ca, expected) in [
        ("ee-with-intermediate-pathlen-0", &[0][..], false, "valid"),
        ("ee-with-intermediate-pathlen-1", &[1], false, "valid"),
        ("ee-with-intermediate-pathlen-2", &[2], false, "valid"),
        ("validation-ignores-pathlen-in-leaf", &[0], true, "valid"),
        ("intermediate-violates-pathlen-0", &[0, 0], false, "path_length_exceeded"),
        ("intermediate-pathlen-may-increase", &[1, 2], false, "valid"),
        ("intermediate-pathlen-too-long", &[1, 0, 0], false, "path_length_exceeded"),
    ] {
        let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
        let mut chain = vec![];
        for (at, length) in lengths.iter().enumerate() {
            let issuer = chain.last().unwrap_or(&root);
            chain.push(below(issuer, &format!("CA {at}"), *length));
        }
        let issuer = chain.last().unwrap();
        let leaf = if leaf_is_ca { below(issuer, "Leaf", 0).certificate } else { issuer.leaf("CN", "Leaf") };
        let heap: Vec<_> = chain.iter().map(|one| one.certificate.clone()).collect();
        assert_eq!(code(&ask(&leaf, &heap, &[root.anchor()], |_| ())), expected, "{case}");
    }
}

/// A CA with a path length.
fn below(issuer: &Authority, common: &str, length: u32) -> Authority {
    let key = key(KeySpec::EcdsaP256);
    let builder = ca_builder(issuer.name(), &name("CN", common), &key).basic_constraints(true, Some(length));
    Authority { certificate: issuer.sign(builder), key }
}

/// self-issued-certs-pathlen: root → A (1) → A' (1), self-issued → B (0) → leaf
#[test]
fn a_self_issued_intermediate_does_not_count() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let first = below(&root, "A", 1);
    let rolled = below(&first, "A", 1);
    let last = below(&rolled, "B", 0);
    let heap = [first.certificate.clone(), rolled.certificate.clone(), last.certificate.clone()];
    assert_eq!(code(&ask(&last.leaf("CN", "Leaf"), &heap, &[root.anchor()], |_| ())), "valid");
}

/// max-chain-depth: how many intermediates that are not self-issued the caller bears.
#[test]
fn the_caller_may_bound_the_depth() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let one = root.subordinate("CN", "One", KeySpec::EcdsaP256);
    let two = one.subordinate("CN", "Two", KeySpec::EcdsaP256);
    let heap = [one.certificate.clone(), two.certificate.clone()];
    let judge = |leaf: &Certificate, depth| {
        code(&ask(leaf, &heap, &[root.anchor()], |request| request.max_depth = Some(depth)))
    };
    assert_eq!(judge(&two.leaf("CN", "Leaf"), 2), "valid");
    assert_eq!(judge(&two.leaf("CN", "Leaf"), 1), "path_length_exceeded");
    assert_eq!(judge(&root.leaf("CN", "Leaf"), 0), "valid");
}

#[test]
fn anchors_are_who_is_trusted_and_nobody_else() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let issuing = root.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    let leaf = issuing.leaf("CN", "Somebody");
    let stranger = Authority::root("CN", "Stranger", KeySpec::EcdsaP256);
    let judge = |heap: &[&Authority], anchor: &Authority| {
        let heap: Vec<_> = heap.iter().map(|one| one.certificate.clone()).collect();
        code(&ask(&leaf, &heap, &[anchor.anchor()], |_| ()))
    };
    assert_eq!(judge(&[&root, &issuing], &stranger), "unknown_issuer", "chain-untrusted-root");
    assert_eq!(judge(&[&root], &issuing), "valid", "root-and-intermediate-swapped");
    assert_eq!(judge(&[], &root), "unknown_issuer", "a missing intermediate");
}

/// multiple-chains-expired-intermediate: two roots, one of which has certified the other for too short a time.
#[test]
fn an_expired_cross_certificate_of_a_root_does_not_hide_the_root() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let second = Authority::root("CN", "Root 2", KeySpec::EcdsaP256);
    let heap = [second.sign(expired(&second, &root))];
    let leaf = root.leaf("CN", "Somebody");
    assert_eq!(code(&ask(&leaf, &heap, &[root.anchor(), second.anchor()], |_| ())), "valid");
    assert_eq!(code(&ask(&leaf, &heap, &[second.anchor()], |_| ())), "certificate_expired");
}

/// intermediate-cycle-distinct-cas, …-max-depth, intermediate-cycle-same-logical-ca
#[test]
fn circles_that_lead_to_no_anchor_end() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    for (one, other) in [("One", "Other"), ("Same", "Same")] {
        let (one, other) =
            (Authority::root("CN", one, KeySpec::EcdsaP256), Authority::root("CN", other, KeySpec::EcdsaP256));
        let heap = [one.sign(cross(&one, &other)), other.sign(cross(&other, &one))];
        let leaf = one.leaf("CN", "Somebody");
        for depth in [None, Some(255)] {
            let verdict = ask(&leaf, &heap, &[root.anchor()], |request| request.max_depth = depth);
            assert_eq!(code(&verdict), "unknown_issuer");
        }
    }
}

/// cve-2024-0567: three roots that have all certified each other; the first is the anchor.
#[test]
fn roots_that_certify_each_other_lead_to_the_one_that_is_trusted() {
    let roots = ["Root A", "Root B", "Root C"].map(|name| Authority::root("CN", name, KeySpec::EcdsaP256));
    let issuing = roots[0].subordinate("CN", "Intermediate A1", KeySpec::EcdsaP256);
    let mut heap = vec![issuing.certificate.clone()];
    for (one, other) in [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)] {
        heap.push(roots[one].sign(cross(&roots[one], &roots[other])));
    }
    let host = GeneralName::Dns("cve-2024-0567.example.com".into());
    let leaf = issuing.sign(issuing.leaf_builder("CN", "Somebody").subject_alt_names([host]));
    let valid = ask(&leaf, &heap, &[roots[0].anchor()], |_| ()).unwrap();
    assert_eq!((valid.path.len(), valid.signatures_checked), (3, 2));
    assert_eq!(ask(&leaf, &heap, &[roots[2].anchor()], |_| ()).unwrap().path.len(), 4);
}

/// A dead end of twenty CAs beside the way.
#[test]
fn a_dead_end_of_twenty_is_left() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let issuing = root.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    let mut heap = vec![issuing.certificate.clone()];
    let mut above = Authority::root("CN", "Dead end 0", KeySpec::EcdsaP256);
    heap.push(above.sign(cross(&above, &issuing)));
    for n in 1..20 {
        let next = Authority::root("CN", &format!("Dead end {n}"), KeySpec::EcdsaP256);
        heap.push(next.sign(cross(&next, &above)));
        above = next;
    }
    let leaf = issuing.leaf("CN", "Somebody");
    assert_eq!(code(&ask(&leaf, &heap, &[root.anchor()], |_| ())), "valid");
    let anchor = TrustAnchor::new(above.certificate);
    assert_eq!(ask(&leaf, &heap, slice::from_ref(&anchor), |_| ()).unwrap().path.len(), 22);
}
