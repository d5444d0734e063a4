//! What a client says of itself (RFC 7591 §2, OpenID Connect Registration §2), read field by field. What we do not know is
//! passed over ("The authorization server MUST ignore any client metadata sent by the client that it does not understand");
//! what we know and cannot do is refused by its name, so that nobody believes to have it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::metadata::in_every_language;
use super::{Result, invalid};
use crate::locale::Locale;
use crate::oidc::client_uri;
use crate::store::client::{AuthMethod, CODE, Change, Security};

/// A list may be so long …
const LONGEST_LIST: usize = 20;

/// … and a text so long.
const LONGEST_TEXT: usize = 2048;

/// Fields of [`Security`] that a client decides for itself. Others are the operator's, and of our own naming.
pub(super) const OF_SECURITY: [&str; 25] = [
    "authorization_signed_response_alg",
    "default_acr_values",
    "default_max_age",
    "dpop_bound_access_tokens",
    "frontchannel_logout_session_required",
    "frontchannel_logout_uri",
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "introspection_signed_response_alg",
    "jwks",
    "jwks_uri",
    "request_object_signing_alg",
    "require_pushed_authorization_requests",
    "require_signed_request_object",
    "tls_client_auth_san_dns",
    "tls_client_auth_san_email",
    "tls_client_auth_san_ip",
    "tls_client_auth_san_uri",
    "tls_client_auth_subject_dn",
    "tls_client_certificate_bound_access_tokens",
    "token_endpoint_auth_signing_alg",
    "userinfo_encrypted_response_alg",
    "userinfo_encrypted_response_enc",
    "userinfo_signed_response_alg",
    "grant_types",
];

/// Addresses of pages about the client: kept and given back, never fetched and never shown.
const PAGES: [&str; 5] = ["client_uri", "initiate_login_uri", "logo_uri", "policy_uri", "tos_uri"];

/// Texts that are kept and given back.
const TEXTS: [&str; 2] = ["software_id", "software_version"];

/// What a client asks for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// What becomes its record; everything that it may decide is named.
    pub(super) change: Change,
    /// What is kept beside it.
    pub(super) about: Map<String, Value>,
    /// Where its redirect addresses are listed (OpenID Connect Core §8.1).
    pub(super) sector_identifier_uri: Option<String>,
}

impl Asked {
    /// Reads the fields.
    ///
    /// # Errors
    /// The first that does not hold what it may.
    pub(super) fn read(metadata: &Map<String, Value>) -> Result<Self> {
        let fields = Fields(metadata);
        let redirect_uris = fields.texts("redirect_uris")?.unwrap_or_default();
        let security = security(&fields)?;
        let auth_method = match fields.text("token_endpoint_auth_method")? {
            // "If unspecified or omitted, the default is client_secret_basic"; some libraries then send it in the body.
            None => AuthMethod::Secret,
            Some("client_secret") => return unknown("token_endpoint_auth_method", "client_secret"),
            Some(name) => {
                AuthMethod::from_name(name).map_or_else(|| unknown("token_endpoint_auth_method", name), Ok)?
            }
        };
        let sector_identifier_uri = fields.text("sector_identifier_uri")?.map(str::to_owned);
        let mut about = about(&fields)?;
        about.insert("response_types".to_owned(), response_types(&fields, &security)?);
        if let Some(uri) = &sector_identifier_uri {
            about.insert("sector_identifier_uri".to_owned(), json!(uri));
        }
        let change = Change {
            names: Some(names(&fields, &redirect_uris)?),
            redirect_uris: Some(redirect_uris),
            post_logout_redirect_uris: Some(fields.texts("post_logout_redirect_uris")?.unwrap_or_default()),
            backchannel_logout_uri: Some(fields.text("backchannel_logout_uri")?.unwrap_or_default().to_owned()),
            scopes: fields.text("scope")?.map(str::to_owned),
            id_token_alg: Some(fields.text("id_token_signed_response_alg")?.unwrap_or("RS256").to_owned()),
            auth_method: Some(auth_method),
            level: None,
            claims: None,
            resource: None,
            security,
        };
        Ok(Self { change, about, sector_identifier_uri })
    }
}

