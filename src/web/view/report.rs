//! The report under an answer of `/verify`: every check of every certificate of the path, what was taken for granted, and
//! the other paths that were considered. Names and reasons stand in it as the engine tells them, in English.

use super::error::TechnicalReason;
use super::terms::terms;

/// All that was checked.
#[derive(Clone, Debug)]
pub struct ReportView {
    /// The path, the certificate in question first.
    pub certificates: Vec<ReportedCertificate>,
    /// What was taken for granted.
    pub assumptions: Vec<Assumed>,
    /// Paths that do not hold.
    pub rejected: Vec<RejectedPath>,
    /// How many more there were.
    pub untold: usize,
}

/// One certificate.
#[derive(Clone, Debug)]
pub struct ReportedCertificate {
    /// The subject's common name or, without one, the whole name.
    pub name: String,
    /// Its checks.
    pub checks: Vec<ReportedCheck>,
}

/// One check.
#[derive(Clone, Debug)]
pub struct ReportedCheck {
    /// Of what.
    pub kind: ReportCheck,
    /// How it came out.
    pub outcome: ReportOutcome,
    /// By which section.
    pub rfc: &'static str,
    /// Why it failed, or why nothing is known.
    pub why: Option<TechnicalReason>,
    /// Which evidence says so.
    pub evidence: Vec<ReportedEvidence>,
}

/// A CRL or an OCSP response.
#[derive(Clone, Debug)]
pub struct ReportedEvidence {
    /// `CRL` or `OCSP`.
    pub kind: &'static str,
    /// Whose.
    pub of: String,
    /// When it was made, in seconds since the Unix epoch.
    pub at: i64,
}

/// A path that does not hold.
#[derive(Clone, Debug)]
pub struct RejectedPath {
    /// The names of its certificates, the one in question first, with arrows.
    pub names: String,
    /// Why not.
    pub why: TechnicalReason,
}

terms! {
    /// What is checked.
    ReportCheck, "report-check" {
        /// The issuer's signature.
        Signature = "signature",
        /// Its algorithms.
        Algorithms = "algorithms",
        /// Its serial number.
        SerialNumber = "serial_number",
        /// Its period of validity.
        Period = "period",
        /// Whether it is revoked.
        Revocation = "revocation",
        /// Who issued it.
        Issuer = "issuer",
        /// Whose it is.
        Subject = "subject",
        /// What the authorities above may speak for.
        NameConstraints = "name_constraints",
        /// Certificate policies.
        Policies = "policies",
        /// Their mappings.
        PolicyMappings = "policy_mappings",
        /// Whether it is an authority's.
        BasicConstraints = "basic_constraints",
        /// How many authorities may stand below.
        PathLength = "path_length",
        /// Key usage.
        KeyUsage = "key_usage",
        /// Extensions that must be understood.
        CriticalExtensions = "critical_extensions",
        /// What for.
        Purpose = "purpose",
        /// The names asked for.
        Names = "names",
    }
}

terms! {
    /// How a check came out.
    ReportOutcome, "report-outcome" {
        /// Passed.
        Passed = "passed",
        /// Failed.
        Failed = "failed",
        /// The evidence is missing, which was borne.
        Unknown = "unknown",
        /// There is nothing to check.
        NotApplicable = "not_applicable",
        /// Not asked for.
        NotAsked = "not_asked",
        /// Something else came before.
        NotReached = "not_reached",
    }
}

terms! {
    /// What was taken for granted, or not asked.
    Assumed, "assumed" {
        /// The root limits the path.
        AnchorConstraints = "anchor_constraints",
        /// Any name.
        AnyName = "any_name",
        /// Any policy.
        AnyPolicy = "any_policy",
        /// Any purpose.
        AnyPurpose = "any_purpose",
        /// Evidence counts longer than it says.
        Grace = "grace",
        /// Later evidence counts.
        KnownAt = "known_at",
        /// Weak algorithms count.
        LegacyAlgorithms = "legacy_algorithms",
        /// Evidence has an age.
        MaxAge = "max_age",
        /// The time is now.
        Now = "now",
        /// Some signatures were known.
        RememberedSignatures = "remembered_signatures",
        /// Unknown revocation is borne.
        RevocationBestEffort = "revocation_best_effort",
        /// Revocation of the leaf alone.
        RevocationOfLeaf = "revocation_of_leaf",
        /// No revocation.
        RevocationOff = "revocation_off",
        /// Unknown revocation is borne of one authority.
        RevocationMayBeUnknown = "revocation_may_be_unknown",
    }
}
