//! The end of a session: RP-Initiated Logout 1.0, and Back-Channel Logout 1.0 through an outbox with retries.
//!
//! The session's end, its event and one outbox row for each client with a grant in it are one transaction; delivery is
//! a job's, so that a client that does not answer delays nobody and a restart loses nothing.

use serde_json::{Value, json};

use super::authorize::Parameters;
use super::{Error, Provider, Result};
use crate::audit::{self, Actor, Circumstance, Event};
use crate::clock::{MINUTE, Micros, SECOND};
use crate::custody::Custody;
use crate::fetch::Fetcher;
use crate::store::client::Client;
use crate::store::logout_delivery::Delivery;
use crate::store::{self, Connection};

/// A logout token counts this long (Back-Channel Logout §2.4 advises two minutes).
const TOKEN_LIFETIME: i64 = 120;

/// So many sessions are swept at once.
const SWEEP: i64 = 200;

/// So many deliveries are taken at once.
const BATCH: i64 = 32;

/// What an end-session request asks for, as far as it is believed.
#[derive(Clone, Debug, Default)]
pub struct EndSessionRequest {
    /// The client that asks.
    pub client: Option<Client>,
    /// The session that its ID token names.
    pub session_id: Option<String>,
    /// Its address to go back to, which is registered.
    pub return_to: Option<String>,
}

impl Provider {
    /// Reads an end-session request (RP-Initiated Logout §2). What cannot be believed is left out, but an address that is
    /// not registered is an error.
    ///
    /// # Errors
    /// [`Error::InvalidRequest`] for the address or a hint that is not ours; the database's.
    pub async fn read_end_session(&self, parameters: &Parameters) -> Result<EndSessionRequest> {
        let mut request = EndSessionRequest::default();
        let mut client_id = parameters.get("client_id").map(str::to_owned);
        if let Some(hint) = parameters.get("id_token_hint") {
            // An expired ID token is still a hint: only its signature is looked at.
            let claims = self
                .verify(hint, "jwt")
                .await?
                .ok_or_else(|| Error::InvalidRequest("id_token_hint is not one of ours".into()))?;
            let audience = claims.get("aud").and_then(Value::as_str).map(str::to_owned);
            if client_id.is_some() && client_id != audience {
                return Err(Error::InvalidRequest("client_id is not the audience of id_token_hint".into()));
            }
            client_id = audience;
            request.session_id = claims.get("sid").and_then(Value::as_str).map(str::to_owned);
        }
        if let Some(id) = client_id {
            request.client = self.client(&id).await?;
        }
        if let Some(uri) = parameters.get("post_logout_redirect_uri") {
            let registered = request
                .client
                .as_ref()
                .is_some_and(|client| client.post_logout_redirect_uris.iter().any(|known| known == uri));
            if !registered {
                return Err(Error::InvalidRequest("post_logout_redirect_uri is not registered for the client".into()));
            }
            request.return_to = Some(match parameters.get("state") {
                Some(state) => with_state(uri, state),
                None => uri.to_owned(),
            });
        }
        Ok(request)
    }

