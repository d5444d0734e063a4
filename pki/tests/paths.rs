//! Paths through small worlds: chains of one and of several algorithms, cross-certificates, loops, dead ends, evidence.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use std::slice;
use std::time::Duration;

use pki::algorithm::PublicKey;
use pki::certificate::extension::KeyUsage;
use pki::key::{KeySpec, Signer, SoftwareKey};
use pki::name::GeneralName;
use pki::path::{ExpectedName, MissingKind, Purpose, RevocationMode, RevocationScope, TrustAnchor};
use pki::{Certificate, CrlBuilder, Name, Time, oid};
use support::{Authority, DAY, Forger, NOW, ask, builder, ca_builder, code, cross, name};

#[test]
fn chains_of_every_algorithm_and_of_mixed_ones_are_valid() {
    let specs = [KeySpec::Sm2, KeySpec::Rsa2048, KeySpec::EcdsaP384, KeySpec::Ed25519, KeySpec::EcdsaP521];
    for (upper, lower) in specs.iter().flat_map(|one| specs.iter().map(move |other| (*one, *other))) {
        let root = Authority::root("CN", "Root", upper);
        let issuing = root.subordinate("CN", "Issuing", lower);
        let leaf = issuing.leaf("CN", "Somebody");
        let valid = ask(&leaf, slice::from_ref(&issuing.certificate), &[root.anchor()], |_| ()).unwrap();
        assert_eq!(valid.path, [leaf, issuing.certificate, root.certificate], "{upper} {lower}");
        assert_eq!((valid.paths_tried, valid.signatures_checked), (1, 2));
    }
}

#[test]
fn an_sm2_chain_with_crls_is_valid_until_one_of_them_lists_it() {
    let root = Authority::root("CN", "Root", KeySpec::Sm2);
    let issuing = root.subordinate("CN", "Issuing", KeySpec::Sm2);
    let leaf = issuing.leaf("CN", "Somebody");
    let heap = [issuing.certificate.clone()];
    let judge = |crls: &[pki::CertificateList]| {
        let verdict = ask(&leaf, &heap, &[root.anchor()], |request| {
            request.revocation = RevocationMode::Require;
            request.crls = crls;
        });
        code(&verdict)
    };
    assert_eq!(judge(&[root.crl(&[]), issuing.crl(&[])]), "valid");
    assert_eq!(judge(&[root.crl(&[]), issuing.crl(&[&leaf])]), "certificate_revoked");
    assert_eq!(judge(&[root.crl(&[&issuing.certificate]), issuing.crl(&[])]), "certificate_revoked");
    assert_eq!(judge(&[root.crl(&[])]), "revocation_unknown");
    // A CRL of the right name by a stranger's key counts for nothing.
    let stranger = Authority::root("CN", "Issuing", KeySpec::Sm2);
    assert_eq!(judge(&[root.crl(&[]), stranger.crl(&[])]), "revocation_unknown");
    assert_eq!(judge(&[root.crl(&[]), stranger.crl(&[&leaf]), issuing.crl(&[])]), "valid");
}

#[test]
fn missing_crls_and_issuers_are_named_with_their_addresses() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let issuing = root.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    let leaf = issuing.sign(
        issuing
            .leaf_builder("CN", "Somebody")
            .crl_distribution_points(&["http://example.org/issuing.crl"])
            .authority_info_access(&["http://example.org/issuing.cer"], &["http://example.org/ocsp"]),
    );
    let invalid = ask(&leaf, slice::from_ref(&issuing.certificate), &[root.anchor()], |request| {
        request.revocation = RevocationMode::Require;
    })
    .unwrap_err();
    assert_eq!(invalid.error.code(), "revocation_unknown");
    let named = |kind| invalid.missing.iter().filter(move |missing| missing.kind == kind).collect::<Vec<_>>();
    assert_eq!(named(MissingKind::Crl).len(), 2, "the leaf's and the issuing CA's, at once");
    assert!(named(MissingKind::Crl).iter().any(|crl| crl.uris == ["http://example.org/issuing.crl"]));
    assert_eq!(named(MissingKind::Ocsp)[0].uris, ["http://example.org/ocsp"]);

    let invalid = ask(&leaf, &[], &[root.anchor()], |_| ()).unwrap_err();
    assert_eq!(invalid.error.code(), "unknown_issuer");
    assert_eq!(invalid.missing[0].kind, MissingKind::Issuer);
    assert_eq!(invalid.missing[0].uris, ["http://example.org/issuing.cer"]);
    assert_eq!(&invalid.missing[0].issuer, issuing.name());
}

