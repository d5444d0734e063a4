//! What the provider says of itself (OpenID Connect Discovery §3, RFC 8414 §2).

use serde_json::{Value, json};

use super::jose::Algorithm;
use super::{Provider, claims, client, grant};
use crate::identity::level;

impl Provider {
    /// The metadata; both well-known documents are this one.
    pub fn metadata(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        let levels: Vec<String> = (level::LOWEST..=level::HIGHEST).map(level::acr).collect();
        let algorithms = Algorithm::ALL.map(Algorithm::name);
        let methods = client::AUTH_METHODS;
        let confidential = methods.iter().filter(|method| **method != "none").collect::<Vec<_>>();
        json!({
            "issuer": self.issuer,
            "authorization_endpoint": at("/oauth2/authorize"),
            "token_endpoint": at("/oauth2/token"),
            "userinfo_endpoint": at("/oauth2/userinfo"),
            "jwks_uri": at("/oauth2/jwks"),
            "registration_endpoint": at("/oauth2/register"),
            "end_session_endpoint": at("/oauth2/end_session"),
            "device_authorization_endpoint": at("/oauth2/device_authorization"),
            "revocation_endpoint": at("/oauth2/revoke"),
            "revocation_endpoint_auth_methods_supported": methods,
            "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
            "introspection_endpoint": at("/oauth2/introspect"),
            "introspection_endpoint_auth_methods_supported": confidential,
            "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
            "introspection_signing_alg_values_supported": algorithms,
            "scopes_supported": claims::SCOPES,
            "claims_supported": claims::CLAIMS,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": grant::GRANT_TYPES,
            "acr_values_supported": levels,
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": algorithms,
            "token_endpoint_auth_methods_supported": methods,
            "token_endpoint_auth_signing_alg_values_supported": algorithms,
            "dpop_signing_alg_values_supported": algorithms,
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
            "backchannel_logout_supported": true,
            "backchannel_logout_session_supported": true,
            "claims_parameter_supported": false,
            "pushed_authorization_request_endpoint": at("/oauth2/par"),
            "require_pushed_authorization_requests": false,
            "request_parameter_supported": true,
            "request_object_signing_alg_values_supported": algorithms,
            "request_uri_parameter_supported": false,
            "prompt_values_supported": ["none", "login", "consent", "select_account"],
            "ui_locales_supported": crate::locale::Locale::ALL.map(crate::locale::Locale::tag),
            "claim_types_supported": ["normal"],
        })
    }
}
