//! A question with all that it needs, read and ready to be judged, whether it came from files or from a batch line.

use pki::algorithm::AlgorithmPolicy;
use pki::certificate::extension::KeyUsage;
use pki::path::{
    self, ExpectedName, PolicyInputs, Purpose, RevocationMode, RevocationPolicy, RevocationRule, RevocationScope,
    TrustAnchor, ValidationRequest,
};
use pki::{Certificate, CertificateList, Error, Fingerprint, OcspResponse, Time};

use super::outcome::Outcome;

/// An owned [`ValidationRequest`].
pub(super) struct Question {
    pub(super) id: Option<serde_json::Value>,
    /// The DER of the leaf; whether it is a certificate is a part of the answer.
    pub(super) leaf: Vec<u8>,
    pub(super) heap: Heap,
    pub(super) at: Time,
    pub(super) policies: PolicyInputs,
    pub(super) purpose: Purpose,
    pub(super) key_usage: Option<KeyUsage>,
    pub(super) names: Vec<ExpectedName>,
    pub(super) revocation: RevocationMode,
    pub(super) revocation_scope: RevocationScope,
    pub(super) revocation_policy: RevocationPolicy,
    pub(super) algorithms: AlgorithmPolicy,
    pub(super) max_depth: Option<u32>,
}

/// Certificates, CRLs and OCSP responses. One that cannot be read is passed over, as it can prove nothing; the answer mentions it.
#[derive(Default)]
pub(super) struct Heap {
    pub(super) intermediates: Vec<Certificate>,
    pub(super) anchors: Vec<TrustAnchor>,
    pub(super) crls: Vec<CertificateList>,
    pub(super) ocsp: Vec<OcspResponse>,
    passed_over: Vec<String>,
}

impl Heap {
    pub(super) fn add_intermediate(&mut self, der: &[u8]) {
        match Certificate::from_der(der) {
            Ok(certificate) => self.intermediates.push(certificate),
            Err(why) => self.pass_over("an intermediate", der, &why),
        }
    }

    pub(super) fn add_anchor(&mut self, der: &[u8]) {
        match Certificate::from_der(der) {
            Ok(certificate) => self.anchors.push(TrustAnchor::new(certificate)),
            Err(why) => self.pass_over("an anchor", der, &why),
        }
    }

    pub(super) fn add_crl(&mut self, der: &[u8]) {
        match CertificateList::from_der(der) {
            Ok(crl) => self.crls.push(crl),
            Err(why) => self.pass_over("a CRL", der, &why),
        }
    }

    pub(super) fn add_ocsp(&mut self, der: &[u8]) {
        match OcspResponse::from_der(der) {
            Ok(response) => self.ocsp.push(response),
            Err(why) => self.pass_over("an OCSP response", der, &why),
        }
    }

    fn pass_over(&mut self, what: &str, der: &[u8], why: &Error) {
        self.passed_over.push(format!("{what} was passed over ({}: {why}, {})", Fingerprint::of(der), why.code()));
    }
}

impl Question {
    pub(super) fn judge(self) -> Outcome {
        let leaf = match Certificate::from_der(&self.leaf) {
            Ok(leaf) => leaf,
            Err(why) => return Outcome::unreadable_leaf(self.id, &why, Fingerprint::of(&self.leaf)),
        };
        let verdict = path::validate(&self.request(&leaf));
        let Self { id, heap, .. } = self;
        Outcome::of(id, verdict, &heap.passed_over)
    }

    fn request<'a>(&'a self, leaf: &'a Certificate) -> ValidationRequest<'a> {
        ValidationRequest {
            crls: &self.heap.crls,
            ocsp: &self.heap.ocsp,
            policies: self.policies.clone(),
            purpose: self.purpose,
            key_usage: self.key_usage,
            names: &self.names,
            revocation: self.revocation,
            revocation_scope: self.revocation_scope,
            revocation_policy: &self.revocation_policy,
            max_depth: self.max_depth,
            ..ValidationRequest::new(leaf, &self.heap.intermediates, &self.heap.anchors, self.at, &self.algorithms)
        }
    }
}

pub(super) fn revocation_mode(text: &str) -> Result<RevocationMode, String> {
    match text {
        "off" => Ok(RevocationMode::Off),
        "best-effort" | "best_effort" => Ok(RevocationMode::BestEffort),
        "require" => Ok(RevocationMode::Require),
        other => Err(format!("{other:?} is none of off, best-effort, require")),
    }
}

/// Evidence by the time when it was known, how many seconds old it may be, and how many it counts after the next was due.
pub(super) fn revocation_policy(known_at: Option<Time>, max_age: Option<u32>, grace: u32) -> RevocationPolicy {
    let policy =
        RevocationPolicy::strict().with_default(RevocationRule { max_age, grace, ..RevocationRule::default() });
    known_at.map_or(policy.clone(), |time| policy.known_at(time))
}

pub(super) fn purpose(text: &str) -> Result<Purpose, String> {
    Purpose::from_name(text).ok_or_else(|| format!("no purpose {text:?}"))
}

pub(super) fn time(text: &str) -> Result<Time, String> {
    Time::parse_rfc3339(text).ok_or_else(|| format!("{text:?} is no RFC 3339 time"))
}
