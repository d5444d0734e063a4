//! What CRLs and OCSP responses say of a time: delta CRLs, past times, holds, and the rules of freshness.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::slice::from_ref;

use pki::algorithm::{AlgorithmPolicy, Digest, PublicKey, SignatureAlgorithm};
use pki::certificate::extension::{DistributionPointName, KeyUsage};
use pki::crl::{CrlEntry, IssuingDistributionPoint, Reason};
use pki::key::{KeySpec, Signer, SoftwareKey};
use pki::name::GeneralName;
use pki::ocsp::{CertId, CertIdHash, CertStatus, ResponderId, SingleResponse};
use pki::path::{Invalid, Missing, MissingKind, RevocationMode, RevocationPolicy, RevocationRule, RevocationStatus};
use pki::path::{RevocationSource, ValidationRequest, Verdict, validate};
use pki::{Certificate, CertificateBuilder, CertificateList, CrlBuilder, Error, OcspResponse, OcspResponseBuilder};
use pki::{Time, oid};
use support::{Authority, NOW, ask, code, key, serial};

const HOUR: i64 = 3600;

fn after(hours: i64) -> Time {
    Time(NOW.0 + hours * HOUR)
}

/// A CA that is an anchor, and a leaf of it, both valid for 30 days.
struct World {
    ca: Authority,
    leaf: Certificate,
}

impl World {
    fn new(change: impl FnOnce(CertificateBuilder) -> CertificateBuilder) -> Self {
        let ca = Authority::root("CN", "CA", KeySpec::EcdsaP256);
        let leaf = ca.sign(change(ca.leaf_builder("CN", "Somebody")));
        Self { ca, leaf }
    }

    fn plain() -> Self {
        Self::new(|builder| builder)
    }

    /// A CRL of this number, from and until these hours, to be signed.
    fn crl(&self, number: u64, from: i64, until: i64) -> CrlBuilder {
        let ca = &self.ca;
        CrlBuilder::new(ca.name().clone(), number, after(from), after(until)).authority_key_id_of(&ca.certificate)
    }

    fn sign(&self, builder: CrlBuilder) -> CertificateList {
        builder.sign(&self.ca.key).unwrap()
    }

    /// An entry of the leaf.
    fn entry(&self, hours: i64, reason: Option<Reason>) -> CrlEntry {
        let serial = self.leaf.serial().clone();
        CrlEntry { serial, since: after(hours), reason, invalid_since: None, issuer: None }
    }

    fn judge(&self, crls: &[CertificateList], policy: &RevocationPolicy) -> Verdict {
        self.judge_by(crls, &[], policy)
    }

    fn judge_by(&self, crls: &[CertificateList], ocsp: &[OcspResponse], policy: &RevocationPolicy) -> Verdict {
        ask(&self.leaf, &[], &[self.ca.anchor()], |request| {
            (request.revocation, request.revocation_policy) = (RevocationMode::Require, policy);
            (request.crls, request.ocsp) = (crls, ocsp);
        })
    }

    fn strict(&self, crls: &[CertificateList]) -> &'static str {
        code(&self.judge(crls, &RevocationPolicy::strict()))
    }

    /// As it was known this many hours later.
    fn known(&self, hours: i64, crls: &[CertificateList]) -> &'static str {
        code(&self.judge(crls, &known_at(hours)))
    }
}

fn known_at(hours: i64) -> RevocationPolicy {
    RevocationPolicy::strict().known_at(after(hours))
}

fn refused(verdict: Verdict) -> Invalid {
    *verdict.unwrap_err()
}

const DELTA: &str = "http://example.org/delta.crl";

