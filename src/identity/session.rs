//! Sessions: opened by a proof, renewed by another, ended by their holder; each in the database before it counts.

use crate::audit::{self, Circumstance, Event};
use crate::clock::{MINUTE, Micros, SECOND};
use crate::identity::{Error, Identity, Origin, Result, level, network};
use crate::store::attempt::Destination;
use crate::store::person::Person;
use crate::store::session::Session;
use crate::store::{self, Connection};

/// A session is not written at each use: its last use is kept to this precision.
const TOUCH: Micros = 30 * SECOND;

/// Who changes how an account is opened proved who they are within this time: a browser that was left open does not
/// suffice.
const FRESH: Micros = 10 * MINUTE;

/// Whether a session was proved a moment ago, in a login of its own on a device of one's own: one that a phone let in counts
/// for as much as its person was shown, and one at a kiosk for as long as they stand there.
pub fn is_fresh(session: &Session, now: Micros) -> bool {
    session.auth_time > now - FRESH && session.method != PHONE && session.idle == 0
}

/// The method of a session that a phone let in.
pub const PHONE: &str = "phone";

/// A session with the person whose it is.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// The person.
    pub person: Person,
}

/// A session as it was opened: the cookie's value leaves once.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The cookie's value.
    pub secret: String,
    /// The session.
    pub session: Session,
}

/// How long a session lasts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Its longest pause, where it has one of its own.
    idle: Micros,
    /// Its whole life.
    lifetime: Micros,
}

/// How somebody proved who they are.
#[derive(Clone, Debug)]
pub(super) struct Proof {
    pub(super) person: Person,
    pub(super) method: String,
    pub(super) method_level: i64,
    pub(super) credential: String,
    pub(super) fingerprint: Option<String>,
    /// The session that lets this one in: it was proved when that was, and lasts no longer.
    pub(super) by: Option<Session>,
}

impl Identity {
    /// The session of a cookie, if it is live.
    ///
    /// # Errors
    /// The database's.
    pub async fn session(&self, secret: &str) -> Result<Option<SignedIn>> {
        let now = self.clock.now();
        let mut connection = self.store.look_up().await?;
        let found = store::session::find(&mut connection, &crate::id::digest(secret), now, self.idle_since()).await?;
        let Some(session) = found else { return Ok(None) };
        let person = store::person::find(&mut connection, &session.person_id).await?;
        drop(connection);
        if session.used_at + TOUCH < now {
            let id = session.id.clone();
            self.store
                .write(move |tx| Box::pin(async move { Ok::<_, Error>(store::session::touch(tx, &id, now).await?) }))
                .await?;
        }
        Ok(person.map(|person| SignedIn { session, person }))
    }

    /// How long a session that this login opens lasts: not long at a kiosk, where the next person stands behind the first,
    /// and whoever signs in beside a kiosk's session is at the kiosk.
    pub(super) async fn bounds(
        &self,
        tx: &mut Connection,
        destination: &Destination,
        current: Option<&Session>,
    ) -> Result<Bounds> {
        let client = match destination {
            Destination::Client(request) => store::client::find(tx, &request.client_id).await?,
            Destination::Page { .. } => None,
        };
        let settings = &self.settings;
        let beside = current.is_some_and(|session| session.idle > 0);
        Ok(match beside || client.is_some_and(|client| client.security.kiosk) {
            true => Bounds { idle: settings.kiosk_idle * SECOND, lifetime: settings.kiosk_lifetime * SECOND },
            false => Bounds { idle: 0, lifetime: settings.session_lifetime * SECOND },
        })
    }

    /// Opens a session, or renews `current` when it is the same person's: its tokens live on, its cookie changes, and its
    /// level and time are those of this proof, so that what a hall is told was proved at that time.
    pub(super) async fn open(
        &self,
        tx: &mut Connection,
        proof: Proof,
        current: Option<&Session>,
        origin: &Origin,
        bounds: Bounds,
    ) -> Result<Opened> {
        let now = self.clock.now();
        let secret = crate::id::new_secret();
        let reached = level::reached(proof.person.level, proof.method_level);
        // One of a kiosk never becomes another, nor the other way round.
        let is_same = |session: &&Session| session.person_id == proof.person.id && session.idle == bounds.idle;
        let same = current.filter(is_same);
        let mut session = Session {
            id: same.map_or_else(crate::id::new_id, |session| session.id.clone()),
            secret_hash: crate::id::digest(&secret),
            person_id: proof.person.id.clone(),
            method: proof.method.clone(),
            level: reached,
            credential: proof.credential,
            fingerprint: proof.fingerprint,
            auth_time: proof.by.as_ref().map_or(now, |by| by.auth_time),
            created_at: now,
            used_at: now,
            expires_at: (now + bounds.lifetime).min(proof.by.as_ref().map_or(Micros::MAX, |by| by.expires_at)),
            address: origin.address.clone(),
            agent: origin.agent.clone(),
            idle: bounds.idle,
        };
        let unfamiliar = is_unfamiliar(tx, &session).await?;
        // A session that ended meanwhile is not raised: the proof opens one of its own.
        if same.is_none() || !store::session::renew(tx, &session).await? {
            session.id = crate::id::new_id();
            store::session::insert(tx, &session).await?;
        }
        // The network of a kiosk is everybody's.
        if bounds.idle == 0 {
            store::familiar_network::remember(tx, &session.person_id, &network::of(&origin.address), now).await?;
        }
        let event = Event::SignedIn { method: proof.method, level: session.level, session: session.id.clone() };
        let circumstance = Circumstance::person(now, &session.person_id, Some(&origin.address));
        audit::record(tx, &circumstance, &event).await?;
        if unfamiliar {
            let event = Event::UnfamiliarSignIn { session: session.id.clone(), agent: session.agent.clone() };
            audit::record(tx, &circumstance, &event).await?;
        }
        Ok(Opened { secret, session })
    }
}

/// The session that was read before the transaction, as it is now, and no other transaction that holds the person goes on
/// before this one ends.
///
/// # Errors
/// [`Error::ProvedLongAgo`] when it has ended meanwhile, or is worth less than `needed` by now.
pub(super) async fn held(tx: &mut Connection, read: &Session, needed: i64, now: Micros) -> Result<Session> {
    store::person::hold(tx, &read.person_id).await?;
    let found = store::session::find_by_id(tx, &read.id).await?;
    let live = store::session::is_live(tx, &read.id, now).await?;
    let level =
        found.filter(|found| live && found.person_id == read.person_id).map(|found| found.level.min(read.level));
    let level = level.filter(|level| *level >= needed).ok_or(Error::ProvedLongAgo)?;
    Ok(Session { level, ..read.clone() })
}

/// Whether the person never signed in with such a browser, or from such a part of the world. The first login is neither; one
/// after so long a pause that no place is remembered any more is.
async fn is_unfamiliar(tx: &mut Connection, session: &Session) -> Result<bool> {
    let networks = store::familiar_network::of_person(tx, &session.person_id).await?;
    let agents = store::session::agents(tx, &session.person_id).await?;
    if agents.is_empty() {
        return Ok(false);
    }
    let region = network::region(&session.address);
    let place = networks.iter().any(|(known, _)| network::region(known) == region);
    Ok(!place || !agents.iter().any(|known| browser(known) == browser(&session.agent)))
}

/// A browser and its system, whatever version either has.
fn browser(agent: &str) -> String {
    agent.chars().filter(|letter| letter.is_alphabetic()).collect()
}
