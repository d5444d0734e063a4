//! The rows, each against a peer that does the same.

use std::time::Duration;

use pki::algorithm::{AlgorithmPolicy, PublicKey};
use pki::key::KeySpec;
use pki::path::{Pool, Purpose, RevocationMode, TrustAnchor, ValidationRequest, VerifiedEdges, validate};
use pki::{Certificate, CertificateList};
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use rustls_pki_types::{CertificateDer, TrustAnchor as TrustAnchorDer, UnixTime};

use crate::chain::{AT, Chain, chain};
use crate::heaps::{Bridge, World, exponential_policies, same_named};
use crate::lists::{Listed, million};
use crate::measure::{Result, compare, slowest, within};
use crate::oidc;
use crate::program::batch;

/// Measures a row.
pub(crate) type Row = fn() -> Result;

/// Every row by name.
pub(crate) const ALL: &[(&str, Row)] = &[
    ("path_signatures", path_signatures),
    ("path_cold", path_cold),
    ("path_parsed", path_parsed),
    ("path_warm", path_warm),
    ("path_sm2", path_sm2),
    ("mesh", mesh),
    ("hostile", hostile),
    ("sm2_verify", sm2_verify),
    ("sm2_verify_known", sm2_verify_known),
    ("crl_1k", crl_1k),
    ("crl_1m", crl_1m),
    ("crl_index", crl_index),
    ("batch", batch),
    ("oidc_flow", oidc::flow),
    ("oidc_flow_pg", oidc::flow_on_postgresql),
    ("oidc_introspect", oidc::introspection),
    ("oidc_cc", oidc::client_credentials),
];

const WEBPKI: &str = "rustls-webpki 0.103";
const RING: &str = "ring 0.17, P-256";

/// Which algorithms count; the peers have their own ready.
static ALGORITHMS: AlgorithmPolicy = AlgorithmPolicy::dated();

fn judge(chain: &Chain) {
    let anchors = [TrustAnchor::new(chain.root.clone())];
    let mut request = ValidationRequest::new(&chain.leaf, &chain.intermediates, &anchors, AT, &ALGORITHMS);
    request.purpose = Purpose::ClientAuth;
    validate(&request).expect("the chain is good");
}

fn judge_by_webpki(chain: &Chain) {
    let root = CertificateDer::from(chain.root.der());
    judge_below_by_webpki(chain, &webpki::anchor_from_trusted_cert(&root).expect("webpki reads the root"));
}

fn judge_below_by_webpki(chain: &Chain, anchor: &TrustAnchorDer<'_>) {
    let time = UnixTime::since_unix_epoch(Duration::from_secs(AT.0.unsigned_abs()));
    let leaf = CertificateDer::from(chain.leaf.der());
    let intermediates: Vec<_> = chain.intermediates.iter().map(|one| CertificateDer::from(one.der())).collect();
    let leaf = webpki::EndEntityCert::try_from(&leaf).expect("webpki reads the leaf");
    let algorithms = &[webpki::aws_lc_rs::ECDSA_P256_SHA256];
    let (anchors, usage) = (std::slice::from_ref(anchor), webpki::KeyUsage::client_auth());
    leaf.verify_for_usage(algorithms, anchors, &intermediates, time, usage, None, None).expect("webpki finds it good");
}

pub(crate) fn check(subject: &Certificate, issuer: &Certificate) {
    subject.verify_signature(issuer.public_key()).expect("the signature is good");
}

pub(crate) fn parse(certificate: &Certificate) -> Certificate {
    Certificate::from_der(certificate.der()).expect("it is a certificate")
}

/// Parsed certificates, policies and constraints in them: the path against its three bare signatures.
fn path_signatures() -> Result {
    let chain = chain(KeySpec::EcdsaP256, 2);
    let bare = || {
        check(&chain.leaf, &chain.intermediates[0]);
        check(&chain.intermediates[0], &chain.intermediates[1]);
        check(&chain.intermediates[1], &chain.root);
    };
    compare(|| judge(&chain), "aws-lc-rs, 3 bare signatures", bare, 0.95)
}

/// From DER each time, as the peer does.
fn path_cold() -> Result {
    let chain = chain(KeySpec::EcdsaP256, 2);
    compare(|| judge_from_der(&chain), WEBPKI, || judge_by_webpki(&chain), 0.9)
}

fn judge_from_der(chain: &Chain) {
    let intermediates = chain.intermediates.iter().map(parse).collect();
    judge(&Chain { leaf: parse(&chain.leaf), intermediates, root: parse(&chain.root) });
}

/// Parsed once, as a service holds them.
fn path_parsed() -> Result {
    let chain = chain(KeySpec::EcdsaP256, 2);
    compare(|| judge(&chain), WEBPKI, || judge_by_webpki(&chain), 0.9)
}

