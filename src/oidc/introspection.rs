//! Introspection: what a token is, told to those whom it concerns (RFC 7662), signed if they like (RFC 9701).
//!
//! | who asks | about what |
//! |---|---|
//! | the client that it was issued to | access and refresh tokens |
//! | a resource server (registered as such) | access tokens that hold a scope of its own (none of [`claims::SCOPES`]) and are meant for it or for no other, and of their scope that part |
//! | whoever else, and of any other token | `{"active": false}`, without a reason |
//!
//! `sub` is pairwise: that of the asking client's sector, so that two servers cannot compare.

use serde_json::{Map, Value, json};

use super::authorize::Parameters;
use super::client::Credentials;
use super::token::{confirmation, token_type};
use super::{Error, Provider, Result, claims, resource};
use crate::clock::SECOND;
use crate::identity::level;
use crate::store::binding::Binding;
use crate::store::client::{AuthMethod, Client};
use crate::store::client_token::ClientToken;
use crate::store::grant::{Grant, LiveToken};
use crate::store::{self, Connection};

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
        let mut connection = self.store.read().await?;
        if let Some(token) = store::grant::of_access_token(&mut connection, hash, now).await? {
            let Grant { client_id, scope, resources, .. } = &token.grant;
            let told = Told { owner: client_id, scope, resources, bound: !token.binding.is_none() };
            let Some(scope) = told.scope_for(caller, &mut connection).await? else { return Ok(None) };
            let mut claims = self.usual(caller, &token, &scope);
            show_binding(&mut claims, &token.binding);
            show_audience(&mut claims, caller, &told);
            // RFC 9470 §6.2: so that a resource server can ask for a step-up.
            claims.insert("acr".to_owned(), json!(level::acr(token.grant.level)));
            claims.insert("auth_time".to_owned(), json!(token.grant.auth_time / SECOND));
            return Ok(Some(claims));
        }
        if let Some(token) = store::client_token::find(&mut connection, hash, now).await? {
            let ClientToken { client_id, scope, resources, .. } = &token;
            let told = Told { owner: client_id, scope, resources, bound: !token.binding.is_none() };
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
            "client_id": token.grant.client_id,
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
    let known = |resource: &&str| told.owner == caller.id || caller.resource.as_deref() == Some(*resource);
    let audience: Vec<&str> = told.resources.split(' ').filter(|resource| !resource.is_empty()).filter(known).collect();
    if !audience.is_empty() {
        claims.insert("aud".to_owned(), json!(audience));
    }
}

/// An access token, as far as it decides who is told of it.
struct Told<'t> {
    /// The client that it was issued to.
    owner: &'t str,
    scope: &'t str,
    resources: &'t str,
    bound: bool,
}

impl Told<'_> {
    /// The part of its scope that `caller` may see; `None` when the token does not concern it. Either way the token's own
    /// client must be enabled, the token count no further than that is approved now, and be bound where it must be.
    async fn scope_for(&self, caller: &Client, connection: &mut Connection) -> Result<Option<String>> {
        let counts = |owner: &Client| self.bound || !owner.security.binds_tokens();
        if self.owner == caller.id {
            return Ok(Some(caller.approved(self.scope)).filter(|_| counts(caller)));
        }
        if !caller.security.resource_server || !resource::is_for(self.resources, caller.resource.as_deref()) {
            return Ok(None);
        }
        let owner = store::client::find(connection, self.owner).await?;
        let owner = owner.filter(|owner| owner.disabled_at.is_none() && counts(owner));
        let scope = owner.map(|owner| of_an_api(&caller.approved(&owner.approved(self.scope))));
        Ok(scope.filter(|scope| !scope.is_empty()))
    }
}

/// The scopes of resource servers in a list. Ours are meant for our own UserInfo: a token that holds no others is not
/// "intended for" anybody else (RFC 9701 §5), who must be told that it is not active, lest they serve whoever stole it.
fn of_an_api(scope: &str) -> String {
    scope.split(' ').filter(|scope| !claims::SCOPES.contains(scope)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_meant_for_no_api_by_the_scopes_of_the_provider() {
        for (scope, left) in [
            ("openid profile identity offline_access", ""),
            ("openid records:read profile tax:pay", "records:read tax:pay"),
            ("", ""),
        ] {
            assert_eq!(of_an_api(scope), left);
        }
    }
}
