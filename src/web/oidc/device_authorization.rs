//! `POST /oauth2/device_authorization` (RFC 8628 §3.1).

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::OauthError;
use crate::web::extract::{OauthRequest, Shared};

/// Gives a device its two codes.
pub async fn post(State(app): Shared, request: OauthRequest) -> Result<Response, OauthError> {
    let begun = app.provider.begin_device(&request.parameters, &request.credentials).await?;
    let page = format!("{}/device", app.provider.issuer);
    let body = json!({
        "device_code": begun.device_code,
        "user_code": begun.user_code,
        "verification_uri": page,
        "verification_uri_complete": format!("{page}?user_code={}", begun.user_code),
        "expires_in": begun.expires_in,
        "interval": begun.interval,
    });
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}
