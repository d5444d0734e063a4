//! When to try again (RFC 9110 §10.2.3): with every answer that says that we cannot serve for the moment.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

/// So many seconds a database takes to come back, or a crowd to pass.
const SECONDS: HeaderValue = HeaderValue::from_static("5");

/// Adds it, unless the answer has its own.
pub async fn after(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().entry(header::RETRY_AFTER).or_insert(SECONDS);
    }
    response
}
