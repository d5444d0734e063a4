//! An authority's own certificate: nobody signs in with it, and it stands on no path of its own, so that the page says
//! what it is instead of why it would be refused.

use pki::{Certificate, Time};

use super::path;
use crate::app::App;
use crate::trust::{Reason, Record, Refusal, Standing as Known, Use};
use crate::web::error::Result;
use crate::web::layer::visitor::Visitor;
use crate::web::present;
use crate::web::view::terms::Region;
use crate::web::view::verify::{Standing, Verdict, VerifyResult};

/// The answer about a certificate that was refused, if it is a known authority's and nothing is wrong with itself.
pub(super) async fn describe(
    app: &App,
    visitor: &Visitor,
    certificate: &Certificate,
    refusal: &Refusal,
    at: Time,
) -> Result<Option<VerifyResult>> {
    // Its own period, and its own revocation, come first.
    let is_wrong = !matches!(refusal.reason, Reason::NotListed | Reason::UnknownCa | Reason::WrongPolicy);
    let snapshot = app.trust.snapshot().await?;
    let known = snapshot.standing(certificate).filter(|_| !is_wrong);
    let Some(known) = known else { return Ok(None) };
    let (standing, record) = standing(&known, at);
    let path = match (snapshot.is_anchor(certificate), &known) {
        (true, _) => vec![certificate.clone()],
        (false, Known::Issuing(record)) => bridged(app, record, certificate, at).await,
        (false, _) => followed(refusal, certificate),
    };
    let anchored = path.last().is_some_and(|last| snapshot.is_anchor(last));
    let of_record = |record: &Record| present::name_in(&record.row.names, visitor.locale);
    Ok(Some(VerifyResult {
        verdict: if standing.is_in_force() { Verdict::Valid } else { Verdict::Invalid },
        standing: Some(standing),
        record_url: record.map(|record| format!("/trust/{}", record.row.id)),
        reason: None,
        technical: None,
        at: at.0,
        holder: record.map_or_else(|| present::short_name(certificate.subject()), of_record),
        subject: None,
        issuer: present::short_name(certificate.issuer()),
        region: record.and_then(|record| Region::from_code(&record.row.region)),
        level: None,
        path: path::nodes(&snapshot, &path, None, None),
        anchored,
        report: None,
    }))
}

/// What it is in the words of the page, by the record's status at that time.
fn standing(known: &Known, at: Time) -> (Standing, Option<&Record>) {
    let by_status = |record: &Record, granted| match record.status_at(at).0 {
        "granted" => granted,
        "suspended" => Standing::Suspended,
        _ => Standing::Withdrawn,
    };
    match known {
        Known::Own(role) => {
            let standing = match role.as_str() {
                "root" => Standing::OwnRoot,
                "bridge" => Standing::OwnBridge,
                _ => Standing::OwnIssuing,
            };
            (standing, None)
        }
        Known::Cross(record) => (by_status(record, Standing::Cross), Some(record)),
        Known::Issuing(record) => (by_status(record, Standing::Recognised), Some(record)),
        Known::Root(record) => (by_status(record, Standing::RecognisedRoot), Some(record)),
        Known::Unlisted => (Standing::Unlisted, None),
    }
}

/// Where the certificates of a recognised authority lead: over the bridge's certificate for it.
async fn bridged(app: &App, record: &Record, certificate: &Certificate, at: Time) -> Vec<Certificate> {
    let Some(cross) = &record.cross else { return vec![certificate.clone()] };
    match app.trust.judge(cross, &[], Use::Any, at).await {
        Ok(accepted) => accepted.path,
        Err(refusal) => followed(&refusal, certificate),
    }
}

/// The path of a refusal that found nothing wrong with it but that no record covers it; else the certificate alone.
fn followed(refusal: &Refusal, certificate: &Certificate) -> Vec<Certificate> {
    let is_good = refusal.reason == Reason::NotListed && refusal.path.len() > 1;
    if is_good { refusal.path.clone() } else { vec![certificate.clone()] }
}
