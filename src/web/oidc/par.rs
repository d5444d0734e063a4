//! `POST /oauth2/par` (RFC 9126 §2).

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::OauthError;
use crate::web::extract::{OauthRequest, Shared};

/// Takes an authorization request, and gives it a name.
pub async fn post(State(app): Shared, request: OauthRequest) -> Result<Response, OauthError> {
    let pushed = app.provider.push(&request.parameters, &request.credentials).await?;
    let body = json!({"request_uri": pushed.request_uri, "expires_in": pushed.expires_in});
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}
