//! Remembered signatures: what is remembered saves arithmetic, and never lets anything else pass.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use std::slice;

use pki::key::KeySpec;
use pki::path::{RevocationMode, TrustAnchor, ValidationRequest, Verdict, VerifiedEdges};
use pki::{Certificate, CertificateList, Time};
use support::{Authority, DAY, NOW, ask, ca_builder, code, policy};

struct World {
    root: Authority,
    upper: Authority,
    issuing: Authority,
    edges: VerifiedEdges,
}

impl World {
    /// In which a path was judged already.
    fn warm() -> Self {
        let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
        let upper = root.subordinate("CN", "Upper", KeySpec::EcdsaP256);
        let issuing = upper.subordinate("CN", "Issuing", KeySpec::Sm2);
        let world = Self { root, upper, issuing, edges: VerifiedEdges::new(10) };
        assert_eq!(world.judge(&world.issuing.leaf("CN", "Somebody"), |_| ()).unwrap().signatures_checked, 3);
        world
    }

    fn heap(&self) -> [Certificate; 2] {
        [self.upper.certificate.clone(), self.issuing.certificate.clone()]
    }

    fn judge(&self, leaf: &Certificate, change: impl FnOnce(&mut ValidationRequest<'_>)) -> Verdict {
        self.judge_by(leaf, &self.heap(), &[self.root.anchor()], change)
    }

    fn judge_by(
        &self,
        leaf: &Certificate,
        heap: &[Certificate],
        anchors: &[TrustAnchor],
        change: impl FnOnce(&mut ValidationRequest<'_>),
    ) -> Verdict {
        ask(leaf, heap, anchors, |request| {
            request.edges = Some(&self.edges);
            change(request);
        })
    }
}

/// The same certificate with the last octet of its signature changed.
fn forged(certificate: &Certificate) -> Certificate {
    let mut der = certificate.der().to_vec();
    *der.last_mut().unwrap() ^= 1;
    Certificate::from_der(&der).unwrap()
}

#[test]
fn what_was_verified_between_cas_is_not_verified_again_and_leaves_are() {
    let world = World::warm();
    let leaf = world.issuing.leaf("CN", "Somebody else");
    for _ in 0..2 {
        assert_eq!(world.judge(&leaf, |_| ()).unwrap().signatures_checked, 1);
    }
    // The same certificates, read anew.
    let heap = world.heap().map(|one| Certificate::from_der(one.der()).unwrap());
    let valid = world.judge_by(&leaf, &heap, &[world.root.anchor()], |_| ()).unwrap();
    assert_eq!((valid.signatures_checked, valid.path.len()), (1, 4));
    assert_eq!(code(&world.judge(&forged(&leaf), |_| ())), "signature_invalid");
    // Who remembers nothing verifies all.
    assert_eq!(world.judge(&leaf, |request| request.edges = None).unwrap().signatures_checked, 3);
}

#[test]
fn a_wrong_key_or_a_changed_certificate_never_passes() {
    let world = World::warm();
    let leaf = world.issuing.leaf("CN", "Somebody else");
    // An anchor of the same name with another key, with and without the key identifier of the right one.
    let impostor = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let id = world.root.certificate.extensions().subject_key_id.clone().unwrap().0;
    let borrowed = ca_builder(impostor.name(), impostor.name(), &impostor.key).subject_key_id_of(id);
    for anchor in [impostor.certificate.clone(), impostor.sign(borrowed)] {
        let verdict = world.judge_by(&leaf, &world.heap(), &[TrustAnchor::new(anchor)], |_| ());
        assert_eq!(code(&verdict), "signature_invalid");
    }
    // The certificates that are remembered, with other signatures.
    let [upper, issuing] = world.heap();
    for heap in [[forged(&upper), issuing.clone()], [upper.clone(), forged(&issuing)]] {
        let verdict = world.judge_by(&leaf, &heap, &[world.root.anchor()], |_| ());
        assert_eq!(code(&verdict), "signature_invalid");
    }
    // A certificate that says the same of another key.
    let thief = support::key(KeySpec::Sm2);
    let stolen = impostor.sign(ca_builder(world.upper.name(), world.issuing.name(), &thief));
    let thief = Authority { key: thief, certificate: stolen.clone() };
    let verdict =
        world.judge_by(&thief.leaf("CN", "Somebody"), &[upper, stolen, issuing], &[world.root.anchor()], |_| ());
    assert_eq!(code(&verdict), "signature_invalid");
}

#[test]
fn time_policies_and_revocation_are_judged_anew() {
    let world = World::warm();
    let leaf = world.issuing.leaf("CN", "Somebody else");
    assert_eq!(code(&world.judge(&leaf, |request| request.at = Time(NOW.0 + 40 * DAY))), "certificate_expired");
    assert_eq!(code(&world.judge(&leaf, |request| request.max_depth = Some(1))), "path_length_exceeded");
    let verdict = world.judge(&leaf, |request| {
        request.policies.initial_policy_set = vec![policy("1.3.6.1.4.1.32473.1").0];
        request.policies.explicit = true;
    });
    assert_eq!(code(&verdict), "policy_not_permitted");
    let crls = [world.root.crl(&[]), world.upper.crl(&[&world.issuing.certificate]), world.issuing.crl(&[])];
    let revoked = |crls: &[CertificateList]| {
        let heap = world.heap();
        let anchors = [world.root.anchor()];
        code(&ask(&leaf, &heap, &anchors, |request| {
            (request.edges, request.revocation, request.crls) = (Some(&world.edges), RevocationMode::Require, crls);
        }))
    };
    assert_eq!(revoked(&crls), "certificate_revoked");
    assert_eq!(revoked(&crls[..1]), "revocation_unknown");
}

#[test]
fn only_valid_paths_are_remembered() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let issuing = root.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    let (leaf, edges) = (issuing.leaf("CN", "Somebody"), VerifiedEdges::new(10));
    let heap = slice::from_ref(&issuing.certificate);
    let judge = |at| {
        let verdict = ask(&leaf, heap, &[root.anchor()], |request| (request.edges, request.at) = (Some(&edges), at));
        verdict.map_or_else(|invalid| invalid.signatures_checked, |valid| valid.signatures_checked)
    };
    let late = Time(NOW.0 + 40 * DAY);
    assert_eq!([judge(late), judge(late), judge(NOW), judge(NOW), judge(late)], [2, 2, 2, 1, 1]);
}

#[test]
fn what_was_checked_and_what_was_remembered_make_up_the_same_whole() {
    let world = World::warm();
    let crls = [world.root.crl(&[]), world.upper.crl(&[]), world.issuing.crl(&[])];
    let counts = |subject: &str| {
        let (leaf, heap, anchors) = (world.issuing.leaf("CN", subject), world.heap(), [world.root.anchor()]);
        let verdict = ask(&leaf, &heap, &anchors, |request| {
            (request.edges, request.revocation, request.crls) = (Some(&world.edges), RevocationMode::Require, &crls);
        });
        verdict.map(|valid| (valid.signatures_checked, valid.signatures_remembered)).unwrap()
    };
    assert_eq!(counts("One"), (4, 2), "the leaf and three CRLs");
    assert_eq!(counts("Other"), (1, 5), "the leaf alone");
}
