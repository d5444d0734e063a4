//! RFC 5280 §6.1.1 (h) and (i): subtrees that the question brings bind as those in an anchor's certificate do.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use std::slice;

use pki::Certificate;
use pki::key::KeySpec;
use pki::name::GeneralName;
use pki::path::{GeneralSubtree, InitialSubtrees, TrustAnchor, Verdict};
use support::dice::Dice;
use support::{Authority, ask, ca_builder, code, cross};

fn subtrees(permitted: &[&str], excluded: &[&str]) -> InitialSubtrees {
    let read = |texts: &[&str]| texts.iter().map(|text| GeneralSubtree::parse(text).unwrap()).collect::<Vec<_>>();
    InitialSubtrees::new(read(permitted), read(excluded))
}

/// So many of them at most, some of them twice.
fn some<'t>(dice: &mut Dice, from: &[&'t str], most: usize) -> Vec<&'t str> {
    (0..dice.below(most + 1)).map(|_| dice.pick(from)).collect()
}

const BASES: &[&str] = &[
    "dns:example.org",
    "dns:a.example.org",
    "dns:",
    "email:example.org",
    "email:.example.org",
    "email:u@example.org",
    "uri:example.org",
    "uri:.example.org",
    "ip:10.0.0.0/8",
    "ip:10.1.0.0/16",
    "ip:2001:db8::/32",
    "dn:C=CN",
    "dn:CN=Somebody,C=CN",
    "dn:C=HK",
    "srv:_mail",
];

/// A name of a leaf, in the words of a subtree that is that name and nothing else.
fn names(dice: &mut Dice) -> Vec<GeneralName> {
    let all = [
        GeneralName::Dns("example.org".into()),
        GeneralName::Dns("*.a.example.org".into()),
        GeneralName::Dns("example.com".into()),
        GeneralName::Email("u@example.org".into()),
        GeneralName::Email("v@a.example.org".into()),
        GeneralName::SmtpUtf8Mailbox("用户@example.org".into()),
        GeneralName::Uri("https://www.example.org/".into()),
        GeneralName::Uri("urn:nothing".into()),
        GeneralName::Ip(vec![10, 1, 2, 3]),
        GeneralName::Ip(vec![10, 2, 2, 3]),
        GeneralName::Ip(vec![1; 16]),
    ];
    (0..1 + dice.below(3)).map(|_| all[dice.below(all.len())].clone()).collect()
}

/// What is said of a path, but for what it leads through.
fn said(verdict: &Verdict) -> Result<(), (String, Option<Certificate>)> {
    verdict
        .as_ref()
        .map(drop)
        .map_err(|invalid| (format!("{} {}", invalid.error.code(), invalid.error), invalid.certificate.clone()))
}

#[test]
fn subtrees_of_the_question_and_of_the_anchor_give_the_same_answers() {
    let mut dice = Dice::new(0x5eed_0004);
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let issuing = root.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    let mut found = std::collections::BTreeMap::<&str, u32>::new();
    for _ in 0..600 {
        let (permitted, excluded) = (some(&mut dice, BASES, 3), some(&mut dice, BASES, 2));
        let leaf = issuing.sign(issuing.leaf_builder("CN", "Somebody").subject_alt_names(names(&mut dice)));
        let bases =
            |texts: &[&str]| texts.iter().map(|text| GeneralSubtree::parse(text).unwrap().base().clone()).collect();
        let builder = ca_builder(root.name(), root.name(), &root.key);
        let builder = match permitted.is_empty() && excluded.is_empty() {
            true => builder,
            false => builder.name_constraints(bases(&permitted), bases(&excluded)),
        };
        let constrained = TrustAnchor::new(builder.sign(&root.key).unwrap());
        let (heap, inputs) = (slice::from_ref(&issuing.certificate), subtrees(&permitted, &excluded));
        let borne = ask(&leaf, heap, slice::from_ref(&constrained), |_| ());
        let anchors = [root.anchor()];
        let asked = ask(&leaf, heap, &anchors, |request| request.initial_subtrees = Some(&inputs));
        assert_eq!(said(&asked), said(&borne), "{permitted:?} {excluded:?} {:?}", leaf.extensions().subject_alt_names);
        *found.entry(code(&asked)).or_default() += 1;
    }
    assert!(found["valid"] > 100 && found["name_constraint_violated"] > 100, "the dice fall badly: {found:?}");
}

