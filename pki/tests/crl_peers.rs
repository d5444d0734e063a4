//! OpenSSL, the JDK and BouncyCastle as peers: delta, indirect and partitioned CRLs, and CRLs for some reasons, come out
//! the same.
//!
//! All are told to do what they can (`-extended_crl -use_deltas`, `setUseDeltasEnabled`). The JDK knows no delta CRLs;
//! BouncyCastle 1.72 refuses the indirect ones, for a reason that was not found, and is not asked of them. What they do
//! otherwise and are not asked here: OpenSSL looks at delta CRLs only where freshestCRL announces them, and a complete
//! CRL that has run out fails both even with a delta CRL that has not (RFC 5280 §6.3.3 (a)(1)(i)).

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pki::certificate::extension::{DistributionPoint, DistributionPointName, KeyUsage};
use pki::crl::{CrlEntry, IssuingDistributionPoint, Reason};
use pki::key::{KeySpec, Signer as _};
use pki::name::GeneralName;
use pki::path::RevocationMode;
use pki::{Certificate, CertificateBuilder, CertificateList, CrlBuilder, Name, Time};
use support::{Authority, DAY, NOW, ask, builder, code, key, name};

const DELTA: &str = "http://example.org/delta.crl";
/// Of the CRL issuer's own certificate.
const OWN: &str = "http://example.org/own.crl";

/// BouncyCastle, as Debian has it (libbcprov-java).
const BOUNCY_CASTLE: &str = "/usr/share/java/bcprov.jar";

/// A CA, a CRL issuer that it has certified, a leaf, and what must come out by which CRLs.
struct World {
    name: &'static str,
    ca: Authority,
    crl_issuer: Authority,
    leaf: Certificate,
    cases: Vec<(Vec<CertificateList>, &'static str)>,
}

impl World {
    fn new(name: &'static str, change: impl FnOnce(CertificateBuilder, &Name) -> CertificateBuilder) -> Self {
        let ca = Authority::root("CN", "CA", KeySpec::EcdsaP256);
        let (issuer_name, issuer_key) = (support::name("CN", "CRL issuer"), key(KeySpec::EcdsaP256));
        let plain = builder(ca.name(), &issuer_name, issuer_key.public_key().clone());
        let plain = plain.key_usage(KeyUsage::CRL_SIGN).subject_key_id();
        let certificate = ca.sign(plain.crl_distribution_points(&[OWN]));
        let crl_issuer = Authority { key: issuer_key, certificate };
        let leaf = ca.sign(change(ca.leaf_builder("CN", "Somebody"), &issuer_name));
        Self { name, ca, crl_issuer, leaf, cases: Vec::new() }
    }

    fn crl(&self, number: u64) -> CrlBuilder {
        let (from, until) = (Time(NOW.0 - DAY), Time(NOW.0 + DAY));
        CrlBuilder::new(self.ca.name().clone(), number, from, until).authority_key_id_of(&self.ca.certificate)
    }

    fn sign(&self, builder: CrlBuilder) -> CertificateList {
        builder.sign(&self.ca.key).unwrap()
    }

    fn entry(&self, reason: Reason) -> CrlEntry {
        let (serial, since) = (self.leaf.serial().clone(), Time(NOW.0 - DAY));
        CrlEntry { serial, since, reason: Some(reason), invalid_since: None, issuer: None }
    }

