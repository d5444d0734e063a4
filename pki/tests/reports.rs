//! Reports of validations: what `explain` tells, and its text form as it stands in `reports/*.txt`.
//!
//! `REPORTS_OUT=<directory>` writes the texts there, to be looked at and, where a change is meant, put in place.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use std::fs;
use std::path::Path;

use pki::algorithm::AlgorithmPolicy;
use pki::certificate::extension::{KeyUsage, PolicyInformation};
use pki::key::{Signer, SoftwareKey};
use pki::name::GeneralName;
use pki::path::{
    self, Assumption, Check, CheckOutcome, Detail, ExpectedName, PolicyInputs, Purpose, Report, RevocationMode, Role,
    TrustAnchor, ValidationRequest, Verdict,
};
use pki::{Certificate, CertificateBuilder, CertificateList, CrlBuilder, Name, Oid, Serial, Time, oid};

/// 2026-01-01T00:00:00Z
const NOW: Time = Time(1_767_225_600);
const DAY: i64 = 86_400;

const A: Oid = Oid::new_unwrap("1.3.6.1.4.1.32473.1.1");
const B: Oid = Oid::new_unwrap("1.3.6.1.4.1.32473.2.7");

static ALGORITHMS: AlgorithmPolicy = AlgorithmPolicy::dated();

/// A CA whose key, and all that it signs, is the same at each run: its seed is its name.
struct Authority {
    name: Name,
    key: SoftwareKey,
}

/// PKCS#8 of an Ed25519 key (RFC 8410 §7) whose seed is the name.
fn key(seed: &str) -> SoftwareKey {
    let mut der = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20].to_vec();
    der.extend(seed.bytes().cycle().take(32));
    SoftwareKey::from_pkcs8_der(&der).unwrap()
}

fn name(common: &str) -> Name {
    Name::from_attributes(&[(oid::COUNTRY, "CN"), (oid::ORGANIZATION, "Example"), (oid::COMMON_NAME, common)])
}

impl Authority {
    fn new(common: &str) -> Self {
        Self { name: name(common), key: key(common) }
    }

    fn builder(&self, serial: u8, subject: &Name, key: &SoftwareKey) -> CertificateBuilder {
        let validity = (Time(NOW.0 - DAY), Time(NOW.0 + 30 * DAY));
        let serial = Serial::from_unsigned(&[serial; 8]);
        CertificateBuilder::new(serial, self.name.clone(), subject.clone(), validity, key.public_key().clone())
    }

    fn certify(&self, serial: u8, other: &Self) -> CertificateBuilder {
        self.builder(serial, &other.name, &other.key)
            .basic_constraints(true, None)
            .key_usage(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN)
    }

    fn leaf(&self, common: &str) -> CertificateBuilder {
        self.builder(0x33, &name(common), &key(common)).key_usage(KeyUsage::DIGITAL_SIGNATURE)
    }

    fn sign(&self, builder: CertificateBuilder) -> Certificate {
        builder.sign(&self.key).unwrap()
    }

    fn crl(&self, revoked: &[&Certificate]) -> CertificateList {
        let entries = revoked.iter().map(|certificate| (certificate.serial().clone(), Time(NOW.0 - DAY), None));
        let builder = CrlBuilder::new(self.name.clone(), 1, Time(NOW.0 - DAY), Time(NOW.0 + DAY));
        builder.revoked(entries).sign(&self.key).unwrap()
    }
}

/// A root, an issuing CA below it, and what they have issued.
struct World {
    root: Authority,
    issuing: Authority,
    anchors: Vec<TrustAnchor>,
    heap: Vec<Certificate>,
}

fn world(change: impl FnOnce(CertificateBuilder) -> CertificateBuilder) -> World {
    let (root, issuing) = (Authority::new("Root"), Authority::new("签发机构"));
    let anchors = vec![TrustAnchor::new(root.sign(root.certify(0x11, &root)))];
    let heap = vec![root.sign(change(root.certify(0x22, &issuing)))];
    World { root, issuing, anchors, heap }
}

