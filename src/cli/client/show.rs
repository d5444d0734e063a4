//! How a client is shown: its record, by the names of RFC 7591, and a program that signs people in with it.

use serde_json::{Value, json};

use super::Out;
use crate::app::App;
use crate::identity::level;
use crate::oidc::jose::{Algorithm, Jwk};
use crate::oidc::registration::described;
use crate::store::client::{AuthMethod, CODE, Client, Stage};

/// The program, for npm's openid-client; names in capitals are filled in.
const SNIPPET: &str = include_str!("snippet.mjs");

/// Says who the client is, its secret if it has just got one, and how to integrate it.
pub(super) fn registration(app: &App, client: &Client, secret: Option<&str>, out: Out) {
    let issuer = &app.provider.issuer;
    let discovery = format!("{issuer}/.well-known/openid-configuration");
    let mut value = Value::Object(described(client));
    if let Some(object) = value.as_object_mut() {
        object.insert("issuer".to_owned(), json!(issuer));
        object.insert("discovery".to_owned(), json!(discovery));
        object.extend(secret.map(|secret| ("client_secret".to_owned(), json!(secret))));
    }
    let told = secret.map(|secret| format!("{:14} {secret}   (shown this once)\n", "client_secret"));
    let text = format!("{}\n{}", text(client), told.unwrap_or_default());
    let program = if client.security.may_use(CODE) { snippet(client, issuer) } else { String::new() };
    out.say(format!("{text}{:14} {issuer}\n{:14} {discovery}\n\n{program}", "issuer", "discovery"), &value);
}

/// The record, a line a field.
pub(super) fn text(client: &Client) -> String {
    let names = client.names.iter().map(|(tag, name)| format!("{tag}={name}")).collect::<Vec<_>>();
    let all = |list: &[String]| list.join(" ");
    let claims = client.claims.as_deref().map_or_else(|| "all of its scopes".to_owned(), all);
    let mut lines = vec![
        ("client_id", client.id.clone()),
        ("name", names.join("  ")),
        ("redirect", all(&client.redirect_uris)),
        ("after logout", all(&client.post_logout_redirect_uris)),
        ("backchannel", client.backchannel_logout_uri.clone().unwrap_or_default()),
        ("scope", client.scopes.clone()),
        ("claims", claims),
        ("acr at least", level::acr(client.level)),
        ("auth method", client.auth_method.name().to_owned()),
        ("ID token alg", client.id_token_alg.clone()),
        ("sector", client.sector.clone()),
        ("grants", client.security.grant_types.join(" ")),
    ];
    if client.security.resource_server {
        lines.push(("resource", "server: may introspect tokens with its scopes".to_owned()));
    }
    if client.stage != Stage::Production {
        lines.push(("stage", client.stage.name().to_owned()));
    }
    if client.disabled_at.is_some() {
        lines.push(("state", "disabled".to_owned()));
    }
    let told = lines.iter().filter(|(_, value)| !value.is_empty());
    told.map(|(name, value)| format!("{name:14} {value}")).collect::<Vec<_>>().join("\n")
}

fn snippet(client: &Client, issuer: &str) -> String {
    let authentication = match client.auth_method {
        AuthMethod::None => "oidc.None()".to_owned(),
        AuthMethod::Post => "oidc.ClientSecretPost(process.env.CLIENT_SECRET)".to_owned(),
        AuthMethod::Secret | AuthMethod::Basic => "oidc.ClientSecretBasic(process.env.CLIENT_SECRET)".to_owned(),
        AuthMethod::PrivateKeyJwt => private_key(client),
    };
    let redirect_uri = client.redirect_uris.first().map_or("", String::as_str);
    let quoted = [
        ("ISSUER", issuer),
        ("CLIENT_ID", &client.id),
        ("SCOPE", &client.scopes),
        ("ALGORITHM", &client.id_token_alg),
        ("REDIRECT_URI", redirect_uri),
    ];
    // A JSON string is one of JavaScript.
    let quoted = quoted.map(|(name, value)| (name, json!(value).to_string()));
    let filled = std::iter::once(("AUTHENTICATION", authentication)).chain(quoted);
    filled.fold(SNIPPET.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), &value))
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
