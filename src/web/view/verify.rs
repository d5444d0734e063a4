//! `/verify`: who holds a certificate, who vouches for it, and whether it is valid or exactly why not.

use askama::Template;

use super::PageContext;
use super::error::{RefusalReason, TechnicalReason};
use super::problem::Problem;
use super::report::ReportView;
use super::terms::{Region, SubjectKind, terms};
use crate::locale::Locale;

/// `/verify`: the form, and under it the answer.
///
/// Its form posts to the page itself, multipart: `csrf`, `certificate` (a file, may be empty), `pem`, `at` (`2026-03-05` or empty).
#[derive(Clone, Debug, Template)]
#[template(path = "verify/verify.html")]
pub struct VerifyPage {
    /// The common part.
    pub page: PageContext,
    /// The pasted PEM, shown again.
    pub pem: String,
    /// The date asked about, as typed: `2026-03-05`, or empty for now.
    pub at: String,
    /// What went wrong with the form.
    pub problems: Vec<Problem>,
    /// The answer, once something was asked.
    pub result: Option<VerifyResult>,
}

/// The answer about one certificate.
#[derive(Clone, Debug)]
pub struct VerifyResult {
    /// Valid, not valid, or not to be known at the moment.
    pub verdict: Verdict,
    /// What it is, when it is an authority's certificate that is known; said in place of a reason.
    pub standing: Option<Standing>,
    /// The page of the trust list's record that speaks of it.
    pub record_url: Option<String>,
    /// Why not, in the words of the person; `None` when valid.
    pub reason: Option<RefusalReason>,
    /// Why not, in the words of the standard; `None` when valid.
    pub technical: Option<TechnicalReason>,
    /// The moment for which it was checked, in seconds since the Unix epoch.
    pub at: i64,
    /// The holder's name.
    pub holder: String,
    /// Person or company, if the certificate says.
    pub subject: Option<SubjectKind>,
    /// The name of the CA that issued it.
    pub issuer: String,
    /// Where that CA is, if it is known.
    pub region: Option<Region>,
    /// The level that a login with it reaches, 2 to 5, when valid.
    pub level: Option<u8>,
    /// The path from the certificate to the anchor, or as far as it could be followed.
    pub path: Vec<PathNode>,
    /// Whether `path` ends in an anchor.
    pub anchored: bool,
    /// Every check, for who wants to know.
    pub report: Option<ReportView>,
}

terms! {
    /// The answer in one word.
    Verdict, "verdict" {
        /// Valid.
        Valid = "valid",
        /// Not valid.
        Invalid = "invalid",
        /// Evidence is missing, so it cannot be said.
        Unknown = "unknown",
    }
}

terms! {
    /// What an authority's own certificate is.
    Standing, "standing" {
        /// A root of the province.
        OwnRoot = "own_root",
        /// An issuing authority of the province.
        OwnIssuing = "own_issuing",
        /// The bridge.
        OwnBridge = "own_bridge",
        /// The bridge's certificate for a recognised authority.
        Cross = "cross",
        /// A recognised authority's.
        Recognised = "recognised",
        /// The root above a recognised authority.
        RecognisedRoot = "recognised_root",
        /// An authority's whose recognition is suspended.
        Suspended = "suspended",
        /// An authority's whose recognition was withdrawn.
        Withdrawn = "withdrawn",
        /// A known authority's, without a record.
        Unlisted = "unlisted",
    }
}

impl Standing {
    /// What that means for certificates that it issued.
    #[must_use]
    pub fn meaning(self, locale: &Locale) -> String {
        locale.text(&format!("{}-meaning", self.key()))
    }

    /// Whether certificates that it issued can count.
    #[must_use]
    pub fn is_in_force(self) -> bool {
        !matches!(self, Self::Suspended | Self::Withdrawn | Self::Unlisted)
    }
}

/// One certificate of the path.
#[derive(Clone, Debug)]
pub struct PathNode {
    /// What it is in the path.
    pub role: NodeRole,
    /// The subject's common name or, without one, the whole name.
    pub name: String,
    /// The subject, RFC 4514.
    pub subject: String,
    /// The alternative names, a host name of another script in both its forms: `dns:xn--lhrz14b.example (政務.example)`.
    pub names: Vec<String>,
    /// The issuer, RFC 4514.
    pub issuer: String,
    /// The serial number in hexadecimal.
    pub serial: String,
    /// Valid from, in seconds since the Unix epoch.
    pub not_before: i64,
    /// Valid until, in seconds since the Unix epoch.
    pub not_after: i64,
    /// Key and signature algorithm: `SM2 with SM3`.
    pub algorithm: String,
    /// SHA-256 of the certificate in hexadecimal.
    pub fingerprint: String,
    /// What was checked on it; an anchor is trusted and not checked.
    pub checks: Vec<Check>,
}

terms! {
    /// What a certificate is in a path.
    NodeRole, "role" {
        /// A natural person.
        Person = "person",
        /// A company.
        Company = "company",
        /// Neither: a server, a device, or unknown.
        EndEntity = "end_entity",
        /// A CA that issues to people and companies.
        IssuingCa = "issuing_ca",
        /// The provincial bridge, or a certificate that it issued to a partner.
        Bridge = "bridge",
        /// A root, the trust anchor.
        Root = "root",
    }
}

/// One check on one certificate.
#[derive(Clone, Debug)]
pub struct Check {
    /// What was checked.
    pub kind: CheckKind,
    /// How it came out.
    pub outcome: Outcome,
    /// A fact worth adding, in the page's language or as a name: a policy OID, the date of a CRL.
    pub note: Option<String>,
}

terms! {
    /// What is checked on a certificate.
    CheckKind, "check" {
        /// The period of validity, RFC 5280 §6.1.3 (a)(2).
        Period = "period",
        /// The issuer's signature, §6.1.3 (a)(1).
        Signature = "signature",
        /// Revocation, §6.3.
        Revocation = "revocation",
        /// Certificate policies, §6.1.3 (d).
        Policy = "policy",
        /// The purpose, §4.2.1.3 and §4.2.1.12.
        Purpose = "purpose",
        /// Names and constraints, §6.1.3 (b) and (c).
        Names = "names",
    }
}

terms! {
    /// How a check came out.
    Outcome, "outcome" {
        /// Passed.
        Passed = "passed",
        /// Failed.
        Failed = "failed",
        /// The evidence is missing.
        Unknown = "unknown",
        /// Not checked, because it is not needed or an earlier check failed.
        Skipped = "skipped",
    }
}

impl PathNode {
    /// The worst outcome of its checks, which colours it in the picture.
    fn outcome(&self) -> Outcome {
        let has = |outcome| self.checks.iter().any(|check| check.outcome == outcome);
        [Outcome::Failed, Outcome::Unknown].into_iter().find(|outcome| has(*outcome)).unwrap_or(Outcome::Passed)
    }
}

impl VerifyResult {
    /// An authority's certificate that stands on no path of its own: its facts are told with the answer.
    fn shows_no_path(&self) -> bool {
        self.standing.is_some() && !self.anchored
    }
}
