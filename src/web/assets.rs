//! The static files of every listener. Their addresses carry their version, so they may be cached for ever.

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

use super::view::asset::{CHECK_SESSION, ENHANCE, FAVICON, PASSKEY, PHONE, STYLE};

/// `/assets/…`.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/assets/style.css", get(|| async { file("text/css; charset=utf-8", STYLE) }))
        .route("/assets/enhance.js", get(|| async { file("text/javascript; charset=utf-8", ENHANCE) }))
        .route("/assets/passkey.js", get(|| async { file("text/javascript; charset=utf-8", PASSKEY) }))
        .route("/assets/phone.js", get(|| async { file("text/javascript; charset=utf-8", PHONE) }))
        .route("/assets/check_session.js", get(|| async { file("text/javascript; charset=utf-8", CHECK_SESSION) }))
        .route("/assets/favicon.svg", get(|| async { file("image/svg+xml", FAVICON) }))
        .route("/favicon.ico", get(|| async { file("image/svg+xml", FAVICON) }))
}

fn file(kind: &'static str, content: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")], content)
}
