//! The answer in words.

use std::fmt::Write as _;

use pki::Certificate;
use pki::path::{Detail, Invalid, Missing, RevocationNote, RevocationSource, RevocationStatus, Valid};

use crate::trust::validation::{Answer, Question};

/// The verdict, the path, what is known of revocation, what is missing; or a report of so much detail.
pub(super) fn of(question: &Question, answer: &Answer, detail: Option<Detail>) -> String {
    let mut text = String::new();
    match answer {
        Answer::Judged(verdict, Some(report)) => text = report.to_text(verdict, detail.unwrap_or(Detail::Full)),
        Answer::Judged(Ok(valid), _) => of_valid(&mut text, valid),
        Answer::Judged(Err(invalid), _) => of_invalid(&mut text, invalid),
        Answer::NoCertificate(why, _) => line(&mut text, format_args!("invalid: {why} ({})", why.code())),
    }
    question.passed_over.iter().for_each(|note| line(&mut text, format_args!("  note: {note}")));
    text.trim_end().to_owned()
}

fn line(text: &mut String, what: std::fmt::Arguments<'_>) {
    // A string takes whatever is written.
    let _ = writeln!(text, "{what}");
}

fn of_valid(text: &mut String, valid: &Valid) {
    line(text, format_args!("valid"));
    of_path(text, &valid.path);
    of_names(text, valid.path.first());
    let policies: Vec<_> = valid.policies.iter().map(ToString::to_string).collect();
    if !policies.is_empty() {
        line(text, format_args!("  policies: {}", policies.join(", ")));
    }
    valid.revocation.iter().for_each(|note| line(text, format_args!("  revocation: {}", describe_revocation(note))));
    of_missing(text, &valid.missing);
}

fn of_invalid(text: &mut String, invalid: &Invalid) {
    line(text, format_args!("invalid: {} ({})", invalid.error, invalid.error.code()));
    line(text, format_args!("  rule: {}", invalid.rfc));
    of_path(text, &invalid.path_considered);
    of_missing(text, &invalid.missing);
}

fn of_missing(text: &mut String, missing: &[Missing]) {
    for one in missing {
        line(text, format_args!("  missing: {} of {} {}", one.kind.name(), one.issuer, one.uris.join(" ")));
    }
}

/// The alternative names of the leaf; a host name of another script in both its forms.
fn of_names(text: &mut String, leaf: Option<&Certificate>) {
    let listed = leaf.and_then(|leaf| leaf.extensions().subject_alt_names.as_ref());
    let names: Vec<_> = listed.iter().flat_map(|listed| &listed.0).map(ToString::to_string).collect();
    if !names.is_empty() {
        line(text, format_args!("  names: {}", names.join(", ")));
    }
}

fn of_path(text: &mut String, path: &[Certificate]) {
    for (at, certificate) in path.iter().enumerate() {
        line(text, format_args!("  {:indent$}{}", "", describe(certificate), indent = at * 2));
    }
}

fn describe(certificate: &Certificate) -> String {
    let period = format!("{} to {}", certificate.not_before(), certificate.not_after());
    format!(
        "{} ({}, {period}) {}",
        certificate.subject(),
        certificate.public_key().algorithm(),
        certificate.fingerprint()
    )
}

fn describe_revocation(note: &RevocationNote) -> String {
    let status = match &note.status {
        RevocationStatus::Good => "good".to_owned(),
        RevocationStatus::NotPublished => "not published, as the certificate says (RFC 9608)".to_owned(),
        RevocationStatus::Revoked(why) | RevocationStatus::Unknown(why) => why.to_string(),
    };
    let by = |source: &RevocationSource| match source {
        RevocationSource::Crl { issuer, this_update } => format!(" by the CRL of {issuer} of {this_update}"),
        RevocationSource::Ocsp { responder, this_update } => format!(" by OCSP of {responder} of {this_update}"),
    };
    let sources: Vec<_> = note.sources.iter().map(by).collect();
    format!("{} {status}{}", note.certificate.subject(), sources.join(","))
}
