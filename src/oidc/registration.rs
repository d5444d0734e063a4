//! Registering clients: what a record may hold, and its changes, each written with its event in one transaction.
//!
//! The names of the fields are those of RFC 7591 §2 and OpenID Connect Registration §2. There is no endpoint for it: the
//! operator of the machine registers (`pearlbridge client`). Clients are read from the store at each request, so that a
//! change counts at the next one, whichever process made it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::jose::{self, Algorithm, Jwk};
use super::{Provider, claims, client_uri, grant};
use crate::audit::{self, Circumstance, Event};
use crate::identity::level;
use crate::locale::Locale;
use crate::store::client::{AuthMethod, CLIENT_CREDENTIALS, CODE, Change, Client, DEVICE_CODE, REFRESH, Security};
use crate::store::{self, Connection};

/// Why a client was not registered or changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is one of this id.
    #[error("there is a client {0} already")]
    Exists(String),
    /// A field does not hold what it may.
    #[error("{field}: {why}")]
    Invalid {
        /// Its name.
        field: &'static str,
        /// What is wrong.
        why: String,
    },
    /// It authenticates in another way.
    #[error("{0} has no secret: it authenticates with its key, or is a public client")]
    NoSecret(String),
    /// A public client does not become another kind.
    #[error("{0} is, or would become, a public client: register another client for a server")]
    Public(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// There is none.
    #[error("no client {0}")]
    Unknown(String),
}

/// The result of this file's functions.
pub type Result<T> = std::result::Result<T, Error>;

impl Provider {
    /// Every client, by id.
    ///
    /// # Errors
    /// The database's.
    pub async fn clients(&self) -> Result<Vec<Client>> {
        Ok(store::client::all(&mut *self.store.read().await?).await?)
    }

    /// Registers `client`. Gives its secret, which is kept as a digest alone, if it authenticates with one.
    ///
    /// # Errors
    /// What is wrong with it, or that there is one of its id.
    pub async fn register(&self, client: Client, circumstance: Circumstance<'static>) -> Result<Option<String>> {
        check(&client)?;
        let secret = client.auth_method.has_secret().then(crate::id::new_secret);
        let secret_hash = secret.as_deref().map(crate::id::digest).unwrap_or_default();
        let client = Client { secret_hash, ..client };
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    match store::client::insert(tx, &client, circumstance.at).await {
                        Err(error) if error.is_conflict() => return Err(Error::Exists(client.id)),
                        inserted => inserted?,
                    }
                    audit::record(tx, &circumstance, &Event::ClientRegistered { client: client.id }).await?;
                    Ok(())
                })
            })
            .await?;
        Ok(secret)
    }

    /// Changes a client. Gives it as it is then.
    ///
    /// # Errors
    /// What would be wrong with it; then nothing is changed.
    pub async fn change_client(&self, id: &str, change: Change, circumstance: Circumstance<'static>) -> Result<Client> {
        let id = id.to_owned();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let before = found(tx, &id).await?;
                    store::client::change(tx, &id, &change).await?;
                    let client = found(tx, &id).await?;
                    if (before.auth_method == AuthMethod::None) != (client.auth_method == AuthMethod::None) {
                        return Err(Error::Public(id));
                    }
                    store::client::forget_secret(tx, &id).await?;
                    // Looked at as it stands in the transaction, which an error undoes.
                    check(&client)?;
                    let fields = changed(&change).map(str::to_owned).collect();
                    audit::record(tx, &circumstance, &Event::ClientChanged { client: id, fields }).await?;
                    Ok(client)
                })
            })
            .await
    }

    /// Gives a client another secret; the one before it is over at once.
    ///
    /// # Errors
    /// When it is unknown or has none.
    pub async fn rotate_client_secret(&self, id: &str, circumstance: Circumstance<'static>) -> Result<String> {
        let (id, secret) = (id.to_owned(), crate::id::new_secret());
        let hash = crate::id::digest(&secret);
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    found(tx, &id).await?;
                    if !store::client::set_secret(tx, &id, &hash).await? {
                        return Err(Error::NoSecret(id));
                    }
                    audit::record(tx, &circumstance, &Event::ClientSecretRotated { client: id }).await?;
                    Ok(())
                })
            })
            .await?;
        Ok(secret)
    }

    /// Disables or enables a client. A disabled one gets no code and no token, and its codes and tokens are over for good,
    /// as they may be why it is disabled; it still hears of logouts. `false` when it was so already.
    ///
    /// # Errors
    /// When it is unknown.
    pub async fn set_client_enabled(
        &self,
        id: &str,
        enabled: bool,
        circumstance: Circumstance<'static>,
    ) -> Result<bool> {
        let id = id.to_owned();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    found(tx, &id).await?;
                    let since = (!enabled).then_some(circumstance.at);
                    if !store::client::set_disabled(tx, &id, since).await? {
                        return Ok(false);
                    }
                    if !enabled {
                        store::grant::revoke_of_client(tx, &id, "client disabled", circumstance.at).await?;
                        store::client_token::remove_of_client(tx, &id).await?;
                    }
                    audit::record(tx, &circumstance, &Event::ClientEnabled { client: id, enabled }).await?;
                    Ok(true)
                })
            })
            .await
    }
}

