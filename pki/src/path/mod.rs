//! Paths: found in an unordered heap of certificates (RFC 4158), judged by RFC 5280 §6.
//!
//! [`validate`] is the whole of it. It answers *valid, by this path, under these policies*, or *invalid, because*;
//! what it lacked to say better stands in [`Missing`], for the caller to fetch and to ask again. [`explain`] is the same
//! with a [`Report`] of all that was checked.

mod budget;
mod build;
mod counters;
mod critical;
mod crl_scope;
mod custody;
mod edges;
mod evidence;
mod explain;
mod explain_text;
mod freshness;
mod heap;
mod identity;
mod index;
mod inherit;
mod initial_subtrees;
mod judge;
mod name_constraints;
mod ocsp;
mod outlook;
mod policy_graph;
mod policy_output;
#[cfg(test)]
mod policy_tree;
mod pool;
mod profile;
mod progress;
mod purpose;
mod report;
mod revocation;
mod rules;
mod search;
mod validate;
mod witness;

use crate::algorithm::AlgorithmPolicy;
use crate::certificate::extension::KeyUsage;
use crate::{Certificate, CertificateList, OcspResponse, Oid, Time, oid};

pub use budget::Budget;
pub use edges::VerifiedEdges;
pub use explain::{Assumption, CheckOutcome, Checked, Examined, Rejected, Report, Role};
pub use explain_text::Detail;
pub(crate) use freshness::{Freshness, Untimely};
pub use freshness::{RevocationPolicy, RevocationRule};
pub use identity::ExpectedName;
pub use initial_subtrees::{GeneralSubtree, InitialSubtrees};
pub use policy_output::{PolicyNode, QualifiedPolicy};
pub use pool::Pool;
pub use purpose::Purpose;
pub use report::{Invalid, Missing, MissingKind, RevocationNote, RevocationSource, RevocationStatus, Valid, Verdict};
pub use witness::Check;

/// A CA that is trusted as such. The constraints in its certificate bind (RFC 5937), its signature is not checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustAnchor {
    certificate: Certificate,
}

impl TrustAnchor {
    /// Trusts this certificate, self-signed or not.
    pub fn new(certificate: Certificate) -> Self {
        Self { certificate }
    }

    /// The certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}

impl From<Certificate> for TrustAnchor {
    fn from(certificate: Certificate) -> Self {
        Self::new(certificate)
    }
}

/// Inputs (c), (e), (f) and (g) of RFC 5280 §6.1.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyInputs {
    /// user-initial-policy-set; anyPolicy in it, or nothing, is any policy.
    pub initial_policy_set: Vec<Oid>,
    /// initial-explicit-policy
    pub explicit: bool,
    /// initial-policy-mapping-inhibit
    pub inhibit_mapping: bool,
    /// initial-any-policy-inhibit
    pub inhibit_any: bool,
}

impl Default for PolicyInputs {
    fn default() -> Self {
        Self { initial_policy_set: vec![oid::ANY_POLICY], explicit: false, inhibit_mapping: false, inhibit_any: false }
    }
}

/// Whether revocation is looked into, and what it means when nothing is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RevocationMode {
    /// Not looked into.
    #[default]
    Off,
    /// Revoked is refused; unknown is not.
    BestEffort,
    /// Unknown is refused too.
    Require,
}

/// Whose revocation is looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RevocationScope {
    /// Every certificate but the anchor.
    #[default]
    Chain,
    /// The leaf alone.
    Leaf,
}

/// A question: may this certificate be trusted, at this time, for this?
#[derive(Debug, Clone)]
pub struct ValidationRequest<'a> {
    /// The certificate in question.
    pub leaf: &'a Certificate,
    /// Certificates that may lead to an anchor, strangers among them: those that are at hand for every question.
    pub pool: &'a Pool,
    /// More of them, in any order: those that came along with the leaf. They are indexed for this question alone.
    pub extra: &'a [Certificate],
    /// Who is trusted.
    pub anchors: &'a [TrustAnchor],
    /// CRLs of whomever.
    pub crls: &'a [CertificateList],
    /// OCSP responses of whomever. Whether one answers a certain request, who has asked sees by
    /// [`crate::ocsp::BasicOcspResponse::check_nonce`].
    pub ocsp: &'a [OcspResponse],
    /// The time of validation, past times included.
    pub at: Time,
    /// Which certificate policies are acceptable.
    pub policies: PolicyInputs,
    /// In which subtrees the names of the path must lie, and in which not.
    pub initial_subtrees: Option<&'a InitialSubtrees>,
    /// What for.
    pub purpose: Purpose,
    /// Bits that the leaf's key usage must have, if it has one.
    pub key_usage: Option<KeyUsage>,
    /// Names that the leaf must have, all of them.
    pub names: &'a [ExpectedName],
    /// Whether revocation is looked into.
    pub revocation: RevocationMode,
    /// How fresh evidence must be, and whether what was made later counts for a past time.
    pub revocation_policy: &'a RevocationPolicy,
    /// Whose.
    pub revocation_scope: RevocationScope,
    /// Which algorithms count until when.
    pub algorithms: &'a AlgorithmPolicy,
    /// How many non-self-issued intermediates there may be.
    pub max_depth: Option<u32>,
    /// How much work the question may cost.
    pub budget: Budget,
    /// Signatures that earlier questions have verified, if the caller remembers them.
    pub edges: Option<&'a VerifiedEdges>,
}

impl<'a> ValidationRequest<'a> {
    /// A question with nothing but its necessary parts: any policy, any purpose, no revocation, no shared pool.
    pub fn new(
        leaf: &'a Certificate,
        extra: &'a [Certificate],
        anchors: &'a [TrustAnchor],
        at: Time,
        algorithms: &'a AlgorithmPolicy,
    ) -> Self {
        Self {
            leaf,
            pool: Pool::empty(),
            extra,
            anchors,
            crls: &[],
            ocsp: &[],
            at,
            policies: PolicyInputs::default(),
            initial_subtrees: None,
            purpose: Purpose::Any,
            key_usage: None,
            names: &[],
            revocation: RevocationMode::Off,
            revocation_policy: &freshness::STRICT,
            revocation_scope: RevocationScope::Chain,
            algorithms,
            max_depth: None,
            budget: Budget::default(),
            edges: None,
        }
    }
}

/// Finds a path from the leaf to an anchor and judges it; where it fails, tries the others.
pub fn validate(request: &ValidationRequest<'_>) -> Verdict {
    search::Search::new(request).run()
}

/// The same, with a report of what was checked and what was not, and of the paths that were rejected.
pub fn explain(request: &ValidationRequest<'_>) -> (Verdict, Report) {
    search::Search::new(request).explain()
}
