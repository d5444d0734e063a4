//! The keys of a client's record.

use serde_json::Value;

use super::{Result, invalid};
use crate::oidc::client_uri;
use crate::oidc::jose::{self, EncryptionKey, Jwk};
use crate::store::client::{AuthMethod, Client, Security};

/// RFC 7591 §2: "The jwks_uri and jwks parameters MUST NOT both be present in the same request or response."
pub(super) fn check(client: &Client) -> Result<()> {
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
        (None, None) if client.auth_method == AuthMethod::SelfSignedTls => {
            return invalid(
                "jwks",
                "self_signed_tls_client_auth needs certificates (x5c): jwks, or jwks_uri".to_owned(),
            );
        }
        _ => {}
    }
    let own = jwks.as_ref().filter(|_| client.auth_method == AuthMethod::SelfSignedTls);
    if own.is_some_and(|set| jose::certificates(set).next().is_none()) {
        return invalid("jwks", "self_signed_tls_client_auth needs a key with its certificate (x5c)".to_owned());
    }
    if let Some(uri) = jwks_uri {
        client_uri::check(uri).or_else(|why| invalid("jwks_uri", why))?;
    }
    let Some(set) = jwks else { return Ok(()) };
    check_set(set).or_else(|why| invalid("jwks", why))?;
    let signs = client.auth_method == AuthMethod::PrivateKeyJwt || client.security.require_signed_request_object;
    match signs && jose::read_set(set).is_ok_and(|keys| keys.is_empty()) {
        true => invalid("jwks", "holds no key that signs".to_owned()),
        false => Ok(()),
    }
}

/// Each key of a set that is registered is good, so that one which is not is noticed here and not at the first login.
pub(super) fn check_set(set: &Value) -> std::result::Result<(), String> {
    let keys = set.get("keys").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for (index, key) in keys.iter().enumerate() {
        let read = if EncryptionKey::is_meant(key) { EncryptionKey::check(key) } else { Jwk::read(key).map(drop) };
        read.map_err(|why| format!("key {index}: {why}"))?;
    }
    // A set with too many keys is refused here.
    jose::read_set(set)?;
    match keys.is_empty() {
        true => Err("the set holds no key".to_owned()),
        false => Ok(()),
    }
}
