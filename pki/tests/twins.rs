//! Keys of CRL issuers that have two certificates (docs/decisions/0007): what a key says of its own certificate counts only
//! where nobody else speaks, whichever of its certificates it is believed by.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use pki::certificate::extension::{DistributionPoint, KeyUsage};
use pki::crl::{CrlEntry, IssuingDistributionPoint};
use pki::key::{KeySpec, Signer, SoftwareKey};
use pki::name::GeneralName;
use pki::path::{RevocationMode, TrustAnchor};
use pki::{Certificate, CertificateBuilder, CertificateList, CrlBuilder, Time};
use support::{Authority, NOW, ask, builder, ca_builder, code, key, name};

const HOUR: i64 = 3600;

/// A CA that signs certificates with one key and CRLs with another, for which it has issued two certificates.
struct World {
    ca: Authority,
    signer: SoftwareKey,
    twins: [Certificate; 2],
}

impl World {
    fn new() -> Self {
        let (ca, signer) = (Authority::root("CN", "CA", KeySpec::EcdsaP256), key(KeySpec::EcdsaP256));
        let twin = || {
            let public = signer.public_key().clone();
            ca.sign(builder(ca.name(), ca.name(), public).key_usage(KeyUsage::CRL_SIGN).subject_key_id())
        };
        let twins = [twin(), twin()];
        Self { ca, signer, twins }
    }

    /// Of so many hours ago.
    fn crl(&self, by: &SoftwareKey, hours: i64, revoked: &[&Certificate]) -> CertificateList {
        crl_of(self.ca.name(), hours).revoked(entries(revoked)).sign(by).unwrap()
    }

    fn by_ca(&self, hours: i64, revoked: &[&Certificate]) -> CertificateList {
        self.crl(&self.ca.key, hours, revoked)
    }

    fn by_signer(&self, hours: i64, revoked: &[&Certificate]) -> CertificateList {
        self.crl(&self.signer, hours, revoked)
    }

    /// The same in whatever order the evidence comes.
    fn judge(&self, leaf: &Certificate, heap: &[&Certificate], crls: &[CertificateList]) -> &'static str {
        let heap: Vec<_> = heap.iter().map(|certificate| (*certificate).clone()).collect();
        judge(leaf, heap, &[self.ca.anchor()], crls)
    }
}

fn crl_of(issuer: &pki::Name, hours: i64) -> CrlBuilder {
    // The newer has the higher number.
    CrlBuilder::new(issuer.clone(), (100 - hours) as u64, Time(NOW.0 - hours * HOUR), Time(NOW.0 + HOUR))
}

fn entries(revoked: &[&Certificate]) -> Vec<(pki::Serial, Time, Option<pki::crl::Reason>)> {
    revoked.iter().map(|certificate| (certificate.serial().clone(), Time(NOW.0 - 10 * HOUR), None)).collect()
}

fn judge(
    leaf: &Certificate,
    mut heap: Vec<Certificate>,
    anchors: &[TrustAnchor],
    crls: &[CertificateList],
) -> &'static str {
    let mut crls = crls.to_vec();
    let mut found = Vec::new();
    for _ in 0..2 {
        heap.reverse();
        for _ in 0..2 {
            crls.reverse();
            found.push(code(&ask(leaf, &heap, anchors, |request| {
                request.crls = &crls;
                request.revocation = RevocationMode::Require;
            })));
        }
    }
    assert!(found.iter().all(|one| *one == found[0]), "the order decides: {found:?}");
    found[0]
}

/// A thief of the key must not say by one certificate that the other is good.
#[test]
fn a_key_does_not_bear_out_its_own_certificate_by_another() {
    let world = World::new();
    let [one, other] = &world.twins;
    let crls = [world.by_ca(2, &[one]), world.by_signer(1, &[])];
    assert_eq!(world.judge(one, &[other], &crls), "certificate_revoked");
    assert_eq!(world.judge(one, &[one, other], &crls), "certificate_revoked");
    assert_eq!(world.judge(other, &[one], &crls), "valid", "it is not listed");
    let both = [world.by_ca(2, &[one, other]), world.by_signer(1, &[])];
    assert_eq!(world.judge(other, &[one, other], &both), "certificate_revoked");
}

