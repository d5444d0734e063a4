//! ID tokens and UserInfo answers as a client is registered to get them: signed, encrypted, or both, which is signed first
//! (OpenID Connect Core §2, §5.3.2, §10.2).

use serde_json::{Map, Value, json};

use super::jose::{ContentEncryption, KeyManagement};
use super::{Error, Provider, Result};
use crate::store::client::Client;

/// A UserInfo answer.
#[derive(Clone, Debug)]
pub enum UserInfo {
    /// As JSON.
    Json(Map<String, Value>),
    /// As a JWT.
    Jwt(String),
}

impl Provider {
    /// The ID token of these claims.
    ///
    /// # Errors
    /// When no key is active, or the client's cannot be had.
    pub(super) async fn seal_id_token(&self, client: &Client, claims: Value) -> Result<String> {
        let signed = self.sign(&client.id_token_alg, "JWT", claims).await?;
        let Some(alg) = client.security.id_token_encrypted_response_alg.as_deref() else { return Ok(signed) };
        let enc = client.security.id_token_encrypted_response_enc.as_deref();
        self.encrypt(client, alg, enc, Some("JWT"), signed.as_bytes()).await
    }

    /// The UserInfo answer of these claims. "If the UserInfo Response is signed, the response SHOULD contain the Claims iss
    /// and aud as members."
    ///
    /// # Errors
    /// As above.
    pub async fn seal_userinfo(&self, client: &Client, claims: Map<String, Value>) -> Result<UserInfo> {
        let security = &client.security;
        let signed = match security.userinfo_signed_response_alg.as_deref() {
            Some(alg) => {
                let mut claims = claims.clone();
                claims.extend([("iss".to_owned(), json!(self.issuer)), ("aud".to_owned(), json!(client.id))]);
                Some(self.sign(alg, "JWT", Value::Object(claims)).await?)
            }
            None => None,
        };
        let enc = security.userinfo_encrypted_response_enc.as_deref();
        match (security.userinfo_encrypted_response_alg.as_deref(), signed) {
            (None, None) => Ok(UserInfo::Json(claims)),
            (None, Some(signed)) => Ok(UserInfo::Jwt(signed)),
            (Some(alg), Some(signed)) => {
                Ok(UserInfo::Jwt(self.encrypt(client, alg, enc, Some("JWT"), signed.as_bytes()).await?))
            }
            (Some(alg), None) => {
                let plain = Value::Object(claims).to_string();
                Ok(UserInfo::Jwt(self.encrypt(client, alg, enc, None, plain.as_bytes()).await?))
            }
        }
    }

    async fn encrypt(
        &self,
        client: &Client,
        alg: &str,
        enc: Option<&str>,
        kind: Option<&str>,
        plain: &[u8],
    ) -> Result<String> {
        let unknown = Error::UnauthorizedClient("the client is registered with an encryption that is not known");
        // "If id_token_encrypted_response_alg is specified, the default … is A128CBC-HS256."
        let content = ContentEncryption::from_name(enc.unwrap_or(ContentEncryption::NAMES[0]));
        let (Some(management), Some(content)) = (KeyManagement::from_name(alg), content) else { return Err(unknown) };
        let key = self.encryption_key(client, management).await?;
        let failed = Error::UnauthorizedClient("nothing can be encrypted for the client's key");
        key.encrypt(management, content, kind, plain).map_err(|_| failed)
    }
}