#[test]
fn a_delta_crl_brings_one_up_to_date_that_has_run_out() {
    let world = World::plain();
    let base = world.sign(world.crl(1, -48, -24));
    let delta = world.sign(world.crl(2, -1, 1).delta_since(1));
    let revoking = world.sign(world.crl(3, -1, 1).delta_since(1).entries([world.entry(-2, None)]));
    assert_eq!(world.strict(from_ref(&base)), "crl_expired");
    assert_eq!(world.strict(&[base.clone(), delta.clone()]), "valid");
    assert_eq!(world.strict(&[delta.clone(), base.clone(), revoking]), "certificate_revoked");
    assert_eq!(world.strict(from_ref(&delta)), "revocation_unknown", "by itself it tells nothing");
    let valid = world.judge(&[base, delta], &RevocationPolicy::strict()).unwrap();
    let [RevocationSource::Crl { this_update, .. }] = valid.revocation[0].sources[..] else { panic!("one source") };
    assert_eq!(this_update, after(-1));
}

#[test]
fn a_delta_crl_that_is_named_and_not_there_is_missing() {
    let named = |missing: &[Missing]| {
        missing.iter().find(|one| one.kind == MissingKind::DeltaCrl).map(|one| one.uris.clone()).unwrap_or_default()
    };
    let by_certificate = World::new(|builder| builder.freshest_crl(&[DELTA]));
    let world = World::plain();
    let current = |world: &World| world.sign(world.crl(1, -1, 1));
    let by_crl = world.sign(world.crl(1, -1, 1).freshest_crl(&[DELTA]));
    let strict = RevocationPolicy::strict();
    assert_eq!(named(&by_certificate.judge(&[current(&by_certificate)], &strict).unwrap().missing), [DELTA]);
    assert_eq!(named(&world.judge(from_ref(&by_crl), &strict).unwrap().missing), [DELTA]);
    assert!(world.judge(&[current(&world)], &strict).unwrap().missing.is_empty());
    let delta = world.sign(world.crl(2, -1, 1).delta_since(1));
    assert!(world.judge(&[by_crl, delta], &strict).unwrap().missing.is_empty());
    let stale = world.sign(world.crl(1, -9, -8).freshest_crl(&[DELTA]));
    assert_eq!(named(&refused(world.judge(&[stale], &strict)).missing), [DELTA]);
}

#[test]
fn a_delta_crl_counts_only_with_what_it_was_made_for() {
    let world = World::plain();
    let revoking = |builder: CrlBuilder| world.sign(builder.entries([world.entry(-2, None)]));
    let base = world.sign(world.crl(5, -3, 1));
    let with = |delta: CertificateList| world.strict(&[base.clone(), delta]);
    let scope = IssuingDistributionPoint { only_user_certs: true, ..IssuingDistributionPoint::default() };
    let other_key = || CrlBuilder::new(world.ca.name().clone(), 6, after(-1), after(1));
    assert_eq!(with(revoking(world.crl(6, -1, 1).delta_since(5))), "certificate_revoked");
    assert_eq!(with(revoking(world.crl(6, -1, 1).delta_since(4))), "certificate_revoked");
    assert_eq!(with(revoking(world.crl(7, -1, 1).delta_since(6))), "valid", "the base is newer");
    assert_eq!(with(revoking(world.crl(5, -1, 1).delta_since(4))), "valid", "it tells nothing new");
    assert_eq!(with(revoking(world.crl(6, -1, 1).delta_since(5).scope(&scope))), "valid", "another scope");
    assert_eq!(with(revoking(other_key().delta_since(5))), "valid", "another key identifier");
    assert_eq!(with(revoking(world.crl(6, -2, -1).delta_since(5))), "valid", "it has run out");
    let forger = key(KeySpec::EcdsaP256);
    let forged = world.crl(6, -1, 1).delta_since(5).entries([world.entry(-2, None)]).sign(&forger).unwrap();
    assert_eq!(with(forged), "valid", "another has signed it");
}

/// Signs with SHA-1, by OpenSSL: no key here does.
struct Sha1<'k>(&'k SoftwareKey);

