//! What of a client's record says that its tokens are encrypted for it (OpenID Connect Registration §2).

use super::{Result, invalid};
use crate::oidc::jose::{ContentEncryption, EncryptionKey, KeyManagement};
use crate::store::client::Security;

pub(super) fn check(security: &Security) -> Result<()> {
    one(
        security,
        ("id_token_encrypted_response_alg", security.id_token_encrypted_response_alg.as_deref()),
        ("id_token_encrypted_response_enc", security.id_token_encrypted_response_enc.as_deref()),
    )?;
    one(
        security,
        ("userinfo_encrypted_response_alg", security.userinfo_encrypted_response_alg.as_deref()),
        ("userinfo_encrypted_response_enc", security.userinfo_encrypted_response_enc.as_deref()),
    )
}

type Field<'v> = (&'static str, Option<&'v str>);

/// "When id_token_encrypted_response_enc is included, id_token_encrypted_response_alg MUST also be provided."
fn one(security: &Security, (alg_field, alg): Field<'_>, (enc_field, enc): Field<'_>) -> Result<()> {
    if let Some(name) = enc.filter(|name| ContentEncryption::from_name(name).is_none()) {
        return invalid(enc_field, format!("{name:?} is none of {}", ContentEncryption::NAMES.join(", ")));
    }
    let Some(alg) = alg else {
        return match enc {
            Some(_) => invalid(alg_field, format!("is missing beside {enc_field}")),
            None => Ok(()),
        };
    };
    let Some(management) = KeyManagement::from_name(alg) else {
        return invalid(alg_field, format!("{alg:?} is none of {}", KeyManagement::NAMES.join(", ")));
    };
    match (&security.jwks, &security.jwks_uri) {
        (Some(set), _) if EncryptionKey::of_set(set, management).is_none() => {
            invalid("jwks", format!("holds no key for {alg}, which {alg_field} names"))
        }
        (None, None) => invalid("jwks", format!("{alg_field} needs a key to encrypt for: jwks, or jwks_uri")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::check::tests::{client, field_of};
    use super::*;
    use crate::store::client::Client;

    #[test]
    fn a_client_whose_tokens_are_encrypted_has_a_key_for_it() {
        let x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
        let y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
        let set = json!({"keys": [{"kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "enc"}]});
        let with = |alg: Option<&str>, enc: Option<&str>, jwks: Option<Value>| Client {
            security: Security {
                userinfo_encrypted_response_alg: alg.map(str::to_owned),
                userinfo_encrypted_response_enc: enc.map(str::to_owned),
                jwks,
                ..Security::default()
            },
            ..client()
        };
        assert_eq!(field_of(&with(Some("ECDH-ES"), None, Some(set.clone()))), None);
        assert_eq!(field_of(&with(Some("ECDH-ES+A256KW"), Some("A256GCM"), Some(set.clone()))), None);
        for (wrong, field) in [
            (with(Some("ECDH-ES"), None, None), "jwks"),
            (with(Some("RSA-OAEP-256"), None, Some(set.clone())), "jwks"),
            (with(Some("RSA1_5"), None, Some(set.clone())), "userinfo_encrypted_response_alg"),
            (with(Some("dir"), None, Some(set.clone())), "userinfo_encrypted_response_alg"),
            (with(None, Some("A128GCM"), Some(set.clone())), "userinfo_encrypted_response_alg"),
            (with(Some("ECDH-ES"), Some("A192GCM"), Some(set)), "userinfo_encrypted_response_enc"),
        ] {
            assert_eq!(field_of(&wrong), Some(field));
        }
    }
}
