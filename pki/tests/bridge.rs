//! The bridge: a partner's issuing CA, cross-certified one way by the province, its policy mapped. OpenSSL, given the
//! bridged chain alone and told to mind policies, agrees.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pki::key::KeySpec;
use pki::name::GeneralName;
use pki::path::{PolicyInputs, RevocationMode, ValidationRequest};
use pki::{Certificate, CertificateBuilder, Name, Oid, oid};
use support::{Authority, NOW, ask, code, cross, policy};

const PROVINCIAL: &str = "1.3.6.1.4.1.32473.1";
const HONG_KONG: &str = "2.16.344.8.2.2008.810.2.2018.1.1";
const OTHER: &str = "2.16.344.8.2.2008.810.2.2012.1.0";

/// Root and bridge of the province, and a partner with a root and an issuing CA of its own.
struct World {
    root: Authority,
    bridge: Authority,
    partner_root: Authority,
    issuing: Authority,
    bridged: Certificate,
}

impl World {
    fn new(bridge: KeySpec) -> Self {
        let root = Authority::root("CN", "Provincial Root", bridge);
        let mut bridge = root.subordinate("CN", "Bridge", bridge);
        let (provincial, information) = policy(PROVINCIAL);
        bridge.certificate = root.sign(cross(&root, &bridge).policies([information.clone()]));
        let partner_root = Authority::root("HK", "Partner Root", KeySpec::Rsa2048);
        let issuing = partner_root.subordinate("HK", "Partner Issuing", KeySpec::Rsa2048);
        let bridged = bridge.sign(recipe(cross(&bridge, &issuing)).policies([information]));
        assert_eq!(bridged.extensions().policy_mappings.as_ref().unwrap().0[0].0, provincial);
        Self { root, bridge, partner_root, issuing, bridged }
    }

    fn leaf(&self, country: &str, certified_under: &'static str) -> Certificate {
        let builder = self.issuing.leaf_builder(country, "Chan Tai Man");
        self.issuing.sign(builder.policies([policy(certified_under).1]))
    }

    /// Everything in one heap, the partner's own branch first.
    fn heap(&self) -> Vec<Certificate> {
        let all = [&self.partner_root, &self.issuing, &self.bridge, &self.root];
        all.into_iter().map(|authority| authority.certificate.clone()).chain([self.bridged.clone()]).collect()
    }

    fn judge(&self, leaf: &Certificate) -> pki::path::Verdict {
        ask(leaf, &self.heap(), &[self.root.anchor()], demand_provincial)
    }
}

/// Path length 0, provincial policy mapped to what the partner certifies under, a policy required and no further
/// mapping, no anyPolicy, names in Hong Kong only.
fn recipe(builder: CertificateBuilder) -> CertificateBuilder {
    let hong_kong = GeneralName::Directory(Name::from_attributes(&[(oid::COUNTRY, "HK")]));
    builder
        .basic_constraints(true, Some(0))
        .policy_mappings([(policy(PROVINCIAL).0, policy(HONG_KONG).0)])
        .policy_constraints(Some(0), Some(0))
        .inhibit_any_policy(0)
        .name_constraints(vec![hong_kong], vec![])
}

fn demand_provincial(request: &mut ValidationRequest<'_>) {
    let provincial: Vec<Oid> = vec![policy(PROVINCIAL).0];
    request.policies = PolicyInputs { initial_policy_set: provincial, explicit: true, ..PolicyInputs::default() };
}

#[test]
fn a_bridged_certificate_is_valid_under_the_provincial_policy() {
    for spec in [KeySpec::EcdsaP256, KeySpec::Sm2] {
        let world = World::new(spec);
        let leaf = world.leaf("HK", HONG_KONG);
        let valid = world.judge(&leaf).unwrap();
        assert_eq!(valid.policies, [policy(PROVINCIAL).0]);
        let bridge = world.bridge.certificate.clone();
        assert_eq!(valid.path, [leaf, world.bridged.clone(), bridge, world.root.certificate.clone()]);
    }
}

#[test]
fn the_bridge_lets_through_no_other_policy_country_or_depth() {
    let world = World::new(KeySpec::EcdsaP256);
    assert_eq!(code(&world.judge(&world.leaf("HK", OTHER))), "policy_not_permitted");
    assert_eq!(code(&world.judge(&world.leaf("HK", "2.5.29.32.0"))), "policy_not_permitted");
    assert_eq!(code(&world.judge(&world.leaf("MO", HONG_KONG))), "name_constraint_violated");
    let mut deeper = world.issuing.subordinate("HK", "Deeper", KeySpec::EcdsaP256);
    deeper.certificate = world.issuing.sign(cross(&world.issuing, &deeper).policies([policy(HONG_KONG).1]));
    let leaf = deeper.sign(deeper.leaf_builder("HK", "Deep").policies([policy(HONG_KONG).1]));
    let heap = [world.heap(), vec![deeper.certificate.clone()]].concat();
    assert_eq!(code(&ask(&leaf, &heap, &[world.root.anchor()], demand_provincial)), "path_length_exceeded");
}

