//! `GET|POST /oauth2/userinfo` (OpenID Connect Core §5.3); the token comes in the header, as bearer token (RFC 6750 §2.1) or
//! with a proof that its key is at hand (RFC 9449 §7.1), or in the form of a POST (RFC 6750 §2.2), never in the address; over
//! mutual TLS where it is bound to a certificate (RFC 8705 §3).

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::{Extension, Json};

use super::OauthError;
use crate::oidc::authorize::Parameters;
use crate::oidc::dpop::Shown;
use crate::oidc::jose::Algorithm;
use crate::oidc::{Error, UserInfo};
use crate::web::extract::{Shared, proof};
use crate::web::listen::Peer;

/// The claims.
pub async fn handle(
    State(app): Shared,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    method: Method,
    uri: Uri,
    body: Bytes,
) -> Result<Response, Refused> {
    let in_form = if method == Method::POST { token_of_form(&headers, &body)? } else { None };
    let in_header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let in_form = in_form.map(|token| format!("Bearer {token}"));
    let shown = in_form.as_deref().or(in_header);
    let (scheme, token) = shown.and_then(|text| text.split_once(' ')).unwrap_or_default();
    let proof = proof(&headers, &method, &uri).map_err(|error| Refused(error.0))?;
    let shown = Shown { proof, certificates: peer.certificates };
    let read = match (scheme.to_ascii_lowercase().as_str(), &shown.proof) {
        ("bearer", _) => app.provider.userinfo(token.trim(), &Shown { proof: None, ..shown }).await,
        ("dpop", Some(_)) => app.provider.userinfo(token.trim(), &shown).await,
        ("dpop", None) => Err(Error::InvalidDpopProof("there is no header DPoP beside the token")),
        // RFC 6750 §3.1: a request without a token is told the schemes and no error.
        _ => return Ok((StatusCode::UNAUTHORIZED, challenges("")).into_response()),
    };
    let (client, claims) = read.map_err(Refused)?;
    let no_store = (header::CACHE_CONTROL, "no-store");
    Ok(match app.provider.seal_userinfo(&client, claims).await.map_err(Refused)? {
        UserInfo::Json(claims) => ([no_store], Json(claims)).into_response(),
        UserInfo::Jwt(token) => ([no_store, (header::CONTENT_TYPE, "application/jwt")], token).into_response(),
    })
}

/// RFC 6750 §2: "Clients MUST NOT use more than one method to transmit the token in each request."
fn token_of_form(headers: &HeaderMap, body: &[u8]) -> Result<Option<String>, Refused> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(None);
    }
    let wrong = |why: &str| Refused(Error::InvalidRequest(why.to_owned()));
    let pairs = url::form_urlencoded::parse(body).into_owned();
    let parameters = Parameters::new(pairs).map_err(|name| wrong(&format!("{name} came twice")))?;
    let token = parameters.get("access_token").map(str::to_owned);
    if token.is_some() && headers.contains_key(header::AUTHORIZATION) {
        return Err(wrong("the token came in the header and in the form (RFC 6750 §2)"));
    }
    Ok(token)
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