/// RFC 5280 §4.2.2.2: a CA publishes in its repository what it has issued.
#[test]
fn where_a_certificate_does_not_say_where_its_issuer_is_the_repositories_above_are_told_of() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let with_repository =
        |of: &Authority, uris: &[&str]| ca_builder(root.name(), of.name(), &of.key).ca_repository(uris);
    let anchor = with_repository(&root, &["http://example.org/root.p7c"]).sign(&root.key).unwrap();
    let between = root.subordinate("CN", "Between", KeySpec::EcdsaP256);
    let known =
        root.sign(with_repository(&between, &["http://example.org/between.p7c", "http://example.org/root.p7c"]));
    let stranger = Authority::root("CN", "Stranger", KeySpec::EcdsaP256);
    let strange = stranger.sign(
        ca_builder(stranger.name(), &name("CN", "Below"), &stranger.key).ca_repository(&["http://stranger.example/"]),
    );
    let issuing = between.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    let (heap, anchors) = ([strange, known], [TrustAnchor::new(anchor)]);
    let told = |leaf: &Certificate| {
        let missing = ask(leaf, &heap, &anchors, |_| ()).unwrap_err().missing;
        assert!(missing.iter().all(|one| one.kind == MissingKind::Issuer && one.issuer == *issuing.name()));
        missing.into_iter().flat_map(|one| one.uris).collect::<Vec<_>>()
    };
    let silent = issuing.leaf("CN", "Somebody");
    assert_eq!(
        told(&silent),
        ["http://example.org/root.p7c", "http://example.org/between.p7c"],
        "nearest first, once each"
    );
    let telling =
        issuing.leaf_builder("CN", "Somebody").authority_info_access(&["http://example.org/issuing.cer"], &[]);
    assert_eq!(told(&issuing.sign(telling)), ["http://example.org/issuing.cer"]);
    let complete = [heap[1].clone(), issuing.certificate.clone()];
    assert!(ask(&silent, &complete, &anchors, |_| ()).unwrap().missing.is_empty());
}

#[test]
fn of_many_repositories_eight_are_told_of() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let uris: Vec<_> = (0..20).map(|at| format!("http://example.org/{at:02}")).collect();
    let uris: Vec<_> = uris.iter().map(String::as_str).collect();
    let anchor = ca_builder(root.name(), root.name(), &root.key).ca_repository(&uris).sign(&root.key).unwrap();
    let leaf = Authority::root("CN", "Issuing", KeySpec::EcdsaP256).leaf("CN", "Somebody");
    let invalid = ask(&leaf, &[], &[TrustAnchor::new(anchor)], |_| ()).unwrap_err();
    assert_eq!(invalid.missing[0].uris, uris[..8]);
}

#[test]
fn best_effort_and_the_scope_of_the_leaf_ask_for_less() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let issuing = root.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    let leaf = issuing.leaf("CN", "Somebody");
    let crls = [issuing.crl(&[])];
    let heap = [issuing.certificate.clone()];
    let judge = |mode, scope| {
        ask(&leaf, &heap, &[root.anchor()], |request| {
            (request.revocation, request.revocation_scope, request.crls) = (mode, scope, &crls);
        })
    };
    assert_eq!(code(&judge(RevocationMode::Require, RevocationScope::Chain)), "revocation_unknown");
    assert_eq!(code(&judge(RevocationMode::Require, RevocationScope::Leaf)), "valid");
    let lenient = judge(RevocationMode::BestEffort, RevocationScope::Chain).unwrap();
    assert_eq!(lenient.missing.len(), 1);
}

#[test]
fn a_stale_or_future_or_partial_crl_never_counts_as_full() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let leaf = root.leaf("CN", "Somebody");
    let crl = |this: i64, next: i64| CrlBuilder::new(root.name().clone(), 1, Time(NOW.0 + this), Time(NOW.0 + next));
    let judge = |builder: CrlBuilder| {
        let crls = [builder.sign(&root.key).unwrap()];
        code(&ask(&leaf, &[], &[root.anchor()], |request| {
            (request.revocation, request.crls) = (RevocationMode::Require, &crls);
        }))
    };
    assert_eq!(judge(crl(-DAY, DAY)), "valid");
    assert_eq!(judge(crl(-2 * DAY, -DAY)), "crl_expired");
    assert_eq!(judge(crl(DAY, 2 * DAY)), "revocation_unknown");
    let scoped = pki::crl::IssuingDistributionPoint { only_ca_certs: true, ..Default::default() };
    assert_eq!(judge(crl(-DAY, DAY).scope(&scoped)), "revocation_unknown");
    let partial = pki::crl::IssuingDistributionPoint { only_some_reasons: Some(2), ..Default::default() };
    assert_eq!(judge(crl(-DAY, DAY).scope(&partial)), "revocation_unknown");
    let delta = crl(-DAY, DAY).extension(oid::DELTA_CRL_INDICATOR, true, vec![2, 1, 0]);
    assert_eq!(judge(delta), "revocation_unknown");
    let unknown = crl(-DAY, DAY).extension(pki::Oid::new_unwrap("1.3.6.1.4.1.32473.9"), true, vec![5, 0]);
    assert_eq!(judge(unknown), "revocation_unknown");
}

