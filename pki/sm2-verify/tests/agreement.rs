//! The same verdict as RustCrypto's `sm2`, on what is drawn and on what is made to be difficult.
//!
//! `cargo run --release -p sm2-verify --example agreement` draws a million.

#![allow(missing_docs)]

mod support;

use sm2::elliptic_curve::PrimeField as _;
use sm2::elliptic_curve::sec1::ToSec1Point as _;
use sm2::{ProjectivePoint, Scalar};
use sm2_verify::{Signature, SignerId, VerifyingKey};
use support::{Case, ID, N, P, Random, changed, draw, point_with_x, reduced, x_of};

#[test]
fn drawn_cases_get_the_same_verdict() {
    let mut random = Random(1);
    let mut good = 0;
    for _ in 0..1000 {
        let case = draw(&mut random);
        good += usize::from(case.verdict().unwrap());
        changed(&mut random, &case).verdict().unwrap();
    }
    assert!((600..1000).contains(&good), "{good}");
}

/// Each of s and t is small, or n less something small, or in the middle; the key is G, its opposite, small multiples.
#[test]
fn good_signatures_of_extreme_numbers_are_good() {
    let small = [1u64, 2, 3, 15, 16, 17, 255, 256, 4095, 4096].map(Scalar::from);
    let extremes: Vec<Scalar> = small.iter().flat_map(|number| [*number, -*number]).collect();
    let mut at = 0;
    for private in [Scalar::ONE, -Scalar::ONE, Scalar::from(2u64), Scalar::from(256u64), Scalar::from(257u64)] {
        for s in &extremes {
            // Every third of the pairs: all of them take minutes without optimisation.
            for t in extremes.iter().skip(at % 3).step_by(3) {
                let case = Case::good(&private, s, t);
                let vanishes = bool::from((*s + *t * private).is_zero());
                assert_eq!(case.verdict(), Ok(!vanishes && t != s), "{private:?} {s:?} {t:?}");
            }
            at += 1;
        }
    }
}

/// r = 0 and s = 0, n and what is around it; t = r + s = 0.
#[test]
fn numbers_out_of_range_are_refused() {
    let (private, s, t) = (Scalar::from(77u64), Scalar::from(5u64), Scalar::from(9u64));
    let case = Case::good(&private, &s, &t);
    assert_eq!(case.verdict(), Ok(true));
    let above = |number: &[u8; 32], more: u8| {
        let mut sum = *number;
        sum[31] += more;
        sum
    };
    for number in [[0; 32], N, above(&N, 1), above(&N, 0x60), P, [0xff; 32]] {
        assert!(Signature::new(&number, &case.s).is_none() && Signature::new(&case.r, &number).is_none());
        assert_eq!(Case { r: number, ..case.clone() }.verdict(), Ok(false));
        assert_eq!(Case { s: number, ..case.clone() }.verdict(), Ok(false));
    }
    assert_eq!(Case::good(&private, &s, &Scalar::ZERO).verdict(), Ok(false), "r + s = n");
    assert_eq!(Case::good(&private, &t, &t).verdict(), Ok(false), "r = 0");
}

/// Between n and p there are x that are not below n: for them r - e + n is x, not r - e.
#[test]
fn a_point_whose_x_is_above_the_order_is_found() {
    let mut found = 0;
    for more in 0..40u8 {
        let mut x = N;
        x[31] += more;
        let Some(sum) = point_with_x(&x) else { continue };
        found += 1;
        let (s, t) = (Scalar::from(1234u64), Scalar::from(99_999u64));
        let key = (sum - ProjectivePoint::GENERATOR * s) * t.invert().unwrap();
        let case = Case::with_x(&key, &s, &t, x);
        assert_eq!(case.verdict(), Ok(true), "n + {more}");
        let beside =
            Case { digest: (Scalar::from_repr(case.digest.into()).unwrap() + Scalar::ONE).to_repr().into(), ..case };
        assert_eq!(beside.verdict(), Ok(false), "n + {more}, the digest changed");
    }
    assert!(found > 10, "{found}");
}

/// x = 0, 1, … are below p - n: there r - e is x, and r - e + n is below p, but not x.
#[test]
fn a_point_whose_x_is_small_is_found() {
    let small = (0..40u8).filter_map(|x| {
        let mut octets = [0; 32];
        octets[31] = x;
        point_with_x(&octets).map(|point| (point, octets))
    });
    for (sum, x) in small {
        let (s, t) = (-Scalar::from(4321u64), Scalar::from(7u64));
        let key = (sum - ProjectivePoint::GENERATOR * s) * t.invert().unwrap();
        assert_eq!(Case::with_x(&key, &s, &t, x).verdict(), Ok(true), "{x:?}");
    }
}