fn unknown<T>(field: &'static str, value: &str) -> Result<T> {
    invalid(field, format!("{value:?} is not supported"))
}

/// Members of a JSON object, `null` being the same as absent.
struct Fields<'m>(&'m Map<String, Value>);

impl<'m> Fields<'m> {
    fn get(&self, name: &str) -> Option<&'m Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn text(&self, name: &'static str) -> Result<Option<&'m str>> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.len() <= LONGEST_TEXT => Ok(Some(text)),
            Some(_) => invalid(name, format!("is not a text of at most {LONGEST_TEXT} bytes")),
        }
    }

    fn texts(&self, name: &'static str) -> Result<Option<Vec<String>>> {
        let wrong = || invalid(name, format!("is not a list of at most {LONGEST_LIST} texts"));
        let Some(value) = self.get(name) else { return Ok(None) };
        let Some(list) = value.as_array().filter(|list| list.len() <= LONGEST_LIST) else { return wrong() };
        let text = |value: &Value| value.as_str().filter(|text| text.len() <= LONGEST_TEXT).map(str::to_owned);
        let texts: Option<Vec<String>> = list.iter().map(text).collect();
        texts.map_or_else(wrong, |texts| Ok(Some(texts)))
    }
}

/// Each field by itself, so that the one that is of another type is named; `null` for those that are not there.
fn security(fields: &Fields<'_>) -> Result<Map<String, Value>> {
    let mut change = Map::new();
    for name in OF_SECURITY {
        let value = fields.get(name).cloned().unwrap_or_default();
        let alone = Map::from_iter([(name.to_owned(), value.clone())]);
        if let Err(error) = Security::default().with(&alone) {
            return invalid(name, error.to_string());
        }
        change.insert(name.to_owned(), value);
    }
    // "If omitted, the default behavior is that the client will use only the authorization_code Grant Type."
    change.entry("grant_types").and_modify(|grants| {
        if grants.is_null() {
            *grants = json!([CODE]);
        }
    });
    Ok(change)
}

/// RFC 7591 §2.1: `code` goes with `authorization_code`, and neither without the other.
fn response_types(fields: &Fields<'_>, security: &Map<String, Value>) -> Result<Value> {
    let code_flow = security["grant_types"].as_array().is_some_and(|grants| grants.iter().any(|name| name == CODE));
    let fitting = if code_flow { vec!["code".to_owned()] } else { Vec::new() };
    let Some(asked) = fields.texts("response_types")? else { return Ok(json!(fitting)) };
    if let Some(other) = asked.iter().find(|name| *name != "code") {
        return unknown("response_types", other);
    }
    if asked != fitting {
        return invalid("response_types", format!("code and the grant type {CODE} go together (RFC 7591 §2.1)"));
    }
    Ok(json!(asked))
}

/// The names for people, by language; a client without one is called by the host that it lives at.
fn names(fields: &Fields<'_>, redirect_uris: &[String]) -> Result<BTreeMap<String, String>> {
    let mut given = Vec::new();
    if let Some(name) = fields.text("client_name")? {
        given.push((None, name.to_owned()));
    }
    for locale in Locale::ALL {
        if let Some(name) = fields.get(&format!("client_name#{}", locale.tag())).and_then(Value::as_str) {
            given.push((Some(locale.tag()), name.to_owned()));
        }
    }
    if given.is_empty() {
        let url = redirect_uris.first().and_then(|uri| url::Url::parse(uri).ok());
        let host = url.as_ref().and_then(url::Url::host_str).unwrap_or("client");
        given.push((None, host.to_owned()));
    }
    Ok(in_every_language(given))
}

