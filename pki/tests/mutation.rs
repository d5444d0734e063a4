//! Bytes changed at random: nothing may panic, and nothing that was changed may be valid.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use std::slice;

use pki::certificate::extension::PolicyInformation;
use pki::cms::CertsOnly;
use pki::crl::Reason;
use pki::key::{KeySpec, Signer, SoftwareKey};
use pki::name::GeneralName;
use pki::ocsp::{CertId, CertIdHash, CertStatus, ResponderId, SingleResponse};
use pki::path::RevocationMode;
use pki::{
    Certificate, CertificateList, CertificateRequest, Name, OcspRequest, OcspResponse, OcspResponseBuilder, oid,
};
use support::dice::Dice;
use support::{Authority, NOW, ask, name};

/// One to three changes: a bit turned, an octet set, dropped, doubled, or the end cut off.
fn mutate(dice: &mut Dice, original: &[u8]) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for _ in 0..=dice.below(3) {
        if bytes.is_empty() {
            break;
        }
        let at = dice.below(bytes.len());
        match dice.below(8) {
            0 => drop(bytes.remove(at)),
            1 => bytes.insert(at, bytes[at]),
            2 => bytes.truncate(at.max(1)),
            3 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][dice.below(5)],
            _ => bytes[at] ^= 1 << dice.below(8),
        }
    }
    bytes
}

/// A leaf with every extension that the builder knows, and CAs with constraints above it.
fn world() -> (Authority, Authority, Certificate) {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let mut issuing = root.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    let permitted = vec![
        GeneralName::Directory(Name::from_attributes(&[(oid::COUNTRY, "CN")])),
        GeneralName::Dns("example.org".into()),
        GeneralName::Ip(vec![10, 0, 0, 0, 255, 0, 0, 0]),
    ];
    issuing.certificate = root.sign(
        support::cross(&root, &issuing)
            .name_constraints(permitted, vec![GeneralName::Email(".example.com".into())])
            .policies([PolicyInformation::with_cps(oid::ANY_POLICY, "http://example.org/cps")])
            .policy_mappings([(oid::DSA, oid::MGF1)])
            .policy_constraints(Some(3), Some(3))
            .inhibit_any_policy(4),
    );
    let leaf = issuing.sign(
        issuing
            .leaf_builder("CN", "Somebody")
            .basic_constraints(false, None)
            .extended_key_usage([oid::CLIENT_AUTH])
            .policies([PolicyInformation::new(oid::MGF1)])
            .subject_alt_names([GeneralName::Dns("a.example.org".into()), GeneralName::Ip(vec![10, 1, 2, 3])])
            .crl_distribution_points(&["http://example.org/issuing.crl"])
            .authority_info_access(&["http://example.org/issuing.cer"], &["http://example.org/ocsp"]),
    );
    (root, issuing, leaf)
}

#[test]
fn no_changed_certificate_or_crl_panics_or_proves_anything() {
    let (root, issuing, leaf) = world();
    let (anchors, mut dice) = ([root.anchor()], Dice::new(20_260_101));
    let crls = [root.crl(&[]), issuing.crl(&[])];
    let heap = [issuing.certificate.clone()];
    let is_valid = |leaf: &Certificate, heap: &[Certificate], crls: &[CertificateList]| {
        ask(leaf, heap, &anchors, |request| {
            (request.revocation, request.crls) = (RevocationMode::Require, crls);
        })
        .is_ok()
    };
    assert!(is_valid(&leaf, &heap, &crls));
    for round in 0..20_000 {
        let changed_leaf =
            Certificate::from_der(&mutate(&mut dice, leaf.der())).ok().filter(|changed| *changed != leaf);
        let changed_ca = Certificate::from_der(&mutate(&mut dice, issuing.certificate.der())).ok();
        let changed_crl = CertificateList::from_der(&mutate(&mut dice, crls[1].der())).ok();
        if let Some(changed) = changed_leaf {
            let _ = (format!("{changed:?}"), changed.subject().attributes().count());
            assert!(!is_valid(&changed, &heap, &crls), "round {round}");
        }
        if let Some(changed) = changed_ca.filter(|changed| *changed != issuing.certificate) {
            assert!(!is_valid(&leaf, &[changed], &crls), "round {round}");
        }
        if let Some(changed) = changed_crl.filter(|changed| changed.der() != crls[1].der()) {
            assert!(!is_valid(&leaf, &heap, &[crls[0].clone(), changed]), "round {round}");
        }
    }
}

/// A response with everything that the builder knows, by a responder that stands in it.
fn response(ca: &Authority, leaf: &Certificate) -> OcspResponse {
    let key = support::key(KeySpec::EcdsaP256);
    let plain = support::builder(ca.name(), &name("CN", "Responder"), key.public_key().clone());
    let purposes = plain.extended_key_usage([oid::OCSP_SIGNING]);
    let responder = ca.sign(purposes.extension(oid::OCSP_NOCHECK, false, vec![5, 0]));
    let id = |certificate, hash| CertId::of(hash, certificate, &ca.certificate);
    let revoked = CertStatus::Revoked { since: NOW, reason: Some(Reason::KeyCompromise) };
    let request = OcspRequest::new(&[id(leaf, CertIdHash::Sha1)], Some(&[1; 32])).unwrap();
    OcspResponseBuilder::new(ResponderId::by_key(&responder), NOW)
        .response(SingleResponse::new(id(&responder, CertIdHash::Sm3), revoked, NOW, None))
        .response(
            SingleResponse::new(id(leaf, CertIdHash::Sha256), CertStatus::Good, NOW, Some(NOW))
                .with_archive_cutoff(NOW),
        )
        .nonce_of(&request)
        .extended_revoke()
        .certificates([responder])
        .sign(&key)
        .unwrap()
}