impl Signer for Sha1<'_> {
    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::Ecdsa(Digest::Sha1)
    }

    fn public_key(&self) -> &PublicKey {
        self.0.public_key()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("revocation-sha1");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("key"), &*self.0.to_pkcs8_der()).unwrap();
        fs::write(folder.join("message"), message).unwrap();
        let arguments = ["dgst", "-sha1", "-keyform", "DER", "-sign", "key", "message"];
        let output = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(output.stdout)
    }
}

#[test]
fn the_algorithm_of_a_delta_crl_is_judged_at_the_time_of_validation() {
    let world = World::plain();
    let base = world.sign(world.crl(1, -48, -24));
    let delta = world.crl(2, -3, 1).delta_since(1).sign(&Sha1(&world.ca.key)).unwrap();
    let until = |hours: i64| {
        let algorithms = AlgorithmPolicy { sha1_until: after(hours), ..AlgorithmPolicy::dated() };
        let (anchors, crls) = ([world.ca.anchor()], [base.clone(), delta.clone()]);
        let mut request = ValidationRequest::new(&world.leaf, &[], &anchors, NOW, &algorithms);
        (request.revocation, request.crls) = (RevocationMode::Require, &crls);
        code(&validate(&request))
    };
    assert_eq!(until(1), "valid");
    assert_eq!(until(-2), "crl_expired", "acceptable when it was made, and no more");
}

#[test]
fn a_delta_crl_lifts_a_hold_or_makes_it_a_revocation() {
    let world = World::plain();
    let held = world.sign(world.crl(1, -4, 1).entries([world.entry(-5, Some(Reason::CertificateHold))]));
    let with = |entry| world.strict(&[held.clone(), world.sign(world.crl(2, -1, 1).delta_since(1).entries([entry]))]);
    assert_eq!(world.strict(from_ref(&held)), "certificate_revoked");
    assert_eq!(with(world.entry(-2, Some(Reason::RemoveFromCrl))), "valid");
    assert_eq!(with(world.entry(-2, Some(Reason::KeyCompromise))), "certificate_revoked");
    assert_eq!(with(world.entry(3, Some(Reason::KeyCompromise))), "certificate_revoked", "it was on hold before");
}

#[test]
fn of_lists_of_one_number_and_time_that_differ_each_can_revoke() {
    let world = World::plain();
    let (ours, others) =
        (world.entry(-5, None), (0..9).map(|_| CrlEntry { serial: serial(), ..world.entry(-5, None) }));
    let others: Vec<_> = others.collect();
    let complete = |number, entries: &[CrlEntry]| world.sign(world.crl(number, -4, 1).entries(entries.iter().cloned()));
    let delta = |from: i64, entries: &[CrlEntry]| {
        world.sign(world.crl(8, from, 1).delta_since(5).entries(entries.iter().cloned()))
    };
    let judge = |mut lists: Vec<CertificateList>| {
        let one_way = world.strict(&lists);
        lists.reverse();
        assert_eq!(world.strict(&lists), one_way);
        one_way
    };
    let revoking = [ours.clone()];
    assert_eq!(judge(vec![complete(5, &others), complete(5, &revoking)]), "certificate_revoked");
    assert_eq!(judge(vec![complete(5, &others), complete(5, &[])]), "valid");
    assert_eq!(judge(vec![complete(6, &others), complete(5, &revoking)]), "valid", "it is older");
    let forged = world.crl(5, -4, 1).entries(revoking.clone()).sign(&key(KeySpec::EcdsaP256)).unwrap();
    assert_eq!(judge(vec![complete(5, &[]), forged]), "valid", "another has signed it");
    // Delta CRLs, likewise: one takes an entry back that the other leaves.
    let base = || complete(5, &[world.entry(-5, Some(Reason::CertificateHold))]);
    let lifting = || delta(-1, &[world.entry(-2, Some(Reason::RemoveFromCrl))]);
    assert_eq!(judge(vec![base(), lifting()]), "valid");
    assert_eq!(judge(vec![base(), lifting(), delta(-1, &others)]), "certificate_revoked");
    assert_eq!(judge(vec![complete(5, &[]), delta(-1, &others), delta(-1, &revoking)]), "certificate_revoked");
    assert_eq!(judge(vec![complete(5, &[]), delta(-1, &others), delta(-2, &revoking)]), "valid", "it is older");
}

