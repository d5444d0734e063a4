//! The options of `pearlbridge client add` and `set` that say what a client is held to, and may do.

use clap::Args;
use serde_json::{Map, Value, json};

/// Those of [`crate::store::client::Security`].
#[derive(Debug, Args)]
pub(super) struct Options {
    /// A grant that it may use at the token endpoint; "" for none [new: authorization_code and refresh_token]
    #[arg(long = "grant-type", value_name = "GRANT")]
    grant_types: Vec<String>,
    /// Where a frame sends browsers that sign out, on the origin of a redirect address; "" for nowhere
    #[arg(long, value_name = "URI")]
    frontchannel_logout_uri: Option<String>,
    /// Whether its requests may come without PKCE: for a confidential client whose library cannot do it [new: false]
    #[arg(long, value_name = "BOOL")]
    pkce_optional: Option<bool>,
    /// Whether it must push its requests before it sends the browser (RFC 9126) [new: false]
    #[arg(long, value_name = "BOOL")]
    require_par: Option<bool>,
    /// Whether it must sign its requests (RFC 9101) [new: false]
    #[arg(long, value_name = "BOOL")]
    require_signed_request: Option<bool>,
    /// The one algorithm of its signed requests [new: any that fits its keys]
    #[arg(long, value_name = "ALG", value_parser = ["RS256", "ES256", "PS256", "EdDSA"])]
    request_alg: Option<String>,
    /// Whether its tokens must be bound to a key (RFC 9449) [new: false]
    #[arg(long, value_name = "BOOL")]
    require_dpop: Option<bool>,
    /// The level that it wishes for where a request names none; "" for none [new: none]
    #[arg(long = "default-acr", value_name = "ACR")]
    default_acr_values: Vec<String>,
    /// Seconds since the last active login, at most, where a request names none; -1 for any [new: any]
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    default_max_age: Option<i64>,
    /// Hold it to the FAPI 2.0 Security Profile: a key of its own, pushed requests, bound tokens, no RS256 [new: false]
    #[arg(long, value_name = "BOOL")]
    fapi: Option<bool>,
    /// Hold it to FAPI 2.0 Message Signing as well: signed requests, and signed answers alone [new: false]
    #[arg(long, value_name = "BOOL")]
    fapi_message_signing: Option<bool>,
    /// Algorithm of its authorization answers where they are signed (JARM) [new: RS256; PS256 by FAPI 2.0]
    #[arg(long, value_name = "ALG", value_parser = ["RS256", "ES256", "PS256", "EdDSA"])]
    response_alg: Option<String>,
    /// Whether it is a screen that many use: a login there ends after a pause of five minutes, and after half an hour
    #[arg(long, value_name = "BOOL")]
    kiosk: Option<bool>,
    /// Whether it is a resource server: it may ask what access tokens with a scope of its own are (RFC 7662)
    #[arg(long, value_name = "BOOL")]
    resource_server: Option<bool>,
    /// Algorithm of the access tokens that name it as a resource server (RFC 9068), or `opaque` [new: opaque]
    #[arg(long, value_name = "ALG", value_parser = ["opaque", "ES256", "RS256", "PS256", "EdDSA"])]
    access_token_alg: Option<String>,
    /// A client of another sector of which it gets JWTs too, and which learns so by what `sub` the server knows a person; by
    /// client id, "" for none
    #[arg(long = "jwt-client", value_name = "CLIENT")]
    jwt_clients: Vec<String>,
    /// A resource server at which it may act by token exchange (RFC 8693), by client id; "" for none
    #[arg(long = "may-exchange", value_name = "CLIENT")]
    may_exchange: Vec<String>,
    /// A file with its public keys, a JWK or a set of them; "" for none
    #[arg(long, value_name = "FILE", value_parser = keys)]
    jwks: Option<Value>,
    /// Where it publishes them instead, as a JWK Set; "" for nowhere
    #[arg(long, value_name = "URI")]
    jwks_uri: Option<String>,
    /// Who must have issued its certificate, for tls_client_auth: the id of a trust list record, or of an issuing authority
    /// of the province; "" for any of the province's [new: any of the province's]
    #[arg(long, value_name = "ID")]
    tls_authority: Option<String>,
    /// The subject of its certificate, as RFC 4514 writes it, for tls_client_auth; "" for none
    #[arg(long, value_name = "NAME")]
    tls_subject_dn: Option<String>,
    /// A DNS name of its certificate instead; "" for none
    #[arg(long, value_name = "NAME")]
    tls_san_dns: Option<String>,
    /// A mailbox of its certificate instead; "" for none
    #[arg(long, value_name = "MAILBOX")]
    tls_san_email: Option<String>,
    /// A network address of its certificate instead; "" for none
    #[arg(long, value_name = "ADDRESS")]
    tls_san_ip: Option<String>,
    /// A URI of its certificate instead; "" for none
    #[arg(long, value_name = "URI")]
    tls_san_uri: Option<String>,
    /// Whether its tokens must be bound to its certificate (RFC 8705) [new: false]
    #[arg(long, value_name = "BOOL")]
    require_certificate_bound: Option<bool>,
    /// The one algorithm of its assertions [new: any that fits its keys]
    #[arg(long, value_name = "ALG", value_parser = ["RS256", "ES256", "PS256", "EdDSA"])]
    auth_signing_alg: Option<String>,
    /// Algorithm of signed UserInfo answers; "" for JSON [new: JSON]
    #[arg(long, value_name = "ALG", value_parser = ["RS256", "ES256", "PS256", "EdDSA", ""])]
    userinfo_alg: Option<String>,
    /// How the key of its encrypted ID tokens is sent; "" for none [new: none]
    #[arg(long, value_name = "ALG", value_parser = ["RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A256KW", ""])]
    id_token_encryption_alg: Option<String>,
    /// How its encrypted ID tokens are encrypted [new: A128CBC-HS256]
    #[arg(long, value_name = "ENC", value_parser = ["A128CBC-HS256", "A128GCM", "A256GCM", ""])]
    id_token_encryption_enc: Option<String>,
    /// How the key of its encrypted UserInfo answers is sent; "" for none [new: none]
    #[arg(long, value_name = "ALG", value_parser = ["RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A256KW", ""])]
    userinfo_encryption_alg: Option<String>,
    /// How its encrypted UserInfo answers are encrypted [new: A128CBC-HS256]
    #[arg(long, value_name = "ENC", value_parser = ["A128CBC-HS256", "A128GCM", "A256GCM", ""])]
    userinfo_encryption_enc: Option<String>,
    /// Algorithm of signed introspection answers (RFC 9701) [new: RS256]
    #[arg(long, value_name = "ALG", value_parser = ["RS256", "ES256", "PS256", "EdDSA"])]
    introspection_alg: Option<String>,
}

