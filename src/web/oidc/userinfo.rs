//! `GET|POST /oauth2/userinfo` (OpenID Connect Core §5.3); the token comes in the header, as bearer token (RFC 6750 §2.1) or
//! with a proof that its key is at hand (RFC 9449 §7.1); over mutual TLS where it is bound to a certificate (RFC 8705 §3).

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::{Extension, Json};

use super::OauthError;
use crate::oidc::Error;
use crate::oidc::dpop::Shown;
use crate::oidc::jose::Algorithm;
use crate::web::extract::{Shared, proof};
use crate::web::listen::Peer;

/// The claims.
pub async fn handle(
    State(app): Shared,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    method: Method,
    uri: Uri,
) -> Result<Response, Refused> {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) = header.and_then(|text| text.split_once(' ')).unwrap_or_default();
    let proof = proof(&headers, &method, &uri).map_err(|error| Refused(error.0))?;
    let shown = Shown { proof, certificates: peer.certificates };
    let claims = match (scheme.to_ascii_lowercase().as_str(), &shown.proof) {
        ("bearer", _) => app.provider.userinfo(token.trim(), &Shown { proof: None, ..shown }).await,
        ("dpop", Some(_)) => app.provider.userinfo(token.trim(), &shown).await,
        ("dpop", None) => Err(Error::InvalidDpopProof("there is no header DPoP beside the token")),
        // RFC 6750 §3.1: a request without a token is told the schemes and no error.
        _ => return Ok((StatusCode::UNAUTHORIZED, challenges("")).into_response()),
    };
    Ok(Json(claims.map_err(Refused)?).into_response())
}

/// A refusal as a resource server says it: in the challenge of the scheme that the token should come by.
pub struct Refused(Error);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let refusal = match &self.0 {
            Error::InvalidToken(_) | Error::InvalidDpopProof(_) | Error::UseDpopNonce => {
                challenges(&format!("error=\"{}\", error_description=\"{}\"", self.0.code(), self.0.description()))
            }
            _ => return OauthError(self.0).into_response(),
        };
        let mut response = OauthError(self.0).into_response();
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        (refusal, response).into_response()
    }
}

/// Both schemes (RFC 9449 §7.1, §7.2), each with the error.
fn challenges(error: &str) -> AppendHeaders<[(HeaderName, String); 2]> {
    let algorithms = Algorithm::ALL.map(Algorithm::name).join(" ");
    let separator = if error.is_empty() { "" } else { ", " };
    AppendHeaders([
        (header::WWW_AUTHENTICATE, format!("Bearer realm=\"pearlbridge\"{separator}{error}")),
        (header::WWW_AUTHENTICATE, format!("DPoP algs=\"{algorithms}\"{separator}{error}")),
    ])
}