/// Asks about `leaf`, holds the report to the verdict, and its text to the file of this name.
fn report_of<'a>(
    case: &str,
    world: &'a World,
    leaf: &'a Certificate,
    change: impl FnOnce(&mut ValidationRequest<'a>),
) -> (Verdict, Report) {
    let mut request = ValidationRequest::new(leaf, &world.heap, &world.anchors, NOW, &ALGORITHMS);
    change(&mut request);
    let (verdict, report) = path::explain(&request);
    support::agree(&verdict, &report);
    for (detail, file) in [(Detail::Full, format!("{case}.txt")), (Detail::Short, format!("{case}.short.txt"))] {
        let text = report.to_text(&verdict, detail);
        let (folder, out) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports"), std::env::var("REPORTS_OUT"));
        if let Ok(out) = &out {
            fs::write(Path::new(out).join(&file), &text).unwrap();
        }
        let wanted = fs::read_to_string(folder.join(&file)).unwrap_or_default();
        assert!(out.is_ok() || wanted == text, "{file} is now\n{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }
    (verdict, report)
}

fn outcome(report: &Report, place: usize, check: Check) -> Option<&CheckOutcome> {
    report.certificates[place].checks.iter().find(|checked| checked.check == check).map(|checked| &checked.outcome)
}

/// SEQUENCE { UTF8String }
fn notice(text: &str) -> (Oid, Vec<u8>) {
    let long = text.len() as u8;
    let inner = [&[12, 0x81, long][..], text.as_bytes()].concat();
    (oid::QUALIFIER_USER_NOTICE, [&[0x30, 0x81, inner.len() as u8][..], &inner].concat())
}

#[test]
fn a_valid_path_is_told_with_its_policies_and_their_qualifiers() {
    let world = world(|builder| {
        let policy = PolicyInformation::with_cps(A, "https://www.example.cn/statement/of/practice.html");
        builder.policies([policy]).policy_mappings([(A, B)]).crl_distribution_points(&["http://example.cn/root.crl"])
    });
    let text = "本证书只用于网上办事。For use in the halls of the province alone, and nowhere else; see the statement of practice.\u{202e}\u{7}";
    let policy = PolicyInformation { policy: B, qualifiers: vec![notice(text)] };
    let leaf = world.issuing.leaf("王小明").policies([policy]).extended_key_usage([oid::CLIENT_AUTH]);
    let leaf = world.issuing.sign(leaf);
    let crls = [world.root.crl(&[]), world.issuing.crl(&[])];
    let names = [ExpectedName::Directory(leaf.subject().clone())];
    let mut request = ValidationRequest::new(&leaf, &world.heap, &world.anchors, NOW, &ALGORITHMS);
    (request.crls, request.names) = (&crls, &names);
    let (verdict, report) = report_of("valid", &world, &leaf, |asked| {
        *asked = request;
        asked.revocation = RevocationMode::Require;
        asked.purpose = Purpose::ClientAuth;
        asked.policies = PolicyInputs { initial_policy_set: vec![A], explicit: true, ..PolicyInputs::default() };
    });
    let valid = verdict.unwrap();
    assert_eq!((&valid.policies[..], valid.policy_qualifiers()[0].qualifiers.len()), (&[A][..], 2));
    assert_eq!(valid.working_public_key, *leaf.public_key());
    let nodes = valid.policy_nodes();
    let told: Vec<_> = nodes.iter().map(|node| (node.depth, node.valid_policy, node.qualifiers().count())).collect();
    assert_eq!(told, [(0, oid::ANY_POLICY, 0), (1, A, 1), (2, B, 1)]);
    assert_eq!(nodes[1].expected_policy_set, [B]);
    let roles: Vec<_> = report.certificates.iter().map(|one| one.role).collect();
    assert_eq!(roles, [Role::Leaf, Role::Intermediate, Role::Anchor]);
    assert!(report.assumptions.is_empty() && report.rejected.is_empty(), "{report:?}");
}

#[test]
fn one_that_has_run_out_is_told_with_all_else_that_is_wrong() {
    let world = world(|builder| builder);
    let leaf = world.issuing.sign(world.issuing.leaf("Late").extended_key_usage([oid::SERVER_AUTH]));
    let (_, report) = report_of("expired", &world, &leaf, |request| {
        request.at = Time(NOW.0 + 31 * DAY);
        request.purpose = Purpose::ClientAuth;
    });
    assert!(matches!(outcome(&report, 0, Check::Signature), Some(CheckOutcome::Passed)));
    assert!(matches!(outcome(&report, 0, Check::Purpose), Some(CheckOutcome::Failed(_))));
    assert!(matches!(outcome(&report, 0, Check::Revocation), Some(CheckOutcome::NotAsked)));
    assert!(matches!(outcome(&report, 1, Check::Period), Some(CheckOutcome::Failed(_))));
    let assumed = [Assumption::AnyPolicy, Assumption::AnyName, Assumption::RevocationOff];
    assert_eq!(report.assumptions, assumed);
}

#[test]
fn one_that_is_revoked_is_told_with_the_crl_that_says_so() {
    let world = world(|builder| builder);
    let leaf = world.issuing.sign(world.issuing.leaf("Lost"));
    let crls = [world.root.crl(&[]), world.issuing.crl(&[&leaf])];
    let mut request = ValidationRequest::new(&leaf, &world.heap, &world.anchors, NOW, &ALGORITHMS);
    (request.crls, request.revocation) = (&crls, RevocationMode::Require);
    let (_, report) = report_of("revoked", &world, &leaf, |asked| *asked = request);
    assert!(matches!(outcome(&report, 0, Check::Revocation), Some(CheckOutcome::Failed(_))));
    assert!(matches!(outcome(&report, 1, Check::Revocation), Some(CheckOutcome::Passed)));
    assert_eq!(report.certificates[0].revocation.as_ref().unwrap().sources.len(), 1);
}

#[test]
fn a_path_that_was_rejected_is_told_beside_the_one_that_holds() {
    let outside = vec![GeneralName::Directory(Name::from_attributes(&[(oid::COUNTRY, "HK")]))];
    let mut world = world(|builder| builder.name_constraints(outside, Vec::new()));
    let bridge = Authority::new("Bridge");
    world.heap.push(world.root.sign(world.root.certify(0x44, &bridge)));
    world.heap.push(bridge.sign(bridge.certify(0x55, &world.issuing)));
    let leaf = world.issuing.sign(world.issuing.leaf("Somebody"));
    let (verdict, report) = report_of("second_path", &world, &leaf, |_| {});
    assert_eq!(verdict.unwrap().path.len(), 4);
    assert_eq!((report.rejected.len(), report.rejected_untold), (1, 0));
    assert_eq!(report.rejected[0].error.code(), "name_constraint_violated");
}

#[test]
fn a_name_outside_what_its_ca_may_speak_for_is_told_with_the_name() {
    let outside = vec![GeneralName::Directory(Name::from_attributes(&[(oid::COUNTRY, "HK")]))];
    let world = world(|builder| builder.name_constraints(outside, Vec::new()));
    let leaf = world.issuing.sign(world.issuing.leaf("Somebody"));
    let (_, report) = report_of("name_constraint", &world, &leaf, |_| {});
    assert!(matches!(outcome(&report, 0, Check::NameConstraints), Some(CheckOutcome::Failed(_))));
    assert!(matches!(outcome(&report, 1, Check::NameConstraints), Some(CheckOutcome::NotApplicable)));
}

#[test]
fn a_crl_that_is_missing_is_told_with_its_place() {
    let world = world(|builder| builder);
    let leaf = world.issuing.leaf("Somebody").crl_distribution_points(&["http://example.cn/crl/issuing.crl"]);
    let leaf = world.issuing.sign(leaf);
    let crls = [world.root.crl(&[])];
    let mut request = ValidationRequest::new(&leaf, &world.heap, &world.anchors, NOW, &ALGORITHMS);
    (request.crls, request.revocation) = (&crls, RevocationMode::Require);
    let (verdict, report) = report_of("missing_crl", &world, &leaf, |asked| *asked = request);
    assert_eq!(verdict.unwrap_err().missing.len(), 1);
    assert!(matches!(outcome(&report, 0, Check::Revocation), Some(CheckOutcome::Failed(_))));
}

#[test]
fn a_path_that_leads_nowhere_is_told_as_far_as_it_goes() {
    let world = world(|builder| builder);
    let stranger = Authority::new("Stranger");
    let leaf = stranger.sign(stranger.leaf("Somebody"));
    let (_, report) = report_of("no_anchor", &world, &leaf, |_| {});
    assert_eq!(report.certificates.len(), 1);
    assert!(matches!(outcome(&report, 0, Check::Issuer), Some(CheckOutcome::Failed(_))));
    assert!(matches!(outcome(&report, 0, Check::Policies), Some(CheckOutcome::NotReached)));
}

/// A mesh of CAs that certify one another below constraints that none of their paths escapes.
#[test]
fn of_a_mesh_a_few_paths_are_told_and_the_others_counted() {
    let outside = vec![GeneralName::Directory(Name::from_attributes(&[(oid::COUNTRY, "HK")]))];
    let mut world = world(|builder| builder);
    let mesh: Vec<_> = (0..6).map(|number| Authority::new(&format!("Mesh {number}"))).collect();
    world.heap.clear();
    for (at, one) in mesh.iter().enumerate() {
        let constrained = world.root.certify(1 + at as u8, one).name_constraints(outside.clone(), Vec::new());
        world.heap.push(world.root.sign(constrained));
        world.heap.extend(mesh.iter().map(|other| one.sign(one.certify(9, other))));
        world.heap.push(one.sign(one.certify(8, &world.issuing)));
    }
    let leaf = world.issuing.sign(world.issuing.leaf("Somebody"));
    let request = ValidationRequest::new(&leaf, &world.heap, &world.anchors, NOW, &ALGORITHMS);
    let (verdict, report) = path::explain(&request);
    support::agree(&verdict, &report);
    assert!(report.rejected.len() <= 16, "{}", report.rejected.len());
    assert!(report.rejected_untold > 0 || report.rejected.len() < 16);
    assert!(report.to_text(&verdict, Detail::Full).len() < 20_000);
}
