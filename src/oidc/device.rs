//! Letting a device in that has no keyboard, or that nobody wants to type a password on (RFC 8628): it shows a short code,
//! and a person who is signed in elsewhere types that and decides.

use super::authorize::Parameters;
use super::client::Credentials;
use super::{Error, Provider, Result, authorize};
use crate::audit::{self, Circumstance, Event};
use crate::clock::{MINUTE, Micros, SECOND};
use crate::identity::Origin;
use crate::identity::session::{SignedIn, is_fresh};
use crate::store::client::{Client, DEVICE_CODE};
use crate::store::device_request::DeviceRequest;
use crate::store::grant::Grant;
use crate::store::session::Session;
use crate::store::{self, Connection};

/// RFC 8628 §6.1: no vowels, so that no word comes of it, and nothing that looks like another.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// 20^8 codes, of which some hundred are live: with the tries below, guessing takes ages (§5.1).
const CODE_LENGTH: usize = 8;

/// So many seconds a device waits for its person.
const LIFETIME: i64 = 600;

/// So many seconds pass between two questions of a device (§3.2).
const PAUSE: i64 = 5;

/// So many wrong codes a person may type …
const TRIES: i64 = 10;

/// … in this time.
const WINDOW: Micros = 15 * MINUTE;

/// What the device is told (§3.2).
#[derive(Clone, Debug)]
pub struct Begun {
    /// Its own, to ask for tokens with.
    pub device_code: String,
    /// The person's, as it is shown.
    pub user_code: String,
    /// Seconds.
    pub expires_in: i64,
    /// Seconds.
    pub interval: i64,
}

/// What a code that a person typed stands for.
#[derive(Clone, Debug)]
pub enum Typed {
    /// A device that waits.
    Waiting(Box<(Client, DeviceRequest)>),
    /// Nobody's, or one that is over.
    Unknown,
    /// There were too many wrong ones.
    TooMany {
        /// How long to wait.
        wait_seconds: u64,
    },
}

impl Provider {
    /// Takes a device's request (§3.1).
    ///
    /// # Errors
    /// Client authentication's, [`Error::UnauthorizedClient`], [`Error::TooMany`], [`Error::Rejected`]; the database's.
    pub async fn begin_device(&self, parameters: &Parameters, credentials: &Credentials) -> Result<Begun> {
        let client = self.authenticate(credentials).await?;
        if !client.security.may_use(DEVICE_CODE) {
            return Err(Error::UnauthorizedClient("the client is not registered with the device grant"));
        }
        self.take_turn(&client, credentials).await?;
        let asked = authorize::check_device(&client, parameters).map_err(Error::Rejected)?;
        let known = self.check_resources(&asked.resources, &asked.scope).await?;
        known.map_err(Error::Rejected)?;
        let (device_code, now) = (crate::id::new_secret(), self.clock.now());
        let request = DeviceRequest {
            hash: crate::id::digest(&device_code),
            code_hash: Vec::new(),
            client_id: client.id,
            scope: asked.scope,
            resources: asked.resources.join(" "),
            level: asked.level,
            expires_at: now + LIFETIME * SECOND,
            grant_id: None,
            decided_at: None,
        };
        let user_code = self.name_device(request, now).await?;
        Ok(Begun { device_code, user_code, expires_in: LIFETIME, interval: PAUSE })
    }

    /// Finds a short code that nobody has.
    async fn name_device(&self, request: DeviceRequest, now: Micros) -> Result<String> {
        loop {
            let code = new_code();
            let request = DeviceRequest { code_hash: self.code_hash(&code), ..request.clone() };
            let written: Result<()> = self
                .store
                .write(move |tx| {
                    Box::pin(async move { Ok(store::device_request::insert(tx, &request, PAUSE * SECOND, now).await?) })
                })
                .await;
            match written {
                Err(Error::Store(error)) if error.is_conflict() => {}
                written => return written.map(|()| shown(&code)),
            }
        }
    }

    /// Looks for the device whose code a person typed. Wrong ones are counted by person, and stand in their log: one
    /// transaction counts, looks and tells.
    ///
    /// # Errors
    /// The database's.
    pub async fn typed(&self, typed: &str, signed_in: &SignedIn, origin: &Origin) -> Result<Typed> {
        let attempt = Try {
            person_id: signed_in.person.id.clone(),
            code_hash: read_code(typed).map(|code| self.code_hash(&code)),
            address: origin.address.clone(),
            now: self.clock.now(),
        };
        self.store.write(move |tx| Box::pin(async move { Ok::<_, Error>(attempt.make(tx).await?) })).await
    }

    /// Whether the session has proved enough to let the device in, and a moment ago: whoever finds a browser that was left
    /// open takes no session home on a device of their own. To refuse it, any session does.
    pub fn may_let_in(&self, device: &DeviceRequest, session: &Session) -> bool {
        session.level >= device.level && is_fresh(session, self.clock.now())
    }

