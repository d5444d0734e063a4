//! What happened: one event enum, each event written in the transaction of what it records.
//!
//! Rows are numbered without gaps in commit order on SQLite, and in number order on PostgreSQL, which is the room a
//! Merkle tree needs. An event never holds a secret, a token or an identity number.

use serde::{Deserialize, Serialize};

use crate::clock::Micros;
use crate::store::{self, Connection};

/// Everything that is worth remembering.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// An account was made.
    AccountCreated {
        /// `certificate` or `demonstration`.
        how: String,
    },
    /// Everything that is kept about a person was handed to them.
    AccountExported {
        /// Whether the numbers of documents were in it.
        numbers: bool,
    },
    /// An authority was made in a key ceremony.
    AuthorityCreated {
        /// Which.
        authority: String,
        /// `sha256:…` of its certificate.
        certificate: String,
    },
    /// A certificate was issued.
    CertificateIssued {
        /// By whom.
        authority: String,
        /// Its serial.
        serial: String,
        /// By which profile.
        profile: String,
    },
    /// A certificate now opens an account.
    CertificateLinked {
        /// Record or authority.
        ca: String,
        /// On what proof.
        how: String,
    },
    /// A certificate was revoked.
    CertificateRevoked {
        /// By whom.
        authority: String,
        /// Its serial.
        serial: String,
        /// CRLReason.
        reason: i64,
    },
    /// A certificate opens its account no longer.
    CertificateUnlinked {
        /// Record or authority.
        ca: String,
        /// What is proved of the person without it.
        level: i64,
    },
    /// A client that registered itself was let into production.
    ClientApproved {
        /// Which.
        client: String,
        /// Who approved it.
        by: String,
    },
    /// A client's record was changed.
    ClientChanged {
        /// Which.
        client: String,
        /// What of it, by the names of RFC 7591.
        fields: Vec<String>,
    },
    /// A client was disabled, or enabled again.
    ClientEnabled {
        /// Which.
        client: String,
        /// `false`: it is disabled.
        enabled: bool,
    },
    /// A client was registered.
    ClientRegistered {
        /// Which.
        client: String,
    },
    /// A client registered itself.
    ClientRegisteredItself {
        /// Which.
        client: String,
        /// By which initial access token.
        token: String,
        /// `sandbox` or `pending`.
        stage: String,
    },
    /// A client removed its registration.
    ClientRemovedItself {
        /// Which.
        client: String,
    },
    /// A client got another secret.
    ClientSecretRotated {
        /// Which.
        client: String,
    },
    /// A client got a token for itself, no person behind it.
    ClientTokenIssued {
        /// Which.
        client: String,
        /// For what, space separated.
        scope: String,
    },
    /// A list was published.
    CrlPublished {
        /// Whose.
        authority: String,
        /// Its number.
        number: i64,
    },
    /// A person typed a code that no device waits with.
    DeviceCodeWrong {
        /// Whether it was one more than may be tried: none is looked at until the time is over.
        throttled: bool,
    },
    /// A person let a device in.
    DeviceLetIn {
        /// At which client.
        client: String,
        /// At what level.
        level: i64,
    },
    /// A person refused a device.
    DeviceRefused {
        /// At which client.
        client: String,
    },
    /// A person went to a client: a code was issued.
    HallEntered {
        /// Which.
        client: String,
        /// At what level.
        level: i64,
    },
    /// A token that lets clients register themselves is over.
    InitialAccessTokenEnded {
        /// Its id.
        token: String,
    },
    /// A token that lets clients register themselves was made, or renewed.
    InitialAccessTokenMade {
        /// Its id.
        token: String,
        /// By whom.
        by: String,
        /// For how many clients.
        uses: i64,
    },
    /// A person took a client's access back.
    HallShownOut {
        /// Which.
        client: String,
    },
    /// A client was told that a session ended, or could not be.
    LogoutDelivered {
        /// Which client.
        client: String,
        /// `false` when it was given up.
        delivered: bool,
    },
    /// Another authenticator stands beside the password.
    AuthenticatorChanged {},
    /// A company gave a mandate.
    MandateGiven {
        /// Which.
        mandate: String,
        /// Codes of items; none for all.
        items: Vec<String>,
    },
    /// A person took a mandate up.
    MandateTaken {
        /// Which.
        mandate: String,
    },
    /// A mandate was withdrawn, and with it all that was granted by it.
    MandateWithdrawn {
        /// Which.
        mandate: String,
        /// `company` or `holder`; or `certificate`, when what it rests on was revoked or taken away.
        by: String,
    },
    /// A passkey now opens an account.
    PasskeyAdded {
        /// What its holder calls it.
        name: String,
        /// The level of the login that added it.
        level: i64,
    },
    /// A passkey's counter went back, so that there may be a copy: it opens nothing any more.
    PasskeyBlocked {
        /// What its holder calls it.
        name: String,
    },
    /// A passkey opens its account no longer.
    PasskeyRemoved {
        /// What its holder calls it.
        name: String,
    },
    /// A recovery code stood in for the authenticator.
    RecoveryCodeUsed {
        /// How many are left.
        left: usize,
    },
    /// New recovery codes were made; those of before count no longer.
    RecoveryCodesMade {},
    /// A person's phone let a login on another screen in.
    ScreenLetIn {
        /// The screen's network address.
        screen: String,
        /// At what level at most.
        level: i64,
    },
    /// A person's phone refused a login on another screen.
    ScreenRefused {
        /// The screen's network address.
        screen: String,
    },
    /// A session ended.
    SessionEnded {
        /// Which.
        session: String,
        /// `signed_out`, `ended_by_holder`, `ended_by_operator`, `credential_revoked`, `credential_unlinked`,
        /// `authority_not_granted`, `expired`.
        why: String,
    },
    /// Somebody signed in.
    SignedIn {
        /// `mtls`, `challenge`, `passkey`, `password`, `recovery_code`, `phone`.
        method: String,
        /// The level reached.
        level: i64,
        /// The session.
        session: String,
    },
    /// A login was refused.
    SignInRefused {
        /// `mtls`, `challenge`, `passkey`, `password`, `totp`, `recovery_code`.
        method: String,
        /// The reason's code.
        reason: String,
        /// The technical reason, with its section.
        detail: String,
        /// Shown to the person, to find this row by.
        incident: String,
    },
    /// The software statements of an issuer are believed, or no longer.
    SoftwareIssuerChanged {
        /// Its name.
        issuer: String,
        /// `false`: no longer.
        believed: bool,
    },
    /// A key that signs tokens was made.
    SigningKeyMade {
        /// Its `kid`.
        key: String,
        /// For which algorithm.
        alg: String,
    },
    /// A key that signed tokens was taken away at once.
    SigningKeyWithdrawn {
        /// Its `kid`.
        key: String,
        /// Why.
        reason: String,
    },
    /// A server got a token for another, to act there for the person whose token it was shown.
    TokenExchanged {
        /// Who acts.
        client: String,
        /// Who showed it the token.
        subject: String,
        /// Where it acts.
        target: String,
        /// What it may do there.
        scope: String,
    },
    /// A code or refresh token came a second time; its grant was revoked.
    TokenReused {
        /// `code` or `refresh_token`.
        what: String,
        /// At which client.
        client: String,
    },
    /// A client revoked a token of its own.
    TokenRevoked {
        /// `access_token`, or `refresh_token` and with it its grant.
        what: String,
        /// Which client.
        client: String,
    },
    /// Somebody signed in with a browser, or from a part of the world, that was never seen with them.
    UnfamiliarSignIn {
        /// The session.
        session: String,
        /// What the browser says of itself.
        agent: String,
    },
    /// A partner was put on the trust list.
    TrustRecordAdded {
        /// Its record.
        record: String,
        /// `sha256:…` of its issuing authority's certificate.
        issuing: String,
    },
    /// A trust list record changed its status.
    TrustStatusChanged {
        /// Which.
        record: String,
        /// To what.
        status: String,
        /// Why.
        reason: String,
    },
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in or signing-in person, by id.
    Person(String),
    /// A client, by id.
    Client(String),
    /// Somebody not known.
    Anonymous,
    /// The operator of the machine, at its terminal.
    Operator,
    /// The service by itself.
    System,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Client(id) => write!(f, "client:{id}"),
            Self::Anonymous => f.write_str("anonymous"),
            Self::Operator => f.write_str("operator"),
            Self::System => f.write_str("system"),
        }
    }
}

