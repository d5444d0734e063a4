//! A client's record by the names of RFC 7591 §2 and OpenID Connect Registration §2.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::identity::level;
use crate::locale::Locale;
use crate::store::client::{Change, Client};

/// The record by the names of RFC 7591 §2 and, where it has none, our own (`acr`, `claims`, `sector`, `resource`, `resource_server`,
/// `disabled`).
pub fn described(client: &Client) -> Map<String, Value> {
    let mut object = Map::new();
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("client_id", json!(client.id));
    for (tag, name) in &client.names {
        put(&format!("client_name#{tag}"), json!(name));
    }
    put("redirect_uris", json!(client.redirect_uris));
    put("post_logout_redirect_uris", json!(client.post_logout_redirect_uris));
    put("backchannel_logout_uri", json!(client.backchannel_logout_uri));
    put("scope", json!(client.scopes));
    put("claims", json!(client.claims));
    put("acr", json!(level::acr(client.level)));
    put("token_endpoint_auth_method", json!(client.auth_method.name()));
    put("id_token_signed_response_alg", json!(client.id_token_alg));
    put("sector", json!(client.sector));
    put("stage", json!(client.stage.name()));
    if let Some(resource) = &client.resource {
        put("resource", json!(resource));
    }
    // The column is an object by these very names.
    if let Ok(Value::Object(security)) = serde_json::to_value(&client.security) {
        for (name, value) in security.into_iter().filter(|(_, value)| !value.is_null()) {
            put(&name, value);
        }
    }
    put("disabled", json!(client.disabled_at.is_some()));
    object
}

/// The fields that a change names, as RFC 7591 calls them.
pub(super) fn changed(change: &Change) -> impl Iterator<Item = &str> {
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
        ("resource", change.resource.is_some()),
    ];
    let named = fields.into_iter().filter(|(_, named)| *named).map(|(name, _)| name);
    named.chain(change.security.keys().map(String::as_str))
}

/// A name without a language is that in every language which has none of its own.
pub fn in_every_language(given: Vec<(Option<&'static str>, String)>) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for (tag, name) in
        given.iter().filter(|(tag, _)| tag.is_none()).chain(given.iter().filter(|(tag, _)| tag.is_some()))
    {
        for locale in Locale::ALL.iter().filter(|locale| tag.is_none_or(|tag| tag == locale.tag())) {
            names.insert(locale.tag().to_owned(), name.clone());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_names_its_fields_for_the_log() {
        let change = Change { level: Some(4), scopes: Some("openid".into()), ..Change::default() };
        assert_eq!(changed(&change).collect::<Vec<_>>(), ["scope", "acr"]);
    }

    #[test]
    fn one_name_stands_for_every_language_that_has_none_of_its_own() {
        let given = [(Some("zh-Hans"), "税务窗口"), (None, "Tax window"), (Some("pt"), "Balcão")];
        let names = in_every_language(given.map(|(tag, name)| (tag, name.to_owned())).into());
        let named = |tag: &str| names.get(tag).map(String::as_str);
        assert_eq!(named("zh-Hans"), Some("税务窗口"));
        assert_eq!(
            (named("zh-Hant"), named("en"), named("pt")),
            (Some("Tax window"), Some("Tax window"), Some("Balcão"))
        );
    }
}