    /// Lets a device in, or refuses it. `false` when that was decided before, is over, or the session may not.
    ///
    /// # Errors
    /// The database's.
    pub async fn decide_device(
        &self,
        device: &DeviceRequest,
        signed_in: &SignedIn,
        allow: bool,
        origin: &Origin,
    ) -> Result<bool> {
        let (session, now) = (&signed_in.session, self.clock.now());
        let grant = Grant {
            id: crate::id::new_id(),
            client_id: device.client_id.clone(),
            person_id: session.person_id.clone(),
            session_id: session.id.clone(),
            scope: device.scope.clone(),
            resources: device.resources.clone(),
            nonce: None,
            level: session.level,
            auth_time: session.auth_time,
            method: session.method.clone(),
            claims: None,
        };
        // A page that asks for more sends the person to a login first; a form sent by hand does not get past this.
        if allow && !self.may_let_in(device, session) {
            return Ok(false);
        }
        let (hash, address) = (device.hash.clone(), origin.address.clone());
        let decision = Decision { hash, grant, allow, address, now };
        self.store.write(move |tx| Box::pin(async move { decision.write(tx).await })).await
    }

    fn code_hash(&self, code: &str) -> Vec<u8> {
        self.custody.index("user code", code)
    }
}

/// A code that a person typed; without a digest it was none at all.
struct Try {
    person_id: String,
    code_hash: Option<Vec<u8>>,
    address: String,
    now: Micros,
}

impl Try {
    async fn make(self, tx: &mut Connection) -> store::Result<Typed> {
        let counter = format!("device code {}", self.person_id);
        let (tries, since) = store::throttle::count(tx, &counter, self.now, self.now - WINDOW).await?;
        if tries > TRIES {
            // The first of those that are not looked at is told, and stands for all.
            if tries == TRIES + 1 {
                self.tell(tx, true).await?;
            }
            let wait_seconds = u64::try_from((since + WINDOW - self.now) / SECOND).unwrap_or(0).max(1);
            return Ok(Typed::TooMany { wait_seconds });
        }
        let Some(found) = self.find(tx).await? else {
            self.tell(tx, false).await?;
            return Ok(Typed::Unknown);
        };
        store::throttle::give_back(tx, &counter).await?;
        Ok(Typed::Waiting(Box::new(found)))
    }

    async fn find(&self, tx: &mut Connection) -> store::Result<Option<(Client, DeviceRequest)>> {
        let Some(hash) = &self.code_hash else { return Ok(None) };
        let Some(mut request) = store::device_request::find_open(tx, hash, self.now).await? else { return Ok(None) };
        let client = store::client::find(tx, &request.client_id).await?;
        let client = client.filter(|client| client.disabled_at.is_none() && client.security.may_use(DEVICE_CODE));
        let Some(client) = client else { return Ok(None) };
        // What the client is now counts, not what it was when the device began.
        request.level = request.level.max(client.level);
        request.scope = client.approved(&request.scope);
        Ok(Some((client, request)))
    }

    async fn tell(&self, tx: &mut Connection, throttled: bool) -> store::Result<()> {
        let circumstance = Circumstance::person(self.now, &self.person_id, Some(&self.address));
        audit::record(tx, &circumstance, &Event::DeviceCodeWrong { throttled }).await
    }
}

struct Decision {
    hash: Vec<u8>,
    grant: Grant,
    allow: bool,
    address: String,
    now: Micros,
}

impl Decision {
    async fn write(self, tx: &mut Connection) -> Result<bool> {
        let grant = &self.grant;
        if self.allow {
            store::grant::insert(tx, grant, self.now).await?;
        }
        let allowed = self.allow.then_some(grant.id.as_str());
        if !store::device_request::decide(tx, &self.hash, allowed, self.now).await? {
            // The grant goes with the transaction.
            return if self.allow {
                Err(Error::InvalidRequest("the code was used before".to_owned()))
            } else {
                Ok(false)
            };
        }
        let client = grant.client_id.clone();
        let event = match self.allow {
            true => Event::DeviceLetIn { client, level: grant.level },
            false => Event::DeviceRefused { client },
        };
        audit::record(tx, &Circumstance::person(self.now, &grant.person_id, Some(&self.address)), &event).await?;
        Ok(true)
    }
}

/// Eight letters, each as likely as any.
fn new_code() -> String {
    let fair = |byte: &u8| usize::from(*byte) < 256 / LETTERS.len() * LETTERS.len();
    let bytes = std::iter::repeat_with(crate::rng::bytes::<16>).flatten().filter(fair);
    bytes.take(CODE_LENGTH).map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()])).collect()
}

/// In two groups, as it is read out.
fn shown(code: &str) -> String {
    let (first, second) = code.split_at(CODE_LENGTH / 2);
    format!("{first}-{second}")
}

/// A code that was typed somehow, as the device shows it.
pub fn as_shown(typed: &str) -> String {
    read_code(typed).map_or_else(|| typed.to_owned(), |code| shown(&code))
}

/// §6.1: "the server should … strip out all characters that are not in the character set", and case does not matter.
fn read_code(typed: &str) -> Option<String> {
    let letters = typed.bytes().map(|letter| letter.to_ascii_uppercase()).filter(|letter| LETTERS.contains(letter));
    let code: String = letters.take(CODE_LENGTH + 1).map(char::from).collect();
    Some(code).filter(|code| code.len() == CODE_LENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        for typed in ["BCDF-GHJK", "bcdfghjk", " bcdf ghjk ", "BCDF–GHJK"] {
            assert_eq!(read_code(typed).as_deref(), Some("BCDFGHJK"), "{typed}");
        }
        for typed in ["", "BCDF", "BCDFGHJKL", "AEIOUAEI"] {
            assert_eq!(read_code(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_new_code_reads_as_it_is_shown() {
        for _ in 0..100 {
            let code = new_code();
            assert_eq!(read_code(&shown(&code)), Some(code));
        }
    }
}
