//! OCSP responses in the judgement of a path (RFC 6960 §3.2): who may speak, of what, when, and what wins.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use std::slice;

use pki::certificate::extension::KeyUsage;
use pki::crl::Reason;
use pki::key::{KeySpec, Signer, SoftwareKey};
use pki::ocsp::{CertId, CertIdHash, CertStatus, ResponderId, ResponseStatus, SingleResponse};
use pki::path::{Invalid, MissingKind, RevocationMode, RevocationSource, RevocationStatus, Verdict};
use pki::{Certificate, CertificateBuilder, CertificateList, OcspRequest, OcspResponse, OcspResponseBuilder, Oid};
use pki::{Error, Time, oid};
use support::{Authority, DAY, Forger, NOW, ask, builder, code, key, name};

const HOUR: i64 = 3600;

/// A CA that is an anchor, and a leaf of it.
struct World {
    ca: Authority,
    leaf: Certificate,
}

/// Who signs responses: a certificate with its key.
struct Responder {
    key: SoftwareKey,
    certificate: Certificate,
}

fn after(hours: i64) -> Time {
    Time(NOW.0 + hours * HOUR)
}

fn revoked(hours: i64, reason: Option<Reason>) -> CertStatus {
    CertStatus::Revoked { since: after(hours), reason }
}

impl World {
    fn new(spec: KeySpec) -> Self {
        let ca = Authority::root("CN", "CA", spec);
        let leaf = ca.sign(
            ca.leaf_builder("CN", "Somebody")
                .crl_distribution_points(&["http://example.org/ca.crl"])
                .authority_info_access(&[], &["http://example.org/ocsp"]),
        );
        Self { ca, leaf }
    }

    fn id(&self, hash: CertIdHash) -> CertId {
        CertId::of(hash, &self.leaf, &self.ca.certificate)
    }

    /// What a response of an hour ago says of the leaf.
    fn single(&self, status: CertStatus) -> SingleResponse {
        SingleResponse::new(self.id(CertIdHash::Sha256), status, after(-1), Some(after(1)))
    }

    /// Signed by the CA itself.
    fn direct(&self, single: SingleResponse) -> OcspResponse {
        let responder = ResponderId::by_key(&self.ca.certificate);
        OcspResponseBuilder::new(responder, after(-1)).response(single).sign(&self.ca.key).unwrap()
    }

    /// A certificate for OCSP signing by the CA, after `change`.
    fn responder(&self, change: impl FnOnce(CertificateBuilder) -> CertificateBuilder) -> Responder {
        let key = key(KeySpec::EcdsaP256);
        let plain = self.responder_builder(&key);
        Responder { certificate: self.ca.sign(change(plain)), key }
    }

    fn responder_builder(&self, key: &SoftwareKey) -> CertificateBuilder {
        builder(self.ca.name(), &name("CN", "Responder"), key.public_key().clone())
            .key_usage(KeyUsage::DIGITAL_SIGNATURE)
            .extended_key_usage([oid::OCSP_SIGNING])
    }

    fn judge_by(&self, ocsp: &[OcspResponse], crls: &[CertificateList], heap: &[Certificate]) -> Verdict {
        self.judge_as(RevocationMode::Require, ocsp, crls, heap)
    }

    fn judge_as(
        &self,
        mode: RevocationMode,
        ocsp: &[OcspResponse],
        crls: &[CertificateList],
        heap: &[Certificate],
    ) -> Verdict {
        ask(&self.leaf, heap, &[self.ca.anchor()], |request| {
            (request.revocation, request.ocsp, request.crls) = (mode, ocsp, crls);
        })
    }

    fn judge(&self, response: OcspResponse) -> Verdict {
        self.judge_by(&[response], &[], &[])
    }
}

fn nocheck(builder: CertificateBuilder) -> CertificateBuilder {
    builder.extension(oid::OCSP_NOCHECK, false, vec![5, 0])
}

impl Responder {
    fn unsigned(&self, single: SingleResponse) -> OcspResponseBuilder {
        OcspResponseBuilder::new(ResponderId::by_name(&self.certificate), after(-1))
            .response(single)
            .certificates([self.certificate.clone()])
    }

    fn says(&self, single: SingleResponse) -> OcspResponse {
        self.unsigned(single).sign(&self.key).unwrap()
    }
}

