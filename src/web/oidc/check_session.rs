//! `GET /oauth2/check_session`: the frame in which a client watches the login (Session Management 1.0 §3.2).

use axum::response::{Html, IntoResponse, Response};

use crate::web::layer::security::Framable;
use crate::web::view::asset;

/// The frame: a script, and nothing to see.
pub async fn get() -> Response {
    let script = format!("/assets/check_session.js?v={}", asset::version());
    let page =
        format!("<!doctype html><html lang=\"en\"><title>session</title><script src=\"{script}\"></script></html>");
    let mut response = Html(page).into_response();
    response.extensions_mut().insert(Framable);
    response
}