#[test]
fn a_refusal_tells_what_is_known_of_each_certificate_that_was_looked_into() {
    let ca = Authority::root("CN", "CA", KeySpec::EcdsaP256);
    let issuing = ca.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    let (leaf, heap) = (issuing.leaf("CN", "Somebody"), [issuing.certificate.clone()]);
    let judge = |crls: &[CertificateList]| {
        refused(ask(&leaf, &heap, &[ca.anchor()], |request| {
            (request.revocation, request.crls) = (RevocationMode::Require, crls);
        }))
    };
    let lists = [ca.crl(&[]), issuing.crl(&[&leaf])];
    let notes = judge(&lists).revocation;
    assert!(notes[0].certificate == leaf && matches!(notes[0].status, RevocationStatus::Revoked(_)), "{notes:?}");
    assert!(notes[1].certificate == heap[0] && notes[1].status == RevocationStatus::Good, "{notes:?}");
    assert_eq!(notes.iter().map(|note| note.sources.len()).collect::<Vec<_>>(), [1, 1]);
    let unknown = judge(&lists[..1]);
    assert!(matches!(unknown.revocation[0].status, RevocationStatus::Unknown(_)), "{unknown:?}");
    let untrusted = refused(ask(&leaf, &heap, &[], |request| request.revocation = RevocationMode::Require));
    assert!(untrusted.revocation.is_empty(), "no path was judged");
}

#[test]
fn evidence_of_later_counts_for_a_past_time_if_it_may() {
    let world = World::plain();
    let later = |entries: &[CrlEntry]| [world.sign(world.crl(9, 50, 60).entries(entries.iter().cloned()))];
    let clean = later(&[]);
    assert_eq!(world.strict(&clean), "revocation_unknown");
    assert_eq!(world.known(49, &clean), "revocation_unknown", "it was not known then");
    assert_eq!([world.known(50, &clean), world.known(9_999, &clean)], ["valid"; 2]);
    assert_eq!(world.known(60, &later(&[world.entry(1, None)])), "valid", "it was revoked afterwards");
    assert_eq!(world.known(60, &later(&[world.entry(0, None)])), "certificate_revoked");
    // Evidence of the time itself is not needed, and does not prevail.
    let before = world.sign(world.crl(1, -1, 1));
    let revoked = later(&[world.entry(-1, None)]);
    assert_eq!(world.known(60, &[before, revoked[0].clone()]), "certificate_revoked");
}

#[test]
fn what_was_invalid_before_it_was_revoked_is_refused_from_then_on() {
    let world = World::plain();
    let entry = |invalid: i64| CrlEntry { invalid_since: Some(after(invalid)), ..world.entry(9, None) };
    let later = |invalid| [world.sign(world.crl(9, 50, 60).entries([entry(invalid)]))];
    assert_eq!(world.known(60, &later(1)), "valid");
    let invalid = refused(world.judge(&later(-1), &known_at(60)));
    let expected = Error::CertificateRevoked { since: after(9), reason: None, invalid_since: Some(after(-1)) };
    assert_eq!(invalid.error, expected);
    // One that was published beforehand says the same.
    let announced = world.sign(world.crl(1, -1, 1).entries([entry(-1)]));
    assert_eq!(world.strict(&[announced]), "certificate_revoked");
}