async fn found(connection: &mut Connection, id: &str) -> Result<Client> {
    store::client::find(connection, id).await?.ok_or_else(|| Error::Unknown(id.to_owned()))
}

/// The fields that a change names, as RFC 7591 calls them.
fn changed(change: &Change) -> impl Iterator<Item = &str> {
    let fields = [
        ("client_name", change.names.is_some()),
        ("redirect_uris", change.redirect_uris.is_some()),
        ("post_logout_redirect_uris", change.post_logout_redirect_uris.is_some()),
        ("backchannel_logout_uri", change.backchannel_logout_uri.is_some()),
        ("scope", change.scopes.is_some()),
        ("id_token_signed_response_alg", change.id_token_alg.is_some()),
        ("token_endpoint_auth_method", change.auth_method.is_some()),
        ("acr", change.level.is_some()),
        ("claims", change.claims.is_some()),
    ];
    let named = fields.into_iter().filter(|(_, named)| *named).map(|(name, _)| name);
    named.chain(change.security.keys().map(String::as_str))
}

/// Everything that a record must hold to.
fn check(client: &Client) -> Result<()> {
    check_id(&client.id)?;
    check_names(&client.names)?;
    check_grants(client)?;
    check_addresses(client)?;
    check_scopes(client)?;
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

fn invalid<T>(field: &'static str, why: String) -> Result<T> {
    Err(Error::Invalid { field, why })
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
    check_algorithm("request_object_signing_alg", security.request_object_signing_alg.as_deref())?;
    check_keys(client)?;
    check_fapi(client)?;
    if security.resource_server && client.auth_method == AuthMethod::None {
        return invalid(
            "resource_server",
            "a public client proves nothing of itself, and cannot introspect".to_owned(),
        );
    }
    Ok(())
}

/// What of FAPI 2.0 Security Profile §5.3.2 a record decides: signed proof of who the client is, pushed requests, bound tokens,
/// no RSASSA-PKCS1-v1_5 (§5.4.1), no address without TLS (§5.3.2.2 (8)). What a request decides is checked there.
fn check_fapi(client: &Client) -> Result<()> {
    let security = &client.security;
    if !security.fapi {
        return Ok(());
    }
    let algorithms = [
        ("id_token_signed_response_alg", Some(&client.id_token_alg)),
        ("token_endpoint_auth_signing_alg", security.token_endpoint_auth_signing_alg.as_ref()),
        ("request_object_signing_alg", security.request_object_signing_alg.as_ref()),
        ("introspection_signed_response_alg", security.introspection_signed_response_alg.as_ref()),
    ];
    let without = |field, why: &str| invalid(field, format!("{why}, as the client is held to FAPI 2.0"));
    if client.auth_method != AuthMethod::PrivateKeyJwt {
        return without("token_endpoint_auth_method", "must be private_key_jwt");
    }
    if !security.require_pushed_authorization_requests {
        return without("require_pushed_authorization_requests", "must be true");
    }
    if !security.dpop_bound_access_tokens {
        return without("dpop_bound_access_tokens", "must be true");
    }
    if security.may_use(DEVICE_CODE) {
        return without("grant_types", "must not hold the device grant");
    }
    if let Some((field, _)) = algorithms.iter().find(|(_, alg)| alg.is_some_and(|alg| alg == "RS256")) {
        return without(field, "must be PS256, ES256 or EdDSA");
    }
    match client.redirect_uris.iter().any(|uri| !uri.starts_with("https://")) {
        true => without("redirect_uris", "must all be https://"),
        false => Ok(()),
    }
}

/// RFC 7591 §2: "The jwks_uri and jwks parameters MUST NOT both be present in the same request or response."
fn check_keys(client: &Client) -> Result<()> {
    let Security { jwks, jwks_uri, .. } = &client.security;
    match (jwks, jwks_uri) {
        (Some(_), Some(_)) => {
            return invalid("jwks_uri", "is there beside jwks; one of them says what counts".to_owned());
        }
        (None, None) if client.auth_method == AuthMethod::PrivateKeyJwt => {
            return invalid("jwks", "private_key_jwt needs keys to check it by: jwks, or jwks_uri".to_owned());
        }
        (None, None) if client.security.require_signed_request_object => {
            return invalid(
                "jwks",
                "require_signed_request_object needs keys to check it by: jwks, or jwks_uri".to_owned(),
            );
        }
        _ => {}
    }
    if let Some(uri) = jwks_uri {
        client_uri::check(uri).or_else(|why| invalid("jwks_uri", why))?;
    }
    match jwks {
        Some(set) => check_key_set(set).or_else(|why| invalid("jwks", why)),
        None => Ok(()),
    }
}

/// Each key of a set that is registered is good, so that one which is not is noticed here and not at the first login.
fn check_key_set(set: &Value) -> std::result::Result<(), String> {
    let keys = set.get("keys").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for (index, key) in keys.iter().enumerate() {
        Jwk::read(key).map_err(|why| format!("key {index}: {why}"))?;
    }
    match jose::read_set(set)?.is_empty() {
        true => Err("the set holds no key".to_owned()),
        false => Ok(()),
    }
}

fn check_algorithm(field: &'static str, name: Option<&str>) -> Result<()> {
    let known = Algorithm::ALL.map(Algorithm::name);
    match name.filter(|name| !known.contains(name)) {
        Some(name) => invalid(field, format!("{name:?} is none of {}", known.join(", "))),
        None => Ok(()),
    }
}

/// A scope is one of ours, or one of a resource server's: such a one holds a colon, so that none of ours is misspelt.
fn is_scope(scope: &str) -> bool {
    let plain = |letter: u8| letter.is_ascii_alphanumeric() || b"-._:/".contains(&letter);
    let foreign = scope.contains(':') && scope.len() <= 128 && scope.bytes().all(plain);
    claims::SCOPES.contains(&scope) || foreign
}

fn check_scopes(client: &Client) -> Result<()> {
    let scopes: Vec<&str> = client.scopes.split(' ').collect();
    let signs_in = client.security.signs_people_in();
    if client.scopes.is_empty() && !signs_in {
        return Ok(());
    }
    if let Some(scope) = scopes.iter().find(|scope| !is_scope(scope)) {
        let ours = claims::SCOPES.join(", ");
        return invalid(
            "scope",
            format!("{scope:?} is none of {ours}, and none of a resource server's (records:read)"),
        );
    }
    if signs_in && !scopes.contains(&"openid") {
        return invalid("scope", "must hold openid".to_owned());
    }
    let open: Vec<&str> = scopes.iter().flat_map(|scope| claims::of_scope(scope)).copied().collect();
    match client.claims.iter().flatten().find(|claim| !open.contains(&claim.as_str())) {
        Some(claim) => invalid("claims", format!("{claim:?} is none that the scopes hold: {}", open.join(", "))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client() -> Client {
        Client {
            names: BTreeMap::from([("en".to_owned(), "A window".to_owned())]),
            redirect_uris: vec!["https://hall.example/callback".to_owned()],
            scopes: "openid profile".to_owned(),
            ..Client::new("tax-window")
        }
    }

    fn field_of(client: &Client) -> Option<&'static str> {
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
            (Client { level: 6, ..client() }, "acr"),
            (Client { sector: String::new(), ..client() }, "sector"),
        ] {
            assert_eq!(field_of(&wrong), Some(field));
        }
    }

    #[test]
    fn a_client_that_is_held_to_fapi_has_all_that_it_takes() {
        let key =
            serde_json::json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        let held = Security {
            fapi: true,
            jwks: Some(serde_json::json!({"keys": [key]})),
            require_pushed_authorization_requests: true,
            dpop_bound_access_tokens: true,
            ..Security::default()
        };
        let good = Client { auth_method: AuthMethod::PrivateKeyJwt, security: held.clone(), ..client() };
        assert_eq!(field_of(&good), None);
        let with = |security| Client { security, ..good.clone() };
        for (wrong, field) in [
            (Client { auth_method: AuthMethod::Basic, ..good.clone() }, "token_endpoint_auth_method"),
            (Client { id_token_alg: "RS256".into(), ..good.clone() }, "id_token_signed_response_alg"),
            (Client { redirect_uris: vec!["http://localhost/".into()], ..good.clone() }, "redirect_uris"),
            (
                with(Security { require_pushed_authorization_requests: false, ..held.clone() }),
                "require_pushed_authorization_requests",
            ),
            (with(Security { dpop_bound_access_tokens: false, ..held.clone() }), "dpop_bound_access_tokens"),
            (
                with(Security { token_endpoint_auth_signing_alg: Some("RS256".into()), ..held.clone() }),
                "token_endpoint_auth_signing_alg",
            ),
        ] {
            assert_eq!(field_of(&wrong), Some(field));
        }
    }

    #[test]
    fn a_change_names_its_fields_for_the_log() {
        let change = Change { level: Some(4), scopes: Some("openid".into()), ..Change::default() };
        assert_eq!(changed(&change).collect::<Vec<_>>(), ["scope", "acr"]);
    }
}
