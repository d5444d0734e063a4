//! The rows, each against a peer that does the same.

use std::time::Duration;

use pki::Certificate;
use pki::algorithm::AlgorithmPolicy;
use pki::key::KeySpec;
use pki::path::{TrustAnchor, ValidationRequest, validate};
use rustls::pki_types::{CertificateDer, UnixTime};

use crate::chain::{AT, Chain, chain};
use crate::heaps::{Bridge, World, exponential_policies, same_named};
use crate::measure::{Result, compare, slowest, within};

/// Measures a row.
type Row = fn() -> Result;

/// Every row by name.
pub(crate) const ALL: &[(&str, Row)] = &[
    ("path_signatures", path_signatures),
    ("path_cold", path_cold),
    ("path_parsed", path_parsed),
    ("path_sm2", path_sm2),
    ("mesh", mesh),
    ("hostile", hostile),
    ("sm2_verify", sm2_verify),
];

const WEBPKI: &str = "rustls-webpki 0.103";

fn judge(chain: &Chain, leaf: &Certificate, intermediates: &[Certificate]) {
    let anchors = [TrustAnchor::new(chain.root.clone())];
    let algorithms = AlgorithmPolicy::dated();
    let request = ValidationRequest::new(leaf, intermediates, &anchors, AT, &algorithms);
    validate(&request).expect("the chain is good");
}

fn judge_by_webpki(chain: &Chain) {
    let time = UnixTime::since_unix_epoch(Duration::from_secs(AT.0.unsigned_abs()));
    let [leaf, intermediate, root] =
        [&chain.leaf, &chain.intermediate, &chain.root].map(|c| CertificateDer::from(c.der()));
    let anchors = [webpki::anchor_from_trusted_cert(&root).expect("webpki reads the root")];
    let leaf = webpki::EndEntityCert::try_from(&leaf).expect("webpki reads the leaf");
    let algorithms = &[webpki::aws_lc_rs::ECDSA_P256_SHA256];
    let usage = webpki::KeyUsage::client_auth();
    leaf.verify_for_usage(algorithms, &anchors, &[intermediate], time, usage, None, None)
        .expect("webpki finds it good");
}

fn check(subject: &Certificate, issuer: &Certificate) {
    subject.verify_signature(issuer.public_key()).expect("the signature is good");
}

/// Parsed certificates: the path against its two bare signatures.
fn path_signatures() -> Result {
    let chain = chain(KeySpec::EcdsaP256);
    let intermediates = [chain.intermediate.clone()];
    let bare = || {
        check(&chain.leaf, &chain.intermediate);
        check(&chain.intermediate, &chain.root);
    };
    compare(|| judge(&chain, &chain.leaf, &intermediates), "its bare signatures", bare, 0.95)
}

/// From DER each time.
fn path_cold() -> Result {
    let chain = chain(KeySpec::EcdsaP256);
    let parse = |certificate: &Certificate| Certificate::from_der(certificate.der()).expect("it is a certificate");
    let ours = || {
        let fresh =
            Chain { leaf: parse(&chain.leaf), intermediate: parse(&chain.intermediate), root: parse(&chain.root) };
        judge(&fresh, &fresh.leaf, std::slice::from_ref(&fresh.intermediate));
    };
    compare(ours, WEBPKI, || judge_by_webpki(&chain), 0.9)
}

/// Parsed once, as a service holds them.
fn path_parsed() -> Result {
    let chain = chain(KeySpec::EcdsaP256);
    let intermediates = [chain.intermediate.clone()];
    compare(|| judge(&chain, &chain.leaf, &intermediates), WEBPKI, || judge_by_webpki(&chain), 0.9)
}

fn path_sm2() -> Result {
    let (sm2, p256) = (chain(KeySpec::Sm2), chain(KeySpec::EcdsaP256));
    let (of_sm2, of_p256) = ([sm2.intermediate.clone()], [p256.intermediate.clone()]);
    let ours = || judge(&sm2, &sm2.leaf, &of_sm2);
    compare(ours, "the same chain in P-256", || judge(&p256, &p256.leaf, &of_p256), 0.85)
}

fn sm2_verify() -> Result {
    let (sm2, p256) = (chain(KeySpec::Sm2), chain(KeySpec::EcdsaP256));
    let ours = || check(&sm2.leaf, &sm2.intermediate);
    compare(ours, "aws-lc-rs P-256", || check(&p256.leaf, &p256.intermediate), 0.85)
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
