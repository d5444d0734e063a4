//! What a record must hold to, whichever way it came: the command line's, or a client's own.

use std::collections::BTreeMap;

use super::{Result, encryption, fapi, invalid, keys, scope, tls};
use crate::identity::level;
use crate::locale::Locale;
use crate::oidc::jose::Algorithm;
use crate::oidc::{client_uri, grant, resource};
use crate::store::client::{AuthMethod, CLIENT_CREDENTIALS, CODE, Client, DEVICE_CODE, REFRESH, TOKEN_EXCHANGE};

/// Ten years, in seconds.
const LONGEST_AGE: i64 = 315_360_000;

/// Everything that a record must hold to.
pub(super) fn check(client: &Client) -> Result<()> {
    check_id(&client.id)?;
    check_names(&client.names)?;
    check_grants(client)?;
    check_addresses(client)?;
    check_frontchannel(client)?;
    scope::check(client)?;
    check_security(client)?;
    check_algorithm("id_token_signed_response_alg", Some(&client.id_token_alg))?;
    if !(level::LOWEST..=level::HIGHEST).contains(&client.level) {
        return invalid("acr", format!("{} is no level from {} to {}", client.level, level::LOWEST, level::HIGHEST));
    }
    if client.sector.is_empty() {
        return invalid("sector", "is empty".to_owned());
    }
    Ok(())
}

/// RFC 6749 §A.1 allows more; these need no escape anywhere.
fn check_id(id: &str) -> Result<()> {
    let plain = |letter: u8| letter.is_ascii_alphanumeric() || b"-._".contains(&letter);
    if (1..=64).contains(&id.len()) && id.bytes().all(plain) {
        return Ok(());
    }
    invalid("client_id", format!("{id:?} is not 1 to 64 of a-z, A-Z, 0-9, '-', '.', '_'"))
}

fn check_names(names: &BTreeMap<String, String>) -> Result<()> {
    if names.is_empty() {
        return invalid("client_name", "a client has a name, which people see when they sign in".to_owned());
    }
    for (tag, name) in names {
        if !Locale::ALL.iter().any(|locale| locale.tag() == tag) {
            return invalid("client_name", format!("{tag:?} is none of zh-Hans, zh-Hant, en, pt"));
        }
        if name.trim().is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
            return invalid("client_name", format!("the name in {tag} is not 1 to 100 printable characters"));
        }
    }
    Ok(())
}

fn check_addresses(client: &Client) -> Result<()> {
    if client.redirect_uris.is_empty() && client.security.may_use(CODE) {
        return invalid("redirect_uris", "there is none; the code needs a place to go to".to_owned());
    }
    let logout = client.backchannel_logout_uri.iter();
    let all = client.redirect_uris.iter().map(|uri| ("redirect_uris", uri));
    let all = all.chain(client.post_logout_redirect_uris.iter().map(|uri| ("post_logout_redirect_uris", uri)));
    for (field, uri) in all.chain(logout.map(|uri| ("backchannel_logout_uri", uri))) {
        client_uri::check(uri).or_else(|why| invalid(field, why))?;
    }
    Ok(())
}

/// Front-Channel Logout 1.0 §2: "The domain, port, and scheme of this URL MUST be the same as that of a registered
/// Redirection URI value."
fn check_frontchannel(client: &Client) -> Result<()> {
    const FIELD: &str = "frontchannel_logout_uri";
    let Some(uri) = &client.security.frontchannel_logout_uri else { return Ok(()) };
    client_uri::check(uri).or_else(|why| invalid(FIELD, why))?;
    let origin = |uri: &String| url::Url::parse(uri).ok().map(|url| url.origin());
    match client.redirect_uris.iter().any(|known| origin(known) == origin(uri)) {
        true => Ok(()),
        false => invalid(FIELD, format!("{uri:?} is on none of the origins of redirect_uris")),
    }
}

/// RFC 7591 §2: the grants of the table, and a refresh token only where something gives one.
fn check_grants(client: &Client) -> Result<()> {
    let grants = &client.security.grant_types;
    if let Some(unknown) = grants.iter().find(|name| !grant::GRANT_TYPES.contains(&name.as_str())) {
        return invalid("grant_types", format!("{unknown:?} is none of {}", grant::GRANT_TYPES.join(", ")));
    }
    if client.security.may_use(CLIENT_CREDENTIALS) && client.auth_method == AuthMethod::None {
        return invalid("grant_types", format!("{CLIENT_CREDENTIALS} is not for public clients (RFC 6749 §4.4)"));
    }
    if client.security.may_use(REFRESH) && !client.security.signs_people_in() {
        return invalid("grant_types", format!("{REFRESH} needs {CODE} or {DEVICE_CODE}, which give the first one"));
    }
    Ok(())
}

fn check_security(client: &Client) -> Result<()> {
    let security = &client.security;
    check_algorithm("introspection_signed_response_alg", security.introspection_signed_response_alg.as_deref())?;
    let signing = "token_endpoint_auth_signing_alg";
    check_algorithm(signing, security.token_endpoint_auth_signing_alg.as_deref())?;
    check_algorithm("userinfo_signed_response_alg", security.userinfo_signed_response_alg.as_deref())?;
    check_algorithm("request_object_signing_alg", security.request_object_signing_alg.as_deref())?;
    if security.pkce_optional && (client.auth_method == AuthMethod::None || security.fapi) {
        return invalid(
            "pkce_optional",
            "PKCE is what binds a public client to its code, and FAPI 2.0 takes it".to_owned(),
        );
    }
    if security.default_max_age.is_some_and(|age| !(0..=LONGEST_AGE).contains(&age)) {
        return invalid("default_max_age", format!("is not 0 to {LONGEST_AGE} seconds"));
    }
    if security.default_acr_values.len() > 10 || security.default_acr_values.iter().any(|acr| acr.contains(' ')) {
        return invalid("default_acr_values", "is not a list of at most ten levels".to_owned());
    }
    keys::check(client)?;
    tls::check(client)?;
    encryption::check(security)?;
    fapi::check(client)?;
    check_algorithm("authorization_signed_response_alg", security.authorization_signed_response_alg.as_deref())?;
    check_algorithm("access_token_signed_response_alg", security.access_token_signed_response_alg.as_deref())?;
    check_resource(client)?;
    check_exchange(client)?;
    check_readers(client)?;
    if security.resource_server && client.auth_method == AuthMethod::None {
        return invalid(
            "resource_server",
            "a public client proves nothing of itself, and cannot introspect".to_owned(),
        );
    }
    Ok(())
}