    /// `valid`, `certificate_revoked` or `revocation_unknown`.
    fn expect(&mut self, crls: impl IntoIterator<Item = CertificateList>, expected: &'static str) {
        self.cases.push((crls.into_iter().collect(), expected));
    }
}

fn delta_crls() -> World {
    let mut world = World::new("delta", |builder, _| builder.freshest_crl(&[DELTA]));
    let complete =
        |world: &World, entries: &[CrlEntry]| world.sign(world.crl(5).freshest_crl(&[DELTA]).entries(entries.to_vec()));
    let delta = |world: &World, number, base, entries: &[CrlEntry]| {
        world.sign(world.crl(number).delta_since(base).entries(entries.to_vec()))
    };
    let (revoked, removed) = ([world.entry(Reason::KeyCompromise)], [world.entry(Reason::RemoveFromCrl)]);
    let (clean, held) = (complete(&world, &[]), complete(&world, &[world.entry(Reason::CertificateHold)]));
    for (complete, delta, expected) in [
        (&clean, Some(delta(&world, 6, 5, &[])), "valid"),
        (&clean, Some(delta(&world, 6, 5, &revoked)), "certificate_revoked"),
        (&clean, Some(delta(&world, 6, 4, &revoked)), "certificate_revoked"),
        (&clean, Some(delta(&world, 7, 6, &revoked)), "valid"),
        (&held, None, "certificate_revoked"),
        (&held, Some(delta(&world, 6, 5, &removed)), "valid"),
    ] {
        world.expect([complete.clone()].into_iter().chain(delta), expected);
    }
    let alone = delta(&world, 6, 5, &[]);
    world.expect([alone], "revocation_unknown");
    world
}

fn indirect_crls() -> World {
    let place = || Some(DistributionPointName::Full(vec![GeneralName::Uri("http://example.org/i.crl".into())]));
    let mut world = World::new("indirect", |builder, crl_issuer| {
        let crl_issuer = vec![GeneralName::Directory(crl_issuer.clone())];
        builder.distribution_points([DistributionPoint { name: place(), reasons: None, crl_issuer }])
    });
    let scope = IssuingDistributionPoint { name: place(), indirect: true, ..IssuingDistributionPoint::default() };
    let indirect = |world: &World, entry: CrlEntry| {
        let issuer = &world.crl_issuer;
        let (from, until) = (Time(NOW.0 - DAY), Time(NOW.0 + DAY));
        let crl = CrlBuilder::new(issuer.name().clone(), 1, from, until).authority_key_id_of(&issuer.certificate);
        crl.scope(&scope).entries([entry]).sign(&issuer.key).unwrap()
    };
    // The CRL issuer's own certificate is looked into as well: by a list of its CA that does not speak of the leaf.
    let own = Some(DistributionPointName::Full(vec![GeneralName::Uri(OWN.into())]));
    let own = IssuingDistributionPoint { name: own, ..IssuingDistributionPoint::default() };
    let own = world.sign(world.crl(1).scope(&own));
    let entry = world.entry(Reason::Superseded);
    for (issuer, expected) in
        [(Some(world.ca.name().clone()), "certificate_revoked"), (Some(name("CN", "Other")), "valid"), (None, "valid")]
    {
        let crl = indirect(&world, CrlEntry { issuer, ..entry.clone() });
        world.expect([crl, own.clone()], expected);
    }
    world
}

fn partitions_and_reasons() -> World {
    let full = |at: u8| {
        let place = GeneralName::Uri(format!("http://example.org/part{at}.crl"));
        Some(DistributionPointName::Full(vec![place]))
    };
    let mut world = World::new("partitions", |builder, _| {
        builder.distribution_points([DistributionPoint { name: full(1), reasons: None, crl_issuer: Vec::new() }])
    });
    let scope = |at| IssuingDistributionPoint { name: full(at), ..IssuingDistributionPoint::default() };
    let list = |world: &World, scope: &IssuingDistributionPoint, entries: &[CrlEntry]| {
        world.sign(world.crl(1).scope(scope).entries(entries.to_vec()))
    };
    let revoked = [world.entry(Reason::Superseded)];
    let users = IssuingDistributionPoint { only_user_certs: true, ..scope(1) };
    let cas = IssuingDistributionPoint { only_ca_certs: true, ..scope(1) };
    let attributes = IssuingDistributionPoint { only_attribute_certs: true, ..scope(1) };
    let reasons = |bits| IssuingDistributionPoint { only_some_reasons: Some(bits), ..scope(1) };
    // All reasons are nine to the JDK, which wants the bit that RFC 5280 does not use as well.
    let (some, others) = (reasons(0b111), reasons(0b1_1111_1000));
    let [none, revoked] = [&[][..], &revoked[..]];
    for (lists, expected) in [
        (vec![(scope(1), none)], "valid"),
        (vec![(scope(1), revoked)], "certificate_revoked"),
        (vec![(scope(2), none)], "revocation_unknown"),
        (vec![(scope(2), revoked), (scope(1), none)], "valid"),
        (vec![(users, none)], "valid"),
        (vec![(cas, none)], "revocation_unknown"),
        (vec![(attributes, none)], "revocation_unknown"),
        (vec![(some.clone(), none)], "revocation_unknown"),
        (vec![(some.clone(), none), (others.clone(), none)], "valid"),
        (vec![(some, none), (others, revoked)], "certificate_revoked"),
    ] {
        let lists: Vec<_> = lists.iter().map(|(scope, entries)| list(&world, scope, entries)).collect();
        world.expect(lists, expected);
    }
    world
}

fn worlds() -> [World; 3] {
    [delta_crls(), indirect_crls(), partitions_and_reasons()]
}

/// The files of a world, in a folder of the test's own.
struct Files<'w> {
    world: &'w World,
    folder: PathBuf,
}

