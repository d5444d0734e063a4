//! CRLs of many entries and of odd ones: every entry is found, in little memory, and a signature is checked once.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use std::slice;

use pki::crl::{CrlEntry, IssuingDistributionPoint, Reason};
use pki::key::KeySpec;
use pki::path::{RevocationMode, Verdict};
use pki::{Certificate, CertificateList, CrlBuilder, Name, Serial, Time};
use support::{Authority, DAY, NOW, ask, code, name};

/// What an index may take for an entry, its place in the encoding apart.
const OCTETS_PER_ENTRY: usize = 64;

fn entry(serial: &Serial, since: i64, issuer: Option<&Name>) -> CrlEntry {
    let (serial, since) = (serial.clone(), Time(since));
    CrlEntry { serial, since, reason: Some(Reason::Superseded), invalid_since: None, issuer: issuer.cloned() }
}

fn numbered(number: u32) -> Serial {
    Serial::from_unsigned(&number.to_be_bytes())
}

/// As long as a serial number may be.
fn long(number: u32) -> Serial {
    let digits = number.wrapping_mul(0x9e37_79b9).to_be_bytes();
    Serial::from_unsigned(&[&[0x7f; 12][..], &digits, &number.to_be_bytes()].concat())
}

fn builder(ca: &Authority) -> CrlBuilder {
    CrlBuilder::new(ca.name().clone(), 1, Time(NOW.0 - DAY), Time(NOW.0 + DAY))
}

fn signed(ca: &Authority, entries: impl IntoIterator<Item = CrlEntry>) -> CertificateList {
    builder(ca).entries(entries).authority_key_id_of(&ca.certificate).sign(&ca.key).unwrap()
}

fn since(crl: &CertificateList, issuer: &Name, serial: &Serial) -> Option<i64> {
    crl.revoked_of(issuer, serial).map(|revoked| revoked.since.0)
}

#[test]
fn every_entry_is_found_in_any_order_and_no_other() {
    let ca = Authority::root("CN", "CA", KeySpec::EcdsaP256);
    // 7919 is a prime: every number once, in no order.
    let numbers = || (0..20_000u32).map(|at| at * 7919 % 20_000);
    let crl = signed(&ca, numbers().map(|number| entry(&long(number), i64::from(number), None)));
    assert_eq!(crl.len(), 20_000);
    assert!(crl.index_octets() <= crl.len() * OCTETS_PER_ENTRY);
    for number in (0..20_000).step_by(97) {
        assert_eq!(since(&crl, ca.name(), &long(number)), Some(i64::from(number)));
        assert_eq!(since(&crl, &name("CN", "Other"), &long(number)), None);
    }
    assert_eq!(since(&crl, ca.name(), &long(20_000)), None);
    assert_eq!(crl.revoked(&long(0)).unwrap().reason, Some(Reason::Superseded));
}

#[test]
fn of_an_entry_that_stands_twice_the_later_counts() {
    let ca = Authority::root("CN", "CA", KeySpec::EcdsaP256);
    let crl = signed(&ca, (0..20_000).map(|at| entry(&numbered(at % 2), i64::from(at), None)));
    assert_eq!(crl.len(), 2);
    assert_eq!([0, 1].map(|number| since(&crl, ca.name(), &numbered(number))), [Some(19_998), Some(19_999)]);
}

#[test]
fn entries_of_an_indirect_crl_are_their_issuers() {
    let ca = Authority::root("CN", "CA", KeySpec::EcdsaP256);
    let [one, two] = ["One", "Two"].map(|common| name("HK", common));
    let entries = [
        entry(&numbered(1), 1, None),
        entry(&numbered(1), 2, Some(&one)),
        entry(&numbered(2), 3, None),
        entry(&numbered(1), 4, Some(&two)),
        entry(&numbered(3), 5, Some(&Name::parse("CN=ONE,C=hk").unwrap())),
        entry(&numbered(3), 6, Some(ca.name())),
    ];
    let scope = IssuingDistributionPoint { indirect: true, ..IssuingDistributionPoint::default() };
    let crl = builder(&ca).entries(entries).scope(&scope).sign(&ca.key).unwrap();
    let of = |issuer: &Name| [1, 2, 3].map(|number| since(&crl, issuer, &numbered(number)));
    assert_eq!(of(ca.name()), [Some(1), None, Some(6)]);
    assert_eq!(of(&one), [Some(2), Some(3), Some(5)]);
    assert_eq!(of(&two), [Some(4), None, None]);
    assert_eq!(crl.len(), 6);
}

#[test]
fn an_indirect_crl_that_names_another_issuer_at_each_entry_is_read_as_well() {
    let ca = Authority::root("CN", "CA", KeySpec::EcdsaP256);
    let issuers: Vec<_> = (0..5_000).map(|at| name("HK", &format!("Issuer {at}"))).collect();
    // And again in the other order, so that no issuer is that of the entry before.
    let twice = issuers.iter().chain(issuers.iter().rev().skip(1)).enumerate();
    let crl = signed(&ca, twice.map(|(at, issuer)| entry(&numbered(at as u32), 1, Some(issuer))));
    assert_eq!(crl.len(), 9_999);
    assert!(crl.index_octets() <= crl.len() * OCTETS_PER_ENTRY);
    for (at, issuer) in issuers.iter().enumerate() {
        let [early, late] = [at, 9_998 - at].map(|number| since(&crl, issuer, &numbered(number as u32)));
        assert_eq!((early, late), (Some(1), Some(1)));
        assert_eq!(since(&crl, issuer, &numbered(20_000)), None);
    }
}

/// Asks for the leaf of a CA with its list.
fn judge(ca: &Authority, leaf: &Certificate, crl: &CertificateList) -> Verdict {
    ask(leaf, &[], &[ca.anchor()], |request| {
        (request.revocation, request.crls) = (RevocationMode::Require, slice::from_ref(crl));
    })
}

#[test]
fn the_signature_of_a_list_is_checked_once() {
    let ca = Authority::root("CN", "CA", KeySpec::EcdsaP256);
    let leaf = ca.leaf("CN", "Somebody");
    let crl = ca.crl(&[]);
    let checked = |crl: &CertificateList| judge(&ca, &leaf, crl).unwrap().signatures_checked;
    assert_eq!([checked(&crl), checked(&crl), checked(&crl.clone())], [2, 1, 1]);
    assert_eq!(checked(&CertificateList::from_der(crl.der()).unwrap()), 2, "it is the object that remembers");
}

#[test]
fn who_is_not_trusted_to_sign_a_list_is_not_remembered_either() {
    let (ca, twin) = (Authority::root("CN", "CA", KeySpec::EcdsaP256), Authority::root("CN", "CA", KeySpec::EcdsaP256));
    let (leaf, crl) = (ca.leaf("CN", "Somebody"), builder(&twin).sign(&twin.key).unwrap());
    let by = |heap: &[Certificate]| {
        code(&ask(&leaf, heap, &[ca.anchor()], |request| {
            (request.revocation, request.crls) = (RevocationMode::Require, slice::from_ref(&crl));
        }))
    };
    let twins = [twin.certificate.clone()];
    assert_eq!([by(&twins), by(&twins), by(&[])], ["revocation_unknown"; 3]);
}
