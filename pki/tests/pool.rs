//! Pools: what is found does not depend on where a certificate lies, nor on the order; meshes in which nothing holds are
//! refused for the reason, and meshes in which one path holds are not.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use std::collections::HashSet;
use std::slice;

use pki::certificate::extension::PolicyInformation;
use pki::key::KeySpec;
use pki::name::GeneralName;
use pki::path::{PolicyInputs, Pool, ValidationRequest};
use pki::{Certificate, CertificateBuilder, Name, Oid, Time};
use support::dice::Dice;
use support::{Authority, DAY, NOW, ask, code, cross, policy};

const A: &str = "1.3.6.1.4.1.32473.1";
const B: &str = "1.3.6.1.4.1.32473.2";
const C: &str = "1.3.6.1.4.1.32473.3";

/// Five CAs that certify each other under a thousand policies, and a question that lists a hundred thousand others.
#[test]
#[expect(clippy::disallowed_methods, reason = "it is the time that it takes which is tested")]
fn long_lists_of_policies_are_not_compared_one_by_one_at_each_step() {
    let oids =
        |arc: u32, count: u32| (0..count).map(move |at| Oid::new(&format!("1.3.6.1.4.1.32473.{arc}.{at}")).unwrap());
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let mesh: Vec<_> = (0..5).map(|at| Authority::root("CN", &format!("Mesh {at}"), KeySpec::EcdsaP256)).collect();
    let under = |by: &Authority, subject: &Authority| {
        by.sign(cross(by, subject).policies(oids(1, 1000).map(PolicyInformation::new).collect::<Vec<_>>()))
    };
    let mut heap = vec![root.sign(cross(&root, &mesh[0]))];
    for (by, subject) in mesh.iter().flat_map(|by| mesh.iter().map(move |subject| (by, subject))) {
        if by.certificate != subject.certificate {
            heap.push(under(by, subject));
        }
    }
    let (leaf, wanted) = (mesh[4].leaf("CN", "Somebody"), oids(2, 100_000).collect::<Vec<_>>());
    let start = std::time::Instant::now();
    let verdict = ask(&leaf, &heap, &[root.anchor()], |request| {
        request.policies = PolicyInputs { initial_policy_set: wanted, explicit: true, ..PolicyInputs::default() };
    });
    assert_eq!(code(&verdict), "policy_not_permitted");
    assert!(start.elapsed() < std::time::Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn several_issuers_of_one_name_and_key_give_the_same_answer_in_every_order_and_place() {
    let (root, bridge) =
        (Authority::root("CN", "Root", KeySpec::EcdsaP256), Authority::root("CN", "Bridge", KeySpec::EcdsaP256));
    let issuing = root.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    let stranger = Authority::root("CN", "Issuing", KeySpec::EcdsaP256);
    let by = |by: &Authority, change: &dyn Fn(CertificateBuilder) -> CertificateBuilder| {
        by.sign(change(cross(by, &issuing)))
    };
    let mut heap = vec![
        root.sign(cross(&root, &bridge)),
        stranger.certificate.clone(),
        by(&root, &|builder| builder.policies([policy(B).1])),
        by(&root, &|builder| builder.policies([policy(A).1])),
        by(&root, &|builder| builder.policies([policy(A).1])),
        by(&bridge, &|builder| builder.policies([policy(A).1])),
        by(&root, &|builder| builder.policies([policy(A).1]).name_constraints(vec![], vec![directory("HK")])),
        by(&bridge, &|builder| builder),
    ];
    let leaf = issuing.sign(issuing.leaf_builder("HK", "Somebody").policies([policy(A).1]));
    let anchors = [root.anchor()];
    let (mut dice, mut paths) = (Dice::new(1), HashSet::new());
    for _ in 0..50 {
        dice.shuffle(&mut heap);
        let (pooled, extra) = heap.split_at(dice.below(heap.len() + 1));
        // What is in the pool may come along once more.
        let (pool, extra) = (Pool::new(pooled.iter().cloned()), [extra, &pooled[..pooled.len() / 2]].concat());
        let valid = ask(&leaf, &extra, &anchors, |request| {
            request.pool = &pool;
            demand(request, A);
        })
        .unwrap();
        paths.insert(valid.path.iter().map(Certificate::fingerprint).collect::<Vec<_>>());
    }
    assert_eq!(paths.len(), 1, "one path, whatever the order");
}

#[test]
fn of_equals_the_one_that_is_valid_longest_is_taken() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let issuing = root.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    let until = |days: i64| {
        let validity = (Time(NOW.0 - DAY), Time(NOW.0 + days * DAY));
        let (serial, key) = (support::serial(), issuing.certificate.public_key().clone());
        root.sign(
            CertificateBuilder::new(serial, root.name().clone(), issuing.name().clone(), validity, key)
                .basic_constraints(true, None),
        )
    };
    let heap = [until(2), until(9), until(5)];
    let valid = ask(&issuing.leaf("CN", "Somebody"), &heap, &[root.anchor()], |_| ()).unwrap();
    assert_eq!(valid.path[1], heap[1]);
}

fn directory(country: &str) -> GeneralName {
    GeneralName::Directory(Name::parse(&format!("C={country}")).unwrap())
}

fn demand(request: &mut ValidationRequest<'_>, wanted: &'static str) {
    request.policies =
        PolicyInputs { initial_policy_set: vec![policy(wanted).0], explicit: true, ..PolicyInputs::default() };
}

/// CAs that all certify one another under policy A, and the root that certifies the last of them.
struct Mesh {
    root: Authority,
    members: Vec<Authority>,
    heap: Vec<Certificate>,
}

impl Mesh {
    fn new(size: usize) -> Self {
        let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
        let member = |n| Authority::root("CN", &format!("Mesh {n}"), KeySpec::EcdsaP256);
        let members: Vec<_> = (0..size).map(member).collect();
        let mut heap = Vec::new();
        for one in &members {
            let others = members.iter().filter(|other| other.name() != one.name());
            heap.extend(others.map(|other| one.sign(cross(one, other).policies([policy(A).1]))));
        }
        Self { root, members, heap }
    }

    /// The answer for a leaf of the first under policy A, when the root certifies the last so.
    fn judge(&self, way_out: impl Fn(CertificateBuilder) -> CertificateBuilder) -> pki::path::Verdict {
        let (first, last) = (&self.members[0], &self.members[self.members.len() - 1]);
        let way_out = self.root.sign(way_out(cross(&self.root, last)));
        let leaf = first.sign(first.leaf_builder("HK", "Somebody").policies([policy(A).1]));
        let pool = Pool::new(self.heap.iter().cloned());
        ask(&leaf, slice::from_ref(&way_out), &[self.root.anchor()], |request| {
            request.pool = &pool;
            demand(request, A);
        })
    }
}

#[test]
fn a_mesh_that_cannot_hold_is_refused_for_the_reason_and_one_that_can_is_not() {
    let mesh = Mesh::new(14);
    let under_a = |builder: CertificateBuilder| builder.policies([policy(A).1]);
    assert_eq!(mesh.judge(under_a).unwrap().path.len(), 4);
    assert_eq!(code(&mesh.judge(|builder| builder.policies([policy(B).1]))), "policy_not_permitted");
    assert_eq!(code(&mesh.judge(|builder| builder)), "policy_not_permitted");
    let mapped = |builder: CertificateBuilder| under_a(builder).policy_mappings([(policy(A).0, policy(B).0)]);
    assert_eq!(code(&mesh.judge(mapped)), "policy_not_permitted");
    let outside = |builder| under_a(builder).name_constraints(vec![], vec![directory("HK")]);
    assert_eq!(code(&mesh.judge(outside)), "name_constraint_violated");
    assert_eq!(code(&mesh.judge(|builder| under_a(builder).basic_constraints(true, Some(0)))), "path_length_exceeded");
}

#[test]
fn a_mesh_with_a_forged_way_out_is_a_dead_end() {
    let mesh = Mesh::new(14);
    let (last, impostor) = (&mesh.members[13], Authority::root("CN", "Root", KeySpec::EcdsaP256));
    let heap = [mesh.heap.clone(), vec![impostor.sign(cross(&mesh.root, last))]].concat();
    let verdict = ask(&mesh.members[0].leaf("CN", "Somebody"), &heap, &[mesh.root.anchor()], |_| ());
    let invalid = verdict.unwrap_err();
    assert_eq!(invalid.error.code(), "signature_invalid");
    assert!(invalid.signatures_checked < 30, "{}", invalid.signatures_checked);
}

/// Mapped and unmapped, required and inhibited, short and constrained: whatever cross-certificates may say.
fn random_cross(by: &Authority, subject: &Authority, dice: &mut Dice) -> Certificate {
    let mut builder = cross(by, subject);
    let listed: Vec<_> = [A, B, C, "2.5.29.32.0"].into_iter().filter(|_| dice.one_in(2)).collect();
    if !listed.is_empty() {
        builder = builder.policies(listed.iter().map(|text| policy(text).1).collect::<Vec<_>>());
    }
    if dice.one_in(3) {
        let [from, to] = [0; 2].map(|_| policy([A, B, C][dice.below(3)]).0);
        builder = builder.policy_mappings([(from, to)]);
    }
    if dice.one_in(3) {
        let limit = |dice: &mut Dice| dice.one_in(2).then(|| dice.below(3) as u32);
        builder = builder.policy_constraints(Some(dice.below(3) as u32), limit(dice));
    }
    if dice.one_in(4) {
        builder = builder.inhibit_any_policy(dice.below(2) as u32);
    }
    if dice.one_in(4) {
        builder = builder.basic_constraints(true, Some(dice.below(3) as u32));
    }
    if dice.one_in(4) {
        builder = builder.name_constraints(vec![], vec![directory(["HK", "MO"][dice.below(2)])]);
    }
    by.sign(builder)
}

/// Every way from the last certificate of `path` to a certificate that the root issued.
fn ways(path: &mut Vec<Certificate>, heap: &[Certificate], root: &Name, found: &mut Vec<Vec<Certificate>>) {
    let Some(last) = path.last().cloned() else { return };
    if last.issuer() == root {
        found.push(path[1..].to_vec());
        return;
    }
    for issuer in heap.iter().filter(|issuer| issuer.subject() == last.issuer()) {
        if path.iter().all(|seen| seen.subject() != issuer.subject()) {
            path.push(issuer.clone());
            ways(path, heap, root, found);
            path.pop();
        }
    }
}

#[test]
fn a_path_is_found_in_a_heap_exactly_when_one_of_its_chains_is_valid_alone() {
    let mut dice = Dice::new(7);
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let members: Vec<_> = (0..6).map(|n| Authority::root("CN", &format!("Member {n}"), KeySpec::EcdsaP256)).collect();
    let (mut valid, mut long) = (0, 0);
    for world in 0..100 {
        let mut heap = vec![random_cross(&root, &members[5], &mut dice)];
        for (one, other) in members.iter().flat_map(|one| members.iter().map(move |other| (one, other))) {
            if one.name() != other.name() && !dice.one_in(4) {
                heap.push(random_cross(one, other, &mut dice));
            }
        }
        let country = ["CN", "HK", "MO"][dice.below(3)];
        let certified_under = [A, B, C][dice.below(3)];
        let leaf = members[0].sign(members[0].leaf_builder(country, "Somebody").policies([policy(certified_under).1]));
        let wanted: &[Oid] = &[[policy(A).0], [policy("2.5.29.32.0").0]][dice.below(2)];
        let explicit = dice.one_in(2);
        let judge = |heap: &[Certificate]| {
            ask(&leaf, heap, &[root.anchor()], |request| {
                request.policies = PolicyInputs { initial_policy_set: wanted.to_vec(), explicit, ..Default::default() };
            })
        };
        let mut chains = Vec::new();
        ways(&mut vec![leaf.clone()], &heap, root.name(), &mut chains);
        let any_alone = chains.iter().any(|chain| judge(chain).is_ok());
        let together = judge(&heap);
        assert_eq!(together.is_ok(), any_alone, "world {world}: {together:?}");
        valid += u32::from(any_alone);
        long += u32::from(together.as_ref().is_err_and(|_| chains.len() > 16));
    }
    assert!(valid > 10 && long > 10, "{valid} worlds are valid, {long} are refused after many chains");
}