#[test]
fn a_list_of_after_the_end_of_a_certificate_proves_only_what_it_still_lists() {
    let world = World::plain();
    let end = 30 * 24;
    let made = |hours: i64| world.crl(9, hours, hours + 24);
    let known = |crl: CertificateList| world.known(end + 99, &[crl]);
    assert_eq!(known(world.sign(made(end))), "valid");
    // The CA's own certificate has run out with the leaf's; a renewed one speaks later than that.
    let world = renewed(world, after(2 * end));
    let known = |crl: CrlBuilder| world.known(end + 99, &[world.sign(crl)]);
    let made = |hours: i64| world.crl(9, hours, hours + 24);
    assert_eq!(known(made(end + 1)), "revocation_unknown", "it may have forgotten");
    assert_eq!(known(made(end + 1).lists_expired_since(after(end))), "valid");
    assert_eq!(known(made(end + 1).lists_expired_since(after(end + 1))), "revocation_unknown");
    assert_eq!(known(made(end + 1).entries([world.entry(1, None)])), "revocation_unknown");
    assert_eq!(known(made(end + 1).entries([world.entry(-1, None)])), "certificate_revoked");
}

/// The same CA with the same key, valid for longer.
fn renewed(mut world: World, until: Time) -> World {
    use pki::key::Signer as _;
    let (name, key) = (world.ca.name().clone(), world.ca.key.public_key().clone());
    let builder = CertificateBuilder::new(support::serial(), name.clone(), name, (NOW, until), key);
    let builder = builder.basic_constraints(true, None).key_usage(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN);
    world.ca.certificate = builder.subject_key_id().sign(&world.ca.key).unwrap();
    world
}

#[test]
fn a_hold_that_was_lifted_later_is_forgiven_by_what_was_made_later() {
    let world = World::plain();
    let held = world.sign(world.crl(1, -1, 1).entries([world.entry(-2, Some(Reason::CertificateHold))]));
    let lifted = world.sign(world.crl(2, 5, 9));
    let both = [held.clone(), lifted];
    assert_eq!(world.known(3, &both), "certificate_revoked", "nobody knew yet");
    assert_eq!(world.strict(&both), "certificate_revoked");
    assert_eq!(world.known(5, &both), "valid");
    let delta = world.sign(world.crl(2, 5, 9).delta_since(1).entries([world.entry(4, Some(Reason::RemoveFromCrl))]));
    let by_delta = [held, delta];
    assert_eq!([world.strict(&by_delta), world.known(5, &by_delta)], ["certificate_revoked", "valid"]);
}

#[test]
fn who_signs_a_later_list_is_judged_when_it_was_signed() {
    use pki::key::Signer as _;
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let ca = root.subordinate("CN", "CA", KeySpec::EcdsaP256);
    let leaf = ca.leaf("CN", "Somebody");
    // The CA has another key since tomorrow.
    let new_key = key(KeySpec::EcdsaP256);
    let issue = |from: i64| {
        let validity = (after(from), after(9 * 24));
        let public = new_key.public_key().clone();
        let builder =
            CertificateBuilder::new(support::serial(), root.name().clone(), ca.name().clone(), validity, public);
        root.sign(builder.basic_constraints(true, None).key_usage(KeyUsage::CRL_SIGN).subject_key_id())
    };
    let (rolled, too_late) = (issue(24), issue(72));
    let list = |signer: &Certificate, key: &SoftwareKey| {
        CrlBuilder::new(signer.subject().clone(), 3, after(48), after(96))
            .authority_key_id_of(signer)
            .sign(key)
            .unwrap()
    };
    let roots = list(&root.certificate, &root.key);
    let judge = |signer: &Certificate| {
        let crls = [list(signer, &new_key), roots.clone()];
        code(&ask(&leaf, &[ca.certificate.clone(), signer.clone()], &[root.anchor()], |request| {
            (request.revocation, request.crls) = (RevocationMode::Require, &crls);
            let policy = known_at(48);
            request.revocation_policy = Box::leak(Box::new(policy));
        }))
    };
    assert_eq!(judge(&rolled), "valid");
    assert_eq!(judge(&too_late), "revocation_unknown");
}

