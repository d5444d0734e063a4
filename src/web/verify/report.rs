//! The engine's report as the page draws it.

use pki::Error;
use pki::path::{Check, Checked, Examined, Rejected, Report, RevocationSource};

use crate::web::present;
use crate::web::view::error::TechnicalReason;
use crate::web::view::report::{
    Assumed, RejectedPath, ReportCheck, ReportOutcome, ReportView, ReportedCertificate, ReportedCheck, ReportedEvidence,
};

/// How many rejected paths and pieces of evidence a page shows.
const SHOWN: usize = 8;

/// The longest reason that is shown whole: names in it are other people's.
const LONGEST: usize = 500;

pub(super) fn view(report: &Report) -> ReportView {
    let more = report.rejected.len().saturating_sub(SHOWN);
    ReportView {
        certificates: report.certificates.iter().map(certificate).collect(),
        assumptions: report.assumptions.iter().filter_map(|one| Assumed::from_code(one.code())).collect(),
        rejected: report.rejected.iter().take(SHOWN).map(rejected).collect(),
        untold: (report.rejected_untold as usize).saturating_add(more),
    }
}

fn certificate(examined: &Examined) -> ReportedCertificate {
    ReportedCertificate {
        name: short(present::short_name(examined.certificate.subject())),
        checks: examined.checks.iter().filter_map(|checked| check(checked, examined)).collect(),
    }
}

/// The engine's codes and the page's are the same, which the test below holds.
fn check(checked: &Checked, examined: &Examined) -> Option<ReportedCheck> {
    let note = examined.revocation.as_ref().filter(|_| checked.check == Check::Revocation);
    Some(ReportedCheck {
        kind: ReportCheck::from_code(checked.check.code())?,
        outcome: ReportOutcome::from_code(checked.outcome.code())?,
        rfc: checked.check.rfc(),
        why: checked.outcome.error().map(why),
        evidence: note.iter().flat_map(|note| &note.sources).take(SHOWN).map(evidence).collect(),
    })
}

fn evidence(source: &RevocationSource) -> ReportedEvidence {
    match source {
        RevocationSource::Crl { issuer, this_update } => {
            ReportedEvidence { kind: "CRL", of: short(present::short_name(issuer)), at: this_update.0 }
        }
        RevocationSource::Ocsp { responder, this_update } => {
            ReportedEvidence { kind: "OCSP", of: short(responder.to_string()), at: this_update.0 }
        }
    }
}

fn rejected(rejected: &Rejected) -> RejectedPath {
    let names = rejected.path.iter().map(|certificate| short(present::short_name(certificate.subject())));
    RejectedPath { names: names.collect::<Vec<_>>().join(" ← "), why: why(&rejected.error) }
}

fn why(error: &Error) -> TechnicalReason {
    TechnicalReason { code: error.code().to_owned(), message: short(error.to_string()), rfc: error.rfc().to_owned() }
}

fn short(text: String) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_of_the_engine_has_its_words() {
        for check in Check::ALL {
            assert!(ReportCheck::from_code(check.code()).is_some(), "{check:?}");
        }
        assert_eq!(ReportCheck::ALL.len(), Check::ALL.len());
    }
}
