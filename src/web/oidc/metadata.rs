//! The well-known documents and the key set: public, cacheable, readable from any origin.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::OauthError;
use crate::web::extract::Shared;

const HEADERS: [(header::HeaderName, &str); 2] =
    [(header::CACHE_CONTROL, "public, max-age=300"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];

/// `/.well-known/openid-configuration`, `/.well-known/oauth-authorization-server`.
pub async fn configuration(State(app): Shared) -> Response {
    (HEADERS, Json(app.provider.metadata())).into_response()
}

/// `/oauth2/jwks`.
pub async fn jwks(State(app): Shared) -> Result<Response, OauthError> {
    let ring = app.provider.ring().await?;
    Ok((HEADERS, Json(ring.jwks(app.clock.now()))).into_response())
}
