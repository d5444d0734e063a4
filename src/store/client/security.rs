//! What a client is held to, and may do, beyond its addresses and scopes: one JSON column by the names of RFC 7591 §2 and
//! of the standards that add to it. A name that a record does not hold is at its default.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The column.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Security {
    /// The levels that it wishes for where a request names none (OpenID Connect Registration §2).
    pub default_acr_values: Vec<String>,
    /// Seconds since the last active login, at most, where a request names none (the same).
    pub default_max_age: Option<i64>,
    /// By which algorithm the access tokens that name it are signed (RFC 9068); opaque where there is none.
    pub access_token_signed_response_alg: Option<String>,
    /// The clients, by id, of which it gets JWTs with people's subjects though they are of another sector, and could read
    /// what it calls a person (our own name).
    pub access_token_jwt_clients: Vec<String>,
    /// By which algorithm its authorization answers are signed where it asks for that (JARM §3).
    pub authorization_signed_response_alg: Option<String>,
    /// Whether its tokens must be bound to a key (RFC 9449 §5.2).
    pub dpop_bound_access_tokens: bool,
    /// Whether it is held to the FAPI 2.0 Security Profile, all of it (our own name).
    pub fapi: bool,
    /// Whether it is held to FAPI 2.0 Message Signing too: signed requests, and signed answers alone (our own name).
    pub fapi_message_signing: bool,
    /// Whether its front-channel address needs to hear which session it is about; it always does.
    pub frontchannel_logout_session_required: bool,
    /// Where browsers are sent in a frame when they sign out (Front-Channel Logout 1.0 §2).
    pub frontchannel_logout_uri: Option<String>,
    /// The grants that it may use at the token endpoint.
    pub grant_types: Vec<String>,
    /// By which algorithm the key of its ID tokens' encryption is sent (OpenID Connect Registration §2); none are where it
    /// names none.
    pub id_token_encrypted_response_alg: Option<String>,
    /// And how they are encrypted.
    pub id_token_encrypted_response_enc: Option<String>,
    /// By which algorithm introspection answers are signed for it (RFC 9701 §6).
    pub introspection_signed_response_alg: Option<String>,
    /// Its public keys, a JWK Set (RFC 7517).
    pub jwks: Option<Value>,
    /// Where it publishes them instead.
    pub jwks_uri: Option<String>,
    /// The resource servers, by client id, for which it may exchange tokens that are shown to it (our own name).
    pub may_exchange: Vec<String>,
    /// Whether its requests may come without PKCE (our own name): a confidential client's, whose library cannot do it.
    pub pkce_optional: bool,
    /// The one algorithm of its request objects (RFC 9101 §10.1); any where it names none.
    pub request_object_signing_alg: Option<String>,
    /// Whether it must push its requests (RFC 9126 §6).
    pub require_pushed_authorization_requests: bool,
    /// Whether it must sign its requests (RFC 9101 §10.5).
    pub require_signed_request_object: bool,
    /// Whether it is a screen that many use: logins there end soon (our own name).
    pub kiosk: bool,
    /// Whether it is a resource server: it may ask about tokens that were issued to others (our own name).
    pub resource_server: bool,
    /// The authority that must have issued its certificate: the id of a record of the trust list, or of an issuing authority
    /// of the province; any of the province's where there is none (our own name).
    pub tls_client_auth_authority: Option<String>,
    /// The subject of its certificate, as RFC 4514 writes it (RFC 8705 §2.1.2); this or one of the four after it.
    pub tls_client_auth_subject_dn: Option<String>,
    /// A dNSName of its certificate.
    pub tls_client_auth_san_dns: Option<String>,
    /// An rfc822Name of its certificate.
    pub tls_client_auth_san_email: Option<String>,
    /// An iPAddress of its certificate.
    pub tls_client_auth_san_ip: Option<String>,
    /// A uniformResourceIdentifier of its certificate.
    pub tls_client_auth_san_uri: Option<String>,
    /// Whether its tokens must be bound to its certificate (RFC 8705 §3.4).
    pub tls_client_certificate_bound_access_tokens: bool,
    /// The one algorithm of its assertions (OpenID Connect Registration §2); any where it names none.
    pub token_endpoint_auth_signing_alg: Option<String>,
    /// By which algorithm the key of its UserInfo answers' encryption is sent; none are where it names none.
    pub userinfo_encrypted_response_alg: Option<String>,
    /// And how they are encrypted.
    pub userinfo_encrypted_response_enc: Option<String>,
    /// By which algorithm its UserInfo answers are signed; JSON where it names none.
    pub userinfo_signed_response_alg: Option<String>,
}

