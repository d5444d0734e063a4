//! How long bad and big heaps take: `cargo run --release -p pearl --example hostile_time`
//!
//! * a bridge among 200 CAs that all certify one another, and 5 000 strangers: the path is found;
//! * the same, where the only way out holds under no acceptable policy, or is forged: refused, and why;
//! * thousands of issuers of one name: refused by the budget;
//! * a mesh whose CAs all map sixty policies to sixty others: refused;
//! * thousands of names below thousands of constraints: as many as the budget allows are judged, more are refused.
//!
//! Each is judged with the certificates in a pool that was indexed before, and with all of them brought by the asker.

#![expect(clippy::disallowed_methods, reason = "measuring is looking at the clock")]

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use pki::algorithm::AlgorithmPolicy;
use pki::certificate::extension::PolicyInformation;
use pki::key::{KeySpec, Signer, SoftwareKey};
use pki::name::GeneralName;
use pki::path::{self, Pool, TrustAnchor, ValidationRequest};
use pki::{Certificate, CertificateBuilder, Error, Name, Oid, Serial, Time, oid};

const MESH: usize = 200;

fn main() -> Result<(), Error> {
    let keys = (0..=MESH).map(|_| key(KeySpec::EcdsaP256)).collect::<Result<Vec<_>, _>>()?;
    let root = certify("Root", "Root", &keys[0]);
    let mut heap = mesh(&keys, MESH, &under_policy)?;
    for stranger in 0..5_000 {
        heap.push(
            certify(&format!("Elsewhere {}", stranger / 2), &format!("Stranger {stranger}"), &keys[1])
                .sign(&keys[0])?,
        );
    }
    let leaf = certify(&name(1), "Leaf", &keys[0]).subject_alt_names([GeneralName::Dns("secret.example".into())]);
    let leaf = leaf.sign(&keys[1])?;
    let anchors = [TrustAnchor::new(root.sign(&keys[0])?)];
    let way_out = under_policy(certify("Root", &name(MESH), &keys[MESH]));
    let mut judge = |what: &str, way_out: Certificate| {
        heap.push(way_out);
        report(what, &leaf, &heap, &anchors);
        heap.pop();
    };
    judge("mesh", way_out.sign(&keys[0])?);
    let unpolicied = certify("Root", &name(MESH), &keys[MESH]).policy_constraints(Some(0), None);
    judge("mesh without a policy", unpolicied.sign(&keys[0])?);
    judge("mesh with a forged way out", way_out.sign(&keys[1])?);
    let secret = GeneralName::Dns("secret.example".into());
    judge("mesh without the name", way_out.clone().name_constraints(vec![], vec![secret]).sign(&keys[0])?);
    for spec in KeySpec::ALL {
        let impostors = [key(spec)?, key(spec)?];
        let same = (0..5_000).map(|at| certify("Root", &name(1), &impostors[at % 2]).sign(&keys[0]));
        let leaf = certify(&name(1), "Leaf", &keys[0]).sign(&key(spec)?)?;
        report(&format!("one name, {spec}"), &leaf, &same.collect::<Result<Vec<_>, _>>()?, &anchors);
    }
    let mut mapped = mesh(&keys, 12, &exponential)?;
    mapped.push(exponential(certify("Root", &name(12), &keys[12])).policy_constraints(Some(0), None).sign(&keys[0])?);
    report("exponential policies", &leaf, &mapped, &anchors);
    for count in [490, 5_000] {
        constrained("hosts", &keys, &anchors, count, |at| GeneralName::Dns(format!("h{at}.example.org")))?;
        constrained("mailboxes", &keys, &anchors, count, |at| GeneralName::Email(format!("m{at}@example.org")))?;
        constrained("names", &keys, &anchors, count, |at| GeneralName::Directory(distinguished(&format!("n{at}"))))?;
    }
    Ok(())
}