/// What nobody accepts may be dear to check: forged, it would only cost time.
#[test]
fn a_signature_by_an_algorithm_that_is_not_accepted_is_not_looked_at() {
    let (root, forger) = (Authority::root("CN", "Root", KeySpec::Rsa2048), support::key(KeySpec::Rsa2048));
    let leaf = root.leaf_builder("CN", "Somebody").sign(&Forger(&forger)).unwrap();
    let invalid = ask(&leaf, &[], &[root.anchor()], |_| ()).unwrap_err();
    assert_eq!((invalid.error.code(), invalid.signatures_checked), ("algorithm_not_accepted", 0));
}

#[test]
fn of_two_crls_in_date_the_newer_is_believed_in_any_order() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let (leaf, others) = (root.leaf("CN", "Somebody"), [0; 3].map(|_| root.leaf("CN", "Somebody else")));
    let crl = |age: i64, number: u64, revoked: &[Certificate]| {
        let entries = revoked.iter().map(|certificate| (certificate.serial().clone(), Time(NOW.0 - 9 * DAY), None));
        let builder = CrlBuilder::new(root.name().clone(), number, Time(NOW.0 - age), Time(NOW.0 + DAY));
        builder.revoked(entries).sign(&root.key).unwrap()
    };
    let listed = slice::from_ref(&leaf);
    for (mut crls, expected) in [
        ([crl(2 * DAY, 1, &[]), crl(DAY, 2, listed)], "certificate_revoked"),
        ([crl(2 * DAY, 1, listed), crl(DAY, 2, &[])], "valid"),
        // Of one second: the number decides, as when a certificate is revoked just after a list came out.
        ([crl(DAY, 255, &[]), crl(DAY, 256, listed)], "certificate_revoked"),
        ([crl(DAY, 9, listed), crl(DAY, 10, &[])], "valid"),
        // Of one number, which no CA may write: whichever says that it is revoked.
        ([crl(DAY, 1, &[]), crl(DAY, 1, listed)], "certificate_revoked"),
        ([crl(DAY, 1, &others), crl(DAY, 1, listed)], "certificate_revoked"),
        ([crl(DAY, 1, &others), crl(DAY, 1, &others[..1])], "valid"),
    ] {
        let judge = |crls: &[pki::CertificateList]| {
            code(&ask(&leaf, &[], &[root.anchor()], |request| {
                (request.revocation, request.crls) = (RevocationMode::Require, crls);
            }))
        };
        assert_eq!(judge(&crls), expected);
        crls.reverse();
        assert_eq!(judge(&crls), expected);
    }
}

/// A CA has rolled its key over; the old key was stolen, its certificate is revoked, and the thief signs a newer CRL on
/// which nothing stands.
#[test]
fn a_revoked_key_cannot_say_that_all_is_well() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let new = root.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    let mut old = root.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    old.certificate = new.sign(cross(&new, &old));
    let leaf = new.leaf("CN", "Somebody");
    let crl = |by: &Authority, age: i64, revoked: &[&Certificate]| {
        let entries = revoked.iter().map(|certificate| (certificate.serial().clone(), Time(NOW.0 - 9 * DAY), None));
        let builder = CrlBuilder::new(by.name().clone(), 1, Time(NOW.0 - age), Time(NOW.0 + DAY));
        builder.revoked(entries).authority_key_id_of(&by.certificate).sign(&by.key).unwrap()
    };
    let heap = [new.certificate.clone(), old.certificate.clone()];
    let judge = |crls: &[pki::CertificateList]| {
        code(&ask(&leaf, &heap, &[root.anchor()], |request| {
            (request.revocation, request.crls) = (RevocationMode::Require, crls);
        }))
    };
    let honest = crl(&new, 2 * DAY, &[&leaf, &old.certificate]);
    let forged = crl(&old, DAY, &[]);
    assert_eq!(judge(&[root.crl(&[]), forged.clone(), honest]), "certificate_revoked");
    // Without anything against it, the older key may still sign for both.
    assert_eq!(judge(&[root.crl(&[]), forged]), "valid");
}