impl<'w> Files<'w> {
    fn new(world: &'w World, test: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("crl-{test}-{}", world.name));
        fs::create_dir_all(&folder).unwrap();
        let files = Self { world, folder };
        files.keep("x509", "ca.pem", world.ca.certificate.der());
        files.keep("x509", "issuer.pem", world.crl_issuer.certificate.der());
        files.keep("x509", "leaf.pem", world.leaf.der());
        files
    }

    fn keep(&self, kind: &str, name: &str, der: &[u8]) {
        fs::write(self.folder.join("der"), der).unwrap();
        let output = self.openssl(&[kind, "-inform", "DER", "-in", "der", "-out", name]);
        assert!(output.starts_with("0 "), "{output}");
    }

    /// The exit code, and what was said.
    fn openssl(&self, arguments: &[&str]) -> String {
        let output = Command::new("openssl").args(arguments).current_dir(&self.folder).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        format!("{} {}", output.status.code().unwrap(), String::from_utf8_lossy(&text))
    }

    fn keep_lists(&self, case: usize) -> Vec<String> {
        let lists = self.world.cases[case].0.iter().enumerate();
        let keep = |(at, crl): (usize, &CertificateList)| {
            let name = format!("list{case}.{at}.pem");
            self.keep("crl", &name, crl.der());
            name
        };
        lists.map(keep).collect()
    }
}

#[test]
fn the_engine_judges_as_the_table_says() {
    for world in worlds() {
        for (at, (crls, expected)) in world.cases.iter().enumerate() {
            let heap = [world.crl_issuer.certificate.clone()];
            let ours = code(&ask(&world.leaf, &heap, &[world.ca.anchor()], |request| {
                (request.revocation, request.crls) = (RevocationMode::Require, crls);
            }));
            assert_eq!(ours, *expected, "{} {at}", world.name);
        }
    }
}

#[test]
fn openssl_judges_the_same() {
    let at = NOW.0.to_string();
    for world in &worlds() {
        let files = Files::new(world, "openssl");
        for (case, (_, expected)) in world.cases.iter().enumerate() {
            let lists = files.keep_lists(case);
            let mut arguments = vec!["verify", "-attime", &at, "-crl_check", "-extended_crl", "-use_deltas"];
            // As a file of anchors, not as a list of them: the path of a CRL issuer is looked for there alone.
            arguments.extend(["-x509_strict", "-no-CApath", "-no-CAstore", "-CAfile", "ca.pem"]);
            arguments.extend(["-untrusted", "issuer.pem"]);
            arguments.extend(lists.iter().flat_map(|file| ["-CRLfile", file]));
            arguments.push("leaf.pem");
            let theirs = files.openssl(&arguments);
            let is_revoked = theirs.contains("error 23 at 0 depth");
            let agrees = match *expected {
                "valid" => theirs.contains("leaf.pem: OK"),
                "certificate_revoked" => is_revoked,
                // No CRL, one of another scope, or not all reasons.
                _ => theirs.contains("error ") && !is_revoked,
            };
            assert!(agrees, "{} {case}, {expected}: {theirs}", world.name);
        }
    }
}

#[test]
fn java_judges_the_same() {
    assert!(Path::new(BOUNCY_CASTLE).exists(), "{BOUNCY_CASTLE} is missing: install libbcprov-java");
    for (provider, without) in [("SUN", "delta"), ("BC", "indirect")] {
        let worlds: Vec<_> = worlds().into_iter().filter(|world| world.name != without).collect();
        let cases = worlds.iter().flat_map(|world| {
            let files = Files::new(world, provider);
            let line = move |case: usize| {
                let lists = files.keep_lists(case).join(",");
                format!("{}\t{}\t{lists}\n", files.folder.display(), NOW.0)
            };
            (0..world.cases.len()).map(line)
        });
        let table = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("crl-{provider}.tsv"));
        fs::write(&table, cases.collect::<String>()).unwrap();
        let answers = java(provider, &table);
        let expected: Vec<_> = worlds.iter().flat_map(|world| &world.cases).map(|(_, expected)| *expected).collect();
        assert_eq!(answers.lines().count(), expected.len());
        for (at, (answer, expected)) in answers.lines().zip(expected).enumerate() {
            let agrees = match expected {
                "valid" => answer == "accepted",
                "certificate_revoked" => answer.starts_with("refused REVOKED") || answer.contains("revocation after"),
                _ => {
                    answer.starts_with("refused") && !answer.contains("REVOKED") && !answer.contains("revocation after")
                }
            };
            assert!(agrees, "{provider} {at}, {expected}: {answer}");
        }
    }
}

fn java(provider: &str, table: &Path) -> String {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/Revocation.java");
    let output = Command::new("java")
        .args(["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8", "-cp", BOUNCY_CASTLE])
        .args([&program, Path::new(provider), table])
        .output()
        .expect("java is missing: install default-jdk-headless");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
