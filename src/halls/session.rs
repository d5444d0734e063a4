//! The hall's own sessions: opened by a sign-in, ended by their holder or by the provider's word.

use openidconnect::{LogoutRequest, PostLogoutRedirectUrl};

use super::error::Error;
use super::issuer::HallIdToken;
use super::{Claims, Hall};
use crate::clock::{HOUR, Micros};
use crate::store::hall::HallSession;
use crate::store::{self};

/// A session ends after a working day even if nobody ends it; coming back costs no click while the provider's lasts.
const LIFETIME: Micros = 8 * HOUR;

/// A live session.
#[derive(Clone, Debug)]
pub struct Session {
    /// `sub`: the hall's own identifier of the person.
    pub subject: String,
    /// `sid`: the provider's session.
    pub sid: String,
    /// Who it is.
    pub claims: Claims,
    id_token: String,
}

/// A session as it was opened: the cookie's value leaves once.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The cookie's value.
    pub secret: String,
    /// Who it is.
    pub claims: Claims,
}

impl Hall {
    /// The session of a cookie, if it is live.
    ///
    /// # Errors
    /// The database's.
    pub async fn session(&self, secret: &str) -> Result<Option<Session>, Error> {
        let mut connection = self.store.read().await?;
        let (hall, hash) = (self.kind().id(), crate::id::digest(secret));
        let Some(row) = store::hall::find(&mut connection, hall, &hash, self.clock.now()).await? else {
            return Ok(None);
        };
        let claims = serde_json::from_str(&row.claims)
            .map_err(|error| store::Error::Damaged { noun: "hall session", why: error.to_string() })?;
        Ok(Some(Session { subject: row.subject, sid: row.sid, claims, id_token: row.id_token }))
    }

    /// Ends a session here, and gives the address at which its holder ends it everywhere (RP-Initiated Logout 1.0 §2).
    /// When the provider does not answer or has no such address, that is the hall's own page of farewell.
    ///
    /// # Errors
    /// The database's.
    pub async fn sign_out(&self, session: &Session) -> Result<String, Error> {
        let (hall, sid, now) = (self.kind().id(), session.sid.clone(), self.clock.now());
        self.store
            .write(move |tx| Box::pin(async move { Ok::<_, Error>(store::hall::end(tx, hall, &sid, now).await?) }))
            .await?;
        Ok(self.logout_url(session).await.unwrap_or_else(|| self.settings.post_logout_redirect_uri()))
    }

    async fn logout_url(&self, session: &Session) -> Option<String> {
        let provider = self.issuer.current().await.ok()?;
        let endpoint = provider.metadata.additional_metadata().end_session_endpoint.clone()?;
        let hint: HallIdToken = session.id_token.parse().ok()?;
        let back = PostLogoutRedirectUrl::new(self.settings.post_logout_redirect_uri()).ok()?;
        let request = LogoutRequest::from(endpoint).set_id_token_hint(&hint).set_post_logout_redirect_uri(back);
        Some(request.http_get_url().into())
    }

    pub(super) async fn open(
        &self,
        subject: &str,
        sid: &str,
        id_token: &str,
        claims: Claims,
        previous: Option<&str>,
    ) -> Result<Opened, Error> {
        let (secret, now) = (crate::id::new_secret(), self.clock.now());
        let session = HallSession {
            secret_hash: crate::id::digest(&secret),
            hall: self.kind().id().to_owned(),
            subject: subject.to_owned(),
            sid: sid.to_owned(),
            claims: serde_json::to_string(&claims).expect("claims are strings and numbers"),
            id_token: id_token.to_owned(),
            expires_at: now + LIFETIME,
        };
        let previous = previous.map(crate::id::digest);
        self.store.write(move |tx| Box::pin(async move { replace(tx, previous, &session, now).await })).await?;
        Ok(Opened { secret, claims })
    }
}

/// Opens a session in the place of the one that the browser had: after a step-up the weaker cookie opens nothing.
async fn replace(
    tx: &mut store::Connection,
    previous: Option<Vec<u8>>,
    session: &HallSession,
    now: Micros,
) -> Result<(), Error> {
    if let Some(hash) = previous {
        store::hall::end_one(tx, &session.hall, &hash, now).await?;
    }
    Ok(store::hall::open(tx, session, now).await?)
}