/// One key has two certificates, and a newer CRL that lists only the one; an older CRL by the CA's own key lists the other.
/// Whether the newer counts rests on each certificate's status, which rests on whether it counts.
#[test]
fn crl_issuers_that_bear_each_other_out_are_judged_alike_in_any_order() {
    let ca = Authority::root("CN", "Issuing", KeySpec::EcdsaP256);
    let leaf = ca.leaf("CN", "Somebody");
    let second = support::key(KeySpec::EcdsaP256);
    let twins = [(); 2].map(|()| ca.sign(ca_builder(ca.name(), ca.name(), &second)));
    let crl = |number: u64, key: &SoftwareKey, revoked: &[&Certificate]| {
        let entries = revoked.iter().map(|certificate| (certificate.serial().clone(), Time(NOW.0 - 9 * DAY), None));
        let builder = CrlBuilder::new(ca.name().clone(), number, Time(NOW.0 - DAY), Time(NOW.0 + DAY));
        builder.revoked(entries).sign(key).unwrap()
    };
    let crls = [crl(1, &ca.key, &[&leaf, &twins[1]]), crl(2, &second, &[&twins[0]])];
    let judge = |heap: &[Certificate]| {
        code(&ask(&leaf, heap, &[ca.anchor()], |request| {
            (request.revocation, request.crls) = (RevocationMode::Require, &crls);
        }))
    };
    let [one, other] = &twins;
    assert_eq!(judge(&[one.clone(), other.clone()]), "certificate_revoked");
    assert_eq!(judge(&[other.clone(), one.clone()]), "certificate_revoked");
}

#[test]
fn an_expired_twin_and_a_same_named_stranger_do_not_hide_the_good_path() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let issuing = root.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    let strangers: Vec<_> =
        (0..20).map(|_| root.subordinate("CN", "Issuing", KeySpec::EcdsaP256).certificate).collect();
    let expired = root.sign(
        pki::CertificateBuilder::new(
            support::serial(),
            root.name().clone(),
            issuing.name().clone(),
            (Time(NOW.0 - 9 * DAY), Time(NOW.0 - 8 * DAY)),
            issuing.certificate.public_key().clone(),
        )
        .basic_constraints(true, None),
    );
    let leaf = issuing.leaf("CN", "Somebody");
    let mut heap = strangers;
    heap.extend([expired, issuing.certificate.clone()]);
    let valid = ask(&leaf, &heap, &[root.anchor()], |_| ()).unwrap();
    assert_eq!(valid.path[1], issuing.certificate);
    assert_eq!(valid.signatures_checked, 2, "the key identifier leads straight to it");
}

#[test]
fn the_error_of_the_path_that_came_furthest_is_reported() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let key = support::key(KeySpec::EcdsaP256);
    let validity = (Time(NOW.0 - 9 * DAY), Time(NOW.0 - DAY));
    let expired = root.sign(
        pki::CertificateBuilder::new(support::serial(), root.name().clone(), name("CN", "Old"), validity, key_of(&key))
            .basic_constraints(true, None)
            .subject_key_id(),
    );
    let issuing = Authority { key, certificate: expired };
    let leaf = issuing.leaf("CN", "Somebody");
    // A stranger with the same name offers a wrong signature; the expired one is the reason that helps.
    let stranger = root.subordinate("CN", "Old", KeySpec::EcdsaP256);
    let heap = [stranger.certificate, issuing.certificate.clone()];
    let invalid = ask(&leaf, &heap, &[root.anchor()], |_| ()).unwrap_err();
    assert_eq!(invalid.error.code(), "certificate_expired");
    assert_eq!(invalid.certificate, Some(issuing.certificate));
    assert_eq!(invalid.path_considered.len(), 3);
}

fn key_of(key: &dyn Signer) -> PublicKey {
    key.public_key().clone()
}

