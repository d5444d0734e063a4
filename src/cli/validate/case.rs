//! A line of a batch: one case in JSON.

use pki::algorithm::AlgorithmPolicy;
use pki::certificate::extension::KeyUsage;
use pki::path::{ExpectedName, PolicyInputs, RevocationMode, RevocationPolicy, RevocationScope};
use pki::{Oid, Time, oid};
use serde::Deserialize;

use super::evidence::{self, Heap, Question};
use super::options::first_and_rest;
use crate::pem;

/// All but `id`, `leaf` and `anchors` may be left out. Certificates, CRLs and OCSP responses are PEM or base64
/// of DER.
#[derive(Debug, Deserialize)]
pub(super) struct Case {
    id: serde_json::Value,
    leaf: String,
    anchors: Vec<String>,
    #[serde(default)]
    intermediates: Vec<String>,
    #[serde(default)]
    crls: Vec<String>,
    #[serde(default)]
    ocsp: Vec<String>,
    at: Option<String>,
    policies: Option<Vec<String>>,
    #[serde(default)]
    explicit_policy: bool,
    #[serde(default)]
    inhibit_mapping: bool,
    #[serde(default)]
    inhibit_any_policy: bool,
    purpose: Option<String>,
    key_usage: Option<Vec<String>>,
    #[serde(default)]
    names: Vec<String>,
    revocation: Option<String>,
    revocation_scope: Option<String>,
    known_at: Option<String>,
    max_age: Option<u32>,
    #[serde(default)]
    grace: u32,
    algorithms: Option<String>,
    max_depth: Option<u32>,
}

impl Case {
    /// Reads what the texts hold; `now` is the time of validation where none is given.
    pub(super) fn into_question(self, now: Time) -> Result<Question, String> {
        let (leaf, rest) = field("leaf", pem::read_text(&self.leaf, pem::CERTIFICATE).and_then(first_and_rest))?;
        let mut heap = Heap::default();
        rest.iter().for_each(|der| heap.add_intermediate(der));
        each("intermediates", &self.intermediates, pem::CERTIFICATE, |der| heap.add_intermediate(der))?;
        each("anchors", &self.anchors, pem::CERTIFICATE, |der| heap.add_anchor(der))?;
        each("crls", &self.crls, pem::CRL, |der| heap.add_crl(der))?;
        each("ocsp", &self.ocsp, pem::OCSP, |der| heap.add_ocsp(der))?;
        Ok(Question {
            at: field("at", self.at.as_deref().map(evidence::time).transpose())?.unwrap_or(now),
            policies: field("policies", self.policies())?,
            purpose: field("purpose", self.purpose.as_deref().map_or(Ok(Default::default()), evidence::purpose))?,
            key_usage: field("key_usage", self.key_usage())?,
            names: field("names", self.names.iter().map(|name| ExpectedName::parse(name)).collect())?,
            revocation: field("revocation", self.revocation())?,
            revocation_scope: field("revocation_scope", self.revocation_scope())?,
            revocation_policy: field("known_at", self.revocation_policy())?,
            algorithms: field("algorithms", self.algorithms())?,
            max_depth: self.max_depth,
            id: Some(self.id),
            leaf,
            heap,
        })
    }

    fn policies(&self) -> Result<PolicyInputs, String> {
        let any = || Ok(vec![oid::ANY_POLICY]);
        let listed = self.policies.as_ref().filter(|list| !list.is_empty());
        let policy = |text: &String| Oid::new(text).map_err(|why| format!("{text:?}: {why}"));
        Ok(PolicyInputs {
            initial_policy_set: listed.map_or_else(any, |list| list.iter().map(policy).collect())?,
            explicit: self.explicit_policy,
            inhibit_mapping: self.inhibit_mapping,
            inhibit_any: self.inhibit_any_policy,
        })
    }

    fn key_usage(&self) -> Result<Option<KeyUsage>, String> {
        let bit = |name: &String| KeyUsage::from_name(name).ok_or_else(|| format!("no key usage {name:?}"));
        let bits = self.key_usage.iter().flatten().map(bit).collect::<Result<Vec<_>, _>>()?;
        Ok(bits.into_iter().reduce(|one, other| one | other))
    }

    fn revocation(&self) -> Result<RevocationMode, String> {
        self.revocation.as_deref().map_or(Ok(RevocationMode::Off), evidence::revocation_mode)
    }

    fn revocation_scope(&self) -> Result<RevocationScope, String> {
        match self.revocation_scope.as_deref() {
            None | Some("chain") => Ok(RevocationScope::Chain),
            Some("leaf") => Ok(RevocationScope::Leaf),
            Some(other) => Err(format!("{other:?} is none of chain, leaf")),
        }
    }

    fn revocation_policy(&self) -> Result<RevocationPolicy, String> {
        let known_at = self.known_at.as_deref().map(evidence::time).transpose()?;
        Ok(evidence::revocation_policy(known_at, self.max_age, self.grace))
    }

    fn algorithms(&self) -> Result<AlgorithmPolicy, String> {
        match self.algorithms.as_deref() {
            None | Some("default") => Ok(AlgorithmPolicy::dated()),
            Some("legacy") => Ok(AlgorithmPolicy::legacy()),
            Some(other) => Err(format!("{other:?} is none of default, legacy")),
        }
    }
}

/// Says in which field something is wrong.
fn field<T>(name: &str, value: Result<T, String>) -> Result<T, String> {
    value.map_err(|why| format!("{name}: {why}"))
}

fn each(name: &str, texts: &[String], labels: &[&str], mut take: impl FnMut(&[u8])) -> Result<(), String> {
    for (at, text) in texts.iter().enumerate() {
        field(&format!("{name}[{at}]"), pem::read_text(text, labels))?.iter().for_each(|der| take(der));
    }
    Ok(())
}
