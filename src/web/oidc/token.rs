//! `POST /oauth2/token` (RFC 6749 §3.2).

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use super::OauthError;
use crate::oidc::Error;
use crate::oidc::authorize::Parameters;
use crate::oidc::client::Credentials;
use crate::web::extract::Shared;

/// Exchanges a grant for tokens.
pub async fn post(State(app): Shared, headers: HeaderMap, body: Bytes) -> Result<Response, OauthError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Error::InvalidRequest("the body must be application/x-www-form-urlencoded".to_owned()).into());
    }
    let pairs = url::form_urlencoded::parse(&body).into_owned();
    let parameters = Parameters::new(pairs).map_err(|name| Error::InvalidRequest(format!("{name} came twice")))?;
    let credentials = Credentials {
        authorization: headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned),
        client_id: parameters.get("client_id").map(str::to_owned),
        client_secret: parameters.get("client_secret").map(str::to_owned),
    };
    let tokens = app.provider.exchange(&parameters, &credentials).await?;
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
    Ok((headers, Json(tokens.to_json())).into_response())
}
