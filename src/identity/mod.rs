//! Who somebody is: persons, their documents and credentials, levels of assurance, logins and sessions.
//!
//! A login is an *attempt*, a row of its own that knows where the browser was going and what it has proved; it ends in
//! a *session*. Certificates are judged by `trust` and read by the issuing authority's *identity profile*, so that what
//! comes out is one set of claims, whichever authority issued the certificate.

pub mod account;
pub mod credential;
pub mod document;
pub mod export;
pub mod factor;
pub mod level;
mod likeness;
mod link;
pub mod login;
pub mod mandate;
pub(crate) mod network;
pub mod phone;
pub mod profile;
pub mod register;
mod revoked;
pub mod session;
pub mod unlink;

use std::sync::Arc;

use crate::clock::{Clock, SECOND};
use crate::custody::{self, Custody};
use crate::store::{self, Store};
use crate::trust::Trust;

/// The identity service.
#[derive(Debug)]
pub struct Identity {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) custody: Arc<Custody>,
    pub(crate) trust: Arc<Trust>,
    pub(crate) settings: crate::config::Login,
    pub(crate) profiles: profile::Profiles,
    /// The issuer: bound into each challenge.
    pub(crate) service: String,
    /// The states of trust at which what rests on certificates was looked at.
    looked: revoked::Looked,
    /// To passkeys; none where the issuer has no domain.
    passkeys: Option<webauthn_rs::Webauthn>,
}

/// From where a request comes: for the log and for the person's list of sessions.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Network address.
    pub address: String,
    /// What the browser says of itself.
    pub agent: String,
}

/// Why a login did not go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The certificate is somebody else's than the account.
    #[error("the certificate is not the account holder's")]
    AnotherPerson,
    /// Too much is asked at once.
    #[error("too many requests at once")]
    Busy,
    /// The attempt is finished, expired, unknown, or another browser's.
    #[error("the login attempt is over")]
    AttemptGone,
    /// The certificate opens another account.
    #[error("the certificate is linked to an account already")]
    AlreadyLinked,
    /// The challenge is used or too old.
    #[error("the challenge is used or has expired")]
    ChallengeExpired,
    /// The code was used before.
    #[error("the code was used already")]
    CodeUsed,
    /// The code is wrong.
    #[error("the code is wrong")]
    CodeWrong,
    /// User name or password is wrong.
    #[error("user name or password is wrong")]
    CredentialsWrong,
    /// A key could not be had.
    #[error(transparent)]
    Custody(#[from] custody::Error),
    /// The certificate opens no company's account.
    #[error("the certificate opens no company's account")]
    NotACompany,
    /// The company's certificate, or what is known of the company, proves too little to give a mandate.
    #[error("the company's certificate proves too little for a mandate")]
    CompanyUnproved,
    /// A mandate's end is past or too far, or its items are too many or none.
    #[error("the mandate's terms are not acceptable")]
    MandateTerms,
    /// There may be a copy of the passkey.
    #[error("the passkey may have been copied")]
    PasskeyCopied,
    /// The answer to the passkey's challenge is not good.
    #[error("the passkey's answer does not verify")]
    PasskeyRefused,
    /// The passkey is in use already.
    #[error("the passkey opens an account already")]
    PasskeyTaken,
    /// The passkey opens no account.
    #[error("the passkey opens no account")]
    PasskeyUnknown,
    /// The session that a credential is to be added from proved too little, or too long ago.
    #[error("the session was proved too long ago")]
    ProvedLongAgo,
    /// The certificate is refused.
    #[error("{}", .0.refusal)]
    Refused(Box<RefusedLogin>),
    /// The signature over the challenge is wrong.
    #[error("the signature does not verify")]
    SignatureWrong,
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The account has as many passkeys as it may.
    #[error("the account has as many passkeys as it may")]
    TooManyPasskeys,
    /// Too many failures.
    #[error("too many failures; wait {wait_seconds} s")]
    Throttled {
        /// How long.
        wait_seconds: u64,
    },
}

/// A refused certificate, as it was logged.
#[derive(Debug)]
pub struct RefusedLogin {
    /// Why.
    pub refusal: Box<crate::trust::Refusal>,
    /// The id of the log row.
    pub incident: String,
}

/// The result of this room's functions.
pub type Result<T> = std::result::Result<T, Error>;

impl Identity {
    /// The service over `store`.
    pub fn new(
        store: Store,
        clock: Clock,
        custody: Arc<Custody>,
        trust: Arc<Trust>,
        settings: &crate::config::Login,
        profiles: profile::Profiles,
        service: &str,
    ) -> Self {
        let passkeys = credential::passkey::relying_party(service);
        let (settings, service) = (settings.clone(), service.to_owned());
        let looked = revoked::Looked::default();
        Self { store, clock, custody, trust, settings, profiles, service, looked, passkeys }
    }

    /// Whether it is known where the certificates of a record say who their holder is.
    pub fn has_profile(&self, record: &str) -> bool {
        self.profiles.has(record)
    }

    /// Whether the profile of a record finds the holder in a certificate.
    pub fn finds_holder(&self, record: &str, leaf: &pki::Certificate) -> bool {
        self.profiles.read(record, leaf).is_some()
    }

    /// Sessions that were not used since then are over, in microseconds.
    pub fn idle_since(&self) -> i64 {
        self.clock.now() - self.settings.session_idle * SECOND
    }
}