/// Who did it, to whom, from where, and when.
#[derive(Clone, Debug)]
pub struct Circumstance<'a> {
    /// When.
    pub at: Micros,
    /// Who.
    pub actor: Actor,
    /// The person it concerns.
    pub person: Option<&'a str>,
    /// The network address it came from.
    pub address: Option<&'a str>,
}

impl<'a> Circumstance<'a> {
    /// Something that the service did by itself.
    pub fn system(at: Micros) -> Self {
        Self { at, actor: Actor::System, person: None, address: None }
    }

    /// Something that the machine's operator did.
    pub fn operator(at: Micros) -> Self {
        Self { at, actor: Actor::Operator, person: None, address: None }
    }

    /// Something that a person did for themselves.
    pub fn person(at: Micros, id: &'a str, address: Option<&'a str>) -> Self {
        Self { at, actor: Actor::Person(id.to_owned()), person: Some(id), address }
    }
}

/// Writes the event, in the transaction of what it records.
///
/// # Errors
/// The database's.
pub async fn record(connection: &mut Connection, circumstance: &Circumstance<'_>, event: &Event) -> store::Result<()> {
    let mut detail = serde_json::to_value(event).expect("an event serialises to JSON");
    let kind = detail.as_object_mut().and_then(|object| object.remove("kind"));
    let kind = kind.as_ref().and_then(serde_json::Value::as_str).expect("an event is tagged with its kind").to_owned();
    let actor = circumstance.actor.to_string();
    let text = detail.to_string();
    store::audit_event::append(
        connection,
        circumstance.at,
        &kind,
        circumstance.person,
        &actor,
        circumstance.address,
        &text,
    )
    .await
}
