//! Chains of certificates: leaf, intermediates, root. All are under a policy; intermediates are held to a DNS domain.

use pki::certificate::CertificateBuilder;
use pki::certificate::extension::{KeyUsage, PolicyInformation};
use pki::key::{KeySpec, Signer as _, SoftwareKey};
use pki::name::GeneralName;
use pki::{Certificate, Name, Oid, Serial, Time, oid};

/// 2026-06-01T00:00:00Z, within every certificate of the chain.
pub(crate) const AT: Time = Time(1_780_272_000);

/// Leaf, intermediates from the lowest up, root.
pub(crate) struct Chain {
    pub leaf: Certificate,
    pub intermediates: Vec<Certificate>,
    pub root: Certificate,
}

/// A chain whose keys are all of one kind.
pub(crate) fn chain(spec: KeySpec, intermediates: usize) -> Chain {
    chain_with_keys(spec, intermediates).0
}

/// And the keys of its CAs, from the root down.
pub(crate) fn chain_with_keys(spec: KeySpec, intermediates: usize) -> (Chain, Vec<SoftwareKey>) {
    let (mut keys, leaf_key) = (vec![new_key(spec)], new_key(spec));
    let root = ca("root", "root", &keys[0], &keys[0], None);
    let (mut name, mut above) = ("root".to_owned(), root.clone());
    let mut below = Vec::new();
    for depth in 1..=intermediates {
        let (next_name, next_key) = (format!("intermediate {depth}"), new_key(spec));
        above = ca(&name, &next_name, &next_key, &keys[depth - 1], Some(&above));
        name = next_name;
        keys.push(next_key);
        below.insert(0, above.clone());
    }
    let leaf = leaf(&name, "leaf", &leaf_key, (&keys[intermediates], &above));
    (Chain { leaf, intermediates: below, root }, keys)
}

/// A chain of one intermediate with many leaves of one key.
pub(crate) fn family(spec: KeySpec, leaves: usize) -> (Vec<Certificate>, Chain) {
    let (chain, keys) = chain_with_keys(spec, 1);
    let (leaf_key, issuing) = (new_key(spec), (&keys[1], &chain.intermediates[0]));
    let one = |number| leaf("intermediate 1", &format!("leaf {number}"), &leaf_key, issuing);
    ((0..leaves).map(one).collect(), chain)
}

/// Many intermediates of one key below one root, with a leaf each.
pub(crate) fn chains(spec: KeySpec, count: usize) -> (Vec<(Certificate, Certificate)>, Certificate) {
    let [root_key, ca_key, leaf_key] = [0; 3].map(|_| new_key(spec));
    let root = ca("root", "root", &root_key, &root_key, None);
    let one = |number| {
        let name = format!("intermediate {number}");
        let ca = ca("root", &name, &ca_key, &root_key, Some(&root));
        (leaf(&name, "leaf", &leaf_key, (&ca_key, &ca)), ca)
    };
    ((0..count).map(one).collect(), root)
}

fn leaf(issuer: &str, subject: &str, key: &SoftwareKey, signer: (&SoftwareKey, &Certificate)) -> Certificate {
    builder(issuer, subject, key)
        .basic_constraints(false, None)
        .key_usage(KeyUsage::DIGITAL_SIGNATURE)
        .extended_key_usage([oid::CLIENT_AUTH])
        .subject_alt_names([GeneralName::Dns("leaf.example".into())])
        .authority_key_id_of(signer.1)
        .sign(signer.0)
        .expect("a leaf can be signed")
}

fn ca(
    issuer: &str,
    subject: &str,
    key: &SoftwareKey,
    signer: &SoftwareKey,
    above: Option<&Certificate>,
) -> Certificate {
    let builder = builder(issuer, subject, key)
        .basic_constraints(true, None)
        .key_usage(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN)
        .subject_key_id();
    let builder = above.map_or(builder.clone(), |above| {
        let permitted = vec![GeneralName::Dns("example".into())];
        builder.name_constraints(permitted, Vec::new()).authority_key_id_of(above)
    });
    builder.sign(signer).expect("a CA can be signed")
}

pub(crate) fn new_key(spec: KeySpec) -> SoftwareKey {
    SoftwareKey::generate(spec, &mut random).expect("a key can be made")
}

#[expect(clippy::disallowed_methods, reason = "a benchmark has no other use for randomness")]
fn random(octets: &mut [u8]) {
    aws_lc_rs::rand::fill(octets).expect("the operating system has randomness");
}

fn builder(issuer: &str, subject: &str, key: &SoftwareKey) -> CertificateBuilder {
    bare_builder(issuer, subject, key)
        .policies([PolicyInformation::new(Oid::new("1.3.6.1.4.1.32473.1").expect("an OID"))])
}

/// Names, key and a validity period around [`AT`], without extensions.
pub(crate) fn bare_builder(issuer: &str, subject: &str, key: &SoftwareKey) -> CertificateBuilder {
    let name = |text: &str| Name::from_attributes(&[(oid::COMMON_NAME, text)]);
    let validity = (Time(AT.0 - 86_400 * 30), Time(AT.0 + 86_400 * 300));
    let serial =
        Serial::from_unsigned(&[0x40 | (subject.len() as u8), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    CertificateBuilder::new(serial, name(issuer), name(subject), validity, key.public_key().clone())
}