#[test]
fn a_rule_holds_for_the_certificates_of_its_ca_alone() {
    use pki::key::Signer as _;
    let world = World::plain();
    let stranger = key(KeySpec::EcdsaP256);
    let with = |rule, crls: &[CertificateList]| {
        let of = |key: &SoftwareKey| RevocationPolicy::strict().with_rule(key.public_key(), rule);
        [&world.ca.key, &stranger].map(|key| code(&world.judge(crls, &of(key))))
    };
    let rule = RevocationRule::default();
    let (stale, old) = (world.sign(world.crl(1, -9, -1)), world.sign(world.crl(1, -9, 9)));
    let grace = |hours: u32| RevocationRule { grace: hours * 3600, ..rule };
    assert_eq!(with(grace(1), from_ref(&stale)), ["valid", "crl_expired"]);
    assert_eq!(with(grace(0), from_ref(&stale)), ["crl_expired"; 2]);
    let aged = |hours: u32| RevocationRule { max_age: Some(hours * 3600), ..rule };
    assert_eq!(with(aged(9), from_ref(&old)), ["valid"; 2]);
    assert_eq!(with(aged(8), from_ref(&old)), ["revocation_unknown", "valid"]);
    let delta = world.sign(world.crl(2, -7, 9).delta_since(1));
    assert_eq!(with(aged(8), &[old, delta]), ["valid"; 2], "a delta CRL freshens it");
    let lenient = RevocationRule { may_be_unknown: true, ..rule };
    assert_eq!(with(lenient, &[]), ["valid", "revocation_unknown"]);
    let revoking = world.sign(world.crl(2, -1, 1).entries([world.entry(-2, None)]));
    assert_eq!(with(lenient, &[revoking]), ["certificate_revoked"; 2]);
    let by = RevocationPolicy::strict().with_rule(world.ca.key.public_key(), lenient);
    let valid = world.judge(&[], &by).unwrap();
    assert!(matches!(valid.revocation[0].status, RevocationStatus::Unknown(_)), "it is said all the same");
    assert!(!valid.missing.is_empty());
}

#[test]
fn a_certificate_without_revocation_needs_no_evidence() {
    let none = |builder: CertificateBuilder| builder.extension(oid::NO_REV_AVAIL, false, vec![5, 0]);
    let world = World::new(none);
    let valid = world.judge(&[], &RevocationPolicy::strict()).unwrap();
    assert_eq!((&valid.revocation[0].status, valid.missing.len()), (&RevocationStatus::NotPublished, 0));
    assert_eq!(
        world.strict(&[world.sign(world.crl(1, -1, 1).entries([world.entry(-2, None)]))]),
        "certificate_revoked"
    );
    // Not beside what it denies, and not for a CA.
    for contradicted in [
        World::new(|builder| none(builder).crl_distribution_points(&["http://example.org/ca.crl"])),
        World::new(|builder| none(builder).authority_info_access(&[], &["http://example.org/ocsp"])),
        World::new(|builder| none(builder).basic_constraints(true, None)),
    ] {
        assert_eq!(contradicted.strict(&[]), "revocation_unknown");
    }
}

#[test]
fn crls_for_some_reasons_count_together_and_apart_they_do_not() {
    let world = World::plain();
    let for_reasons = |bits: u16| {
        let scope = IssuingDistributionPoint { only_some_reasons: Some(bits), ..IssuingDistributionPoint::default() };
        world.sign(world.crl(1, -1, 1).scope(&scope))
    };
    let (compromise, others) = (for_reasons(0b110), for_reasons(0b1_1111_1000));
    assert_eq!(world.strict(from_ref(&compromise)), "revocation_unknown");
    assert_eq!(world.strict(from_ref(&others)), "revocation_unknown");
    assert_eq!(world.strict(&[compromise, others]), "valid");
}

