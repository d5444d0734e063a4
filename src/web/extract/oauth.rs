//! A request of an OAuth client: a form, with whatever proves who sends it. Token endpoint and all its neighbours read
//! theirs here, so that none of them is laxer than another.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderName, Method, Uri, header};

use crate::oidc::Error;
use crate::oidc::authorize::Parameters;
use crate::oidc::client::Credentials;
use crate::oidc::dpop::Proof;
use crate::web::listen::Peer;
use crate::web::oidc::OauthError;

const DPOP: HeaderName = HeaderName::from_static("dpop");

/// The form, and what the client shows of itself.
#[derive(Clone, Debug)]
pub struct OauthRequest {
    /// The form's fields, each at most once.
    pub parameters: Parameters,
    /// Who sends it, unproved.
    pub credentials: Credentials,
}

impl<S: Send + Sync> FromRequest<S> for OauthRequest {
    type Rejection = OauthError;

    async fn from_request(request: Request, state: &S) -> Result<Self, OauthError> {
        let authorization = only(request.headers(), &header::AUTHORIZATION)?;
        let proof = proof(request.headers(), request.method(), request.uri())?;
        let peer = request.extensions().get::<Peer>();
        let address = peer.map(|peer| peer.address.ip().to_string()).unwrap_or_default();
        let certificates = peer.map(|peer| peer.certificates.clone()).unwrap_or_default();
        let kind = only(request.headers(), &header::CONTENT_TYPE)?.unwrap_or_default();
        // Parameters follow the media type (RFC 9110 §8.3.1), and it knows no case.
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(invalid("the body must be application/x-www-form-urlencoded"));
        }
        let body = Bytes::from_request(request, state).await.map_err(|_| invalid("the body is too large"))?;
        let pairs = url::form_urlencoded::parse(&body).into_owned();
        let parameters = Parameters::new(pairs).map_err(|name| invalid(&format!("{name} came twice")))?;
        let owned = |name: &str| parameters.get(name).map(str::to_owned);
        let credentials = Credentials {
            address,
            authorization,
            client_id: owned("client_id"),
            client_secret: owned("client_secret"),
            assertion_type: owned("client_assertion_type"),
            assertion: owned("client_assertion"),
            certificates,
            proof,
        };
        Ok(Self { parameters, credentials })
    }
}

/// The proof of possession that a request brings (RFC 9449 §4.3 (1): "There is not more than one DPoP HTTP request header").
pub fn proof(headers: &HeaderMap, method: &Method, uri: &Uri) -> Result<Option<Proof>, OauthError> {
    let jwt =
        only(headers, &DPOP).map_err(|_| Error::InvalidDpopProof("the header DPoP came twice, or is not text"))?;
    Ok(jwt.map(|jwt| Proof { jwt, method: method.to_string(), path: uri.path().to_owned() }))
}

/// A header that may come once at most.
fn only(headers: &HeaderMap, name: &HeaderName) -> Result<Option<String>, OauthError> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(invalid(&format!("the header {name} came twice")));
    }
    let text = first.map(|value| value.to_str().map(str::to_owned)).transpose();
    text.map_err(|_| invalid(&format!("the header {name} is not text")))
}

fn invalid(why: &str) -> OauthError {
    Error::InvalidRequest(why.to_owned()).into()
}
