//! `/verify`: anybody uploads or pastes a certificate and is told who, by whom, and whether it is valid or exactly why
//! not. Nothing is kept of what was asked.

mod authority;
mod path;
mod report;

use std::collections::HashSet;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use pki::{Certificate, Time};

use super::error::Result;
use super::extract::{MaybeSignedIn, Shared, Upload};
use super::layer::visitor::Visitor;
use super::present;
use super::view::problem::Problem;
use super::view::terms::{Region, SubjectKind};
use super::view::verify::{Verdict, VerifyPage, VerifyResult};
use crate::app::App;
use crate::oidc::claims::display_name;
use crate::pem;
use crate::trust::{Accepted, Reason, Refusal, Use};

/// The form.
pub async fn get(visitor: Visitor, MaybeSignedIn(signed_in): MaybeSignedIn) -> Result {
    let page = visitor.page(signed_in.map(|signed_in| display_name(&signed_in.person)));
    let (pem, at) = (String::new(), String::new());
    present::html(&VerifyPage { page, pem, at, problems: Vec::new(), result: None })
}

/// The answer.
pub async fn post(
    State(app): Shared,
    visitor: Visitor,
    MaybeSignedIn(signed_in): MaybeSignedIn,
    upload: Upload,
) -> Result {
    let mut page = visitor.page(signed_in.map(|signed_in| display_name(&signed_in.person)));
    page.path_and_query = "/verify".to_owned();
    let (pem, at) = (upload.fields.get("pem").to_owned(), upload.fields.get("at").to_owned());
    let now = app.clock.now_seconds();
    let asked = certificates(&upload).and_then(|certificates| Ok((certificates, moment(&at, now)?)));
    match asked {
        Ok(((leaf, chain), moment)) => {
            let result = Some(judge(&app, &visitor, &leaf, &chain, moment).await?);
            present::html(&VerifyPage { page, pem, at, problems: Vec::new(), result })
        }
        Err(problem) => refuse(VerifyPage { page, pem, at, problems: vec![problem], result: None }),
    }
}

fn refuse(page: VerifyPage) -> Result<Response> {
    present::status(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// A file larger than this is not read: certificates have a few KB, chains of them not many more.
const LARGEST_FILE: usize = 100 * 1024;

fn certificates(upload: &Upload) -> std::result::Result<(Certificate, Vec<Certificate>), Problem> {
    let (ders, is_message, unreadable) = match (upload.files.get("certificate"), upload.fields.get("pem")) {
        (Some(file), _) if file.len() > LARGEST_FILE => return Err(Problem::CertificateTooLarge),
        (Some(file), _) => (pem::certificates(file), pem::has_message(file), Problem::CertificateUnreadable),
        (None, "") => return Err(Problem::CertificateMissing),
        (None, text) => {
            (pem::certificates_in_text(text), pem::has_message(text.as_bytes()), Problem::CertificateTextUnreadable)
        }
    };
    let ders = ders.unwrap_or_default();
    let read = ders.iter().map(|der| Certificate::from_der(der)).collect::<std::result::Result<Vec<_>, _>>();
    match read {
        Ok(certificates) if !certificates.is_empty() => {
            leaf_and_rest(certificates, !is_message).ok_or(Problem::CertificateSeveral)
        }
        _ => Err(unreadable),
    }
}

/// The certificate in question, which is the one that has issued no other, and what came with it. Where there are several
/// such, or none, it is the first, if there is one: a message holds a set (RFC 5652 §5.1), whose order tells nothing.
fn leaf_and_rest(mut all: Vec<Certificate>, is_ordered: bool) -> Option<(Certificate, Vec<Certificate>)> {
    let mut seen = HashSet::new();
    all.retain(|one| seen.insert(one.fingerprint()));
    let has_issued = |one: &Certificate| all.iter().any(|other| other != one && other.issuer().matches(one.subject()));
    let ends: Vec<usize> = (0..all.len()).filter(|at| !has_issued(&all[*at])).collect();
    let leaf = match ends[..] {
        [only] => only,
        _ if is_ordered => 0,
        _ => return None,
    };
    let leaf = all.remove(leaf);
    Some((leaf, all))
}

/// A day is asked about at its end in Guangdong; today, now.
fn moment(day: &str, now: Time) -> std::result::Result<Time, Problem> {
    if day.is_empty() {
        return Ok(now);
    }
    let end = Time::parse_rfc3339(&format!("{day}T23:59:59+08:00")).ok_or(Problem::DateUnreadable)?;
    // A day that is not over yet counts as now; of a later one nobody can know.
    if end.0 - now.0 > 86_400 { Err(Problem::DateInFuture) } else { Ok(end.min(now)) }
}

async fn judge(
    app: &App,
    visitor: &Visitor,
    leaf: &Certificate,
    chain: &[Certificate],
    at: Time,
) -> Result<VerifyResult> {
    let judged = app.trust.judge(leaf, chain, Use::Any, at).await;
    if let Err(refusal) = &judged
        && let Some(described) = authority::describe(app, visitor, leaf, refusal, at).await?
    {
        return Ok(described);
    }
    let (reason, technical, path) = match &judged {
        Ok(accepted) => (None, None, accepted.path.clone()),
        Err(refusal) => {
            let reason = Some(present::refusal_reason(refusal));
            (reason, Some(present::technical(refusal)), refusal.path.clone())
        }
    };
    // What was fetched on the way up is on the path.
    let chain = [chain, path.get(1..).unwrap_or_default()].concat();
    let report = app.trust.report(leaf, &chain, Use::Any, at).await;
    let snapshot = app.trust.snapshot().await?;
    let anchored = path.last().is_some_and(|last| snapshot.is_anchor(last));
    let record = snapshot.record_of(leaf);
    let subject = subject_kind(app, &judged);
    Ok(VerifyResult {
        verdict: verdict(&judged),
        standing: None,
        record_url: record.as_ref().map(|record| format!("/trust/{}", record.row.id)),
        reason,
        technical,
        at: at.0,
        holder: present::short_name(leaf.subject()),
        subject,
        issuer: match &record {
            Some(record) => present::name_in(&record.row.names, visitor.locale),
            None => present::short_name(leaf.issuer()),
        },
        region: record.as_ref().and_then(|record| Region::from_code(&record.row.region)),
        level: judged.as_ref().ok().map(|accepted| present::level(accepted.level)),
        path: path::nodes(&snapshot, &path, judged.as_ref().err().map(Box::as_ref), subject),
        anchored,
        report: report.as_ref().map(report::view),
    })
}

fn verdict(judged: &std::result::Result<Accepted, Box<Refusal>>) -> Verdict {
    match judged {
        Ok(_) => Verdict::Valid,
        Err(refusal) if refusal.reason == Reason::RevocationUnknown => Verdict::Unknown,
        Err(_) => Verdict::Invalid,
    }
}

fn subject_kind(app: &App, judged: &std::result::Result<Accepted, Box<Refusal>>) -> Option<SubjectKind> {
    let accepted = judged.as_ref().ok()?;
    SubjectKind::from_code(&app.identity.kind_of(accepted)?)
}
