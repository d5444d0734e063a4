//! `POST /oauth2/register` (RFC 7591 §3), and `GET|PUT|DELETE /oauth2/register/{client}` (RFC 7592 §2).

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::oidc::registration::{Error, Registered};
use crate::web::extract::Shared;
use crate::web::layer::visitor::Visitor;

/// A client says no more of itself: a key set is the longest of it.
const LONGEST: usize = 64 * 1024;

type Answer = Result<Response, Refused>;

/// Registers a client.
pub async fn post(State(app): Shared, visitor: Visitor, headers: HeaderMap, body: Bytes) -> Answer {
    let token = bearer(&headers)?;
    let registered = app.provider.register_itself(token, read(&headers, &body)?, &visitor.origin.address).await?;
    Ok(answer(StatusCode::CREATED, &registered, &app.provider.issuer))
}

/// What is registered.
pub async fn get(State(app): Shared, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let registered = app.provider.registration(&id, bearer(&headers)?).await?;
    Ok(answer(StatusCode::OK, &registered, &app.provider.issuer))
}

/// Changes it.
pub async fn put(
    State(app): Shared,
    Path(id): Path<String>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let token = bearer(&headers)?;
    let metadata = read(&headers, &body)?;
    let registered = app.provider.change_registration(&id, token, metadata, &visitor.origin.address).await?;
    Ok(answer(StatusCode::OK, &registered, &app.provider.issuer))
}

/// Removes it.
pub async fn delete(State(app): Shared, Path(id): Path<String>, visitor: Visitor, headers: HeaderMap) -> Answer {
    app.provider.remove_registration(&id, bearer(&headers)?, &visitor.origin.address).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn answer(status: StatusCode, registered: &Registered, issuer: &str) -> Response {
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
    (status, headers, Json(registered.to_json(issuer))).into_response()
}

/// RFC 6750 §2.1.
fn bearer(headers: &HeaderMap) -> Result<&str, Refused> {
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) = shown.and_then(|text| text.split_once(' ')).unwrap_or_default();
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() || token.len() > 256 {
        return Err(Refused(Error::Token));
    }
    Ok(token)
}

fn read(headers: &HeaderMap, body: &Bytes) -> Result<Map<String, Value>, Refused> {
    let wrong = |why: &str| Refused(Error::Invalid { field: "body", why: why.to_owned() });
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Err(wrong("must be application/json"));
    }
    if body.len() > LONGEST {
        return Err(wrong("is longer than 64 KiB"));
    }
    serde_json::from_slice(body).map_err(|_| wrong("is no JSON object"))
}

/// RFC 7591 §3.2.2, RFC 6750 §3.1.
pub struct Refused(Error);

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, code) = match &self.0 {
            Error::Invalid { field: "redirect_uris", .. } => (StatusCode::BAD_REQUEST, "invalid_redirect_uri"),
            Error::Statement { code, .. } => (StatusCode::BAD_REQUEST, *code),
            Error::Token => (StatusCode::UNAUTHORIZED, "invalid_token"),
            Error::Forbidden => (StatusCode::FORBIDDEN, "access_denied"),
            Error::TooMany => (StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable"),
            Error::Store(_) => (StatusCode::SERVICE_UNAVAILABLE, "server_error"),
            _ => (StatusCode::BAD_REQUEST, "invalid_client_metadata"),
        };
        let description = match &self.0 {
            Error::Store(error) => {
                tracing::error!(%error, "a registration could not be answered");
                "the server could not answer".to_owned()
            }
            other => other.to_string(),
        };
        let headers = [(header::CACHE_CONTROL, "no-store")];
        let response = (status, headers, Json(json!({"error": code, "error_description": description})));
        if status != StatusCode::UNAUTHORIZED {
            return response.into_response();
        }
        let challenge = "Bearer realm=\"pearlbridge\", error=\"invalid_token\"";
        ([(header::WWW_AUTHENTICATE, challenge)], response).into_response()
    }
}
