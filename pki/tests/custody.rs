//! Two keys of one name under one anchor (docs/decisions/0008): only the authority's own, and those that it or its issuer has
//! certified in its name, speak of what it has issued.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use pki::certificate::extension::{DistributionPoint, KeyUsage};
use pki::crl::{CrlEntry, IssuingDistributionPoint};
use pki::key::{KeySpec, SoftwareKey};
use pki::name::GeneralName;
use pki::path::RevocationMode;
use pki::{Certificate, CertificateList, CrlBuilder, Time};
use support::{Authority, NOW, ask, builder, ca_builder, code, key};

const HOUR: i64 = 3600;

/// Two partners below one root, who do not trust one another; a certificate that the first has issued, and revoked.
struct World {
    root: Authority,
    first: Authority,
    second: Authority,
    leaf: Certificate,
}

impl World {
    fn new() -> Self {
        let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
        let first = root.subordinate("HK", "First", KeySpec::EcdsaP256);
        let second = root.subordinate("HK", "Second", KeySpec::EcdsaP256);
        let leaf = first.leaf("HK", "Somebody");
        Self { root, first, second, leaf }
    }

    /// A list in the first one's name, of so many hours ago.
    fn list(&self, by: &SoftwareKey, hours: i64, revoked: &[&Certificate]) -> CertificateList {
        list_of(self.first.name(), hours, revoked).sign(by).unwrap()
    }

    /// Of everybody but the leaf.
    fn others(&self) -> Vec<CertificateList> {
        vec![self.root.crl(&[]), self.second.crl(&[])]
    }

    fn heap(&self) -> Vec<Certificate> {
        vec![self.first.certificate.clone(), self.second.certificate.clone()]
    }

    /// The same in whatever order the evidence comes.
    fn judge(&self, more: &[&Certificate], lists: &[CertificateList]) -> &'static str {
        let mut heap = self.heap();
        heap.extend(more.iter().map(|one| (*one).clone()));
        let mut lists = [self.others(), lists.to_vec()].concat();
        let mut found = Vec::new();
        for _ in 0..2 {
            heap.reverse();
            for _ in 0..2 {
                lists.reverse();
                found.push(code(&ask(&self.leaf, &heap, &[self.root.anchor()], |request| {
                    (request.crls, request.revocation) = (&lists, RevocationMode::Require);
                })));
            }
        }
        assert!(found.iter().all(|one| *one == found[0]), "the order decides: {found:?}");
        found[0]
    }
}

fn list_of(issuer: &pki::Name, hours: i64, revoked: &[&Certificate]) -> CrlBuilder {
    let entries = revoked.iter().map(|one| (one.serial().clone(), Time(NOW.0 - 10 * HOUR), None));
    CrlBuilder::new(issuer.clone(), (100 - hours) as u64, Time(NOW.0 - hours * HOUR), Time(NOW.0 + HOUR))
        .revoked(entries)
}

/// A certificate for a key that signs lists in the name of `whose`, by whoever.
fn signer(by: &Authority, whose: &Authority, key: &SoftwareKey) -> Certificate {
    let public = pki::key::Signer::public_key(key).clone();
    by.sign(builder(by.name(), whose.name(), public).key_usage(KeyUsage::CRL_SIGN).subject_key_id())
}

