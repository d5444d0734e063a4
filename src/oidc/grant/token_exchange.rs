//! Token exchange (RFC 8693), for delegation: a resource server that was shown a person's token gets one for another server,
//! to act there in that person's name, and everybody there can see that it does (`act`).
//!
//! | rule | why |
//! |---|---|
//! | the subject token is meant for whoever exchanges it, and was issued to another | a stolen token, or one's own, opens nothing new |
//! | the operator approved the pair (`may_exchange`) | no server chooses by itself where else a person's token leads |
//! | scope, resources, level and time are the subject token's, or less | what the person granted is never widened |
//! | of a token that is bound the new one is bound too, to a key or certificate of whoever asks | nobody makes a token for everybody of one that serves its holder alone |
//! | the new token hangs on the subject token and on the login | it ends with either |
//! | a token of an exchange is not exchanged again: one server acts, for a person who let another client in | the new token is for one server and holds what that knows, so that a chain would have to widen it; a server that needs two others asks for a token for each |

use super::required;
use crate::audit::{self, Actor, Circumstance, Event};
use crate::clock::{Micros, SECOND};
use crate::oidc::authorize::Parameters;
use crate::oidc::resource::{self, Target};
use crate::oidc::token::{OF_A_TOKEN, Tokens, Wish};
use crate::oidc::visibility::Told;
use crate::oidc::{Error, Provider, Result};
use crate::store::binding::Binding;
use crate::store::client::Client;
use crate::store::grant::{LiveToken, NewAccessToken};
use crate::store::{self, Connection};

/// The one kind of token that is exchanged, and issued (RFC 8693 §3).
pub(in crate::oidc) const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// RFC 8693 §2.2.2: "if … the subject_token … invalid for any reason, or … unacceptable based on policy"; which is not said.
fn unacceptable() -> Error {
    Error::InvalidRequest("subject_token is no live access token of a person that is meant for this client".to_owned())
}

impl Provider {
    /// The client that asks is the actor: it proved who it is, and needs no token for that.
    pub(super) async fn exchange_token(
        &self,
        client: &Client,
        parameters: &Parameters,
        binding: Binding,
        address: &str,
    ) -> Result<Tokens> {
        check_types(parameters)?;
        let source = crate::id::digest(required(parameters, "subject_token")?);
        let (subject, base) = self.subject_token(client, &source).await?;
        check_bound(&subject.binding, &binding)?;
        let target = self.exchange_target(client, parameters, &subject.grant.resources).await?;
        let targets = vec![Target::Server(Box::new(target.clone()))];
        let scope = narrowed(&resource::scope_for(&targets, &base), parameters.get("scope"))?;
        let actors = client.id.clone();
        let now = self.clock.now();
        let expires_at = subject.expires_at.min(now + self.settings.access_token_lifetime * SECOND);
        let wish = Wish { scope: scope.clone(), targets, binding: binding.clone(), actors: actors.clone() };
        let access_token = self.new_access_token(client, Some(&subject.grant), &wish, expires_at).await?;
        let token = NewAccessToken {
            hash: crate::id::digest(&access_token),
            grant_id: subject.grant.id.clone(),
            scope: scope.clone(),
            resources: resource::joined(&wish.targets),
            expires_at,
            binding: wish.binding,
            actors,
        };
        let address = address.to_owned();
        let exchange = Exchange { source, token, subject, client: client.id.clone(), target: target.id, address, now };
        self.store.write(move |tx| Box::pin(async move { exchange.write(tx).await })).await?;
        Ok(Tokens {
            access_token,
            expires_in: (expires_at - now) / SECOND,
            refresh_token: None,
            id_token: None,
            scope,
            jkt: binding.jkt,
            issued_token_type: Some(ACCESS_TOKEN),
        })
    }

    /// The subject token, and of its scope what its client is approved for now.
    async fn subject_token(&self, client: &Client, hash: &[u8]) -> Result<(LiveToken, String)> {
        let mut connection = self.store.read().await?;
        let subject = store::grant::of_access_token(&mut connection, hash, self.clock.now()).await?;
        let first_hand = |subject: &LiveToken| subject.actors.is_empty() && subject.holder() != client.id;
        let subject = subject.filter(first_hand).ok_or_else(unacceptable)?;
        let told = Told::of(&subject);
        if told.scope_for(client, &mut connection).await?.is_none() {
            return Err(unacceptable());
        }
        let base = told.approved(client, &mut connection).await?.ok_or_else(unacceptable)?;
        Ok((subject, base))
    }

