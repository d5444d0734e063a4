//! The tokens: an access token, opaque or signed; a refresh token (rotating, but for clients with a key); and the ID token (OpenID
//! Connect Core §2).

use serde_json::{Map, Value, json};

use super::authorize::Parameters;
use super::jose::Algorithm;
use super::resource::{self, Target};
use super::{Error, Provider, Result, acting};
use crate::clock::{Micros, SECOND};
use crate::identity::level;
use crate::store::binding::Binding;
use crate::store::client::{AuthMethod, Client, REFRESH};
use crate::store::grant::{Grant, NewAccessToken, Redeemed};
use crate::store::{self, Connection};

/// What the token endpoint answers.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Opaque, or a JWT; its grant is in the database.
    pub access_token: String,
    /// Seconds.
    pub expires_in: i64,
    /// None where there is no other than the one that was shown, for a client that acts for itself, or for one that is not
    /// registered to use it.
    pub refresh_token: Option<String>,
    /// Signed; none where nobody signed in.
    pub id_token: Option<String>,
    /// Granted.
    pub scope: String,
    /// Thumbprint of the key that the access token is bound to.
    pub jkt: Option<String>,
    /// What it is, in answer to a token exchange (RFC 8693 §2.2.1).
    pub issued_token_type: Option<&'static str>,
}

impl Tokens {
    /// RFC 6749 §5.1.
    pub fn to_json(&self) -> Value {
        let members = [
            ("access_token", Some(json!(self.access_token))),
            ("token_type", Some(json!(token_type(self.jkt.as_deref())))),
            ("issued_token_type", self.issued_token_type.map(|kind| json!(kind))),
            ("expires_in", Some(json!(self.expires_in))),
            ("refresh_token", self.refresh_token.as_ref().map(|token| json!(token))),
            ("id_token", self.id_token.as_ref().map(|token| json!(token))),
            // RFC 6749 §A.4: a scope is at least one character.
            ("scope", Some(json!(self.scope)).filter(|_| !self.scope.is_empty())),
        ];
        let there = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(there.collect())
    }
}

/// What must be proved beside a token (`cnf`, RFC 7800 §3.1): its key (RFC 9449 §6), its certificate (RFC 8705 §3.1), both, or
/// nothing.
pub(super) fn confirmation(binding: &Binding) -> Option<Value> {
    let members = [("jkt", &binding.jkt), ("x5t#S256", &binding.x5t)];
    let there = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_ref()?))));
    Some(Value::Object(there.collect())).filter(|_| !binding.is_none())
}

/// Who acts for the person, the latest at the top (`act`, RFC 8693 §4.1): "prior actors … are informational".
pub(super) fn actors(ids: &str) -> Option<Value> {
    ids.rsplit(' ').filter(|id| !id.is_empty()).fold(None, |inner, id| {
        let mut act = Map::from_iter([("sub".to_owned(), json!(id))]);
        act.extend(inner.map(|inner| ("act".to_owned(), inner)));
        Some(Value::Object(act))
    })
}

/// How a token that is bound to a key, or to none, is shown (RFC 9449 §7.1, RFC 6750 §2.1).
pub fn token_type(jkt: Option<&str>) -> &'static str {
    if jkt.is_some() { "DPoP" } else { "Bearer" }
}

/// What a resource server learns of a person by a token that is for it: a JWT says it, and introspection does. So it is
/// disclosed when the token is issued.
pub(super) const OF_A_TOKEN: &str = "acr auth_time sub";

/// What an access token is to be.
pub(super) struct Wish {
    /// Its scope.
    pub(super) scope: String,
    /// Whom it is meant for; nobody in particular where there is none.
    pub(super) targets: Vec<Target>,
    /// What to bind it to.
    pub(super) binding: Binding,
    /// Servers that act by exchange (RFC 8693), the latest first, space separated; empty for none.
    pub(super) actors: String,
}

impl Provider {
    /// What a request at the token endpoint asks for, within the resources and the scope that were granted.
    pub(super) async fn wish(
        &self,
        parameters: &Parameters,
        resources: &str,
        scope: &str,
        binding: Binding,
    ) -> Result<Wish> {
        let named = resource::narrowed(resources, parameters)?;
        let targets = match parameters.all("resource").is_empty() {
            true => self.targets_left(&named, scope).await?,
            false => self.targets(&named, scope).await?,
        };
        Ok(Wish { scope: resource::scope_for(&targets, scope), targets, binding, actors: String::new() })
    }