#[test]
fn where_nobody_else_speaks_what_a_key_says_of_itself_counts_by_either_certificate() {
    let world = World::new();
    let [one, other] = &world.twins;
    assert_eq!(world.judge(one, &[other], &[world.by_signer(1, &[])]), "valid");
    assert_eq!(world.judge(one, &[one], &[world.by_signer(1, &[])]), "valid");
    assert_eq!(world.judge(one, &[other], &[world.by_signer(1, &[one])]), "certificate_revoked");
    assert_eq!(
        world.judge(one, &[], &[world.by_signer(1, &[])]),
        "revocation_unknown",
        "nobody is known to have signed"
    );
}

/// Revocation is of certificates (RFC 5280 §3.3): a key counts as long as one of its certificates does.
#[test]
fn a_key_speaks_of_others_until_all_of_its_certificates_are_revoked() {
    let world = World::new();
    let [one, other] = &world.twins;
    let leaf = world.ca.leaf("CN", "Somebody");
    let judge = |revoked: &[&Certificate]| {
        let crls = [world.by_ca(2, revoked), world.by_signer(1, &[&leaf])];
        world.judge(&leaf, &[one, other], &crls)
    };
    assert_eq!(judge(&[]), "certificate_revoked");
    assert_eq!(judge(&[one]), "certificate_revoked");
    assert_eq!(judge(&[one, other]), "valid", "the CA's own, older list is what is left");
}

/// The CA's key is certified twice by a root, and issues the root's indirect CRL as well.
#[test]
fn a_ca_that_issues_an_indirect_crl_does_not_judge_its_renewed_certificate() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let ca = key(KeySpec::EcdsaP256);
    let ca_name = name("CN", "CA");
    let point =
        || DistributionPoint { name: None, reasons: None, crl_issuer: vec![GeneralName::Directory(ca_name.clone())] };
    let certify = || root.sign(ca_builder(root.name(), &ca_name, &ca).distribution_points([point()]));
    let (before, renewed) = (certify(), certify());
    let below: CertificateBuilder =
        builder(&ca_name, &name("CN", "Somebody"), key(KeySpec::EcdsaP256).public_key().clone());
    let leaf = below.authority_key_id_of(&renewed).sign(&ca).unwrap();
    let indirect = IssuingDistributionPoint { indirect: true, ..IssuingDistributionPoint::default() };
    let by_ca = |revoked: &[&Certificate]| {
        let entry = |certificate: &&Certificate| CrlEntry {
            serial: certificate.serial().clone(),
            since: Time(NOW.0 - 10 * HOUR),
            reason: None,
            invalid_since: None,
            issuer: Some(certificate.issuer().clone()),
        };
        crl_of(&ca_name, 1).scope(&indirect).entries(revoked.iter().map(entry)).sign(&ca).unwrap()
    };
    let by_root = |revoked: &[&Certificate]| crl_of(root.name(), 2).revoked(entries(revoked)).sign(&root.key).unwrap();
    let ask = |heap: &[&Certificate], crls: &[CertificateList]| {
        judge(&leaf, heap.iter().map(|one| (*one).clone()).collect(), &[root.anchor()], crls)
    };
    assert_eq!(ask(&[&before, &renewed], &[by_ca(&[]), by_root(&[])]), "valid");
    assert_eq!(ask(&[&before, &renewed], &[by_ca(&[]), by_root(&[&before, &renewed])]), "certificate_revoked");
    assert_eq!(ask(&[&renewed], &[by_ca(&[]), by_root(&[&renewed])]), "certificate_revoked");
    assert_eq!(ask(&[&before, &renewed], &[by_ca(&[]), by_root(&[&renewed])]), "valid", "by the one that is left");
    assert_eq!(ask(&[&before, &renewed], &[by_ca(&[])]), "valid", "nobody else speaks");
    assert_eq!(ask(&[&before, &renewed], &[by_ca(&[&before, &renewed])]), "revocation_unknown", "it disowns itself");
}