#[test]
fn constraints_of_an_anchor_bind() {
    let key = support::key(KeySpec::EcdsaP256);
    let subject = name("CN", "Root");
    let rooted = |change: &dyn Fn(pki::CertificateBuilder) -> pki::CertificateBuilder| {
        change(ca_builder(&subject, &subject, &key)).sign(&key).unwrap()
    };
    let plain = Authority { certificate: rooted(&|builder| builder), key: support::key(KeySpec::EcdsaP256) };
    let issuing_key = support::key(KeySpec::EcdsaP256);
    let issuing_certificate = ca_builder(&subject, &name("HK", "Issuing"), &issuing_key).sign(&key).unwrap();
    let issuing = Authority { key: issuing_key, certificate: issuing_certificate };
    let leaf = issuing.leaf("HK", "Somebody");
    let judge = |root: Certificate| code(&ask(&leaf, slice::from_ref(&issuing.certificate), &[root.into()], |_| ()));
    let in_country = |country: &str| GeneralName::Directory(Name::from_attributes(&[(oid::COUNTRY, country)]));
    assert_eq!(judge(plain.certificate), "valid");
    assert_eq!(judge(rooted(&|root| root.basic_constraints(true, Some(0)))), "path_length_exceeded");
    assert_eq!(judge(rooted(&|root| root.name_constraints(vec![in_country("HK")], vec![]))), "valid");
    assert_eq!(
        judge(rooted(&|root| root.name_constraints(vec![in_country("MO")], vec![]))),
        "name_constraint_violated"
    );
    assert_eq!(judge(rooted(&|root| root.policy_constraints(Some(0), None))), "policy_not_permitted");
    let unknown = pki::Oid::new_unwrap("1.3.6.1.4.1.32473.7");
    assert_eq!(judge(rooted(&|root| root.extension(unknown, true, vec![5, 0]))), "unknown_critical_extension");
    assert_eq!(judge(rooted(&|root| root.basic_constraints(false, None))), "not_a_ca");
}

#[test]
fn depth_purpose_usage_and_names_are_held() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let issuing = root.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    let leaf = issuing.sign(
        issuing
            .leaf_builder("CN", "Somebody")
            .extended_key_usage([oid::CLIENT_AUTH])
            .subject_alt_names([GeneralName::Dns("a.example.org".into())]),
    );
    let heap = [issuing.certificate.clone()];
    let judge = |change: &dyn Fn(&mut pki::path::ValidationRequest<'_>)| {
        code(&ask(&leaf, &heap, &[root.anchor()], |request| change(request)))
    };
    assert_eq!(judge(&|request| request.max_depth = Some(0)), "path_length_exceeded");
    assert_eq!(judge(&|request| request.max_depth = Some(1)), "valid");
    assert_eq!(judge(&|request| request.purpose = Purpose::ClientAuth), "valid");
    assert_eq!(judge(&|request| request.purpose = Purpose::ServerAuth), "purpose_not_permitted");
    assert_eq!(judge(&|request| request.key_usage = Some(KeyUsage::DIGITAL_SIGNATURE)), "valid");
    assert_eq!(judge(&|request| request.key_usage = Some(KeyUsage::KEY_AGREEMENT)), "key_usage_not_permitted");
    let named = |text: &str| {
        let names = [ExpectedName::parse(text).unwrap()];
        code(&ask(&leaf, &heap, &[root.anchor()], |request| request.names = &names))
    };
    assert_eq!(named("dns:A.example.org"), "valid");
    assert_eq!(named("dns:example.org"), "name_mismatch");
    assert_eq!(named("dn:CN=Somebody,C=CN"), "valid");
}

#[test]
fn an_encryption_certificate_does_not_log_in() {
    let root = Authority::root("CN", "Root", KeySpec::Sm2);
    let usage = KeyUsage::KEY_ENCIPHERMENT | KeyUsage::DATA_ENCIPHERMENT | KeyUsage::KEY_AGREEMENT;
    let leaf = root.sign(root.leaf_builder("CN", "Somebody").key_usage(usage));
    let verdict = ask(&leaf, &[], &[root.anchor()], |request| request.purpose = Purpose::ClientAuth);
    assert_eq!(code(&verdict), "purpose_not_permitted");
}

#[test]
fn a_leaf_that_is_itself_trusted_is_its_own_path() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let leaf = root.leaf("CN", "Somebody");
    let valid = ask(&leaf, &[], &[TrustAnchor::new(leaf.clone())], |_| ()).unwrap();
    assert_eq!(valid.path, [leaf]);
}