fn refused(verdict: Verdict) -> Invalid {
    *verdict.unwrap_err()
}

/// Refused as unknown, with this in the reason.
#[track_caller]
fn assert_unknown(verdict: Verdict, part: &str) {
    let invalid = refused(verdict);
    assert_eq!(invalid.error.code(), "revocation_unknown");
    assert!(invalid.error.to_string().contains(part), "{part} in {}", invalid.error);
}

/// What nobody accepts may be dear to check: forged, it would only cost time.
#[test]
fn a_response_signed_by_an_algorithm_that_is_not_accepted_is_not_looked_at() {
    let world = World::new(KeySpec::Rsa2048);
    let response = OcspResponseBuilder::new(ResponderId::by_key(&world.ca.certificate), after(-1));
    let response = response.response(world.single(CertStatus::Good)).sign(&Forger(&world.ca.key)).unwrap();
    let invalid = refused(world.judge(response));
    assert!(invalid.error.to_string().contains("SHA-1 was not acceptable"), "{}", invalid.error);
    assert_eq!(invalid.signatures_checked, 1, "the leaf's own");
}

#[test]
fn the_ca_itself_says_good_revoked_or_unknown_by_every_hash_and_responder_id() {
    for spec in [KeySpec::Sm2, KeySpec::EcdsaP256, KeySpec::Rsa2048, KeySpec::Ed25519] {
        let world = World::new(spec);
        let ids = [ResponderId::by_name(&world.ca.certificate), ResponderId::by_key(&world.ca.certificate)];
        for hash in CertIdHash::ALL {
            for responder in &ids {
                let judge = |status| {
                    let single = SingleResponse::new(world.id(hash), status, after(-1), Some(after(1)));
                    let response = OcspResponseBuilder::new(responder.clone(), after(-1)).response(single);
                    world.judge(response.sign(&world.ca.key).unwrap())
                };
                assert_eq!(code(&judge(CertStatus::Good)), "valid", "{spec} {hash:?}");
                let invalid = refused(judge(revoked(-5, Some(Reason::KeyCompromise))));
                let expected = Error::CertificateRevoked {
                    since: after(-5),
                    reason: Some(Reason::KeyCompromise),
                    invalid_since: None,
                };
                assert_eq!(invalid.error, expected);
                assert_unknown(judge(CertStatus::Unknown), "does not know the certificate");
            }
        }
    }
}

#[test]
fn the_note_says_which_evidence_spoke_and_which_did_not() {
    let world = World::new(KeySpec::EcdsaP256);
    let stale = SingleResponse::new(world.id(CertIdHash::Sha1), CertStatus::Good, after(-9), Some(after(-8)));
    let responses = [world.direct(stale), world.direct(world.single(CertStatus::Good))];
    let valid = world.judge_by(&responses, &[], &[]).unwrap();
    let note = &valid.revocation[0];
    let responder = ResponderId::by_key(&world.ca.certificate);
    assert_eq!(note.status, RevocationStatus::Good);
    assert_eq!(note.sources, [RevocationSource::Ocsp { responder: responder.clone(), this_update: after(-1) }]);
    assert_eq!(note.obstacles, [Error::OcspExpired { responder, next_update: after(-8) }]);
    assert_eq!((valid.missing, valid.signatures_checked), (vec![], 2));

    let crl = world.ca.crl(&[]);
    let valid = world.judge_by(&responses[1..], slice::from_ref(&crl), &[]).unwrap();
    let kinds: Vec<_> =
        valid.revocation[0].sources.iter().map(|source| matches!(source, RevocationSource::Crl { .. })).collect();
    assert_eq!(kinds, [true, false]);
}