#[test]
fn a_partition_speaks_for_its_own_certificates() {
    let place = |at: u8| format!("http://example.org/part{at}.crl");
    let world = World::new(|builder| builder.crl_distribution_points(&[&place(1)]));
    let part = |at: u8| {
        let name = Some(DistributionPointName::Full(vec![GeneralName::Uri(place(at))]));
        let scope = IssuingDistributionPoint { name, only_user_certs: true, ..IssuingDistributionPoint::default() };
        world.sign(world.crl(1, -1, 1).scope(&scope))
    };
    assert_eq!(world.strict(&[part(2)]), "revocation_unknown");
    assert_eq!(world.strict(&[part(2), part(1)]), "valid");
}

/// RFC 5280 §7.4: the place is the same however it is written, and no other place is.
#[test]
fn the_place_of_a_partition_is_known_however_it_is_written() {
    let world = World::new(|builder| builder.crl_distribution_points(&["http://crl.example.org/%7eca/part.crl"]));
    for (written, expected) in [
        ("HTTP://CRL.Example.ORG:80/a/../%7Eca/part.crl", "valid"),
        ("http://crl.example.org/~ca/part.crl", "valid"),
        ("http://crl.example.org/~CA/part.crl", "revocation_unknown"),
        ("https://crl.example.org/~ca/part.crl", "revocation_unknown"),
        ("http://crl.example.org/~ca/part.crl?", "revocation_unknown"),
        ("http://[crl.example.org/~ca/part.crl", "revocation_unknown"),
    ] {
        let name = Some(DistributionPointName::Full(vec![GeneralName::Uri(written.into())]));
        let scope = IssuingDistributionPoint { name, only_user_certs: true, ..IssuingDistributionPoint::default() };
        assert_eq!(world.strict(&[world.sign(world.crl(1, -1, 1).scope(&scope))]), expected, "{written}");
    }
}

#[test]
fn the_certificate_of_a_crl_issuer_is_missing_where_its_crl_says() {
    let world = World::plain();
    let other = Authority::root("CN", "CA", KeySpec::EcdsaP256);
    let access = other.sign(other.leaf_builder("CN", "x").authority_info_access(&["http://example.org/ca.cer"], &[]));
    let access = access.extension_value(&oid::AUTHORITY_INFO_ACCESS).unwrap().to_vec();
    let crl = world.crl(1, -1, 1).extension(oid::AUTHORITY_INFO_ACCESS, false, access).sign(&other.key).unwrap();
    let missing = refused(world.judge(&[crl], &RevocationPolicy::strict())).missing;
    let issuer = missing.iter().find(|one| one.kind == MissingKind::Issuer).unwrap();
    assert_eq!((&issuer.uris[..], &issuer.issuer), (&["http://example.org/ca.cer".to_owned()][..], other.name()));
}

#[test]
fn what_to_ask_a_responder_is_said() {
    let world = World::new(|builder| builder.authority_info_access(&[], &["http://example.org/ocsp"]));
    let missing = refused(world.judge(&[], &RevocationPolicy::strict())).missing;
    let ocsp = missing.iter().find(|one| one.kind == MissingKind::Ocsp).unwrap();
    assert_eq!(ocsp.ask, Some(CertId::of(CertIdHash::Sha1, &world.leaf, &world.ca.certificate)));
}

/// An OCSP response of the CA itself of this hour, after `change`.
fn answer(
    world: &World,
    hours: i64,
    status: CertStatus,
    change: impl Fn(SingleResponse) -> SingleResponse,
) -> OcspResponse {
    let id = CertId::of(CertIdHash::Sha384, &world.leaf, &world.ca.certificate);
    let single = SingleResponse::new(id, status, after(hours), Some(after(hours + 1)));
    let responder = ResponderId::by_key(&world.ca.certificate);
    OcspResponseBuilder::new(responder, after(hours)).response(change(single)).sign(&world.ca.key).unwrap()
}

