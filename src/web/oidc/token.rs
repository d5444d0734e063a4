//! `POST /oauth2/token` (RFC 6749 §3.2).

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::OauthError;
use crate::web::extract::{OauthRequest, Shared};

/// Exchanges a grant for tokens.
pub async fn post(State(app): Shared, request: OauthRequest) -> Result<Response, OauthError> {
    let tokens = app.provider.exchange(&request.parameters, &request.credentials).await?;
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
    Ok((headers, Json(tokens.to_json())).into_response())
}
