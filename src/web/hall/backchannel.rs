//! `/backchannel-logout`: the provider's word that a session is over (Back-Channel Logout 1.0 §2.5, §2.8).

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Desk;
use crate::halls::Error;

/// POST, form field `logout_token`. 200, or 400 whatever the reason (§2.8): the provider tries again.
pub(super) async fn end(State(desk): State<Desk>, body: Bytes) -> Response {
    let pairs: Vec<_> = url::form_urlencoded::parse(&body).filter(|(name, _)| name == "logout_token").collect();
    let [(_, token)] = pairs.as_slice() else {
        return refuse("invalid_request", "exactly one logout_token is needed");
    };
    match desk.hall.backchannel_logout(token).await {
        Ok(()) => (StatusCode::OK, [(header::CACHE_CONTROL, "no-store")]).into_response(),
        Err(Error::LogoutToken(why)) => {
            tracing::warn!(hall = desk.hall.kind().id(), why, "a logout token was refused");
            refuse("invalid_request", why)
        }
        Err(error) => {
            tracing::error!(hall = desk.hall.kind().id(), %error, "a logout could not be carried out");
            refuse("server_error", "the logout could not be carried out; send it again")
        }
    }
}

fn refuse(code: &str, why: &str) -> Response {
    let body = Json(json!({"error": code, "error_description": why}));
    (StatusCode::BAD_REQUEST, [(header::CACHE_CONTROL, "no-store")], body).into_response()
}