/// What nothing depends on, and what has one lawful value here.
fn about(fields: &Fields<'_>) -> Result<Map<String, Value>> {
    let mut about = Map::new();
    for name in PAGES {
        if let Some(uri) = fields.text(name)? {
            let https = client_uri::check(uri).map(|()| uri.starts_with("https://"));
            if https.or_else(|why| invalid(name, why))? {
                about.insert(name.to_owned(), json!(uri));
            } else {
                return invalid(name, format!("{uri:?} is not https://"));
            }
        }
    }
    for name in TEXTS {
        about.extend(fields.text(name)?.map(|text| (name.to_owned(), json!(text))));
    }
    about.extend(fields.text("client_name")?.map(|name| ("client_name".to_owned(), json!(name))));
    about.extend(fields.texts("contacts")?.map(|contacts| ("contacts".to_owned(), json!(contacts))));
    about.insert("application_type".to_owned(), one_of(fields, "application_type", &["web", "native"])?);
    about.insert("subject_type".to_owned(), one_of(fields, "subject_type", &["pairwise"])?);
    Ok(about)
}

/// A field that holds one of a few values, the first where it is not there.
fn one_of(fields: &Fields<'_>, name: &'static str, values: &[&str]) -> Result<Value> {
    match fields.text(name)? {
        None => Ok(json!(values[0])),
        Some(value) if values.contains(&value) => Ok(json!(value)),
        Some(value) => unknown(name, value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::registration::Error;

    fn read(value: Value) -> Result<Asked> {
        Asked::read(value.as_object().unwrap())
    }

    #[test]
    fn the_defaults_are_those_of_the_standards() {
        let asked = read(json!({"redirect_uris": ["https://rp.example/cb"], "unheard_of": {"a": 1}})).unwrap();
        let change = asked.change;
        assert_eq!(change.auth_method, Some(AuthMethod::Secret));
        assert_eq!(change.id_token_alg.as_deref(), Some("RS256"));
        assert_eq!(change.security["grant_types"], json!([CODE]));
        assert_eq!(change.names.unwrap()["en"], "rp.example");
        assert_eq!(asked.about["response_types"], json!(["code"]));
        assert_eq!(asked.about["application_type"], "web");
        assert_eq!(asked.about["subject_type"], "pairwise");
    }

    #[test]
    fn what_cannot_be_done_is_refused_by_its_name() {
        for (value, field) in [
            (json!({"redirect_uris": "https://rp.example/cb"}), "redirect_uris"),
            (json!({"redirect_uris": [1]}), "redirect_uris"),
            (json!({"redirect_uris": vec!["https://rp.example/cb"; 21]}), "redirect_uris"),
            (json!({"response_types": ["code", "id_token"]}), "response_types"),
            (json!({"response_types": ["code"], "grant_types": ["client_credentials"]}), "response_types"),
            (json!({"response_types": [], "grant_types": ["authorization_code"]}), "response_types"),
            (json!({"grant_types": "authorization_code"}), "grant_types"),
            (json!({"token_endpoint_auth_method": "client_secret_jwt"}), "token_endpoint_auth_method"),
            (json!({"token_endpoint_auth_method": "client_secret"}), "token_endpoint_auth_method"),
            (json!({"subject_type": "public"}), "subject_type"),
            (json!({"application_type": "desktop"}), "application_type"),
            (json!({"logo_uri": "http://rp.example/logo.png"}), "logo_uri"),
            (json!({"policy_uri": "javascript:alert(1)"}), "policy_uri"),
            (json!({"default_max_age": "soon"}), "default_max_age"),
            (json!({"contacts": "me"}), "contacts"),
            (json!({"client_name": "x".repeat(LONGEST_TEXT + 1)}), "client_name"),
        ] {
            let told = read(value.clone()).expect_err(&value.to_string());
            assert!(matches!(told, Error::Invalid { field: named, .. } if named == field), "{value}: {told}");
        }
    }

    #[test]
    fn what_is_the_operators_to_say_is_passed_over() {
        let asked =
            read(json!({"resource_server": true, "acr": "urn:gd:loa:2", "sector": "tax", "claims": []})).unwrap();
        assert!(!asked.change.security.contains_key("resource_server"));
        assert!(asked.change.level.is_none() && asked.change.claims.is_none());
    }
}
