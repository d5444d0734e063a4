//! `POST /oauth2/revoke` (RFC 7009 §2).

use axum::extract::State;
use axum::http::StatusCode;

use super::OauthError;
use crate::web::extract::{OauthRequest, Shared};

/// Revokes a token, and says no more than that it was asked for.
pub async fn post(State(app): Shared, request: OauthRequest) -> Result<StatusCode, OauthError> {
    app.provider.revoke(&request.parameters, &request.credentials).await?;
    Ok(StatusCode::OK)
}
