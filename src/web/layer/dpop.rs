//! The nonce for the next proof, on every answer to whoever sends proofs (RFC 9449 §8.2).

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::web::extract::Shared;

const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// Adds it.
pub async fn nonce(State(app): Shared, request: Request, next: Next) -> Response {
    let proves = request.headers().contains_key("dpop");
    let mut response = next.run(request).await;
    if let (true, Ok(nonce)) = (proves, HeaderValue::from_str(&app.provider.dpop_nonce())) {
        response.headers_mut().insert(NONCE, nonce);
    }
    response
}
