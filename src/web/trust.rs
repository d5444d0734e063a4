//! `/trust`: the published trust list, to be browsed, and `/trust.json`, to be read by programs.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::error::{PageError, Result};
use super::extract::{MaybeSignedIn, Shared};
use super::layer::visitor::Visitor;
use super::present;
use super::view::error::ErrorKind;
use super::view::terms::{RecordStatus, Region, Scheme};
use super::view::trust::{CrossCertificate, StatusChange, TrustListPage, TrustRecordPage, TrustRecordRow};
use crate::app::App;
use crate::clock::SECOND;
use crate::locale::Locale;
use crate::oidc::claims::display_name;
use crate::trust::{Record, Snapshot};

/// The list.
pub async fn list(State(app): Shared, visitor: Visitor, MaybeSignedIn(signed_in): MaybeSignedIn) -> Result {
    let snapshot = app.trust.snapshot().await?;
    let mut records: Vec<TrustRecordRow> = snapshot.records.iter().map(|record| row(record, visitor.locale)).collect();
    records.sort_by_key(|row| row.status != RecordStatus::Granted);
    present::html(&TrustListPage {
        page: visitor.page(signed_in.map(|signed_in| display_name(&signed_in.person))),
        sequence: snapshot.revision.unsigned_abs(),
        issued_at: last_change(&snapshot),
        next_update: None,
        anchors: snapshot.anchors.len(),
        records,
    })
}

/// When the list changed last.
fn last_change(snapshot: &Snapshot) -> i64 {
    let changes = snapshot.records.iter().flat_map(|record| &record.history).map(|status| status.at);
    present::seconds(changes.max().unwrap_or_default())
}

fn row(record: &Record, locale: Locale) -> TrustRecordRow {
    let stored = &record.row;
    TrustRecordRow {
        url: format!("/trust/{}", stored.id),
        name: present::name_in(&stored.names, locale),
        ca_name: present::short_name(record.issuing.subject()),
        scheme: Scheme::from_code(&stored.scheme).unwrap_or(Scheme::Licensed),
        region: Region::from_code(&stored.region).unwrap_or(Region::Other),
        level: present::level(stored.level),
        status: RecordStatus::from_code(&stored.status).unwrap_or(RecordStatus::Withdrawn),
        since: present::seconds(stored.status_from),
    }
}

/// One record.
pub async fn record(
    State(app): Shared,
    visitor: Visitor,
    MaybeSignedIn(signed_in): MaybeSignedIn,
    Path(id): Path<String>,
) -> Result {
    let snapshot = app.trust.snapshot().await?;
    let record = snapshot.records.iter().find(|record| record.row.id == id);
    let record = record.ok_or_else(|| PageError::new(ErrorKind::NotFound))?;
    let stored = &record.row;
    let history = record.history.iter().rev().map(|status| StatusChange {
        at: present::seconds(status.at),
        status: RecordStatus::from_code(&status.status).unwrap_or(RecordStatus::Withdrawn),
        reason: Some(status.reason.clone()),
    });
    let mut history: Vec<StatusChange> = history.collect();
    if let Some(first) = history.last_mut() {
        // What an operator wrote at the first entry says no more than its place in the list.
        first.reason = None;
    }
    present::html(&TrustRecordPage {
        page: visitor.page(signed_in.map(|signed_in| display_name(&signed_in.person))),
        id: id.clone(),
        row: row(record, visitor.locale),
        root_name: present::short_name(record.root.subject()),
        root_fingerprint: hex::encode(record.root.fingerprint().as_bytes()),
        ca_fingerprint: hex::encode(record.issuing.fingerprint().as_bytes()),
        policies: stored.policies.clone(),
        mapped_policy: Some(app.ca.policy.to_string()),
        valid_from: present::seconds(stored.recognised_from),
        valid_until: stored.recognised_until.map(present::seconds),
        legal_basis: None,
        cross_certificate: cross_certificate(&app, record),
        history,
    })
}

fn cross_certificate(app: &App, record: &Record) -> Option<CrossCertificate> {
    let certificate = record.cross.as_ref()?;
    Some(CrossCertificate {
        serial: certificate.serial().to_string(),
        not_after: certificate.not_after().0,
        url: app.ca.certificate_url(&record.row.id),
    })
}

/// The list for programs.
pub async fn json(State(app): Shared) -> Result<Response> {
    let snapshot = app.trust.snapshot().await?;
    let records: Vec<Value> = snapshot.records.iter().map(|record| record_json(&app, record)).collect();
    let anchors: Vec<Value> = snapshot.anchors.iter().map(|anchor| certificate_json(anchor.certificate())).collect();
    let body = json!({"sequence": snapshot.revision, "anchors": anchors, "records": records});
    Ok(([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], Json(body)).into_response())
}

fn record_json(app: &App, record: &Record) -> Value {
    let stored = &record.row;
    let time = |micros: i64| pki::Time(micros.div_euclid(SECOND)).to_string();
    let history = record
        .history
        .iter()
        .map(|status| json!({"at": time(status.at), "status": status.status, "reason": status.reason}));
    json!({
        "id": stored.id,
        "scheme": stored.scheme,
        "region": stored.region,
        "operator": stored.operator,
        "names": stored.names,
        "root": certificate_json(&record.root),
        "issuing": certificate_json(&record.issuing),
        "type_name": stored.type_name,
        "policy_prefix": stored.policy_prefix,
        "policies": stored.policies,
        "mapped_policy": app.ca.policy.to_string(),
        "level": stored.level,
        "status": stored.status,
        "status_from": time(stored.status_from),
        "recognised_from": time(stored.recognised_from),
        "recognised_until": stored.recognised_until.map(time),
        "contact": stored.contact,
        "cross_certificate": record.cross.as_ref().map(certificate_json),
        "history": history.collect::<Vec<_>>(),
    })
}

fn certificate_json(certificate: &pki::Certificate) -> Value {
    use base64::Engine as _;
    json!({
        "subject": certificate.subject().to_string(),
        "fingerprint": certificate.fingerprint().to_string(),
        "der": base64::engine::general_purpose::STANDARD.encode(certificate.der()),
    })
}
