//! How a client is shown: its record, by the names of RFC 7591, and a program that signs people in with it.

use serde_json::{Value, json};

use super::Out;
use super::program::Program;
use crate::app::App;
use crate::identity::level;
use crate::oidc::registration::described;
use crate::store::client::{CODE, Client, Stage};

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
    let program = match client.security.may_use(CODE) && Program::OpenidClient.refuses(client).is_none() {
        true => Program::OpenidClient.text(client, issuer),
        false => String::new(),
    };
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
    lines.extend(client.resource.clone().map(|resource| ("named", resource)));
    if client.disabled_at.is_some() {
        lines.push(("state", "disabled".to_owned()));
    }
    let told = lines.iter().filter(|(_, value)| !value.is_empty());
    told.map(|(name, value)| format!("{name:14} {value}")).collect::<Vec<_>>().join("\n")
}