/// Every CA certifies the next in a ring, both ways, and none of them leads to the anchor.
#[test]
fn a_ring_of_500_certificates_is_refused_in_no_time() {
    let ring: Vec<_> = (0..250).map(|n| Authority::root("CN", &format!("Ring {n}"), KeySpec::EcdsaP256)).collect();
    let mut heap: Vec<Certificate> = Vec::new();
    for (at, authority) in ring.iter().enumerate() {
        let next = &ring[(at + 1) % ring.len()];
        heap.push(authority.sign(cross(authority, next)));
        heap.push(next.sign(cross(next, authority)));
    }
    let leaf = ring[0].leaf("CN", "Somebody");
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let (elapsed, verdict) = timed(|| ask(&leaf, &heap, &[root.anchor()], |_| ()));
    let invalid = verdict.unwrap_err();
    assert_eq!((invalid.error.code(), invalid.signatures_checked), ("unknown_issuer", 0));
    assert!(elapsed < Duration::from_millis(500), "{elapsed:?}");
    // The same ring, with a way out that does not hold: the far end is certified, but under no acceptable policy.
    heap.push(root.sign(cross(&root, &ring[125]).policy_constraints(Some(0), None)));
    let (elapsed, verdict) = timed(|| ask(&leaf, &heap, &[root.anchor()], |_| ()));
    assert!(verdict.is_err());
    assert!(elapsed < Duration::from_millis(500), "{elapsed:?}");
}

/// Every CA certifies every other: paths without number, none of which holds, and all for the same reason.
#[test]
fn a_full_mesh_that_cannot_hold_is_refused_for_its_policy_and_not_in_a_hang() {
    let mesh: Vec<_> = (0..16).map(|n| Authority::root("CN", &format!("Mesh {n}"), KeySpec::EcdsaP256)).collect();
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let mut heap = vec![root.sign(cross(&root, &mesh[15]).policy_constraints(Some(0), None))];
    for one in &mesh {
        let others = mesh.iter().filter(|other| other.name() != one.name());
        heap.extend(others.map(|other| one.sign(cross(one, other))));
    }
    let leaf = mesh[0].leaf("CN", "Somebody");
    let (elapsed, verdict) = timed(|| ask(&leaf, &heap, &[root.anchor()], |_| ()));
    assert_eq!(code(&verdict), "policy_not_permitted");
    assert!(elapsed < Duration::from_secs(1), "{elapsed:?}");
    // With the policy that is wanted, the shortest way is found at once.
    heap[0] = root.sign(cross(&root, &mesh[15]));
    let valid = ask(&leaf, &heap, &[root.anchor()], |_| ()).unwrap();
    assert_eq!((valid.path.len(), valid.paths_tried, valid.signatures_checked), (4, 1, 3));
}

#[test]
fn thousands_of_same_named_issuers_end_in_the_budget() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let impostors: Vec<_> = (0..1000)
        .map(|_| {
            let key = support::key(KeySpec::EcdsaP256);
            // Without key identifiers there is nothing to tell them apart by.
            builder(root.name(), &name("CN", "Issuing"), key_of(&key))
                .basic_constraints(true, None)
                .sign(&root.key)
                .unwrap()
        })
        .collect();
    let leaf = Authority::root("CN", "Issuing", KeySpec::EcdsaP256).leaf("CN", "Somebody");
    let (elapsed, verdict) = timed(|| ask(&leaf, &impostors, &[root.anchor()], |_| ()));
    assert_eq!(code(&verdict), "budget_exhausted");
    assert!(elapsed < Duration::from_secs(1), "{elapsed:?}");
}

#[test]
fn a_signature_that_takes_longer_counts_as_several() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    for (spec, affordable) in
        [(KeySpec::EcdsaP256, 100), (KeySpec::EcdsaP384, 33), (KeySpec::EcdsaP521, 25), (KeySpec::MlDsa87, 50)]
    {
        let key = support::key(spec);
        let impostor = |_| {
            let builder = builder(root.name(), &name("CN", "Issuing"), key_of(&key));
            builder.basic_constraints(true, None).sign(&root.key).unwrap()
        };
        let impostors: Vec<_> = (0..120).map(impostor).collect();
        let leaf = Authority::root("CN", "Issuing", spec).leaf("CN", "Somebody");
        let invalid = ask(&leaf, &impostors, &[root.anchor()], |_| ()).unwrap_err();
        assert_eq!((invalid.error.code(), invalid.signatures_checked), ("budget_exhausted", affordable), "{spec}");
    }
}

#[expect(clippy::disallowed_methods, reason = "a test may look at the clock to see that it did not wait")]
fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = std::time::Instant::now();
    let done = work();
    (start.elapsed(), done)
}
