//! `POST /oauth2/token` (RFC 6749 §3.2).

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::OauthError;
use crate::oidc::Error;
use crate::oidc::grant::GRANT_TYPES;
use crate::web::extract::{OauthRequest, Shared};

/// Exchanges a grant for tokens.
pub async fn post(State(app): Shared, request: OauthRequest) -> Result<Response, OauthError> {
    let tokens = app.provider.exchange(&request.parameters, &request.credentials).await;
    let grant_type = request.parameters.get("grant_type").unwrap_or_default();
    let known = GRANT_TYPES.into_iter().find(|known| *known == grant_type);
    app.metrics.grant(known.unwrap_or("other"), tokens.as_ref().map_or_else(Error::code, |_| "ok"));
    let tokens = tokens?;
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
    Ok((headers, Json(tokens.to_json())).into_response())
}
