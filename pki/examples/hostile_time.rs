//! How long bad and big heaps take: `cargo run --release -p pki --example hostile_time`
//!
//! * a bridge among 200 CAs that all certify one another, and 5 000 strangers: the path is found;
//! * the same, where the only way out holds under no acceptable policy: refused by the budget;
//! * thousands of issuers of one name: refused by the budget.

#![expect(clippy::disallowed_methods, reason = "measuring is looking at the clock")]

use std::time::Instant;

use pki::algorithm::AlgorithmPolicy;
use pki::key::{KeySpec, Signer, SoftwareKey};
use pki::path::{self, TrustAnchor, ValidationRequest};
use pki::{Certificate, CertificateBuilder, Error, Name, Serial, Time, oid};

const MESH: usize = 200;

fn main() -> Result<(), Error> {
    let keys = (0..=MESH).map(|_| key()).collect::<Result<Vec<_>, _>>()?;
    let root = certify("Root", "Root", &keys[0]);
    let name = |at: usize| format!("Mesh {at}");
    let mut heap = Vec::new();
    for (issuer, subject) in (1..=MESH).flat_map(|one| (1..=MESH).map(move |other| (one, other))) {
        if issuer != subject {
            heap.push(certify(&name(issuer), &name(subject), &keys[subject]).sign(&keys[issuer])?);
        }
    }
    for stranger in 0..5_000 {
        heap.push(
            certify(&format!("Elsewhere {}", stranger / 2), &format!("Stranger {stranger}"), &keys[1])
                .sign(&keys[0])?,
        );
    }
    let leaf = certify(&name(1), "Leaf", &keys[0]).sign(&keys[1])?;
    let anchors = [TrustAnchor::new(root.sign(&keys[0])?)];
    let way_out = certify("Root", &name(MESH), &keys[MESH]);
    heap.push(way_out.sign(&keys[0])?);
    report("mesh", &leaf, &heap, &anchors);
    heap.pop();
    heap.push(way_out.policy_constraints(Some(0), None).sign(&keys[0])?);
    report("mesh without a policy", &leaf, &heap, &anchors);
    let same = (0..5_000).map(|at| certify("Root", &name(1), &keys[at % MESH + 1]).sign(&keys[0]));
    let same = same.filter(|one| one.as_ref().is_ok_and(|one| one.public_key() != keys[1].public_key()));
    report("one name", &leaf, &same.collect::<Result<Vec<_>, _>>()?, &anchors);
    Ok(())
}

fn key() -> Result<SoftwareKey, Error> {
    SoftwareKey::generate(KeySpec::EcdsaP256, &mut |_| ())
}

fn certify(issuer: &str, subject: &str, key: &dyn Signer) -> CertificateBuilder {
    let name = |common: &str| Name::from_attributes(&[(oid::COUNTRY, "CN"), (oid::COMMON_NAME, common)]);
    let serial = Serial::from_unsigned(&[1; 16]);
    let builder =
        CertificateBuilder::new(serial, name(issuer), name(subject), (Time(0), Time(2)), key.public_key().clone());
    builder.basic_constraints(true, None)
}

fn report(what: &str, leaf: &Certificate, heap: &[Certificate], anchors: &[TrustAnchor]) {
    let algorithms = AlgorithmPolicy::dated();
    let start = Instant::now();
    let verdict = path::validate(&ValidationRequest::new(leaf, heap, anchors, Time(1), &algorithms));
    let elapsed = start.elapsed();
    let (outcome, signatures) = match &verdict {
        Ok(valid) => ("valid", valid.signatures_checked),
        Err(invalid) => (invalid.error.code(), invalid.signatures_checked),
    };
    println!("{what}: {} certificates, {outcome}, {signatures} signatures, {elapsed:?}", heap.len());
}
