//! What a validation answers.

use super::policy_graph::PolicyGraph;
use super::policy_output::{Listed, PolicyNode, QualifiedPolicy};
use crate::algorithm::PublicKey;
use crate::certificate::extension::PolicyQualifier;
use crate::ocsp::{CertId, ResponderId};
use crate::{Certificate, Error, Name, Oid, Time};

/// Valid, or why not.
pub type Verdict = Result<Valid, Box<Invalid>>;

/// The certificate may be trusted, and how that was found.
#[derive(Debug, Clone)]
pub struct Valid {
    /// From the leaf to the anchor.
    pub path: Vec<Certificate>,
    /// The user-constrained-policy-set (RFC 9618 §5.5); anyPolicy in it is any policy.
    pub policies: Vec<Oid>,
    pub(super) policy_graph: PolicyGraph,
    /// working_public_key (RFC 5280 §6.1.6) with its algorithm and parameters: the leaf's key, completed by those of its
    /// issuer where it inherits them.
    pub working_public_key: PublicKey,
    /// How many complete paths were judged, this one included.
    pub paths_tried: u32,
    /// How many signatures were checked, those of CRLs and OCSP responses included.
    pub signatures_checked: u32,
    /// How many others were known from earlier questions: of CAs by [`VerifiedEdges`](super::VerifiedEdges), and of CRLs.
    pub signatures_remembered: u32,
    /// What is known of the revocation of each certificate that was looked into.
    pub revocation: Vec<RevocationNote>,
    /// Evidence that would have said more: a delta CRL, and for best effort or a lenient rule all that is not known.
    pub missing: Vec<Missing>,
}

impl Valid {
    /// The valid_policy_graph (RFC 5280 §6.1.6, RFC 9618 §5.2): the nodes that lead down to the leaf, from the anchor down.
    pub fn policy_nodes(&self) -> Vec<PolicyNode<'_>> {
        self.policy_graph.nodes(&Listed::on(&self.path))
    }

    /// The qualifiers of each of [`policies`](Self::policies) that has any: those which certificates of the path list with
    /// the policy itself, with what it was mapped to, or with anyPolicy where that stands for it (RFC 9618 §5.5).
    pub fn policy_qualifiers(&self) -> Vec<QualifiedPolicy> {
        let qualified = self.policy_graph.qualifiers(&Listed::on(&self.path), &self.policies);
        let read = |(policy, qualifiers): (Oid, Vec<&(Oid, Vec<u8>)>)| QualifiedPolicy {
            policy,
            qualifiers: qualifiers.into_iter().map(|(kind, value)| PolicyQualifier::read(kind, value)).collect(),
        };
        qualified.into_iter().map(read).collect()
    }
}

/// The certificate must not be trusted.
#[derive(Debug, Clone)]
pub struct Invalid {
    /// The most telling of what went wrong.
    pub error: Error,
    /// The certificate that it went wrong with.
    pub certificate: Option<Certificate>,
    /// The rule that was broken.
    pub rfc: &'static str,
    /// The path on which it happened, from the leaf as far as it led.
    pub path_considered: Vec<Certificate>,
    /// What is known of the revocation of each of its certificates that was looked into, from the leaf up; nothing if the
    /// path had failed before.
    pub revocation: Vec<RevocationNote>,
    /// Evidence that might change the answer.
    pub missing: Vec<Missing>,
    /// How many complete paths were judged.
    pub paths_tried: u32,
    /// How many signatures were checked, those of CRLs and OCSP responses included.
    pub signatures_checked: u32,
    /// How many others were known from earlier questions: of CAs by [`VerifiedEdges`](super::VerifiedEdges), and of CRLs.
    pub signatures_remembered: u32,
}

/// Evidence that was not among what was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// What it is.
    pub kind: MissingKind,
    /// Where it may be found, by the certificate itself or by those above it.
    pub uris: Vec<String>,
    /// Whose certificate, CRL or OCSP answer.
    pub issuer: Name,
    /// What to ask an OCSP responder, by SHA-1, which every responder knows.
    pub ask: Option<CertId>,
}

/// A kind of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MissingKind {
    /// A CRL.
    Crl,
    /// A delta CRL, which tells more than the complete CRL that is at hand.
    DeltaCrl,
    /// The certificate of an issuer. Where the certificate below does not say where it is, the places are the
    /// repositories of the CAs above, each of which may hold many certificates (RFC 5280 §4.2.2.2).
    Issuer,
    /// An OCSP answer.
    Ocsp,
}

impl MissingKind {
    /// `crl`, `delta-crl`, `issuer` or `ocsp`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Crl => "crl",
            Self::DeltaCrl => "delta-crl",
            Self::Issuer => "issuer",
            Self::Ocsp => "ocsp",
        }
    }
}

/// What is known of one certificate's revocation.
#[derive(Debug, Clone)]
pub struct RevocationNote {
    /// The certificate.
    pub certificate: Certificate,
    /// Its status.
    pub status: RevocationStatus,
    /// What says so: one source that says *revoked*, or all that say *good*.
    pub sources: Vec<RevocationSource>,
    /// Why other evidence about it did not count.
    pub obstacles: Vec<Error>,
}

/// A CRL or an OCSP response that counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevocationSource {
    /// A CRL.
    Crl {
        /// Whose.
        issuer: Name,
        /// thisUpdate
        this_update: Time,
    },
    /// An OCSP response.
    Ocsp {
        /// Whose.
        responder: ResponderId,
        /// thisUpdate
        this_update: Time,
    },
}

/// The outcome of RFC 5280 §6.3 and RFC 6960 §3.2 for one certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevocationStatus {
    /// CRLs that cover every reason do not list it, or an OCSP response says so; and none says that it is revoked.
    Good,
    /// A CRL lists it, or an OCSP response says so.
    Revoked(Error),
    /// There is no such evidence, and will be none: the certificate says that its CA publishes none (RFC 9608).
    NotPublished,
    /// There is no such evidence; why not.
    Unknown(Error),
}
