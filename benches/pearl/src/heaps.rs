//! Big heaps, honest and hostile.

use pki::algorithm::AlgorithmPolicy;
use pki::certificate::CertificateBuilder;
use pki::certificate::extension::PolicyInformation;
use pki::key::{KeySpec, SoftwareKey};
use pki::name::GeneralName;
use pki::path::{Pool, TrustAnchor, ValidationRequest, Verdict, validate};
use pki::{Certificate, Oid};

use crate::chain::{AT, bare_builder, new_key};

/// CAs of the bridge, each certified by each other.
const MESH: usize = 200;
/// Certificates that lead nowhere, and issuers of one name.
const STRANGERS: usize = 5_000;

/// A leaf, what it may be judged by, and what came along with it.
pub(crate) struct World {
    leaf: Certificate,
    pool: Pool,
    extra: Vec<Certificate>,
    anchors: [TrustAnchor; 1],
}

impl World {
    pub(crate) fn judge(&self) -> Verdict {
        let algorithms = AlgorithmPolicy::dated();
        let mut request = ValidationRequest::new(&self.leaf, &self.extra, &self.anchors, AT, &algorithms);
        request.pool = &self.pool;
        validate(&request)
    }
}

/// A root, and a bridge in full mesh below it, of which the root has yet to certify the last CA.
pub(crate) struct Bridge {
    root: SoftwareKey,
    first: SoftwareKey,
    last: SoftwareKey,
    pool: Pool,
}

impl Bridge {
    pub(crate) fn new() -> Self {
        let root = new_key(KeySpec::EcdsaP256);
        let mut keys: Vec<_> = (0..MESH).map(|_| new_key(KeySpec::EcdsaP256)).collect();
        let mut heap = mesh(&keys, under_policy);
        heap.extend((0..STRANGERS).map(|at| {
            certified((&format!("elsewhere {}", at / 2), &root), (&format!("stranger {at}"), &root), |builder| builder)
        }));
        let (last, first) = (keys.pop().expect("there are many"), keys.swap_remove(0));
        Self { root, first, last, pool: Pool::new(heap) }
    }

    /// A leaf of the first CA, and the last CA certified by the root after `change`, or by who claims to be the root.
    fn world(&self, signer: &SoftwareKey, change: impl FnOnce(CertificateBuilder) -> CertificateBuilder) -> World {
        let way_out = certified(("root", signer), (&member(MESH - 1), &self.last), change);
        let leaf = certified((&member(0), &self.first), ("leaf", &self.first), with_secret_name);
        World { leaf, pool: self.pool.clone(), extra: vec![way_out], anchors: anchor(&self.root) }
    }

    /// A path leads through it.
    pub(crate) fn open(&self) -> World {
        self.world(&self.root, under_policy)
    }

    /// None does: for want of a policy, because of a name, by a forged certificate.
    pub(crate) fn closed(&self) -> [World; 3] {
        let secret = vec![GeneralName::Dns("secret.example".into())];
        [
            self.world(&self.root, |builder| builder.policy_constraints(Some(0), None)),
            self.world(&self.root, |builder| under_policy(builder).name_constraints(vec![], secret)),
            self.world(&self.first, under_policy),
        ]
    }
}

/// Thousands of issuers of the right name, all certified, none of which has signed the leaf; of a slow algorithm.
pub(crate) fn same_named(spec: KeySpec) -> World {
    let (root, issuers, signer) = (new_key(KeySpec::EcdsaP256), [new_key(spec), new_key(spec)], new_key(spec));
    let issuers = (0..STRANGERS).map(|at| certified(("root", &root), ("issuer", &issuers[at % 2]), |builder| builder));
    let leaf = certified(("issuer", &signer), ("leaf", &signer), |builder| builder);
    World { leaf, pool: Pool::default(), extra: issuers.collect(), anchors: anchor(&root) }
}

/// A mesh whose CAs all map sixty policies to sixty, over a leaf without one.
pub(crate) fn exponential_policies() -> World {
    let policies: Vec<_> = (0..60).filter_map(|at| Oid::new(&format!("1.3.6.1.4.1.32473.{at}")).ok()).collect();
    let listed: Vec<_> = policies.iter().copied().map(PolicyInformation::new).collect();
    let mappings: Vec<_> = policies.iter().flat_map(|one| policies.iter().map(move |other| (*one, *other))).collect();
    let map = |builder: CertificateBuilder| builder.policies(listed.clone()).policy_mappings(mappings.clone());
    let (root, keys) = (new_key(KeySpec::EcdsaP256), [0; 12].map(|_| new_key(KeySpec::EcdsaP256)));
    let mut extra = mesh(&keys, map);
    let required = |builder| map(builder).policy_constraints(Some(0), None);
    extra.push(certified(("root", &root), (&member(11), &keys[11]), required));
    let leaf = certified((&member(0), &keys[0]), ("leaf", &keys[0]), |builder| builder);
    World { leaf, pool: Pool::default(), extra, anchors: anchor(&root) }
}

fn under_policy(builder: CertificateBuilder) -> CertificateBuilder {
    builder.policies([PolicyInformation::new(Oid::new_unwrap("1.3.6.1.4.1.32473.1"))])
}

fn with_secret_name(builder: CertificateBuilder) -> CertificateBuilder {
    builder.subject_alt_names([GeneralName::Dns("secret.example".into())])
}

fn anchor(root: &SoftwareKey) -> [TrustAnchor; 1] {
    [TrustAnchor::new(certified(("root", root), ("root", root), |builder| builder))]
}

fn mesh(keys: &[SoftwareKey], change: impl Fn(CertificateBuilder) -> CertificateBuilder) -> Vec<Certificate> {
    let pairs = (0..keys.len()).flat_map(|one| (0..keys.len()).map(move |other| (one, other)));
    let pairs = pairs.filter(|(one, other)| one != other);
    let certify =
        |(one, other): (usize, usize)| certified((&member(one), &keys[one]), (&member(other), &keys[other]), &change);
    pairs.map(certify).collect()
}

fn member(at: usize) -> String {
    format!("member {at}")
}

/// A CA without key identifiers, by which paths would be found too easily.
fn certified(
    (issuer, signer): (&str, &SoftwareKey),
    (subject, key): (&str, &SoftwareKey),
    change: impl FnOnce(CertificateBuilder) -> CertificateBuilder,
) -> Certificate {
    let builder = bare_builder(issuer, subject, key).basic_constraints(true, None);
    change(builder).sign(signer).expect("a certificate can be signed")
}
