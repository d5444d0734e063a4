//! The engine's report, as JSON.

use std::fmt::Display;

use pki::path::{Assumption, Checked, Examined, Rejected, Report, RevocationNote, RevocationSource};
use pki::{Certificate, Error};
use serde::Serialize;

/// The longest text that is told whole. Names and reasons are other people's, and stand in a report many times.
const LONGEST: usize = 1_000;

/// How many pieces of evidence are told of for each certificate.
const MAX_TOLD: usize = 8;

/// What was checked and what was not.
#[derive(Debug, Serialize)]
pub(super) struct ReportForm {
    at: String,
    /// From the leaf to the anchor, or as far as the path led.
    path: Vec<CertificateForm>,
    assumptions: Vec<AssumptionForm>,
    rejected: Vec<RejectedForm>,
    rejected_untold: u32,
}

#[derive(Debug, Serialize)]
struct CertificateForm {
    certificate: String,
    role: &'static str,
    subject: String,
    issuer: String,
    serial: String,
    not_before: String,
    not_after: String,
    checks: Vec<CheckForm>,
}

#[derive(Debug, Serialize)]
struct CheckForm {
    check: &'static str,
    outcome: &'static str,
    rfc: &'static str,
    #[serde(flatten)]
    why: Option<Why>,
    /// The CRLs and OCSP responses that say so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<SourceForm>,
    /// Why others did not count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    obstacles: Vec<Why>,
}

#[derive(Debug, Serialize)]
struct SourceForm {
    kind: &'static str,
    of: String,
    this_update: String,
}

/// An error of the engine.
#[derive(Debug, Serialize)]
struct Why {
    code: &'static str,
    message: String,
}

#[derive(Debug, Serialize)]
struct AssumptionForm {
    assumption: &'static str,
    message: String,
}

#[derive(Debug, Serialize)]
struct RejectedForm {
    path: Vec<String>,
    certificate: String,
    #[serde(flatten)]
    why: Why,
    rfc: &'static str,
}

impl ReportForm {
    pub(super) fn of(report: &Report) -> Self {
        Self {
            at: report.at.to_string(),
            path: report.certificates.iter().map(CertificateForm::of).collect(),
            assumptions: report.assumptions.iter().map(AssumptionForm::of).collect(),
            rejected: report.rejected.iter().map(RejectedForm::of).collect(),
            rejected_untold: report.rejected_untold,
        }
    }
}

impl CertificateForm {
    fn of(examined: &Examined) -> Self {
        let certificate = &examined.certificate;
        Self {
            certificate: fingerprint(certificate),
            role: examined.role.code(),
            subject: short(certificate.subject()),
            issuer: short(certificate.issuer()),
            serial: certificate.serial().to_string(),
            not_before: certificate.not_before().to_string(),
            not_after: certificate.not_after().to_string(),
            checks: examined.checks.iter().map(|checked| CheckForm::of(checked, examined)).collect(),
        }
    }
}

impl CheckForm {
    fn of(checked: &Checked, examined: &Examined) -> Self {
        let is_revocation = checked.check == pki::path::Check::Revocation;
        let note = examined.revocation.as_ref().filter(|_| is_revocation);
        let why = checked.outcome.error();
        let (sources, obstacles) = note.map_or_else(Default::default, |note| evidence(note, why));
        let (check, outcome, rfc) = (checked.check.code(), checked.outcome.code(), checked.check.rfc());
        Self { check, outcome, rfc, why: why.map(Why::of), sources, obstacles }
    }
}

/// What counted, and what else did not.
fn evidence(note: &RevocationNote, told: Option<&Error>) -> (Vec<SourceForm>, Vec<Why>) {
    let others = note.obstacles.iter().filter(|obstacle| told != Some(*obstacle));
    (note.sources.iter().take(MAX_TOLD).map(SourceForm::of).collect(), others.take(MAX_TOLD).map(Why::of).collect())
}

impl SourceForm {
    fn of(source: &RevocationSource) -> Self {
        match source {
            RevocationSource::Crl { issuer, this_update } => {
                Self { kind: "crl", of: short(issuer), this_update: this_update.to_string() }
            }
            RevocationSource::Ocsp { responder, this_update } => {
                Self { kind: "ocsp", of: short(responder), this_update: this_update.to_string() }
            }
        }
    }
}

impl Why {
    fn of(error: &Error) -> Self {
        Self { code: error.code(), message: short(error) }
    }
}

impl AssumptionForm {
    fn of(assumption: &Assumption) -> Self {
        Self { assumption: assumption.code(), message: assumption.to_string() }
    }
}

impl RejectedForm {
    fn of(rejected: &Rejected) -> Self {
        Self {
            path: rejected.path.iter().map(fingerprint).collect(),
            certificate: fingerprint(&rejected.certificate),
            why: Why::of(&rejected.error),
            rfc: rejected.error.rfc(),
        }
    }
}

fn fingerprint(certificate: &Certificate) -> String {
    certificate.fingerprint().to_string()
}

fn short(text: &impl Display) -> String {
    let text = text.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
