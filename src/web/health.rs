//! `/healthz`, `/readyz`, `/metrics`: alive, able, and counted. Readiness tells the truth, by name.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::json;

use super::error::PageError;
use super::extract::Shared;
use super::listen::Peer;
use super::view::error::ErrorKind;
use crate::app::App;
use crate::telemetry::metrics::Reading;

/// Alive.
pub async fn live() -> &'static str {
    "ok\n"
}

/// Able to serve, or which part is not.
pub async fn ready(State(app): Shared) -> Response {
    let problems = problems(&app).await;
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({"ready": problems.is_empty(), "problems": problems}))).into_response()
}

async fn problems(app: &App) -> Vec<String> {
    let mut problems = Vec::new();
    if app.store.ping().await.is_err() {
        problems.push("database: it does not answer".to_owned());
        return problems;
    }
    match app.trust.snapshot().await {
        Ok(snapshot) => problems.extend(snapshot.problems(app.clock.now())),
        Err(_) => problems.push("trust: the store cannot be read".to_owned()),
    }
    for alg in crate::oidc::jose::Algorithm::ALL.map(crate::oidc::jose::Algorithm::name) {
        if !app.provider.can_sign(alg).await {
            problems.push(format!("signing keys: none is active for {alg}"));
        }
    }
    problems
}

/// What is counted here, and what the rooms say when asked.
pub async fn metrics(State(app): Shared, Extension(peer): Extension<Peer>) -> Response {
    let address = peer.address.ip().to_canonical();
    if !app.metrics_networks.iter().any(|network| network.contains(&address)) {
        return PageError::new(ErrorKind::NotFound).into_response();
    }
    let mut reading = Reading {
        ready: problems(&app).await.is_empty(),
        connections: app.store.connections(),
        fetches: app.fetch.tally().to_vec(),
        logouts_waiting: app.provider.logouts_waiting().await.ok(),
        ..Reading::default()
    };
    if let Ok(snapshot) = app.trust.snapshot().await {
        reading.crl_expiry.clone_from(&snapshot.crl_expiry);
        for record in &snapshot.records {
            match reading.trust_records.iter_mut().find(|(status, _)| *status == record.row.status) {
                Some((_, count)) => *count += 1,
                None => reading.trust_records.push((record.row.status.clone(), 1)),
            }
        }
    }
    ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], app.metrics.text(&reading))
        .into_response()
}
