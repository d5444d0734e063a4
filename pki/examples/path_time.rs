//! How long a path takes to judge, beside its bare signatures: leaf, two intermediates, root, no revocation.
//! `cargo run --release -p pki --example path_time`

#![expect(clippy::disallowed_methods, reason = "measuring is looking at the clock")]

use std::hint::black_box;
use std::time::Instant;

use pki::algorithm::AlgorithmPolicy;
use pki::certificate::extension::KeyUsage;
use pki::key::{KeySpec, Signer, SoftwareKey};
use pki::path::{self, TrustAnchor, ValidationRequest};
use pki::{Certificate, CertificateBuilder, Error, Name, Serial, Time, oid};

const ROUNDS: u32 = 2_000;

fn main() -> Result<(), Error> {
    for spec in [KeySpec::EcdsaP256, KeySpec::Sm2, KeySpec::Rsa2048] {
        let chain = chain(spec)?;
        let (leaf, heap, anchors) = (&chain[3], &chain[1..3], [TrustAnchor::new(chain[0].clone())]);
        let algorithms = AlgorithmPolicy::dated();
        let request = ValidationRequest::new(leaf, heap, &anchors, Time(1), &algorithms);
        let bare = time(|| chain.windows(2).all(|pair| pair[1].verify_signature(pair[0].public_key()).is_ok()));
        let path = time(|| path::validate(&request).is_ok());
        let cold = time(|| {
            let read: Option<Vec<_>> = chain.iter().map(|one| Certificate::from_der(one.der()).ok()).collect();
            read.is_some_and(|read| {
                let anchors = [TrustAnchor::new(read[0].clone())];
                path::validate(&ValidationRequest::new(&read[3], &read[1..3], &anchors, Time(1), &algorithms)).is_ok()
            })
        });
        println!("{spec}: three signatures {bare:.1} µs, path {path:.1} µs, read and path {cold:.1} µs");
    }
    Ok(())
}

/// Root first.
fn chain(spec: KeySpec) -> Result<Vec<Certificate>, Error> {
    let mut counter = 0u8;
    let mut random = |out: &mut [u8]| {
        out.iter_mut().for_each(|octet| {
            counter = counter.wrapping_mul(5).wrapping_add(17);
            *octet = counter;
        });
    };
    let mut issuer: Option<(SoftwareKey, Certificate)> = None;
    let mut chain = Vec::new();
    for depth in 0..4u8 {
        let key = SoftwareKey::generate(spec, &mut random)?;
        let name =
            |depth: u8| Name::from_attributes(&[(oid::COUNTRY, "CN"), (oid::COMMON_NAME, &format!("CA {depth}"))]);
        let serial = Serial::from_unsigned(&[depth + 1; 16]);
        let subject_key = key.public_key().clone();
        let built = CertificateBuilder::new(
            serial,
            name(depth.saturating_sub(1)),
            name(depth),
            (Time(0), Time(2)),
            subject_key,
        )
        .basic_constraints(depth < 3, None)
        .key_usage(if depth < 3 { KeyUsage::KEY_CERT_SIGN } else { KeyUsage::DIGITAL_SIGNATURE })
        .subject_key_id();
        let certificate = match &issuer {
            Some((signer, above)) => built.authority_key_id_of(above).sign(signer)?,
            None => built.sign(&key)?,
        };
        chain.push(certificate.clone());
        issuer = Some((key, certificate));
    }
    Ok(chain)
}

/// Microseconds a round, the median of nine.
fn time(work: impl Fn() -> bool) -> f64 {
    assert!(work());
    let mut times: Vec<f64> = (0..9)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..ROUNDS / 10 {
                black_box(work());
            }
            start.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS / 10)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
