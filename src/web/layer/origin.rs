//! What scripts of other origins may read: the endpoints that a browser's own client calls (oidc-client-ts), which look at no
//! cookie. Any origin may, since nothing comes of it but what the caller's own code or token is good for.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

const ORIGINS: (HeaderName, &str) = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");

/// OPTIONS on an endpoint that scripts call. (A router's fallback for other methods is not within its layers.)
pub async fn preflight() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Lets any origin read the answer, and answers the question before it (Fetch §3.2): may a request come with a token or a
/// proof in its header?
pub async fn any(request: Request, next: Next) -> Response {
    let asks = request.method() == Method::OPTIONS;
    if asks && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
        let allowed = [
            ORIGINS,
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type, dpop"),
            (header::ACCESS_CONTROL_MAX_AGE, "600"),
        ];
        return (StatusCode::NO_CONTENT, allowed).into_response();
    }
    let mut response = next.run(request).await;
    let exposed = (header::ACCESS_CONTROL_EXPOSE_HEADERS, "dpop-nonce, www-authenticate");
    let headers = [ORIGINS, exposed].map(|(name, value)| (name, HeaderValue::from_static(value)));
    response.headers_mut().extend(HeaderMap::from_iter(headers));
    response
}
