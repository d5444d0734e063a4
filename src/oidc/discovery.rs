//! What the provider says of itself (OpenID Connect Discovery §3, RFC 8414 §2).

use serde_json::{Value, json};

use super::jose::Algorithm;
use super::{Provider, claims, client, grant};
use crate::identity::level;
use crate::store::attempt::ResponseMode;

impl Provider {
    /// The metadata; both well-known documents are this one.
    pub fn metadata(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        let levels: Vec<String> = (level::LOWEST..=level::HIGHEST).map(level::acr).collect();
        let algorithms = Algorithm::ALL.map(Algorithm::name);
        let methods = client::AUTH_METHODS;
        let confidential = methods.iter().filter(|method| **method != "none").collect::<Vec<_>>();
        let mut metadata = json!({
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
            "response_modes_supported": ResponseMode::NAMES.map(|(name, _)| name),
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
        });
        // Apart, as the macro above takes so many and no more.
        if let Some(object) = metadata.as_object_mut() {
            object.insert("authorization_signing_alg_values_supported".to_owned(), json!(algorithms));
            object.insert("tls_client_certificate_bound_access_tokens".to_owned(), true.into());
            object.insert("mtls_endpoint_aliases".to_owned(), self.mtls_endpoint_aliases());
        }
        metadata
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