    /// Signs the ID token, then uses the presented secret up and writes the new tokens in one transaction: a failure or a
    /// crash before it costs the client nothing.
    ///
    /// # Errors
    /// [`Error::InvalidGrant`] when the secret is used, expired, or its session has ended; the database's or custody's.
    pub(super) async fn issue_tokens(
        &self,
        client: &Client,
        grant: Grant,
        wish: Wish,
        secret: Secret,
    ) -> Result<Tokens> {
        let secret = secret.kept_by(client);
        let access = self.access_token_of(client, &grant, &wish).await?;
        let Wish { scope, targets, binding, .. } = wish;
        let renews = client.security.may_use(REFRESH) && !matches!(secret, Secret::KeptRefreshToken(_));
        let refresh = renews.then(|| crate::id::new_dated_secret(self.clock.now()));
        let id_token = self.id_token(client, &grant, &access).await?;
        let what = secret.name();
        let issue = Issue {
            grant_id: grant.id,
            scope: scope.clone(),
            resources: resource::joined(&targets),
            person_id: grant.person_id,
            servers: targets.iter().filter_map(Target::server).collect(),
            secret,
            access_hash: crate::id::digest(&access),
            refresh_hash: refresh.as_deref().map(crate::id::digest),
            binding: binding.clone(),
            refresh_binding: match client.auth_method {
                AuthMethod::None => binding.clone(),
                _ => Binding::default(),
            },
            now: self.clock.now(),
            access_lifetime: self.settings.access_token_lifetime * SECOND,
            refresh_lifetime: self.settings.refresh_token_lifetime * SECOND,
        };
        let (redeemed, expires_in) = self.store.write(move |tx| Box::pin(async move { issue.write(tx).await })).await?;
        match redeemed {
            Redeemed::Fresh => {}
            Redeemed::Unknown => return Err(Error::InvalidGrant("it has expired, or the session behind it has ended")),
            Redeemed::Reused { grant_id } => return Err(self.revoke_reused(what, client, grant_id).await?),
        }
        let id_token = Some(id_token);
        Ok(Tokens {
            access_token: access,
            expires_in,
            refresh_token: refresh,
            id_token,
            scope,
            jkt: binding.jkt,
            issued_token_type: None,
        })
    }

    /// A JWT says itself until when it counts, which is no later than the session.
    async fn access_token_of(&self, client: &Client, grant: &Grant, wish: &Wish) -> Result<String> {
        let now = self.clock.now();
        let until = now + self.settings.access_token_lifetime * SECOND;
        let end = match wish.targets.is_empty() {
            true => None,
            false => store::grant::live_until(&mut *self.store.read().await?, &grant.id, now).await?,
        };
        // Where the session has ended, the transaction refuses.
        self.new_access_token(client, Some(grant), wish, end.map_or(until, |end| until.min(end))).await
    }

    async fn id_token(&self, client: &Client, grant: &Grant, access_token: &str) -> Result<String> {
        let issued_at = self.clock.now() / SECOND;
        let mut claims = json!({
            "iss": self.issuer,
            "sub": self.subject(client, &grant.person_id),
            "aud": client.id,
            "exp": issued_at + self.settings.id_token_lifetime,
            "iat": issued_at,
            "auth_time": grant.auth_time / SECOND,
            "acr": level::acr(grant.level),
            "amr": authentication_methods(&grant.method),
            "sid": grant.session_id,
            "at_hash": half_hash(&client.id_token_alg, access_token),
        });
        let asked = self.claims_of_id_token(client, grant).await?;
        if let Some(object) = claims.as_object_mut() {
            object.extend(grant.nonce.iter().map(|nonce| ("nonce".to_owned(), json!(nonce))));
            object.extend(asked);
        }
        if acting::hears(client, grant)
            && let Some(organization) =
                self.organization(&mut *self.store.read().await?, client, grant).await.map_err(of_grant)?
        {
            claims["org"] = Value::Object(brief(organization));
        }
        self.seal_id_token(client, claims).await
    }
}

/// At the token endpoint no token is shown that could be invalid: what it rests on is.
fn of_grant(error: Error) -> Error {
    match error {
        Error::InvalidToken(why) => Error::InvalidGrant(why),
        error => error,
    }
}

/// What an ID token says of the company: who it is, and by which mandate. The rest is for UserInfo, which is written into
/// the disclosure log.
fn brief(mut organization: Map<String, Value>) -> Map<String, Value> {
    organization.retain(|name, _| ["sub", "name", "mandate", "items"].contains(&name.as_str()));
    organization
}

