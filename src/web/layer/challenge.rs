//! How a client is told that it is not believed, where it asks for tokens, pushes, revokes, or begins a device's login.
//!
//! RFC 6749 §5.2: "The authorization server MAY return an HTTP 401 (Unauthorized) status code …. If the client attempted to
//! authenticate via the "Authorization" request header field, the authorization server MUST respond with an HTTP 401
//! (Unauthorized) status code and include the "WWW-Authenticate" response header field matching the authentication scheme used
//! by the client." And RFC 9110 §15.5.2: "The server generating a 401 response MUST send a WWW-Authenticate header field."
//!
//! Both hold where who came by that header gets 401 with the challenge, and everybody else 400, each with `invalid_client`.
//! Libraries that see a challenge report that instead of the error in the body (npm's openid-client), and a client that sent an
//! assertion or a secret in the body has no use for one. The OpenID conformance suite takes 400 and 401 alike. At the
//! introspection endpoint it is 401 always: RFC 7662 §2.3 leaves no choice.

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

/// Makes a 401 to who did not come by the `Authorization` header a 400.
pub async fn answer_in_kind(request: Request, next: Next) -> Response {
    let by_header = request.headers().contains_key(header::AUTHORIZATION);
    let mut response = next.run(request).await;
    if response.status() == StatusCode::UNAUTHORIZED && !by_header {
        *response.status_mut() = StatusCode::BAD_REQUEST;
        response.headers_mut().remove(header::WWW_AUTHENTICATE);
    }
    response
}