#[test]
fn revoked_wins_whoever_says_it_and_good_by_either_is_enough() {
    let world = World::new(KeySpec::EcdsaP256);
    let (good, bad) = (world.direct(world.single(CertStatus::Good)), world.direct(world.single(revoked(-5, None))));
    let (clean, listed) = (world.ca.crl(&[]), world.ca.crl(&[&world.leaf]));
    for (ocsp, crls, expected) in [
        (vec![&good], vec![], "valid"),
        (vec![], vec![&clean], "valid"),
        (vec![&good], vec![&clean], "valid"),
        (vec![&bad], vec![&clean], "certificate_revoked"),
        (vec![&good], vec![&listed], "certificate_revoked"),
        (vec![&good, &bad], vec![&clean], "certificate_revoked"),
        (vec![&bad, &good], vec![], "certificate_revoked"),
        (vec![], vec![], "revocation_unknown"),
    ] {
        let ocsp: Vec<_> = ocsp.into_iter().cloned().collect();
        let crls: Vec<_> = crls.into_iter().cloned().collect();
        assert_eq!(code(&world.judge_by(&ocsp, &crls, &[])), expected);
    }
    let note = world.judge_as(RevocationMode::BestEffort, slice::from_ref(&good), &[clean], &[]).unwrap();
    assert_eq!(note.revocation[0].sources.len(), 2);
}

