//! `GET|POST /oauth2/userinfo` (OpenID Connect Core §5.3); the token comes in the header (RFC 6750 §2.1).

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::OauthError;
use crate::web::extract::Shared;

/// The claims.
pub async fn handle(State(app): Shared, headers: HeaderMap) -> Result<Response, OauthError> {
    let header_text = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token =
        header_text.and_then(|text| text.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let Some((_, token)) = token else {
        // RFC 6750 §3.1: a request without a token is told the scheme and no error.
        let challenge = [(header::WWW_AUTHENTICATE, "Bearer realm=\"pearlbridge\"")];
        return Ok((StatusCode::UNAUTHORIZED, challenge).into_response());
    };
    Ok(Json(app.provider.userinfo(token.trim()).await?).into_response())
}