/// So many servers one may act at.
const MOST_TARGETS: usize = 20;

/// Who exchanges tokens is shown them as a resource server, and the operator says where to.
fn check_exchange(client: &Client) -> Result<()> {
    let security = &client.security;
    let may_use = security.may_use(TOKEN_EXCHANGE);
    if may_use && !security.resource_server {
        return invalid(
            "grant_types",
            "token exchange is for resource servers: register it with resource_server".to_owned(),
        );
    }
    if !may_use && !security.may_exchange.is_empty() {
        return invalid("may_exchange", format!("needs the grant type {TOKEN_EXCHANGE}"));
    }
    if security.may_exchange.len() > MOST_TARGETS {
        return invalid("may_exchange", format!("holds more than {MOST_TARGETS} clients"));
    }
    match security.may_exchange.iter().find(|id| check_id(id).is_err() || **id == client.id) {
        Some(id) => invalid("may_exchange", format!("{id:?} is no other client's id")),
        None => Ok(()),
    }
}

/// So many clients may read what a server calls a person.
const MOST_READERS: usize = 200;

fn check_readers(client: &Client) -> Result<()> {
    let (field, readers) = ("access_token_jwt_clients", &client.security.access_token_jwt_clients);
    if !readers.is_empty() && client.security.access_token_signed_response_alg.is_none() {
        return invalid(field, "is for servers that take JWTs: give it access_token_signed_response_alg".to_owned());
    }
    if readers.len() > MOST_READERS {
        return invalid(field, format!("holds more than {MOST_READERS} clients"));
    }
    match readers.iter().find(|id| check_id(id).is_err()) {
        Some(id) => invalid(field, format!("{id:?} is no client's id")),
        None => Ok(()),
    }
}

/// RFC 8707 §2.
fn check_resource(client: &Client) -> Result<()> {
    let Some(resource) = &client.resource else {
        return match client.security.access_token_signed_response_alg {
            Some(_) => {
                invalid("resource", "is the aud of JWT access tokens (RFC 9068 §2.2): give the server one".to_owned())
            }
            None => Ok(()),
        };
    };
    if !client.security.resource_server {
        return invalid("resource", "is for resource servers: register it with resource_server".to_owned());
    }
    resource::check(resource).or_else(|why| invalid("resource", why.to_owned()))
}

fn check_algorithm(field: &'static str, name: Option<&str>) -> Result<()> {
    let known = Algorithm::ALL.map(Algorithm::name);
    match name.filter(|name| !known.contains(name)) {
        Some(name) => invalid(field, format!("{name:?} is none of {}", known.join(", "))),
        None => Ok(()),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::oidc::registration::Error;

    pub(in crate::oidc::registration) fn client() -> Client {
        Client {
            names: BTreeMap::from([("en".to_owned(), "A window".to_owned())]),
            redirect_uris: vec!["https://hall.example/callback".to_owned()],
            scopes: "openid profile".to_owned(),
            ..Client::new("tax-window")
        }
    }

    pub(in crate::oidc::registration) fn field_of(client: &Client) -> Option<&'static str> {
        match check(client) {
            Err(Error::Invalid { field, .. }) => Some(field),
            _ => None,
        }
    }

    #[test]
    fn what_is_wrong_is_told_by_field() {
        let name = |tag: &str, name: &str| BTreeMap::from([(tag.to_owned(), name.to_owned())]);
        assert_eq!(field_of(&client()), None);
        for (wrong, field) in [
            (Client { id: "a b".into(), ..client() }, "client_id"),
            (Client { id: String::new(), ..client() }, "client_id"),
            (Client { names: BTreeMap::new(), ..client() }, "client_name"),
            (Client { names: name("fr", "x"), ..client() }, "client_name"),
            (Client { names: name("en", " "), ..client() }, "client_name"),
            (Client { redirect_uris: Vec::new(), ..client() }, "redirect_uris"),
            (Client { redirect_uris: vec!["http://hall.example/".into()], ..client() }, "redirect_uris"),
            (Client { post_logout_redirect_uris: vec!["x".into()], ..client() }, "post_logout_redirect_uris"),
            (Client { backchannel_logout_uri: Some("https://a/#b".into()), ..client() }, "backchannel_logout_uri"),
            (Client { scopes: "profile".into(), ..client() }, "scope"),
            (Client { scopes: "openid  profile".into(), ..client() }, "scope"),
            (Client { scopes: "openid phone".into(), ..client() }, "scope"),
            (Client { claims: Some(vec!["document_kind".into()]), ..client() }, "claims"),
            (Client { id_token_alg: "none".into(), ..client() }, "id_token_signed_response_alg"),
            (Client { resource: Some("urn:records".into()), ..client() }, "resource"),
            (Client { level: 6, ..client() }, "acr"),
            (Client { sector: String::new(), ..client() }, "sector"),
        ] {
            assert_eq!(field_of(&wrong), Some(field));
        }
    }
}