#[test]
fn ocsp_responses_of_later_count_as_later_lists_do() {
    let world = World::plain();
    let revoked = |hours: i64| CertStatus::Revoked { since: after(hours), reason: None };
    let judge = |response: OcspResponse, policy: &RevocationPolicy| code(&world.judge_by(&[], &[response], policy));
    let said = |status| answer(&world, 50, status, |single| single);
    assert_eq!(judge(said(CertStatus::Good), &RevocationPolicy::strict()), "revocation_unknown");
    assert_eq!(judge(said(CertStatus::Good), &known_at(49)), "revocation_unknown");
    assert_eq!(judge(said(CertStatus::Good), &known_at(50)), "valid");
    assert_eq!(judge(said(revoked(1)), &known_at(50)), "valid");
    assert_eq!(judge(said(revoked(0)), &known_at(50)), "certificate_revoked");
    assert_eq!(judge(said(CertStatus::Unknown), &known_at(50)), "revocation_unknown");
    let date = [&[0x18, 15][..], b"20251231000000Z"].concat();
    let invalid =
        answer(&world, 50, revoked(9), |single| single.with_extension(oid::INVALIDITY_DATE, false, date.clone()));
    assert_eq!(judge(invalid, &known_at(50)), "certificate_revoked");
    let rule = |rule| RevocationPolicy::strict().with_default(rule);
    let old = || answer(&world, -3, CertStatus::Good, |single| single);
    assert_eq!(judge(old(), &RevocationPolicy::strict()), "revocation_unknown");
    assert_eq!(judge(old(), &rule(RevocationRule { grace: 2 * 3600, ..RevocationRule::default() })), "valid");
    let max_age = Some(2 * 3600);
    let aged = RevocationRule { grace: 2 * 3600, max_age, ..RevocationRule::default() };
    assert_eq!(judge(old(), &rule(aged)), "revocation_unknown");
}

/// RFC 6960 §4.2.2.1 lets a responder leave nextUpdate out, RFC 9919 §5 refuses what does.
#[test]
fn an_answer_that_does_not_say_when_the_next_is_due_counts_as_long_as_the_rule_says() {
    let world = World::plain();
    let judge = |hours: i64, open_ended: Option<u32>| {
        let id = CertId::of(CertIdHash::Sha384, &world.leaf, &world.ca.certificate);
        let single = SingleResponse::new(id, CertStatus::Good, after(-hours), None);
        let builder = OcspResponseBuilder::new(ResponderId::by_key(&world.ca.certificate), after(-hours));
        let response = builder.response(single).sign(&world.ca.key).unwrap();
        let rule = RevocationRule { open_ended, ..RevocationRule::default() };
        code(&world.judge_by(&[], &[response], &RevocationPolicy::strict().with_default(rule)))
    };
    assert_eq!(RevocationRule::default().open_ended, Some(24 * 3600));
    for (hours, open_ended, expected) in [
        (24, Some(24 * 3600), "valid"),
        (25, Some(24 * 3600), "revocation_unknown"),
        (25, Some(25 * 3600), "valid"),
        (1, Some(60), "revocation_unknown"),
        (0, None, "revocation_unknown"),
    ] {
        assert_eq!(judge(hours, open_ended), expected, "{hours} {open_ended:?}");
    }
}

#[test]
fn a_later_answer_of_after_the_end_needs_an_archive() {
    let world = World::plain();
    let end = 30 * 24;
    let judge = |hours: i64, cutoff: Option<i64>| {
        let response = answer(&world, hours, CertStatus::Good, |single| match cutoff {
            Some(cutoff) => single.with_archive_cutoff(after(cutoff)),
            None => single,
        });
        code(&world.judge_by(&[], &[response], &known_at(end + 9)))
    };
    assert_eq!(judge(end, None), "valid");
    assert_eq!(judge(end + 1, None), "revocation_unknown");
    assert_eq!(judge(end + 1, Some(end)), "valid");
    assert_eq!(judge(end + 1, Some(end + 1)), "revocation_unknown");
}
