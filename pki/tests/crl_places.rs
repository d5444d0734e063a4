//! Distribution points and CRLs of many long names: what is made of a name is made once, and comparisons are counted.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use pki::certificate::extension::{DistributionPoint, DistributionPointName};
use pki::crl::IssuingDistributionPoint;
use pki::key::KeySpec;
use pki::name::GeneralName;
use pki::path::RevocationMode;
use pki::{CertificateList, CrlBuilder, Time};
use support::{Authority, DAY, NOW, ask, code};

/// As long as a URI may be that is made alike.
fn uri(number: usize) -> GeneralName {
    GeneralName::Uri(format!("HTTP://example.org/{}{number:04}", "%7e".repeat(670)))
}

/// As many names from a number on.
fn place(first: usize, names: usize) -> DistributionPointName {
    DistributionPointName::Full((first..first + names).map(uri).collect())
}

/// What comes of as many distribution points and lists with as many names each. The last list is of the last point, and
/// written otherwise.
fn judge(points: usize, lists: usize, names: usize) -> &'static str {
    let ca = Authority::root("CN", "CA", KeySpec::EcdsaP256);
    let point =
        |at: usize| DistributionPoint { name: Some(place(at * names, names)), reasons: None, crl_issuer: Vec::new() };
    let leaf = ca.sign(ca.leaf_builder("CN", "Somebody").distribution_points((0..points).map(point)));
    let elsewhere = |at: usize| place((points + at) * names, names);
    let alike = || {
        let text = format!("http://example.org:80/{}{:04}", "~".repeat(670), points * names - names);
        DistributionPointName::Full(vec![GeneralName::Uri(text)])
    };
    let list = |name: DistributionPointName| -> CertificateList {
        let scope = IssuingDistributionPoint { name: Some(name), ..IssuingDistributionPoint::default() };
        let list = CrlBuilder::new(ca.name().clone(), 1, Time(NOW.0 - DAY), Time(NOW.0 + DAY));
        list.scope(&scope).authority_key_id_of(&ca.certificate).sign(&ca.key).unwrap()
    };
    let lists: Vec<_> = (1..lists).map(elsewhere).chain([alike()]).map(list).collect();
    code(&ask(&leaf, &[], &[ca.anchor()], |request| {
        (request.revocation, request.crls) = (RevocationMode::Require, &lists);
    }))
}

#[test]
fn the_names_of_many_places_are_made_alike_once() {
    assert_eq!(judge(10, 40, 16), "valid");
}

#[test]
fn every_name_that_may_be_compared_with_another_is_counted() {
    assert_eq!(judge(1, 2, 400), "valid");
    assert_eq!(judge(2, 2, 400), "budget_exhausted");
    assert_eq!(judge(60, 60, 16), "budget_exhausted");
}