    /// The one server that is named, by its resource or by its client id (`audience`, RFC 8693 §2.1).
    async fn exchange_target(&self, client: &Client, parameters: &Parameters, resources: &str) -> Result<Client> {
        let mut connection = self.store.read().await?;
        let found = match (parameters.all("resource"), parameters.all("audience")) {
            ([resource], []) => store::client::find_by_resource(&mut connection, resource).await?,
            ([], [id]) => store::client::find(&mut connection, id).await?,
            _ => return Err(Error::InvalidTarget("one server must be named: by resource, or by audience")),
        };
        // A record of before may be called as UserInfo is, where nobody acts for others.
        let ours = self.userinfo_resource();
        let other = |target: &Client| target.resource.as_ref() != Some(&ours);
        let open = |target: &Client| target.disabled_at.is_none() && target.security.resource_server && other(target);
        let allowed = |target: &Client| client.security.may_exchange.contains(&target.id);
        let meant =
            |target: &Client| target.resource.is_some() && resource::is_for(resources, target.resource.as_deref());
        match found.filter(|target| open(target) && allowed(target)) {
            Some(target) if meant(&target) => Ok(target),
            Some(_) => Err(Error::InvalidTarget("the subject token is not meant for that server")),
            None => Err(Error::InvalidTarget("the client may not act at that server, or there is none")),
        }
    }
}

fn check_types(parameters: &Parameters) -> Result<()> {
    let wrong = |why: &str| Err(Error::InvalidRequest(why.to_owned()));
    if required(parameters, "subject_token_type")? != ACCESS_TOKEN {
        return wrong("subject_token_type must be that of an access token");
    }
    if parameters.get("requested_token_type").is_some_and(|kind| kind != ACCESS_TOKEN) {
        return wrong("requested_token_type must be that of an access token");
    }
    match ["actor_token", "actor_token_type"].iter().any(|name| parameters.get(name).is_some()) {
        true => wrong("actor_token is not taken: the client that asks is the actor"),
        false => Ok(()),
    }
}

/// The server that was shown a bound token cannot prove its key, but shows one of its own.
fn check_bound(subject: &Binding, new: &Binding) -> Result<()> {
    match !subject.is_none() && new.is_none() {
        true => Err(Error::InvalidRequest(
            "subject_token is bound, and so must the new token be: show a key (DPoP) or a certificate".to_owned(),
        )),
        false => Ok(()),
    }
}

/// Of the scope that the target knows, what is asked for, or all of it.
fn narrowed(known: &str, asked: Option<&str>) -> Result<String> {
    if known.is_empty() {
        return Err(Error::InvalidTarget("the server knows nothing of the subject token's scope"));
    }
    let Some(asked) = asked else { return Ok(known.to_owned()) };
    match asked.split(' ').all(|scope| known.split(' ').any(|known| known == scope)) {
        true => Ok(asked.to_owned()),
        false => Err(Error::InvalidScope("more than the subject token holds for that server")),
    }
}

/// What one transaction writes.
struct Exchange {
    source: Vec<u8>,
    token: NewAccessToken,
    subject: LiveToken,
    client: String,
    target: String,
    address: String,
    now: Micros,
}

impl Exchange {
    async fn write(self, tx: &mut Connection) -> Result<()> {
        let person = self.subject.grant.person_id.as_str();
        let live = store::grant::live_until(tx, &self.token.grant_id, self.now).await?.is_some();
        if !live || !store::grant::insert_derived_token(tx, &self.token, &self.source, &self.client, self.now).await? {
            return Err(unacceptable());
        }
        // What the other server can ask of the token tells it who the person is.
        store::audit_event::disclose(tx, person, &self.target, OF_A_TOKEN, self.now).await?;
        let event = Event::TokenExchanged {
            client: self.client.clone(),
            subject: self.subject.holder().to_owned(),
            target: self.target,
            scope: self.token.scope,
        };
        let actor = Actor::Client(self.client);
        let circumstance = Circumstance { at: self.now, actor, person: Some(person), address: Some(&self.address) };
        Ok(audit::record(tx, &circumstance, &event).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_token_that_everybody_can_use_is_made_of_one_that_is_bound() {
        let (jkt, x5t) = (|| Some("key".to_owned()), || Some("certificate".to_owned()));
        let (free, by_key) = (Binding::default(), Binding { jkt: jkt(), x5t: None });
        let by_certificate = Binding { jkt: None, x5t: x5t() };
        for bound in [&by_key, &by_certificate] {
            assert!(matches!(check_bound(bound, &free), Err(Error::InvalidRequest(_))));
            assert!(check_bound(bound, &by_key).is_ok() && check_bound(&free, bound).is_ok());
        }
        assert!(check_bound(&by_key, &by_certificate).is_ok() && check_bound(&free, &free).is_ok());
    }

    #[test]
    fn a_scope_is_never_widened() {
        assert_eq!(narrowed("tax:read tax:pay", None).ok().as_deref(), Some("tax:read tax:pay"));
        assert_eq!(narrowed("tax:read tax:pay", Some("tax:pay")).ok().as_deref(), Some("tax:pay"));
        for asked in ["tax:admin", "tax:read tax:admin", "tax:read  tax:pay", "openid"] {
            assert!(matches!(narrowed("tax:read tax:pay", Some(asked)), Err(Error::InvalidScope(_))), "{asked}");
        }
        assert!(matches!(narrowed("", None), Err(Error::InvalidTarget(_))));
    }
}
