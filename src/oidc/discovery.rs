//! What the provider says of itself (OpenID Connect Discovery §3, RFC 8414 §2).

use serde_json::{Map, Value, json};

use super::jose::{Algorithm, ContentEncryption, KeyManagement};
use super::{Provider, claims, client, grant};
use crate::identity::level;
use crate::locale::Locale;
use crate::store::attempt::ResponseMode;

impl Provider {
    /// The metadata; both well-known documents are this one.
    pub fn metadata(&self) -> Value {
        let parts = [self.endpoints(), clients(), requests(), tokens(), logout()];
        let members = parts.into_iter().filter_map(|part| match part {
            Value::Object(members) => Some(members),
            _ => None,
        });
        Value::Object(members.flatten().collect::<Map<_, _>>())
    }

    fn endpoints(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        json!({
            "issuer": self.issuer,
            "authorization_endpoint": at("/oauth2/authorize"),
            "token_endpoint": at("/oauth2/token"),
            "userinfo_endpoint": at("/oauth2/userinfo"),
            "jwks_uri": at("/oauth2/jwks"),
            "registration_endpoint": at("/oauth2/register"),
            "check_session_iframe": at("/oauth2/check_session"),
            "end_session_endpoint": at("/oauth2/end_session"),
            "device_authorization_endpoint": at("/oauth2/device_authorization"),
            "pushed_authorization_request_endpoint": at("/oauth2/par"),
            "revocation_endpoint": at("/oauth2/revoke"),
            "introspection_endpoint": at("/oauth2/introspect"),
            "mtls_endpoint_aliases": self.mtls_endpoint_aliases(),
        })
    }

    /// RFC 8705 §5: where clients come with their certificates.
    fn mtls_endpoint_aliases(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.mtls);
        json!({
            "token_endpoint": at("/oauth2/token"),
            "revocation_endpoint": at("/oauth2/revoke"),
            "introspection_endpoint": at("/oauth2/introspect"),
            "pushed_authorization_request_endpoint": at("/oauth2/par"),
            "device_authorization_endpoint": at("/oauth2/device_authorization"),
            "userinfo_endpoint": at("/oauth2/userinfo"),
        })
    }
}

fn algorithms() -> [&'static str; 4] {
    Algorithm::ALL.map(Algorithm::name)
}

/// How clients prove who they are.
fn clients() -> Value {
    let methods = client::AUTH_METHODS;
    let confidential = methods.iter().filter(|method| **method != "none").collect::<Vec<_>>();
    json!({
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": algorithms(),
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms(),
        "introspection_endpoint_auth_methods_supported": confidential,
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms(),
        "subject_types_supported": ["pairwise"],
    })
}

/// What they may ask for, and how.
fn requests() -> Value {
    let levels: Vec<String> = (level::LOWEST..=level::HIGHEST).map(level::acr).collect();
    let locales = Locale::ALL.map(Locale::tag);
    json!({
        "scopes_supported": claims::SCOPES,
        "response_types_supported": ["code"],
        "response_modes_supported": ResponseMode::NAMES.map(|(name, _)| name),
        "authorization_signing_alg_values_supported": algorithms(),
        "grant_types_supported": grant::GRANT_TYPES,
        "acr_values_supported": levels,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "require_pushed_authorization_requests": false,
        "claims_parameter_supported": true,
        "request_parameter_supported": true,
        "request_object_signing_alg_values_supported": algorithms(),
        "request_uri_parameter_supported": false,
        "display_values_supported": ["page", "popup", "touch", "wap"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "ui_locales_supported": locales,
        "claims_locales_supported": locales,
    })
}

/// What they get.
fn tokens() -> Value {
    json!({
        "claims_supported": claims::CLAIMS,
        "claim_types_supported": ["normal"],
        "id_token_signing_alg_values_supported": algorithms(),
        "id_token_encryption_alg_values_supported": KeyManagement::NAMES,
        "id_token_encryption_enc_values_supported": ContentEncryption::NAMES,
        "userinfo_signing_alg_values_supported": algorithms(),
        "userinfo_encryption_alg_values_supported": KeyManagement::NAMES,
        "userinfo_encryption_enc_values_supported": ContentEncryption::NAMES,
        "introspection_signing_alg_values_supported": algorithms(),
        "dpop_signing_alg_values_supported": algorithms(),
        "tls_client_certificate_bound_access_tokens": true,
    })
}

/// How they hear that it is over.
fn logout() -> Value {
    json!({
        "frontchannel_logout_supported": true,
        "frontchannel_logout_session_supported": true,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
    })
}
