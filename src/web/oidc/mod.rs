//! The provider's endpoints, one file each: they translate between HTTP and [`crate::oidc`], and decide nothing.

pub mod authorize;
pub mod check_session;
pub mod device_authorization;
pub mod end_session;
pub mod introspect;
pub mod metadata;
pub mod par;
pub mod register;
pub mod revoke;
pub mod token;
pub mod userinfo;

use axum::Json;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::oidc::Error;

/// An error as OAuth bodies say it (RFC 6749 §5.2).
pub struct OauthError(pub Error);

impl From<Error> for OauthError {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for OauthError {
    fn into_response(self) -> Response {
        let status = match &self.0 {
            Error::InvalidClient(_) | Error::InvalidToken(_) => StatusCode::UNAUTHORIZED,
            Error::InvalidGrant(_)
            | Error::InvalidRequest(_)
            | Error::InvalidDpopProof(_)
            | Error::InvalidScope(_)
            | Error::InvalidTarget(_)
            | Error::UseDpopNonce
            | Error::Waiting(..)
            | Error::Rejected(_)
            | Error::UnauthorizedClient(_)
            | Error::UnsupportedGrantType(_) => StatusCode::BAD_REQUEST,
            Error::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            // RFC 9126 §2.3
            Error::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Error::Custody(_) | Error::Identity(_) | Error::Signing(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if status.is_server_error() {
            tracing::error!(error = %self.0, "an OAuth request could not be answered");
        }
        let body = Json(json!({"error": self.0.code(), "error_description": self.0.description()}));
        match challenge(&self.0) {
            Some(challenge) => (status, [challenge], body).into_response(),
            None => (status, body).into_response(),
        }
    }
}

/// RFC 9110 §15.5.2: "The server generating a 401 response MUST send a WWW-Authenticate header field". For a client that
/// came with the `Authorization` header it is that scheme's (RFC 6749 §5.2), which is the only one of the header there is; what
/// others are told is [`challenge`](crate::web::layer::challenge)'s.
fn challenge(error: &Error) -> Option<(HeaderName, String)> {
    match error {
        Error::InvalidClient(_) => Some((header::WWW_AUTHENTICATE, "Basic realm=\"pearlbridge\"".to_owned())),
        _ => None,
    }
}