#[test]
fn a_stranger_under_the_same_anchor_does_not_speak_in_anothers_name() {
    let world = World::new();
    let stolen = key(KeySpec::EcdsaP256);
    let by_second = signer(&world.second, &world.first, &stolen);
    let own = |revoked: &[&Certificate]| world.list(&world.first.key, 2, revoked);
    let newer = |revoked: &[&Certificate]| world.list(&stolen, 1, revoked);
    assert_eq!(world.judge(&[&by_second], &[own(&[&world.leaf]), newer(&[])]), "certificate_revoked");
    assert_eq!(world.judge(&[&by_second], &[own(&[]), newer(&[&world.leaf])]), "valid");
    assert_eq!(world.judge(&[&by_second], &[newer(&[])]), "revocation_unknown");
    // Nor with a certificate of an authority in that name.
    let as_ca = world.second.sign(ca_builder(world.second.name(), world.first.name(), &stolen));
    assert_eq!(world.judge(&[&as_ca], &[own(&[&world.leaf]), newer(&[])]), "certificate_revoked");
    // Nor by one more in that name, between.
    let (between, third) = (Authority { key: stolen, certificate: as_ca }, key(KeySpec::EcdsaP256));
    let by_between = signer(&between, &world.first, &third);
    let lists = [own(&[&world.leaf]), world.list(&third, 1, &[])];
    assert_eq!(world.judge(&[&between.certificate, &by_between], &lists), "certificate_revoked");
}

#[test]
fn a_key_that_the_authority_or_its_issuer_has_certified_in_its_name_speaks_for_it() {
    let world = World::new();
    for by in [&world.first, &world.root] {
        let key = key(KeySpec::EcdsaP256);
        let certificate = signer(by, &world.first, &key);
        let lists = |revoked: &[&Certificate]| [world.list(&key, 1, revoked)];
        assert_eq!(world.judge(&[&certificate], &lists(&[])), "valid");
        assert_eq!(world.judge(&[&certificate], &lists(&[&world.leaf])), "certificate_revoked");
    }
}

/// The authority has a new key now, which has certified another one for lists.
#[test]
fn a_key_that_the_authoritys_next_key_has_certified_speaks_for_it() {
    let world = World::new();
    for by in [&world.root, &world.first] {
        let (next_key, lists_key) = (key(KeySpec::EcdsaP256), key(KeySpec::EcdsaP256));
        let certificate = by.sign(ca_builder(by.name(), world.first.name(), &next_key));
        let next = Authority { key: next_key, certificate };
        let certificate = signer(&next, &world.first, &lists_key);
        let lists = |revoked: &[&Certificate]| [world.list(&lists_key, 1, revoked)];
        assert_eq!(world.judge(&[&next.certificate, &certificate], &lists(&[])), "valid");
        assert_eq!(world.judge(&[&next.certificate, &certificate], &lists(&[&world.leaf])), "certificate_revoked");
        let direct = [world.list(&next.key, 1, &[&world.leaf])];
        assert_eq!(world.judge(&[&next.certificate], &direct), "certificate_revoked");
    }
}

/// A distribution point may name the authority itself, or whoever stands above it, as the issuer of an indirect list.
#[test]
fn a_stranger_does_not_speak_in_the_name_of_who_stands_above() {
    for at_root in [false, true] {
        let mut world = World::new();
        let whose = if at_root { &world.root } else { &world.first };
        let issuer = vec![GeneralName::Directory(whose.name().clone())];
        let point = DistributionPoint { name: None, reasons: None, crl_issuer: issuer };
        let leaf = world.first.sign(world.first.leaf_builder("HK", "Another").distribution_points([point]));
        let scope = IssuingDistributionPoint { indirect: true, ..IssuingDistributionPoint::default() };
        let list = |by: &SoftwareKey, hours: i64, revoked: &[&Certificate]| {
            let entry = |one: &&Certificate| CrlEntry {
                serial: one.serial().clone(),
                since: Time(NOW.0 - 10 * HOUR),
                reason: None,
                invalid_since: None,
                issuer: Some(one.issuer().clone()),
            };
            list_of(whose.name(), hours, &[]).entries(revoked.iter().map(entry)).scope(&scope).sign(by).unwrap()
        };
        let stolen = key(KeySpec::EcdsaP256);
        let by_second = signer(&world.second, whose, &stolen);
        let lists = [list(&whose.key, 2, &[&leaf]), list(&stolen, 1, &[])];
        let unknown = [list(&stolen, 1, &[])];
        world.leaf = leaf;
        assert_eq!(world.judge(&[&by_second], &lists), "certificate_revoked");
        assert_eq!(world.judge(&[&by_second], &unknown), "revocation_unknown");
    }
}