    /// Ends a session of a person and puts the logouts into the outbox. `false` when it had ended.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_session(
        &self,
        session_id: &str,
        person_id: &str,
        why: &'static str,
        actor: &Actor,
        address: &str,
    ) -> Result<bool> {
        let (now, custody) = (self.clock.now(), self.custody.clone());
        let (session, person, address) = (session_id.to_owned(), person_id.to_owned(), address.to_owned());
        let actor = actor.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    if !store::session::end(tx, &session, &person, why, now).await? {
                        return Ok(false);
                    }
                    enqueue_logouts(tx, &custody, &session, &person, now).await?;
                    let (person, address) = (Some(person.as_str()), Some(address.as_str()));
                    let circumstance = Circumstance { at: now, actor, person, address };
                    let event = Event::SessionEnded { session: session.clone(), why: why.to_owned() };
                    audit::record(tx, &circumstance, &event).await?;
                    Ok::<_, Error>(true)
                })
            })
            .await
    }

    /// Ends the sessions that are over (too old, unused), those whose certificate's authority is no longer granted, and
    /// those whose certificate opens the account no longer, so that the halls hear of it. Gives how many.
    ///
    /// # Errors
    /// The database's.
    pub async fn sweep_sessions(&self, idle_since: Micros) -> Result<usize> {
        let now = self.clock.now();
        let mut connection = self.store.read().await?;
        let over = store::session::over(&mut connection, now, idle_since, SWEEP).await?;
        let untrusted = store::session::untrusted(&mut connection, now).await?;
        let unlinked = store::session::unlinked(&mut connection, now).await?;
        drop(connection);
        let named = over.into_iter().map(|session| (session, "expired"));
        let named = named.chain(untrusted.into_iter().map(|session| (session, "authority_not_granted")));
        let named = named.chain(unlinked.into_iter().map(|session| (session, "credential_unlinked")));
        let mut ended = 0;
        for (session, why) in named {
            ended += usize::from(self.end_session(&session.id, &session.person_id, why, &Actor::System, "").await?);
        }
        Ok(ended)
    }

    /// Delivers what is due. Gives how many clients took it.
    ///
    /// # Errors
    /// The database's.
    pub async fn deliver_logouts(&self, fetch: &Fetcher) -> Result<usize> {
        let now = self.clock.now();
        let due = self
            .store
            .write(move |tx| {
                Box::pin(
                    async move { Ok::<_, Error>(store::logout_delivery::lease(tx, now, now + MINUTE, BATCH).await?) },
                )
            })
            .await?;
        let outcomes = futures_util::future::join_all(due.iter().map(|delivery| self.deliver(fetch, delivery))).await;
        let mut delivered = 0;
        for (delivery, outcome) in due.into_iter().zip(outcomes) {
            delivered += usize::from(outcome.is_ok());
            self.record_delivery(delivery, outcome).await?;
        }
        Ok(delivered)
    }

    /// How many logouts no client has taken yet, of those that are still tried.
    ///
    /// # Errors
    /// The database's.
    pub async fn logouts_waiting(&self) -> Result<i64> {
        Ok(store::logout_delivery::waiting(&mut *self.store.read().await?).await?)
    }

    async fn deliver(&self, fetch: &Fetcher, delivery: &Delivery) -> std::result::Result<(), String> {
        let client = self.client(&delivery.client_id).await.map_err(|error| error.to_string())?;
        let client = client.ok_or("the client is gone")?;
        let uri = client.backchannel_logout_uri.as_deref().ok_or("the client has no back-channel address any more")?;
        let token = self.logout_token(&client, delivery).await.map_err(|error| error.to_string())?;
        let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", &token).finish();
        let request = http::Request::post(uri)
            .header(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body.into_bytes())
            .map_err(|error| error.to_string())?;
        let status = fetch.send(request).await.map_err(|error| error.to_string())?.status();
        // Back-Channel Logout §2.8: 200, and 204 as some frameworks turn an empty answer into it.
        if status.is_success() { Ok(()) } else { Err(format!("status {status}")) }
    }

    /// Back-Channel Logout §2.4.
    async fn logout_token(&self, client: &Client, delivery: &Delivery) -> Result<String> {
        let issued_at = self.clock.now() / SECOND;
        let claims = json!({
            "iss": self.issuer,
            "sub": delivery.subject,
            "aud": client.id,
            "iat": issued_at,
            "exp": issued_at + TOKEN_LIFETIME,
            "jti": delivery.id,
            "sid": delivery.session_id,
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        });
        self.sign(&client.id_token_alg, "logout+jwt", claims).await
    }

    async fn record_delivery(&self, delivery: Delivery, outcome: std::result::Result<(), String>) -> Result<()> {
        let now = self.clock.now();
        let next_at = (delivery.attempts < self.settings.logout_attempts).then(|| now + pause(delivery.attempts));
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let told = match &outcome {
                        Ok(()) => {
                            store::logout_delivery::delivered(tx, &delivery.id, now).await?;
                            Some(true)
                        }
                        Err(why) => {
                            tracing::warn!(
                                client = delivery.client_id,
                                attempt = delivery.attempts,
                                why,
                                "logout not delivered"
                            );
                            store::logout_delivery::failed(tx, &delivery.id, why, next_at, now).await?;
                            next_at.is_none().then_some(false)
                        }
                    };
                    if let Some(delivered) = told {
                        let event = Event::LogoutDelivered { client: delivery.client_id, delivered };
                        audit::record(tx, &Circumstance::system(now), &event).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .await
    }

    /// Which clients of a session were told: their ids, and whether each has confirmed.
    ///
    /// # Errors
    /// The database's.
    pub async fn logout_report(&self, session_id: &str) -> Result<Vec<(String, bool)>> {
        let rows = store::logout_delivery::of_session(&mut *self.store.read().await?, session_id).await?;
        Ok(rows.into_iter().map(|(client, at)| (client, at.is_some())).collect())
    }

    /// Ends every live session that was opened with a certificate which is now revoked.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_sessions_of_certificate(&self, fingerprint: &str) -> Result<usize> {
        let sessions =
            store::session::with_certificate(&mut *self.store.read().await?, fingerprint, self.clock.now()).await?;
        let count = sessions.len();
        for session in sessions {
            self.end_session(&session.id, &session.person_id, "credential_revoked", &Actor::Operator, "").await?;
        }
        Ok(count)
    }

    /// Ends every live session of a person that a certificate or passkey opened which they took away from their account.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_sessions_of_credential(&self, person_id: &str, credential: &str, address: &str) -> Result<usize> {
        let mut connection = self.store.read().await?;
        let sessions = store::session::of_credential(&mut connection, person_id, credential, self.clock.now()).await?;
        drop(connection);
        let (count, holder) = (sessions.len(), Actor::Person(person_id.to_owned()));
        for session in sessions {
            self.end_session(&session.id, person_id, "credential_unlinked", &holder, address).await?;
        }
        Ok(count)
    }
}

/// One outbox row for each client of the session that has an address for it.
async fn enqueue_logouts(
    tx: &mut Connection,
    custody: &Custody,
    session: &str,
    person: &str,
    now: Micros,
) -> Result<()> {
    for client_id in store::grant::clients_of_session(tx, session).await? {
        let Some(client) = store::client::find(tx, &client_id).await? else { continue };
        if client.backchannel_logout_uri.is_some() {
            let subject = custody.pairwise_subject(&client.sector, person);
            let (id, session_id) = (crate::id::new_id(), session.to_owned());
            let delivery = Delivery { id, client_id, session_id, subject, attempts: 0 };
            store::logout_delivery::enqueue(tx, &delivery, now).await?;
        }
    }
    Ok(())
}

/// Two seconds, then twice as long each time.
fn pause(attempts: i64) -> Micros {
    (2 * SECOND) << attempts.clamp(0, 12)
}

fn with_state(uri: &str, state: &str) -> String {
    let Ok(mut url) = url::Url::parse(uri) else {
        return uri.to_owned();
    };
    url.query_pairs_mut().append_pair("state", state);
    url.into()
}
