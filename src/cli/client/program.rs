//! `pearlbridge client program`: what a window copies to sign people in, filled in with its own values, for each of several
//! libraries. The tests run what is printed.

use clap::ValueEnum;
use serde_json::json;

use crate::oidc::jose::{Algorithm, Jwk};
use crate::store::client::{AuthMethod, CODE, Client};

/// For which library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Program {
    /// JavaScript: npm's openid-client
    OpenidClient,
    /// Python: Authlib
    Authlib,
    /// Apache: mod_auth_openidc
    Apache,
}

impl Program {
    /// The program; names in capitals are filled in.
    pub(super) fn text(self, client: &Client, issuer: &str) -> String {
        match self {
            Self::OpenidClient => fill(
                include_str!("programs/openid_client.mjs"),
                &values(client, issuer, as_json),
                &in_javascript(client),
            ),
            Self::Authlib => {
                let method = as_json(registered_method(client));
                fill(include_str!("programs/authlib.py"), &values(client, issuer, as_json), &method)
            }
            Self::Apache => {
                let plain = values(client, issuer, str::to_owned);
                fill(include_str!("programs/mod_auth_openidc.conf"), &plain, registered_method(client))
            }
        }
    }

    /// Why there is no such program for the client.
    pub(super) fn refuses(self, client: &Client) -> Option<&'static str> {
        let security = &client.security;
        let held = security.fapi
            || security.require_pushed_authorization_requests
            || security.require_signed_request_object
            || security.binds_tokens();
        let by_certificate = matches!(client.auth_method, AuthMethod::TlsClient | AuthMethod::SelfSignedTls);
        let known =
            matches!(client.auth_method, AuthMethod::None | AuthMethod::Post | AuthMethod::Secret | AuthMethod::Basic);
        if !security.may_use(CODE) || client.redirect_uris.is_empty() {
            Some("nobody signs in at the client by a browser that comes back to it")
        } else if held {
            Some("the client is held to pushed or signed requests, or to bound tokens: see docs/integrate.md")
        } else if by_certificate {
            Some("the client proves who it is by a certificate: its program opens connections with that")
        } else if self != Self::OpenidClient && !known {
            Some("the client has no secret of its own: only the program for openid-client knows how")
        } else if self == Self::Apache && client.redirect_uris.iter().any(|uri| uri.contains(['$', '\\', '{', '}'])) {
            Some("Apache would take a sign in the client's address for its own")
        } else {
            None
        }
    }
}

type Values = [(&'static str, String); 5];

fn values(client: &Client, issuer: &str, quoted: impl Fn(&str) -> String) -> Values {
    [
        ("ISSUER", issuer),
        ("CLIENT_ID", &client.id),
        ("SCOPE", &client.scopes),
        ("ALGORITHM", &client.id_token_alg),
        ("REDIRECT_URI", client.redirect_uris.first().map_or("", String::as_str)),
    ]
    .map(|(name, value)| (name, quoted(value)))
}

/// In one pass: what was filled in is not looked at again.
fn fill(template: &str, values: &Values, authentication: &str) -> String {
    let value = |name: &str| {
        let known = values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
        known.or_else(|| (name == "AUTHENTICATION").then_some(authentication))
    };
    let (mut text, mut rest) = (String::new(), template);
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        match after.split_once('}').and_then(|(name, after)| Some((value(name)?, after))) {
            Some((value, after)) => {
                text.push_str(value);
                rest = after;
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text + rest
}

/// A JSON string is one of JavaScript, and of Python.
fn as_json(text: &str) -> String {
    json!(text).to_string()
}

/// By the names of OpenID Connect Core §9.
fn registered_method(client: &Client) -> &'static str {
    match client.auth_method {
        AuthMethod::None => "none",
        AuthMethod::Post => "client_secret_post",
        _ => "client_secret_basic",
    }
}

/// How the client authenticates, in openid-client's words.
fn in_javascript(client: &Client) -> String {
    match client.auth_method {
        AuthMethod::None => "oidc.None()".to_owned(),
        AuthMethod::Post => "oidc.ClientSecretPost(process.env.CLIENT_SECRET)".to_owned(),
        AuthMethod::Secret | AuthMethod::Basic => "oidc.ClientSecretBasic(process.env.CLIENT_SECRET)".to_owned(),
        AuthMethod::PrivateKeyJwt => private_key(client),
        AuthMethod::TlsClient | AuthMethod::SelfSignedTls => "oidc.TlsClientAuth()".to_owned(),
    }
}

/// The key of the environment, a private JWK, as the Web Cryptography API takes it.
fn private_key(client: &Client) -> String {
    let first = client.security.jwks.as_ref().and_then(|set| set["keys"].get(0)).and_then(|key| Jwk::read(key).ok());
    let registered = client.security.token_endpoint_auth_signing_alg.as_deref().and_then(Algorithm::from_name);
    let fitting =
        first.and_then(|key| Algorithm::ALL.into_iter().find(|algorithm| algorithm.fits(key.key.algorithm())));
    let algorithm = match registered.or(fitting) {
        Some(Algorithm::Rs256) => "{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }",
        Some(Algorithm::Ps256) => "{ name: 'RSA-PSS', hash: 'SHA-256' }",
        Some(Algorithm::EdDsa) => "{ name: 'Ed25519' }",
        Some(Algorithm::Es256) | None => "{ name: 'ECDSA', namedCurve: 'P-256' }",
    };
    let key =
        format!("crypto.subtle.importKey('jwk', JSON.parse(process.env.CLIENT_KEY), {algorithm}, false, ['sign'])");
    format!("oidc.PrivateKeyJwt(await {key})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let client = Client {
            redirect_uris: vec!["https://hall.example/{AUTHENTICATION}".to_owned()],
            ..Client::new("hall {ISSUER}")
        };
        let values = values(&client, "https://issuer.example", str::to_owned);
        let text = fill("{CLIENT_ID} at ${HOME} and {REDIRECT_URI} by {AUTHENTICATION} {", &values, "none");
        assert_eq!(text, "hall {ISSUER} at ${HOME} and https://hall.example/{AUTHENTICATION} by none {");
        assert!(Program::Apache.refuses(&client).is_some());
        assert_eq!(Program::Authlib.refuses(&client), None);
    }
}
