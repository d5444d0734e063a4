//! `POST /oauth2/introspect` (RFC 7662 §2), as JSON or, where the caller accepts that, as a signed JWT (RFC 9701 §4).

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use super::OauthError;
use crate::web::extract::{OauthRequest, Shared};

const SIGNED: &str = "application/token-introspection+jwt";

/// Says what a token is.
pub async fn post(State(app): Shared, headers: HeaderMap, request: OauthRequest) -> Result<Response, OauthError> {
    let introspection = app.provider.introspect(&request.parameters, &request.credentials).await?;
    let no_store = (header::CACHE_CONTROL, "no-store");
    if !accepts_signed(&headers) {
        return Ok(([no_store], Json(introspection.into_json())).into_response());
    }
    let token = app.provider.sign_introspection(introspection).await?;
    Ok(([no_store, (header::CONTENT_TYPE, SIGNED)], token).into_response())
}

/// Only who names the type gets it: `*/*` means JSON.
fn accepts_signed(headers: &HeaderMap) -> bool {
    let ranges = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut ranges = ranges.flat_map(|value| value.split(','));
    ranges.any(|range| range.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(SIGNED))
}