/// Digests are not reduced when they come: n and above stand for what they are modulo n.
#[test]
fn digests_from_the_order_on_count_modulo_the_order() {
    for digest in [[0; 32], N, P, [0xff; 32]] {
        // r = e + x and s = k - r·d over 1 + d, d being the private key.
        let (private, k) = (Scalar::from(31u64), Scalar::from(1_000_003u64));
        let r = reduced(digest) + reduced(x_of(&(ProjectivePoint::GENERATOR * k)));
        let s = (k - r * private) * (Scalar::ONE + private).invert().unwrap();
        let key = (ProjectivePoint::GENERATOR * private).to_affine();
        let case = Case { key, digest, r: r.to_repr().into(), s: s.to_repr().into() };
        assert_eq!(case.verdict(), Ok(true), "{digest:?}");
    }
}

#[test]
fn what_is_no_point_is_refused() {
    let id = SignerId::new(ID).unwrap();
    let read = |octets: &[u8]| VerifyingKey::from_uncompressed(&id, octets).is_some();
    let point = ProjectivePoint::GENERATOR.to_affine().to_sec1_point(false);
    let good = point.as_bytes().to_vec();
    assert!(read(&good));
    for at in 1..65 {
        let mut bad = good.clone();
        bad[at] ^= 1;
        assert!(!read(&bad), "octet {at}");
    }
    let coordinates = |x: [u8; 32], y: [u8; 32]| [&[4], &x[..], &y[..]].concat();
    let zero_and_root = coordinates([0; 32], good[33..].try_into().unwrap());
    let above = coordinates([0xff; 32], good[33..].try_into().unwrap());
    let compressed = [&[2], &good[1..33]].concat();
    let others = [vec![], vec![0], vec![4], [&good[..], &[0]].concat(), good[..64].to_vec(), compressed, above];
    assert!(
        others.iter().all(|octets| !read(octets)) && !read(&zero_and_root) && !read(&coordinates([0; 32], [0; 32]))
    );
    for tag in (0..=255).filter(|tag| *tag != 4) {
        assert!(!read(&[&[tag], &good[1..]].concat()), "{tag}");
    }
}

/// The same point with x + p for x would be read twice as two keys.
#[test]
fn coordinates_from_the_prime_on_are_refused() {
    let id = SignerId::new(ID).unwrap();
    let small = (0..u8::MAX).find_map(|x| {
        let mut octets = [0; 32];
        octets[31] = x;
        point_with_x(&octets)
    });
    let point = small.unwrap().to_affine().to_sec1_point(false);
    let mut octets = point.as_bytes().to_vec();
    assert!(VerifyingKey::from_uncompressed(&id, &octets).is_some());
    octets[1..33].copy_from_slice(&P);
    octets[32] = octets[32].wrapping_add(point.as_bytes()[32]);
    octets[31] = octets[31].wrapping_add(u8::from(octets[32] < point.as_bytes()[32]));
    assert!(VerifyingKey::from_uncompressed(&id, &octets).is_none());
}

#[test]
fn another_id_is_another_signature() {
    use sm2::dsa::signature::Signer as _;
    let secret = sm2::SecretKey::from_slice(&[7; 32]).unwrap();
    for (ours, theirs, good) in [(ID, ID, true), (ID, "", false), ("", "", true), ("ALICE123@YAHOO.COM", ID, false)] {
        let signer = sm2::dsa::SigningKey::new(theirs, &secret).unwrap();
        let signature: sm2::dsa::Signature = signer.sign(b"message");
        let signature = Signature::new(&signature.r_bytes().into(), &signature.s_bytes().into()).unwrap();
        let point = signer.verifying_key().to_sec1_bytes();
        let key = VerifyingKey::from_uncompressed(&SignerId::new(ours).unwrap(), &point).unwrap();
        assert_eq!(key.verify(b"message", &signature), good, "{ours} {theirs}");
        assert!(!key.verify(b"massage", &signature));
        assert_eq!(sm2_verify::PreparedKey::new(key).verify(b"message", &signature), good);
    }
    assert!(SignerId::new(&"x".repeat(8191)).is_some() && SignerId::new(&"x".repeat(8192)).is_none());
}