impl Default for Security {
    fn default() -> Self {
        Self {
            default_acr_values: Vec::new(),
            default_max_age: None,
            access_token_signed_response_alg: None,
            access_token_jwt_clients: Vec::new(),
            authorization_signed_response_alg: None,
            dpop_bound_access_tokens: false,
            fapi: false,
            fapi_message_signing: false,
            frontchannel_logout_session_required: false,
            frontchannel_logout_uri: None,
            grant_types: [CODE, REFRESH].map(str::to_owned).into(),
            id_token_encrypted_response_alg: None,
            id_token_encrypted_response_enc: None,
            introspection_signed_response_alg: None,
            jwks: None,
            jwks_uri: None,
            may_exchange: Vec::new(),
            pkce_optional: false,
            request_object_signing_alg: None,
            require_pushed_authorization_requests: false,
            require_signed_request_object: false,
            kiosk: false,
            resource_server: false,
            tls_client_auth_authority: None,
            tls_client_auth_subject_dn: None,
            tls_client_auth_san_dns: None,
            tls_client_auth_san_email: None,
            tls_client_auth_san_ip: None,
            tls_client_auth_san_uri: None,
            tls_client_certificate_bound_access_tokens: false,
            token_endpoint_auth_signing_alg: None,
            userinfo_encrypted_response_alg: None,
            userinfo_encrypted_response_enc: None,
            userinfo_signed_response_alg: None,
        }
    }
}

/// The grant of people who sign in.
pub const CODE: &str = "authorization_code";
/// And its continuation.
pub const REFRESH: &str = "refresh_token";
/// The grant of a client that acts for itself.
pub const CLIENT_CREDENTIALS: &str = "client_credentials";
/// The grant of a device that a person lets in from elsewhere (RFC 8628 §3.4).
pub const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The grant of a server that acts at another for the person whose token it was shown (RFC 8693 §2.1).
pub const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

impl Security {
    /// Whether people sign in there, in one way or another.
    pub fn signs_people_in(&self) -> bool {
        self.may_use(CODE) || self.may_use(DEVICE_CODE)
    }

    /// Whether a token of its counts only with a key or certificate that it is bound to.
    pub fn binds_tokens(&self) -> bool {
        self.fapi || self.dpop_bound_access_tokens || self.tls_client_certificate_bound_access_tokens
    }

    /// Whether it may use a grant.
    pub fn may_use(&self, grant_type: &str) -> bool {
        self.grant_types.iter().any(|known| known == grant_type)
    }

    /// As it is with these fields in place of its own; `null` puts one back to its default.
    ///
    /// # Errors
    /// When a field is none of ours, or of another type.
    pub fn with(&self, change: &Map<String, Value>) -> Result<Self, serde_json::Error> {
        let mut object = match serde_json::to_value(self)? {
            Value::Object(object) => object,
            _ => Map::new(),
        };
        object.extend(change.iter().map(|(name, value)| (name.clone(), value.clone())));
        object.retain(|_, value| !value.is_null());
        serde_json::from_value(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn change(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn a_change_leaves_alone_what_it_does_not_name_and_null_is_the_default() {
        let first = Security::default().with(&change(json!({"resource_server": true, "grant_types": []}))).unwrap();
        assert!(first.resource_server && !first.may_use(CODE));
        let second = first.with(&change(json!({"grant_types": null}))).unwrap();
        assert!(second.resource_server && second.may_use(CODE) && second.may_use(REFRESH));
        assert!(second.with(&change(json!({"no_such_field": 1}))).is_err());
        assert!(second.with(&change(json!({"resource_server": "yes"}))).is_err());
    }

    #[test]
    fn a_record_of_before_is_at_the_defaults() {
        assert_eq!(serde_json::from_str::<Security>("{}").unwrap(), Security::default());
    }
}