#[test]
fn a_permitted_subtree_binds_names_of_its_form_alone_and_beside_the_anchors_own() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let own = ca_builder(root.name(), root.name(), &root.key)
        .name_constraints(vec![GeneralName::Dns("example.org".into())], vec![])
        .sign(&root.key)
        .unwrap();
    let names = [GeneralName::Dns("a.example.org".into()), GeneralName::Ip(vec![10, 0, 0, 1])];
    let leaf = root.sign(root.leaf_builder("CN", "Somebody").subject_alt_names(names));
    for (permitted, excluded, expected) in [
        (&[][..], &[][..], "valid"),
        (&["dns:a.example.org"], &[], "valid"),
        (&["dns:org"], &[], "valid"),
        (&["dns:example.com"], &[], "name_constraint_violated"),
        (&["dns:example.com", "dns:org"], &[], "valid"),
        (&["email:example.com", "uri:example.com"], &[], "valid"),
        (&["ip:10.0.0.0/8"], &[], "valid"),
        (&["ip:10.0.0.0/8", "dn:C=HK"], &[], "name_constraint_violated"),
        (&[], &["dns:b.example.org", "ip:11.0.0.0/8"], "valid"),
        (&["dns:org"], &["dns:a.example.org"], "name_constraint_violated"),
        (&[], &["ip:0.0.0.0/0"], "name_constraint_violated"),
    ] {
        let inputs = subtrees(permitted, excluded);
        let anchors = [TrustAnchor::new(own.clone())];
        let verdict = ask(&leaf, &[], &anchors, |request| request.initial_subtrees = Some(&inputs));
        assert_eq!(code(&verdict), expected, "{permitted:?} {excluded:?}");
    }
}

/// The intermediates' names are bound as the leaf's are, but for those that are self-issued.
#[test]
fn every_certificate_of_the_path_is_bound() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let issuing = root.subordinate("HK", "Issuing", KeySpec::EcdsaP256);
    let leaf = issuing.leaf("CN", "Somebody");
    let (heap, anchors, inputs) = ([issuing.certificate.clone()], [root.anchor()], subtrees(&["dn:C=CN"], &[]));
    let verdict = ask(&leaf, &heap, &anchors, |request| request.initial_subtrees = Some(&inputs));
    let invalid = verdict.unwrap_err();
    assert_eq!((invalid.error.code(), invalid.certificate), ("name_constraint_violated", Some(issuing.certificate)));
}

/// The path of a CRL's issuer is another question, and has inputs of its own.
#[test]
fn the_issuer_of_a_crl_is_not_bound() {
    let root = Authority::root("HK", "Root", KeySpec::EcdsaP256);
    let leaf = root.leaf("CN", "Somebody");
    let (anchors, inputs, crls) = ([root.anchor()], subtrees(&["dn:C=CN"], &[]), [root.crl(&[])]);
    let verdict = ask(&leaf, &[], &anchors, |request| {
        request.initial_subtrees = Some(&inputs);
        request.crls = &crls;
        request.revocation = pki::path::RevocationMode::Require;
    });
    assert_eq!(code(&verdict), "valid");
}

/// A mesh in which no way can hold is left at once, for the reason why.
#[test]
fn a_mesh_is_not_searched_for_what_the_question_excludes() {
    let cas: Vec<_> = (0..10).map(|at| Authority::root("CN", &format!("CA {at}"), KeySpec::EcdsaP256)).collect();
    let pairs = cas.iter().flat_map(|by| cas.iter().map(move |of| (by, of))).filter(|(by, of)| by.name() != of.name());
    let heap: Vec<_> = pairs.map(|(by, of)| by.sign(cross(by, of))).collect();
    let leaf = cas[9].leaf("CN", "Somebody");
    let (anchors, inputs) = ([cas[0].anchor()], subtrees(&[], &["dn:CN=Somebody,C=CN"]));
    let invalid = ask(&leaf, &heap, &anchors, |request| request.initial_subtrees = Some(&inputs)).unwrap_err();
    assert_eq!(invalid.error.code(), "name_constraint_violated");
    assert!(invalid.paths_tried <= 20, "{} paths", invalid.paths_tried);
}