/// What a client presents at the token endpoint, as the database knows it.
pub(super) enum Secret {
    /// Digest of a code.
    Code(Vec<u8>),
    /// Digest of a device code.
    DeviceCode(Vec<u8>),
    /// Digest of a refresh token, which this uses up.
    RefreshToken(Vec<u8>),
    /// Digest of a refresh token that stays good.
    KeptRefreshToken(Vec<u8>),
}

impl Secret {
    /// The refresh token of a client that proves with a key who it is is bound to that key already (RFC 9700 §2.2.2), and
    /// "shall not" be rotated (FAPI 2.0 Security Profile §5.3.2.1): an answer that gets lost ends no login.
    fn kept_by(self, client: &Client) -> Self {
        match self {
            Self::RefreshToken(hash) if client.auth_method.has_key() => Self::KeptRefreshToken(hash),
            other => other,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Code(_) => "code",
            Self::DeviceCode(_) => "device_code",
            Self::RefreshToken(_) | Self::KeptRefreshToken(_) => "refresh_token",
        }
    }
}

/// What one transaction writes.
struct Issue {
    grant_id: String,
    scope: String,
    resources: String,
    person_id: String,
    /// The resource servers that it is for, by client id.
    servers: Vec<String>,
    secret: Secret,
    access_hash: Vec<u8>,
    refresh_hash: Option<Vec<u8>>,
    binding: Binding,
    /// A confidential client proves who it is anyway, and may change its key (RFC 9449 §5).
    refresh_binding: Binding,
    now: Micros,
    access_lifetime: Micros,
    refresh_lifetime: Micros,
}

impl Issue {
    /// No token outlives the session that it hangs on. Gives the access token's seconds too.
    async fn write(self, tx: &mut Connection) -> Result<(Redeemed, i64)> {
        let redeemed = match &self.secret {
            Secret::Code(hash) => store::grant::redeem_code(tx, hash, self.now).await?,
            Secret::DeviceCode(hash) => store::device_request::redeem(tx, hash, self.now).await?,
            Secret::RefreshToken(hash) => store::grant::redeem_refresh_token(tx, hash, self.now).await?,
            Secret::KeptRefreshToken(hash) => store::grant::recall_refresh_token(tx, hash, self.now).await?,
        };
        if !matches!(redeemed, Redeemed::Fresh) {
            return Ok((redeemed, 0));
        }
        let Some(end) = store::grant::live_until(tx, &self.grant_id, self.now).await? else {
            return Ok((Redeemed::Unknown, 0));
        };
        for server in &self.servers {
            store::audit_event::disclose(tx, &self.person_id, server, OF_A_TOKEN, self.now).await?;
        }
        let until = |lifetime: Micros| (self.now + lifetime).min(end);
        let (access_until, refresh_until) = (until(self.access_lifetime), until(self.refresh_lifetime));
        if let Some(hash) = &self.refresh_hash {
            let binding = &self.refresh_binding;
            store::grant::insert_refresh_token(tx, hash, &self.grant_id, refresh_until, binding).await?;
        }
        let token = NewAccessToken {
            hash: self.access_hash,
            grant_id: self.grant_id,
            scope: self.scope,
            resources: self.resources,
            expires_at: access_until,
            binding: self.binding,
            actors: String::new(),
        };
        store::grant::insert_access_token(tx, &token).await?;
        Ok((Redeemed::Fresh, (access_until - self.now) / SECOND))
    }
}

/// RFC 8176: how a login method is called in `amr`.
fn authentication_methods(method: &str) -> Vec<&'static str> {
    match method {
        // A recovery code is a password that is good once.
        "password" | "recovery_code" => vec!["pwd", "otp", "mfa"],
        "mtls" | "challenge" => vec!["pop", "x509"],
        // A second channel: the phone that is signed in (RFC 8176, multiple-channel authentication).
        "phone" => vec!["mca"],
        // The device holds the key, and verified its user: nobody knows whether in hardware.
        "passkey" => vec!["pop", "user", "mfa"],
        _ => Vec::new(),
    }
}

/// Core §3.1.3.6: the left half of the digest that the ID token is signed with; Ed25519 has SHA-512 inside (RFC 8032 §5.1).
fn half_hash(alg: &str, token: &str) -> String {
    let digest = match Algorithm::from_name(alg) {
        Some(Algorithm::EdDsa) => crate::id::sha512(token.as_bytes())[..32].to_vec(),
        _ => crate::id::sha256(token.as_bytes())[..16].to_vec(),
    };
    crate::id::base64url(&digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_actor_stands_at_the_top() {
        assert_eq!(actors(""), None);
        assert_eq!(actors("a"), Some(json!({"sub": "a"})));
        assert_eq!(actors("b a"), Some(json!({"sub": "b", "act": {"sub": "a"}})));
    }
}
