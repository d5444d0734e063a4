//! Introspection: what a token is, told to those whom it concerns (RFC 7662), signed if they like (RFC 9701).
//!
//! | who asks | about what |
//! |---|---|
//! | the client that it was issued to | access and refresh tokens |
//! | a resource server (registered as such) | access tokens that hold a scope of its own (none of [`super::claims::SCOPES`]) and are meant for it or for no other, and of their scope that part |
//! | whoever else, and of any other token | `{"active": false}`, without a reason |
//!
//! `sub` is pairwise: that of the asking client's sector, so that two servers cannot compare.

use serde_json::{Map, Value, json};

use super::authorize::Parameters;
use super::client::Credentials;
use super::token::{actors, confirmation, token_type};
use super::visibility::Told;
use super::{Error, Provider, Result};
use crate::clock::SECOND;
use crate::identity::level;
use crate::store::binding::Binding;
use crate::store::client::{AuthMethod, Client};
use crate::store::client_token::ClientToken;
use crate::store::grant::LiveToken;
use crate::store::{self};

/// RFC 9701 §6: "The default … is RS256", which FAPI 2.0 Security Profile §5.4.1 has no more.
fn default_algorithm(caller: &Client) -> &'static str {
    if caller.security.fapi { "PS256" } else { "RS256" }
}

/// What a caller learns.
#[derive(Clone, Debug)]
pub struct Introspection {
    caller: Client,
    claims: Map<String, Value>,
}

impl Introspection {
    /// RFC 7662 §2.2.
    pub fn into_json(self) -> Value {
        Value::Object(self.claims)
    }
}

impl Provider {
    /// Answers a question about a token (RFC 7662 §2.1). "To prevent token scanning attacks" only clients that prove who
    /// they are may ask.
    ///
    /// # Errors
    /// Client authentication's; [`Error::InvalidRequest`] when there is no token; the database's.
    pub async fn introspect(&self, parameters: &Parameters, credentials: &Credentials) -> Result<Introspection> {
        let caller = self.authenticate(credentials).await?;
        if caller.auth_method == AuthMethod::None {
            return Err(Error::InvalidClient("a public client cannot introspect: it proves nothing of itself"));
        }
        let token = parameters.get("token").ok_or_else(|| Error::InvalidRequest("token is missing".to_owned()))?;
        let claims = self.about(&caller, &crate::id::digest(token)).await?;
        let claims = claims.unwrap_or_else(|| Map::from_iter([("active".to_owned(), Value::Bool(false))]));
        Ok(Introspection { caller, claims })
    }

    /// The answer as a JWT for its caller (RFC 9701 §5): neither `sub` nor `exp` stand at its top, so that nobody takes it
    /// for an access token.
    ///
    /// # Errors
    /// When no key is active; the database's.
    pub async fn sign_introspection(&self, introspection: Introspection) -> Result<String> {
        let caller = &introspection.caller;
        let algorithm = caller.security.introspection_signed_response_alg.clone();
        let claims = json!({
            "iss": self.issuer,
            "aud": caller.id,
            "iat": self.clock.now() / SECOND,
            "token_introspection": introspection.claims,
        });
        self.sign(algorithm.as_deref().unwrap_or(default_algorithm(caller)), "token-introspection+jwt", claims).await
    }

    /// What `caller` may know of the token, if anything.
    async fn about(&self, caller: &Client, hash: &[u8]) -> Result<Option<Map<String, Value>>> {
        let now = self.clock.now();
        let mut connection = self.store.look_up().await?;
        if let Some(token) = store::grant::of_access_token(&mut connection, hash, now).await? {
            let told = Told::of(&token);
            let Some(scope) = told.scope_for(caller, &mut connection).await? else { return Ok(None) };
            let mut claims = self.usual(caller, &token, &scope);
            show_binding(&mut claims, &token.binding);
            show_audience(&mut claims, caller, &told);
            // RFC 9470 §6.2: so that a resource server can ask for a step-up.
            claims.insert("acr".to_owned(), json!(level::acr(token.grant.level)));
            claims.insert("auth_time".to_owned(), json!(token.grant.auth_time / SECOND));
            claims.extend(actors(&token.actors).map(|act| ("act".to_owned(), act)));
            return Ok(Some(claims));
        }
        if let Some(token) = store::client_token::find(&mut connection, hash, now).await? {
            let told = Told::of_client(&token);
            let Some(scope) = told.scope_for(caller, &mut connection).await? else { return Ok(None) };
            let mut claims = self.of_client(&token, &scope);
            show_audience(&mut claims, caller, &told);
            return Ok(Some(claims));
        }
        let refresh = store::grant::live_refresh_token(&mut connection, hash, now).await?;
        let refresh = refresh.filter(|token| token.grant.client_id == caller.id);
        Ok(refresh.map(|token| self.usual(caller, &token, &caller.approved(&token.grant.scope))))
    }

    fn usual(&self, caller: &Client, token: &LiveToken, scope: &str) -> Map<String, Value> {
        let claims = json!({
            "active": true,
            "iss": self.issuer,
            "sub": self.subject(caller, &token.grant.person_id),
            "client_id": token.holder(),
            "scope": scope,
            "exp": token.expires_at / SECOND,
        });
        claims.as_object().cloned().unwrap_or_default()
    }

    /// RFC 9068 §5: where no person is involved, `sub` is the client.
    fn of_client(&self, token: &ClientToken, scope: &str) -> Map<String, Value> {
        let claims = json!({
            "active": true,
            "iss": self.issuer,
            "sub": token.client_id,
            "client_id": token.client_id,
            "scope": scope,
            "exp": token.expires_at / SECOND,
        });
        let mut claims = claims.as_object().cloned().unwrap_or_default();
        show_binding(&mut claims, &token.binding);
        claims
    }
}

/// RFC 9449 §6.2, RFC 8705 §3.2: what must be proved beside the token.
fn show_binding(claims: &mut Map<String, Value>, binding: &Binding) {
    claims.insert("token_type".to_owned(), json!(token_type(binding.jkt.as_deref())));
    claims.extend(confirmation(binding).map(|cnf| ("cnf".to_owned(), cnf)));
}

/// RFC 8707 §2.2: whom the token is meant for, as far as it is the caller's to know.
fn show_audience(claims: &mut Map<String, Value>, caller: &Client, told: &Told<'_>) {
    let known = |resource: &&str| told.holder() == caller.id || caller.resource.as_deref() == Some(*resource);
    let audience: Vec<&str> = told.resources.split(' ').filter(|resource| !resource.is_empty()).filter(known).collect();
    if !audience.is_empty() {
        claims.insert("aud".to_owned(), json!(audience));
    }
}