#[test]
fn no_changed_ocsp_response_panics_or_proves_anything() {
    let (ca, mut dice) = (Authority::root("CN", "CA", KeySpec::EcdsaP256), Dice::new(6_960));
    let (leaf, anchors) = (ca.leaf("CN", "Somebody"), [ca.anchor()]);
    let original = response(&ca, &leaf);
    let is_valid = |response: &OcspResponse| {
        ask(&leaf, &[], &anchors, |request| {
            (request.revocation, request.ocsp) = (RevocationMode::Require, slice::from_ref(response));
        })
        .is_ok()
    };
    assert!(is_valid(&original));
    for round in 0..20_000 {
        let Ok(changed) = OcspResponse::from_der(&mutate(&mut dice, original.der())) else { continue };
        let _ = format!("{changed:?}");
        let signed = |response: &OcspResponse| response.basic().map(|basic| basic.tbs_der().to_vec());
        // What is not signed may change; nothing else.
        assert!(!is_valid(&changed) || signed(&changed) == signed(&original), "round {round}");
    }
    let request = OcspRequest::new(&[CertId::of(CertIdHash::Sm3, &leaf, &ca.certificate)], Some(&[1; 32])).unwrap();
    for _ in 0..5_000 {
        let _ = OcspRequest::from_der(&mutate(&mut dice, request.der())).map(|read| format!("{read:?}"));
    }
}

#[test]
fn no_changed_request_key_or_name_panics() {
    let mut dice = Dice::new(7);
    let key = support::key(KeySpec::Sm2);
    let names = vec![GeneralName::Dns("example.org".into())];
    let request = CertificateRequest::builder(name("CN", "Somebody")).subject_alt_names(names).sign(&key).unwrap();
    let pkcs8: Vec<_> = [KeySpec::Sm2, KeySpec::EcdsaP256, KeySpec::Ed25519, KeySpec::Rsa2048]
        .map(|spec| support::key(spec).to_pkcs8_der())
        .into();
    for _ in 0..5_000 {
        if let Ok(changed) = CertificateRequest::from_der(&mutate(&mut dice, request.der())) {
            assert!(changed.der() == request.der() || changed.verify_self_signature().is_err());
        }
        let original = dice.pick(&pkcs8);
        let _ = SoftwareKey::from_pkcs8_der(&mutate(&mut dice, &original));
        let text = mutate(&mut dice, "CN=Chan\\, Tai Man+SERIALNUMBER=1,O=例,C=HK".as_bytes());
        let _ = Name::parse(&String::from_utf8_lossy(&text)).map(|name| name.to_string());
    }
}

/// The same content with every length above the certificates indefinite, as Java's libraries write it.
fn indefinite(certificates: &[Certificate]) -> Vec<u8> {
    let wrap = |tag: u8, content: &[u8]| [&[tag, 0x80], content, &[0, 0]].concat();
    let set = certificates.iter().map(Certificate::der).collect::<Vec<_>>().concat();
    let oid = |of: pki::Oid| [&[6, of.as_bytes().len() as u8], of.as_bytes()].concat();
    let content = wrap(0x30, &oid(oid::DATA));
    let signed = [&[2, 1, 1, 0x31, 0][..], &content, &wrap(0xa0, &set), &[0x31, 0]].concat();
    wrap(0x30, &[oid(oid::SIGNED_DATA), wrap(0xa0, &wrap(0x30, &signed))].concat())
}

#[test]
fn no_changed_message_panics_and_what_is_read_of_one_is_written_anew() {
    let (root, issuing, leaf) = world();
    let certificates = [root.certificate.clone(), issuing.certificate.clone(), leaf];
    let mut dice = Dice::new(5_652);
    for original in [CertsOnly::write(&certificates, &[root.crl(&[])]), indefinite(&certificates)] {
        assert_eq!(CertsOnly::read(&original).unwrap().certificates().flatten().count(), 3);
        let mut read = 0;
        for round in 0..10_000 {
            let changed = mutate(&mut dice, &original);
            let Ok(message) = CertsOnly::read(&changed) else { continue };
            read += 1;
            assert!(CertsOnly::is_content_info(&changed), "round {round}");
            let certificates: Vec<_> = message.certificates().flatten().collect();
            let crls: Vec<_> = message.crls().flatten().collect();
            let written = CertsOnly::write(&certificates, &crls);
            let again = CertsOnly::read(&written).unwrap();
            assert!(again.certificate_ders().is_sorted() && again.crl_ders().is_sorted(), "round {round}");
            let kept = certificates.iter().all(|certificate| again.certificate_ders().contains(&certificate.der()));
            assert!(kept, "round {round}");
        }
        assert!(read > 1_000, "{read}");
    }
}