#[test]
fn what_is_missing_is_named_by_both_kinds_and_every_response_is_told_of() {
    let world = World::new(KeySpec::EcdsaP256);
    let refusal = OcspResponse::refusal(ResponseStatus::TryLater).unwrap();
    let unknown = world.direct(world.single(CertStatus::Unknown));
    let invalid = refused(world.judge_by(&[refusal, unknown], &[], &[]));
    let text = invalid.error.to_string();
    for part in ["no CRL that covers", "refused to answer: tryLater", "does not know the certificate"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let kinds: Vec<_> = invalid.missing.iter().map(|missing| (missing.kind, missing.uris[0].as_str())).collect();
    let expected = [(MissingKind::Crl, "http://example.org/ca.crl"), (MissingKind::Ocsp, "http://example.org/ocsp")];
    assert_eq!(kinds, expected);
    assert!(invalid.missing.iter().all(|missing| missing.issuer == *world.ca.name()));
}

#[test]
fn a_response_counts_only_in_its_time() {
    let world = World::new(KeySpec::EcdsaP256);
    let judge = |this: i64, next: Option<i64>| {
        let id = world.id(CertIdHash::Sha1);
        world.judge(world.direct(SingleResponse::new(id, CertStatus::Good, after(this), next.map(after))))
    };
    assert_eq!(code(&judge(0, Some(0))), "valid");
    assert_eq!(code(&judge(-24, None)), "valid");
    assert_unknown(judge(1, Some(2)), "after the time of validation");
    assert_unknown(judge(-2, Some(-1)), "has run out");
    assert_unknown(judge(-25, None), "does not say when the next is due");
}

#[test]
fn what_will_be_revoked_is_good_until_then_and_a_hold_is_a_revocation() {
    let world = World::new(KeySpec::EcdsaP256);
    let judge = |status| world.judge(world.direct(world.single(status)));
    assert_eq!(code(&judge(revoked(1, None))), "valid");
    let hold = refused(judge(revoked(-1, Some(Reason::CertificateHold))));
    assert!(hold.error.to_string().contains("certificateHold"));
}

#[test]
fn never_issued_is_revoked_since_1970() {
    let world = World::new(KeySpec::EcdsaP256);
    let status = CertStatus::Revoked { since: Time(0), reason: Some(Reason::CertificateHold) };
    let response = OcspResponseBuilder::new(ResponderId::by_name(&world.ca.certificate), NOW)
        .response(world.single(status))
        .extended_revoke()
        .sign(&world.ca.key)
        .unwrap();
    assert!(response.basic().unwrap().is_extended_revoked());
    assert_eq!(code(&world.judge(response)), "certificate_revoked");
}

#[test]
fn one_response_may_answer_for_many() {
    let world = World::new(KeySpec::EcdsaP256);
    let other = world.ca.leaf("CN", "Other");
    let about = |certificate: &Certificate, status| {
        let id = CertId::of(CertIdHash::Sm3, certificate, &world.ca.certificate);
        SingleResponse::new(id, status, after(-1), Some(after(1)))
    };
    let builder = || OcspResponseBuilder::new(ResponderId::by_key(&world.ca.certificate), NOW);
    let both = builder().response(about(&other, revoked(-9, None))).response(about(&world.leaf, CertStatus::Good));
    assert_eq!(code(&world.judge(both.sign(&world.ca.key).unwrap())), "valid");
    let others = builder().response(about(&other, CertStatus::Good));
    assert_unknown(world.judge(others.sign(&world.ca.key).unwrap()), "no OCSP response is about it");
    let torn = builder().response(about(&world.leaf, CertStatus::Good)).response(world.single(revoked(-2, None)));
    assert_eq!(code(&world.judge(torn.sign(&world.ca.key).unwrap())), "certificate_revoked");
}

#[test]
fn a_sibling_of_the_same_name_does_not_speak_for_the_ca() {
    let world = World::new(KeySpec::EcdsaP256);
    let sibling = World { ca: Authority::root("CN", "CA", KeySpec::EcdsaP256), leaf: world.leaf.clone() };
    assert_unknown(world.judge(sibling.direct(sibling.single(CertStatus::Good))), "no OCSP response is about it");
    // The right CertID, the right name, but the sibling's key.
    let forged = OcspResponseBuilder::new(ResponderId::by_name(&world.ca.certificate), NOW)
        .response(world.single(CertStatus::Good))
        .certificates([sibling.ca.certificate.clone()]);
    assert_unknown(world.judge(forged.sign(&sibling.ca.key).unwrap()), "may not speak for the issuer");
    let delegate = sibling.responder(nocheck);
    assert_unknown(world.judge(delegate.says(world.single(CertStatus::Good))), "may not speak for the issuer");
    assert_eq!(code(&world.judge(world.responder(nocheck).says(world.single(CertStatus::Good)))), "valid");
}

#[test]
fn a_delegated_responder_needs_its_purpose_its_key_usage_and_its_time() {
    let world = World::new(KeySpec::EcdsaP256);
    let says = |responder: Responder| world.judge(responder.says(world.single(CertStatus::Good)));
    let refuses = |change: fn(CertificateBuilder) -> CertificateBuilder| {
        assert_unknown(says(world.responder(|plain| change(nocheck(plain)))), "may not speak for the issuer");
    };
    assert_eq!(code(&says(world.responder(nocheck))), "valid");
    refuses(|plain| plain.extended_key_usage([oid::SERVER_AUTH]));
    refuses(|plain| plain.extended_key_usage([oid::ANY_EXTENDED_KEY_USAGE]));
    refuses(|plain| plain.key_usage(KeyUsage::KEY_ENCIPHERMENT));
    refuses(|plain| plain.extension(Oid::new_unwrap("1.3.6.1.4.1.32473.9"), true, vec![5, 0]));
}

#[test]
fn a_responder_whose_certificate_did_not_hold_is_refused() {
    let world = World::new(KeySpec::EcdsaP256);
    let valid = |from: i64, to: i64| {
        let key = key(KeySpec::EcdsaP256);
        let plain = CertificateBuilder::new(
            support::serial(),
            world.ca.name().clone(),
            name("CN", "Responder"),
            (after(from), after(to)),
            key.public_key().clone(),
        );
        let certificate = world.ca.sign(nocheck(plain.extended_key_usage([oid::OCSP_SIGNING])));
        world.judge(Responder { key, certificate }.says(world.single(CertStatus::Good)))
    };
    assert_eq!(code(&valid(-1, 0)), "valid");
    assert_unknown(valid(-9, -1), "expired");
    assert_unknown(valid(0, 9), "not valid when it signed");
}

#[test]
fn the_status_of_a_responder_without_nocheck_is_asked_of_others() {
    let world = World::new(KeySpec::EcdsaP256);
    let silent = world.responder(|plain| plain);
    let sourced = world.responder(|plain| plain.crl_distribution_points(&["http://example.org/responder.crl"]));
    let judge = |mode, responder: &Responder, crls: &[CertificateList]| {
        let response = responder.says(world.single(CertStatus::Good));
        world.judge_as(mode, &[response], crls, &[])
    };
    let strict = |responder, crls: &[CertificateList]| judge(RevocationMode::Require, responder, crls);
    // Without a word on how to check it, it is taken as its CA made it; but not against a CRL.
    assert_eq!(code(&strict(&silent, &[])), "valid");
    let scoped = |revoked: &[&Certificate]| {
        // A CRL for some reasons alone leaves the leaf's status open.
        let entries = revoked.iter().map(|certificate| (certificate.serial().clone(), after(-9), None));
        let partial = pki::crl::IssuingDistributionPoint { only_some_reasons: Some(2), ..Default::default() };
        let crl = pki::CrlBuilder::new(world.ca.name().clone(), 1, after(-1), after(1)).revoked(entries);
        [crl.scope(&partial).sign(&world.ca.key).unwrap()]
    };
    assert_unknown(strict(&silent, &scoped(&[&silent.certificate])), "its certificate is revoked");
    // With an address it must be known, where anything must.
    let invalid = refused(strict(&sourced, &[]));
    assert!(invalid.error.to_string().contains("of its own certificate"), "{}", invalid.error);
    assert!(invalid.missing.iter().any(|missing| missing.uris == ["http://example.org/responder.crl"]));
    let lenient = judge(RevocationMode::BestEffort, &sourced, &[]).unwrap();
    assert_eq!(lenient.revocation[0].status, RevocationStatus::Good);
    assert_eq!(code(&strict(&sourced, &[world.ca.crl(&[])])), "valid");
}

#[test]
fn only_the_ca_speaks_of_a_responder() {
    let world = World::new(KeySpec::EcdsaP256);
    let sourced = world.responder(|plain| plain.authority_info_access(&[], &["http://example.org/ocsp"]));
    let about = |status| {
        let id = CertId::of(CertIdHash::Sha256, &sourced.certificate, &world.ca.certificate);
        SingleResponse::new(id, status, after(-1), Some(after(1)))
    };
    let answer = sourced.says(world.single(CertStatus::Good));
    let judge = |other: OcspResponse| world.judge_by(&[answer.clone(), other], &[], &[]);
    assert_eq!(code(&judge(world.direct(about(CertStatus::Good)))), "valid");
    assert_unknown(judge(world.direct(about(revoked(-3, None)))), "its certificate is revoked");
    assert_unknown(judge(sourced.says(about(CertStatus::Good))), "of its own certificate");
    assert_unknown(judge(world.responder(nocheck).says(about(CertStatus::Good))), "of its own certificate");
    // Judged as a leaf, it does not vouch for itself either.
    let verdict = ask(&sourced.certificate, &[], &[world.ca.anchor()], |request| {
        (request.revocation, request.ocsp) = (RevocationMode::Require, &[]);
    });
    assert_eq!(code(&verdict), "revocation_unknown");
    let own = [sourced.says(about(CertStatus::Good))];
    let verdict = ask(&sourced.certificate, &[], &[world.ca.anchor()], |request| {
        (request.revocation, request.ocsp) = (RevocationMode::Require, &own);
    });
    assert_unknown(verdict, "it speaks of itself");
}

#[test]
fn a_responder_that_is_not_in_the_response_is_taken_from_the_heap() {
    let world = World::new(KeySpec::Sm2);
    let responder = world.responder(nocheck);
    let bare = OcspResponseBuilder::new(ResponderId::by_key(&responder.certificate), after(-1))
        .response(world.single(CertStatus::Good))
        .sign(&responder.key)
        .unwrap();
    assert_unknown(world.judge(bare.clone()), "no certificate of it by that issuer is at hand");
    assert_eq!(code(&world.judge_by(&[bare], &[], slice::from_ref(&responder.certificate))), "valid");
}

#[test]
fn unknown_critical_extensions_refuse_and_others_do_not() {
    let world = World::new(KeySpec::EcdsaP256);
    let kind = Oid::new_unwrap("1.3.6.1.4.1.32473.9");
    for critical in [false, true] {
        let single = world.single(CertStatus::Good);
        let inner = world.direct(single.clone().with_extension(kind, critical, vec![5, 0]));
        let outer = OcspResponseBuilder::new(ResponderId::by_key(&world.ca.certificate), NOW)
            .response(single)
            .extension(kind, critical, vec![5, 0])
            .sign(&world.ca.key)
            .unwrap();
        for response in [inner, outer] {
            match critical {
                true => assert_unknown(world.judge(response), "unknown critical extension"),
                false => assert_eq!(code(&world.judge(response)), "valid"),
            }
        }
    }
}

#[test]
fn a_forged_response_counts_for_nothing() {
    let world = World::new(KeySpec::EcdsaP256);
    let forged = OcspResponseBuilder::new(ResponderId::by_key(&world.ca.certificate), NOW)
        .response(world.single(CertStatus::Good))
        .sign(&key(KeySpec::EcdsaP256))
        .unwrap();
    assert_unknown(world.judge(forged), "signature of the OCSP response");
    let responder = world.responder(nocheck);
    let stolen = responder.unsigned(world.single(revoked(-1, None))).sign(&world.ca.key).unwrap();
    assert_unknown(world.judge(stolen), "signature of the OCSP response");
}

#[test]
fn a_certificate_that_had_run_out_is_good_only_within_the_archive() {
    let world = World::new(KeySpec::EcdsaP256);
    let late = Time(world.leaf.not_after().0 + DAY);
    let responder = ResponderId::by_key(&world.ca.certificate);
    let single = |status| SingleResponse::new(world.id(CertIdHash::Sha1), status, late, None);
    let check = |single: SingleResponse| single.check_current(&world.leaf, late, &responder);
    assert_eq!(check(single(CertStatus::Good)).unwrap_err().code(), "ocsp_unusable");
    assert_eq!(check(single(revoked(0, None))), Ok(()));
    assert_eq!(check(single(CertStatus::Good).with_archive_cutoff(world.leaf.not_after())), Ok(()));
    assert!(check(single(CertStatus::Good).with_archive_cutoff(late)).is_err());
}

#[test]
fn a_request_is_answered_with_its_ids_and_its_nonce() {
    let world = World::new(KeySpec::Sm2);
    let (id, nonce) = (world.id(CertIdHash::Sm3), [7; 32]);
    let request = OcspRequest::new(slice::from_ref(&id), Some(&nonce)).unwrap();
    let read = OcspRequest::from_der(request.der()).unwrap();
    assert_eq!((read.ids(), read.nonce(), read.unknown_critical()), (&[id][..], Some(&nonce[..]), None));
    assert!(read.ids()[0].is_by(&world.ca.certificate) && read.ids()[0].is_of(&world.leaf, &world.ca.certificate));
    let response = OcspResponseBuilder::new(ResponderId::by_key(&world.ca.certificate), NOW)
        .response(SingleResponse::new(read.ids()[0].clone(), CertStatus::Good, NOW, Some(after(1))))
        .nonce_of(&read)
        .sm2_null_parameters(true)
        .sign(&world.ca.key)
        .unwrap();
    let basic = response.basic().unwrap();
    assert_eq!(basic.check_nonce(&nonce), Ok(()));
    assert_eq!(basic.check_nonce(&[8; 32]).unwrap_err().code(), "ocsp_nonce_mismatch");
    let without = world.direct(world.single(CertStatus::Good));
    assert_eq!(without.basic().unwrap().check_nonce(&nonce).unwrap_err().code(), "ocsp_nonce_mismatch");
    for bad in [&[][..], &[0; 129]] {
        assert_eq!(OcspRequest::new(&[world.id(CertIdHash::Sha1)], Some(bad)).unwrap_err().code(), "malformed_ocsp");
    }
    assert_eq!(OcspRequest::new(&[], None).unwrap_err().code(), "malformed_ocsp");
    assert_eq!(code(&world.judge(response)), "valid");
}

#[test]
fn error_messages_are_read_and_contradictions_refused() {
    for (status, name) in [(ResponseStatus::TryLater, "tryLater"), (ResponseStatus::Unauthorized, "unauthorized")] {
        let refusal = OcspResponse::refusal(status).unwrap();
        assert_eq!((refusal.status().name(), refusal.basic().is_none()), (name, true));
    }
    assert_eq!(OcspResponse::refusal(ResponseStatus::Successful).unwrap_err().code(), "malformed_ocsp");
    assert!(OcspResponse::from_der(&[0x30, 3, 0x0a, 1, 4]).is_err(), "responseStatus 4 is not used");
}

/// 300 responses that need a signature each: the search ends, and says so.
#[test]
fn many_forged_responses_end_in_the_budget() {
    let world = World::new(KeySpec::EcdsaP256);
    let (stranger, responder) = (key(KeySpec::EcdsaP256), ResponderId::by_key(&world.ca.certificate));
    let forged = |_| {
        let builder = OcspResponseBuilder::new(responder.clone(), NOW).response(world.single(CertStatus::Good));
        builder.sign(&stranger).unwrap()
    };
    let many: Vec<_> = (0..300).map(forged).collect();
    assert_eq!(code(&world.judge_by(&many, &[], &[])), "budget_exhausted");
    let invalid = refused(world.judge_by(&many[..20], &[], &[]));
    assert!(invalid.error.to_string().ends_with("and 12 more OCSP responses"), "{}", invalid.error);
}
