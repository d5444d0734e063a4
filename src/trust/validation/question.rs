//! A question with all that it needs, read and ready to be judged, whether it came from files, from a batch line or over
//! HTTP.

use pki::algorithm::AlgorithmPolicy;
use pki::certificate::extension::KeyUsage;
use pki::path::{
    self, Assumption, ExpectedName, InitialSubtrees, PolicyInputs, Pool, Purpose, Report, RevocationMode,
    RevocationPolicy, RevocationRule, RevocationScope, TrustAnchor, ValidationRequest, Verdict, VerifiedEdges,
};
use pki::{Certificate, CertificateList, Error, Fingerprint, OcspResponse, Time};

/// An owned [`ValidationRequest`].
#[derive(Debug)]
pub struct Question {
    /// The DER of the leaf; whether it is a certificate is a part of the answer.
    pub leaf: Vec<u8>,
    /// Certificates that may lead to an anchor: those that may recur, and those that came with the leaf.
    pub pool: Pool,
    /// The latter.
    pub extra: Vec<Certificate>,
    /// Who is trusted.
    pub anchors: Vec<TrustAnchor>,
    /// Of whomever.
    pub crls: Vec<CertificateList>,
    /// Of whomever.
    pub ocsp: Vec<OcspResponse>,
    /// What of all these could not be read.
    pub passed_over: Vec<String>,
    /// The time of validation.
    pub at: Time,
    /// Whether that is now for want of another.
    pub is_now: bool,
    /// Which policies are acceptable.
    pub policies: PolicyInputs,
    /// In which subtrees the names of the path must lie, and in which not.
    pub subtrees: InitialSubtrees,
    /// What for.
    pub purpose: Purpose,
    /// Bits that the leaf's key usage must have, if it has one.
    pub key_usage: Option<KeyUsage>,
    /// Names that the leaf must have.
    pub names: Vec<ExpectedName>,
    /// Whether revocation is looked into.
    pub revocation: RevocationMode,
    /// Whose.
    pub revocation_scope: RevocationScope,
    /// How fresh evidence must be, and until when it may have been made.
    pub revocation_policy: RevocationPolicy,
    /// Which algorithms count until when.
    pub algorithms: AlgorithmPolicy,
    /// How many non-self-issued intermediates there may be.
    pub max_depth: Option<u32>,
    /// Whether a report is wanted.
    pub report: bool,
}

/// What came of a question.
#[derive(Debug)]
pub enum Answer {
    /// The leaf is no certificate.
    NoCertificate(Error, Fingerprint),
    /// The engine's, with its report if one is wanted.
    Judged(Verdict, Option<Box<Report>>),
}

impl Question {
    /// About this leaf (DER), at this time, with everything else as it is by default, and nobody trusted.
    pub fn new(leaf: Vec<u8>, at: Time) -> Self {
        Self {
            leaf,
            at,
            is_now: false,
            pool: Pool::empty().clone(),
            extra: Vec::new(),
            anchors: Vec::new(),
            crls: Vec::new(),
            ocsp: Vec::new(),
            passed_over: Vec::new(),
            policies: PolicyInputs::default(),
            subtrees: InitialSubtrees::default(),
            purpose: Purpose::Any,
            key_usage: None,
            names: Vec::new(),
            revocation: RevocationMode::Off,
            revocation_scope: RevocationScope::Chain,
            revocation_policy: RevocationPolicy::default(),
            algorithms: AlgorithmPolicy::dated(),
            max_depth: None,
            report: false,
        }
    }

    /// Asks the engine, which may remember signatures in `edges`.
    pub fn judge(&self, edges: Option<&VerifiedEdges>) -> Answer {
        match Certificate::from_der(&self.leaf) {
            Ok(leaf) if self.report => self.explain(&ValidationRequest { edges, ..self.request(&leaf) }),
            Ok(leaf) => Answer::Judged(path::validate(&ValidationRequest { edges, ..self.request(&leaf) }), None),
            Err(why) => Answer::NoCertificate(why, Fingerprint::of(&self.leaf)),
        }
    }

    fn explain(&self, request: &ValidationRequest<'_>) -> Answer {
        let (verdict, mut report) = path::explain(request);
        if self.is_now {
            report.assumptions.insert(0, Assumption::Now);
        }
        Answer::Judged(verdict, Some(Box::new(report)))
    }

    /// As the engine takes it.
    pub fn request<'a>(&'a self, leaf: &'a Certificate) -> ValidationRequest<'a> {
        ValidationRequest {
            pool: &self.pool,
            crls: &self.crls,
            ocsp: &self.ocsp,
            policies: self.policies.clone(),
            initial_subtrees: Some(&self.subtrees),
            purpose: self.purpose,
            key_usage: self.key_usage,
            names: &self.names,
            revocation: self.revocation,
            revocation_scope: self.revocation_scope,
            revocation_policy: &self.revocation_policy,
            max_depth: self.max_depth,
            ..ValidationRequest::new(leaf, &self.extra, &self.anchors, self.at, &self.algorithms)
        }
    }
}

/// The leaf, and what came with it.
///
/// # Errors
/// There is none.
pub fn first_and_rest(mut objects: Vec<Vec<u8>>) -> Result<(Vec<u8>, Vec<Vec<u8>>), String> {
    if objects.is_empty() {
        return Err("no certificate in it".into());
    }
    let first = objects.remove(0);
    Ok((first, objects))
}

/// `off`, `best-effort` or `require`.
///
/// # Errors
/// It is none of them.
pub fn revocation_mode(text: &str) -> Result<RevocationMode, String> {
    match text {
        "off" => Ok(RevocationMode::Off),
        "best-effort" | "best_effort" => Ok(RevocationMode::BestEffort),
        "require" => Ok(RevocationMode::Require),
        other => Err(format!("{other:?} is none of off, best-effort, require")),
    }
}

/// Evidence by the time when it was known, how many seconds old it may be, and how many it counts after the next was due;
/// how many seconds an OCSP response counts that does not say when that is, none if it is 0.
pub fn revocation_policy(
    known_at: Option<Time>,
    max_age: Option<u32>,
    grace: u32,
    open_ended: Option<u32>,
) -> RevocationPolicy {
    let strict = RevocationRule::default();
    let open_ended = open_ended.or(strict.open_ended).filter(|seconds| *seconds > 0);
    let rule = RevocationRule { max_age, grace, open_ended, ..strict };
    let policy = RevocationPolicy::strict().with_default(rule);
    match known_at {
        Some(time) => policy.known_at(time),
        None => policy,
    }
}

/// A purpose by its name.
///
/// # Errors
/// There is none of that name.
pub fn purpose(text: &str) -> Result<Purpose, String> {
    Purpose::from_name(text).ok_or_else(|| format!("no purpose {text:?}"))
}

/// A time by RFC 3339; a fraction is cut off, as a certificate is valid through its last second.
///
/// # Errors
/// It is none.
pub fn time(text: &str) -> Result<Time, String> {
    Time::parse_rfc3339(text).ok_or_else(|| format!("{text:?} is no RFC 3339 time"))
}