/// As many names as constraints, none of which lies in any.
fn constrained(
    what: &str,
    keys: &[SoftwareKey],
    anchors: &[TrustAnchor],
    count: usize,
    name: impl Fn(usize) -> GeneralName,
) -> Result<(), Error> {
    let excluded = (count..2 * count).map(&name).collect();
    let ca = certify("Root", "Constrained", &keys[1]).name_constraints(vec![], excluded).sign(&keys[0])?;
    let names: Vec<_> = (0..count).map(&name).collect();
    let leaf = certify("Constrained", "Leaf", &keys[2]).subject_alt_names(names).sign(&keys[1])?;
    report(&format!("{count} {what} and constraints"), &leaf, &[ca], anchors);
    Ok(())
}

fn name(at: usize) -> String {
    format!("Mesh {at}")
}

/// CAs 1 to `size`, each certified by each other.
fn mesh(
    keys: &[SoftwareKey],
    size: usize,
    change: &dyn Fn(CertificateBuilder) -> CertificateBuilder,
) -> Result<Vec<Certificate>, Error> {
    let pairs =
        (1..=size).flat_map(|one| (1..=size).map(move |other| (one, other))).filter(|(one, other)| one != other);
    pairs.map(|(one, other)| change(certify(&name(one), &name(other), &keys[other])).sign(&keys[one])).collect()
}

fn under_policy(builder: CertificateBuilder) -> CertificateBuilder {
    builder.policies([PolicyInformation::new(Oid::new_unwrap("1.3.6.1.4.1.32473.1"))])
}

/// Sixty policies, each mapped to each: sixty times as many ways down at each CA.
fn exponential(builder: CertificateBuilder) -> CertificateBuilder {
    let policies: Vec<_> = (0..60).filter_map(|at| Oid::new(&format!("1.3.6.1.4.1.32473.{at}")).ok()).collect();
    let mappings = policies.iter().flat_map(|one| policies.iter().map(|other| (*one, *other))).collect::<Vec<_>>();
    builder.policies(policies.iter().copied().map(PolicyInformation::new).collect::<Vec<_>>()).policy_mappings(mappings)
}

fn key(spec: KeySpec) -> Result<SoftwareKey, Error> {
    static NEXT: AtomicU8 = AtomicU8::new(1);
    SoftwareKey::generate(spec, &mut |octets| octets.fill(NEXT.fetch_add(1, Ordering::Relaxed)))
}

fn certify(issuer: &str, subject: &str, key: &dyn Signer) -> CertificateBuilder {
    let (issuer, subject) = (distinguished(issuer), distinguished(subject));
    let serial = Serial::from_unsigned(&[1; 16]);
    let builder = CertificateBuilder::new(serial, issuer, subject, (Time(0), Time(2)), key.public_key().clone());
    builder.basic_constraints(true, None)
}

fn distinguished(common: &str) -> Name {
    Name::from_attributes(&[(oid::COUNTRY, "CN"), (oid::COMMON_NAME, common)])
}

fn report(what: &str, leaf: &Certificate, heap: &[Certificate], anchors: &[TrustAnchor]) {
    let algorithms = AlgorithmPolicy::dated();
    let start = Instant::now();
    let pool = Pool::new(heap.iter().cloned());
    let indexed = start.elapsed();
    let mut request = ValidationRequest::new(leaf, &[], anchors, Time(1), &algorithms);
    request.pool = &pool;
    let (outcome, from_pool) = judge(&request);
    let (_, brought) = judge(&ValidationRequest::new(leaf, heap, anchors, Time(1), &algorithms));
    let count = heap.len();
    println!("{what}: {count} certificates, {outcome}, {from_pool:.2?}; indexing {indexed:.2?}, brought {brought:.2?}");
}

/// The shortest of five.
fn judge(request: &ValidationRequest<'_>) -> (String, Duration) {
    let runs = (0..5).map(|_| {
        let start = Instant::now();
        let verdict = path::validate(request);
        (start.elapsed(), verdict)
    });
    match runs.min_by_key(|(elapsed, _)| *elapsed) {
        Some((elapsed, Ok(valid))) => {
            (format!("valid, {} paths, {} signatures", valid.paths_tried, valid.signatures_checked), elapsed)
        }
        Some((elapsed, Err(invalid))) => {
            let (code, paths, signatures) = (invalid.error.code(), invalid.paths_tried, invalid.signatures_checked);
            (format!("{code}, {paths} paths, {signatures} signatures"), elapsed)
        }
        None => Default::default(),
    }
}
