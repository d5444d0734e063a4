//! The tokens: an opaque access token, a rotating refresh token, and the ID token (OpenID Connect Core §2).

use serde_json::{Value, json};

use super::{Error, Provider, Result};
use crate::clock::SECOND;
use crate::identity::level;
use crate::store::client::Client;
use crate::store::grant::Grant;
use crate::store::{self};

/// What the token endpoint answers.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Opaque; its grant is in the database.
    pub access_token: String,
    /// Seconds.
    pub expires_in: i64,
    /// Good once.
    pub refresh_token: String,
    /// Signed.
    pub id_token: String,
    /// Granted.
    pub scope: String,
}

impl Tokens {
    /// RFC 6749 §5.1.
    pub fn to_json(&self) -> Value {
        json!({
            "access_token": self.access_token,
            "token_type": "Bearer",
            "expires_in": self.expires_in,
            "refresh_token": self.refresh_token,
            "id_token": self.id_token,
            "scope": self.scope,
        })
    }
}

impl Provider {
    /// Writes new tokens of a grant and signs its ID token.
    ///
    /// # Errors
    /// The database's or custody's.
    pub(super) async fn issue_tokens(&self, client: &Client, grant: Grant) -> Result<Tokens> {
        let now = self.clock.now();
        let (access, refresh) = (crate::id::new_secret(), crate::id::new_secret());
        let id_token = self.id_token(client, &grant, &access).await?;
        let (access_hash, refresh_hash) = (crate::id::digest(&access), crate::id::digest(&refresh));
        let access_until = now + self.settings.access_token_lifetime * SECOND;
        let refresh_until = now + self.settings.refresh_token_lifetime * SECOND;
        let (grant_id, scope) = (grant.id, grant.scope);
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    store::grant::insert_access_token(tx, &access_hash, &grant_id, access_until).await?;
                    store::grant::insert_refresh_token(tx, &refresh_hash, &grant_id, refresh_until).await?;
                    Ok::<_, Error>(())
                })
            })
            .await?;
        let expires_in = self.settings.access_token_lifetime;
        Ok(Tokens { access_token: access, expires_in, refresh_token: refresh, id_token, scope })
    }

    async fn id_token(&self, client: &Client, grant: &Grant, access_token: &str) -> Result<String> {
        let session = store::session::find_by_id(&mut *self.store.read().await?, &grant.session_id).await?;
        let method = session.map_or_else(String::new, |session| session.method);
        let issued_at = self.clock.now() / SECOND;
        let mut claims = json!({
            "iss": self.issuer,
            "sub": self.subject(client, &grant.person_id),
            "aud": client.id,
            "exp": issued_at + self.settings.id_token_lifetime,
            "iat": issued_at,
            "auth_time": grant.auth_time / SECOND,
            "acr": level::acr(grant.level),
            "amr": authentication_methods(&method),
            "sid": grant.session_id,
            "at_hash": half_hash(access_token),
        });
        if let (Some(nonce), Some(object)) = (&grant.nonce, claims.as_object_mut()) {
            object.insert("nonce".to_owned(), nonce.clone().into());
        }
        self.sign(&client.id_token_alg, "JWT", claims).await
    }
}

/// RFC 8176: how a login method is called in `amr`.
fn authentication_methods(method: &str) -> Vec<&'static str> {
    match method {
        "password" => vec!["pwd", "otp", "mfa"],
        "mtls" | "challenge" => vec!["pop", "x509"],
        _ => Vec::new(),
    }
}

/// Core §3.1.3.6: the left half of the digest; both our algorithms digest with SHA-256.
fn half_hash(token: &str) -> String {
    crate::id::base64url(&crate::id::sha256(token.as_bytes())[..16])
}