/// As a service judges a leaf that comes in as DER, below two intermediates that it has in its pool and whose
/// signatures it has verified before. The peer has its anchor ready, and remembers nothing else.
fn path_warm() -> Result {
    let chain = chain(KeySpec::EcdsaP256, 2);
    let (pool, edges) = (Pool::new(chain.intermediates.iter().cloned()), VerifiedEdges::new(100));
    let anchors = [TrustAnchor::new(chain.root.clone())];
    let judge = || {
        let leaf = parse(&chain.leaf);
        let mut request = ValidationRequest::new(&leaf, &[], &anchors, AT, &ALGORITHMS);
        (request.pool, request.edges, request.purpose) = (&pool, Some(&edges), Purpose::ClientAuth);
        validate(&request).expect("the chain is good").signatures_checked
    };
    assert_eq!((judge(), judge()), (3, 1), "cold, then warm");
    let root = CertificateDer::from(chain.root.der());
    let anchor = webpki::anchor_from_trusted_cert(&root).expect("webpki reads the root");
    compare(|| assert_eq!(judge(), 1), WEBPKI, || judge_below_by_webpki(&chain, &anchor), 2.7)
}

/// From DER each time, below two intermediates: three signatures, each by a key that was never seen before.
fn path_sm2() -> Result {
    let (sm2, p256) = (chain(KeySpec::Sm2, 2), chain(KeySpec::EcdsaP256, 2));
    compare(|| judge_from_der(&sm2), "rustls-webpki 0.103 in P-256", || judge_by_webpki(&p256), 0.85)
}

/// A key that comes in as DER, and one signature by it; the peer's key comes in as its point.
fn sm2_verify() -> Result {
    let (sm2, p256) = (chain(KeySpec::Sm2, 1), chain(KeySpec::EcdsaP256, 1));
    let spki = sm2.intermediates[0].public_key().spki_der();
    let key = || PublicKey::from_spki_der(spki).expect("it is a key");
    let ours = || sm2.leaf.verify_signature(&key()).expect("the signature is good");
    compare(ours, RING, || check_by_ring(&p256.leaf, &p256.intermediates[0]), 0.85)
}

/// A key that has checked many signatures, as that of a CA has.
fn sm2_verify_known() -> Result {
    let (sm2, p256) = (chain(KeySpec::Sm2, 1), chain(KeySpec::EcdsaP256, 1));
    let ours = || check(&sm2.leaf, &sm2.intermediates[0]);
    compare(ours, RING, || check_by_ring(&p256.leaf, &p256.intermediates[0]), 2.0)
}

fn check_by_ring(subject: &Certificate, issuer: &Certificate) {
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, issuer.public_key().key_bits());
    key.verify(subject.tbs_der(), subject.signature()).expect("the signature is good");
}

/// A bridge of 200 CAs in a full mesh and 5 000 strangers, in a pool that was indexed before. The peer is the budget:
/// the bare signatures of the path that is found, and two milliseconds.
fn mesh() -> Result {
    let world = Bridge::new().open();
    let path = world.judge().expect("a path leads through the bridge").path;
    let bare = || path.windows(2).for_each(|pair| check(&pair[0], &pair[1]));
    let ours = || drop(world.judge().expect("a path leads through the bridge"));
    within(ours, "its signatures and 2 ms", bare, Duration::from_millis(2))
}

/// The slowest to be refused of: the same bridge, closed for want of a policy, for a name, by a forged certificate;
/// 5 000 issuers of one name that came along, with keys of the slowest kinds; mappings that multiply at each CA. The
/// peer is the budget: 50 milliseconds for each.
fn hostile() -> Result {
    let mut worlds = Vec::from(Bridge::new().closed());
    worlds.extend([KeySpec::EcdsaP256, KeySpec::EcdsaP521, KeySpec::Sm2].map(same_named));
    worlds.push(exponential_policies());
    let refuse = |world: World| Box::new(move || drop(world.judge().expect_err("nothing holds"))) as Box<dyn FnMut()>;
    let mut works: Vec<_> = worlds.into_iter().map(refuse).collect();
    slowest(&mut works, "50 ms each", Duration::from_millis(50))
}

/// As [`path_warm`], and whether leaf and intermediate are revoked by lists that were read before. The peer is our own
/// engine, not asked for revocation: it may cost a fifth more.
fn with_list(entries: u32) -> Result {
    let listed = Listed::new(entries);
    let judge = || listed.judge(RevocationMode::Require);
    assert_eq!((judge(), judge()), (4, 1), "cold, then warm");
    let without = || assert_eq!(listed.judge(RevocationMode::Off), 1);
    compare(|| assert_eq!(judge(), 1), "the same without revocation", without, 0.83)
}

fn crl_1k() -> Result {
    with_list(1_000)
}

fn crl_1m() -> Result {
    with_list(1_000_000)
}

/// Reading and indexing a million entries, the slowest of several orders. The peer is the budget: a second each, and 64
/// octets for each entry beside the encoding.
fn crl_index() -> Result {
    let lists = million();
    for list in &lists {
        assert!(list.index_octets() <= 64 * 1_000_000, "{} octets", list.index_octets());
    }
    let read = |list: CertificateList| {
        Box::new(move || drop(CertificateList::from_der(list.der()).expect("it is a list"))) as Box<dyn FnMut()>
    };
    let mut works: Vec<_> = lists.into_iter().map(read).collect();
    slowest(&mut works, "1 s each", Duration::from_secs(1))
}
