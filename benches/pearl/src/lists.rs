//! Revocation lists of many entries, honest and hostile.

use pki::algorithm::AlgorithmPolicy;
use pki::crl::{CrlEntry, Reason};
use pki::key::{KeySpec, SoftwareKey};
use pki::path::{Pool, RevocationMode, TrustAnchor, ValidationRequest, VerifiedEdges, validate};
use pki::{Certificate, CertificateList, CrlBuilder, Name, Serial, Time, oid};

use crate::chain::{AT, Chain, chain_with_keys, new_key};

/// A chain as a service has it ready, with the list of each CA.
pub(crate) struct Listed {
    chain: Chain,
    pool: Pool,
    edges: VerifiedEdges,
    anchors: [TrustAnchor; 1],
    crls: [CertificateList; 2],
    algorithms: AlgorithmPolicy,
}

impl Listed {
    /// The leaf's CA has revoked so many certificates; the leaf is not among them.
    pub(crate) fn new(entries: u32) -> Self {
        let (chain, keys) = chain_with_keys(KeySpec::EcdsaP256, 1);
        let [root, ca] = &keys[..] else { unreachable!("a root and an intermediate") };
        let crls = [list(&chain.intermediates[0], ca, plain(entries)), list(&chain.root, root, plain(0))];
        let (pool, edges) = (Pool::new(chain.intermediates.iter().cloned()), VerifiedEdges::new(100));
        let anchors = [TrustAnchor::new(chain.root.clone())];
        Self { chain, pool, edges, anchors, crls, algorithms: AlgorithmPolicy::dated() }
    }

    /// The leaf comes in as DER; how many signatures were checked.
    pub(crate) fn judge(&self, revocation: RevocationMode) -> u32 {
        let leaf = Certificate::from_der(self.chain.leaf.der()).expect("it is a certificate");
        let mut request = ValidationRequest::new(&leaf, &[], &self.anchors, AT, &self.algorithms);
        (request.pool, request.edges) = (&self.pool, Some(&self.edges));
        (request.revocation, request.crls) = (revocation, &self.crls);
        validate(&request).expect("the chain is good").signatures_checked
    }
}

/// Lists of a million entries: in order, in no order, of two certificates alone, of two issuers in turn.
pub(crate) fn million() -> Vec<CertificateList> {
    const MANY: u32 = 1_000_000;
    let key = new_key(KeySpec::EcdsaP256);
    let (chain, _) = chain_with_keys(KeySpec::EcdsaP256, 0);
    let sign = |entries: Vec<CrlEntry>| list(&chain.root, &key, entries);
    let issuers = ["One", "Two"].map(|text| Name::from_attributes(&[(oid::COMMON_NAME, text)]));
    // A prime: every number once.
    let shuffled = || (0..MANY).map(|at| (u64::from(at) * 15_485_863 % u64::from(MANY)) as u32);
    let in_turn = |at: u32| CrlEntry { issuer: Some(issuers[at as usize % 2].clone()), ..entry(at) };
    vec![
        sign(plain(MANY)),
        sign(shuffled().map(entry).collect()),
        sign((0..MANY).map(|at| entry(at % 2)).collect()),
        sign(shuffled().map(in_turn).collect()),
    ]
}

fn plain(entries: u32) -> Vec<CrlEntry> {
    (0..entries).map(entry).collect()
}

/// With a serial number as long as may be.
fn entry(number: u32) -> CrlEntry {
    let serial = Serial::from_unsigned(&[&[0x5a; 16][..], &number.to_be_bytes()].concat());
    let reason = Some(Reason::Superseded);
    CrlEntry { serial, since: Time(AT.0 - 86_400), reason, invalid_since: None, issuer: None }
}

fn list(issuer: &Certificate, key: &SoftwareKey, entries: Vec<CrlEntry>) -> CertificateList {
    CrlBuilder::new(issuer.subject().clone(), 1, Time(AT.0 - 3600), Time(AT.0 + 86_400))
        .entries(entries)
        .authority_key_id_of(issuer)
        .sign(key)
        .expect("a list can be signed")
}