#[test]
fn a_withdrawn_cross_certificate_closes_the_bridge_and_the_partners_own_root_stays_its_own() {
    let world = World::new(KeySpec::EcdsaP256);
    let leaf = world.leaf("HK", HONG_KONG);
    let crls = [world.root.crl(&[]), world.bridge.crl(&[&world.bridged]), world.issuing.crl(&[])];
    let heap = world.heap();
    let verdict = ask(&leaf, &heap, &[world.root.anchor()], |request| {
        demand_provincial(request);
        (request.revocation, request.crls) = (RevocationMode::Require, &crls);
    });
    let invalid = verdict.unwrap_err();
    assert_eq!(invalid.error.code(), "certificate_revoked");
    assert_eq!(invalid.certificate, Some(world.bridged.clone()));
    let direct = ask(&leaf, &heap, &[world.partner_root.anchor()], |_| ()).unwrap();
    assert_eq!(direct.path.len(), 3);
}

#[test]
fn of_several_bridges_one_that_holds_is_found() {
    let world = World::new(KeySpec::EcdsaP256);
    let leaf = world.leaf("HK", HONG_KONG);
    // A sister bridge, nearer and tried first, that maps to another version of the policy.
    let wrong = world.root.sign(
        recipe(cross(&world.root, &world.issuing))
            .policies([policy(PROVINCIAL).1])
            .policy_mappings([(policy(PROVINCIAL).0, policy(OTHER).0)]),
    );
    let heap = [vec![wrong], world.heap()].concat();
    let valid = ask(&leaf, &heap, &[world.root.anchor()], demand_provincial).unwrap();
    assert_eq!(valid.path[1], world.bridged);
    assert_eq!(valid.paths_tried, 2);
}

#[test]
fn a_cross_certificate_under_the_wanted_policy_is_tried_first() {
    let world = World::new(KeySpec::EcdsaP256);
    let leaf = world.leaf("HK", HONG_KONG);
    let bare = (0..5).map(|_| world.root.sign(cross(&world.root, &world.issuing)));
    let heap = [bare.collect(), world.heap()].concat();
    let valid = ask(&leaf, &heap, &[world.root.anchor()], demand_provincial).unwrap();
    assert_eq!((valid.paths_tried, valid.signatures_checked), (1, 3));
    // Who wants no policy is led the shorter way.
    assert_eq!(ask(&leaf, &heap, &[world.root.anchor()], |_| ()).unwrap().path.len(), 3);
}

#[test]
fn openssl_agrees_on_the_bridged_chain() {
    let world = World::new(KeySpec::EcdsaP256);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bridge");
    fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, certificates: &[&Certificate]| {
        let pem = certificates.iter().map(|certificate| to_pem(&folder, certificate)).collect::<String>();
        fs::write(folder.join(name), pem).unwrap();
    };
    write("root.pem", &[&world.root.certificate]);
    write("chain.pem", &[&world.bridged, &world.bridge.certificate]);
    for (country, certified_under) in [("HK", HONG_KONG), ("HK", OTHER), ("MO", HONG_KONG)] {
        let leaf = world.leaf(country, certified_under);
        write("leaf.pem", &[&leaf]);
        let openssl = openssl_accepts(&folder, PROVINCIAL);
        assert_eq!(openssl, world.judge(&leaf).is_ok(), "{country} {certified_under}");
        assert!(!openssl_accepts(&folder, OTHER));
    }
}

fn openssl_accepts(folder: &PathBuf, policy: &str) -> bool {
    let time = NOW.0.to_string();
    let fixed = ["verify", "-attime", &time, "-x509_strict", "-CAfile", "root.pem", "-untrusted", "chain.pem"];
    let policies = ["-policy_check", "-explicit_policy", "-policy", policy, "leaf.pem"];
    Command::new("openssl").args(fixed).args(policies).current_dir(folder).output().unwrap().status.success()
}

fn to_pem(folder: &Path, certificate: &Certificate) -> String {
    fs::write(folder.join("one.der"), certificate.der()).unwrap();
    let output = Command::new("openssl").args(["x509", "-in", "one.der"]).current_dir(folder).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}