impl Options {
    /// What was named, by the names of RFC 7591.
    pub(super) fn change(self) -> Map<String, Value> {
        let grants = super::several(self.grant_types).map(super::without_empty);
        let levels = super::several(self.default_acr_values).map(super::without_empty);
        // Who says it once need not say what follows from it.
        let follows = self.fapi.filter(|fapi| *fapi);
        let signs = self.fapi_message_signing.filter(|signs| *signs);
        let targets = super::several(self.may_exchange).map(super::without_empty);
        let readers = super::several(self.jwt_clients).map(super::without_empty);
        let named = [
            ("access_token_jwt_clients", readers.map(|readers| json!(readers))),
            ("may_exchange", targets.map(|targets| json!(targets))),
            ("default_acr_values", levels.map(|levels| json!(levels))),
            ("default_max_age", self.default_max_age.map(|age| if age < 0 { Value::Null } else { json!(age) })),
            ("fapi", self.fapi.map(Value::Bool)),
            ("fapi_message_signing", self.fapi_message_signing.map(Value::Bool)),
            ("authorization_signed_response_alg", self.response_alg.map(Value::String)),
            ("frontchannel_logout_uri", self.frontchannel_logout_uri.map(text)),
            ("grant_types", grants.map(|grants| json!(grants))),
            ("require_pushed_authorization_requests", self.require_par.or(follows).map(Value::Bool)),
            ("require_signed_request_object", self.require_signed_request.or(signs).map(Value::Bool)),
            ("pkce_optional", self.pkce_optional.map(Value::Bool)),
            ("request_object_signing_alg", self.request_alg.map(Value::String)),
            ("kiosk", self.kiosk.map(Value::Bool)),
            (
                "dpop_bound_access_tokens",
                self.require_dpop.or(follows.filter(|_| self.require_certificate_bound != Some(true))).map(Value::Bool),
            ),
            ("resource_server", self.resource_server.map(Value::Bool)),
            (
                "access_token_signed_response_alg",
                self.access_token_alg.map(|alg| if alg == "opaque" { Value::Null } else { Value::String(alg) }),
            ),
            ("tls_client_auth_authority", self.tls_authority.map(text)),
            ("tls_client_auth_subject_dn", self.tls_subject_dn.map(text)),
            ("tls_client_auth_san_dns", self.tls_san_dns.map(text)),
            ("tls_client_auth_san_email", self.tls_san_email.map(text)),
            ("tls_client_auth_san_ip", self.tls_san_ip.map(text)),
            ("tls_client_auth_san_uri", self.tls_san_uri.map(text)),
            ("tls_client_certificate_bound_access_tokens", self.require_certificate_bound.map(Value::Bool)),
            ("jwks", self.jwks),
            ("jwks_uri", self.jwks_uri.map(text)),
            ("userinfo_signed_response_alg", self.userinfo_alg.map(text)),
            ("id_token_encrypted_response_alg", self.id_token_encryption_alg.map(text)),
            ("id_token_encrypted_response_enc", self.id_token_encryption_enc.map(text)),
            ("userinfo_encrypted_response_alg", self.userinfo_encryption_alg.map(text)),
            ("userinfo_encrypted_response_enc", self.userinfo_encryption_enc.map(text)),
            ("token_endpoint_auth_signing_alg", self.auth_signing_alg.map(Value::String)),
            ("introspection_signed_response_alg", self.introspection_alg.map(Value::String)),
        ];
        named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

/// An empty text is none.
fn text(text: String) -> Value {
    if text.is_empty() { Value::Null } else { Value::String(text) }
}

/// A set; a key alone is a set of one.
pub(super) fn keys(path: &str) -> Result<Value, String> {
    if path.is_empty() {
        return Ok(Value::Null);
    }
    let text = std::fs::read(path).map_err(|error| error.to_string())?;
    let value: Value = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    Ok(if value.get("keys").is_some() { value } else { json!({"keys": [value]}) })
}
