//! What FAPI 2.0 Security Profile asks of a record.

use super::{Result, invalid};
use crate::store::client::{Client, DEVICE_CODE};

/// What of FAPI 2.0 Security Profile §5.3.2 a record decides: signed proof of who the client is, pushed requests, bound tokens,
/// no RSASSA-PKCS1-v1_5 (§5.4.1), no address without TLS (§5.3.2.2 (8)). What a request decides is checked there.
pub(super) fn check(client: &Client) -> Result<()> {
    let security = &client.security;
    if !security.fapi {
        return match security.fapi_message_signing {
            true => invalid("fapi_message_signing", "is an addition to fapi: register it with both".to_owned()),
            false => Ok(()),
        };
    }
    // FAPI 2.0 Message Signing §5.3.1.
    if security.fapi_message_signing && !security.require_signed_request_object {
        let why = "must be true, as the client is held to FAPI 2.0 Message Signing";
        return invalid("require_signed_request_object", why.to_owned());
    }
    let algorithms = [
        ("id_token_signed_response_alg", Some(&client.id_token_alg)),
        ("token_endpoint_auth_signing_alg", security.token_endpoint_auth_signing_alg.as_ref()),
        ("request_object_signing_alg", security.request_object_signing_alg.as_ref()),
        ("authorization_signed_response_alg", security.authorization_signed_response_alg.as_ref()),
        ("userinfo_signed_response_alg", security.userinfo_signed_response_alg.as_ref()),
        ("introspection_signed_response_alg", security.introspection_signed_response_alg.as_ref()),
    ];
    let without = |field, why: &str| invalid(field, format!("{why}, as the client is held to FAPI 2.0"));
    if !client.auth_method.has_key() {
        return without("token_endpoint_auth_method", "must be private_key_jwt or one of mutual TLS");
    }
    if !security.require_pushed_authorization_requests {
        return without("require_pushed_authorization_requests", "must be true");
    }
    if !security.dpop_bound_access_tokens && !security.tls_client_certificate_bound_access_tokens {
        return without("dpop_bound_access_tokens", "or tls_client_certificate_bound_access_tokens must be true");
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

#[cfg(test)]
mod tests {
    use super::super::check::tests::{client, field_of};
    use super::*;
    use crate::store::client::{AuthMethod, Security};

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
}
