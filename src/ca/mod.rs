//! The certification authorities: from the key ceremony to issuance, revocation, lists and the bridge.
//!
//! Nothing is signed before it is written down, and no certificate goes to sign that a lint refuses: [`issue`] is the
//! only way to a signature. The bridge's cross-certificates follow the status of their trust list record ([`bridge`]).

pub mod bridge;
pub mod ceremony;
pub mod crl;
pub mod enrol;
pub mod issue;
pub mod partner;
pub mod profile;
pub mod record;
pub mod revoke;

use std::sync::Arc;

use pki::key::Signer;
use pki::{Certificate, Oid};

use crate::clock::Clock;
use crate::custody::{self, Custody};
use crate::store::authority::Authority;
use crate::store::{self, Store};

/// Why the authority did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A key could not be had.
    #[error(transparent)]
    Custody(#[from] custody::Error),
    /// The engine refused.
    #[error("{what}: {source} ({})", source.rfc())]
    Engine {
        /// What was to be done.
        what: String,
        /// Why not.
        source: pki::Error,
    },
    /// There is one already.
    #[error("there is a {what} {id} already")]
    Exists {
        /// What it would be.
        what: &'static str,
        /// By which id.
        id: String,
    },
    /// A ceremony, record, certificate or profile file is wrong.
    #[error("{file}: {why}")]
    File {
        /// Which file.
        file: String,
        /// What is wrong.
        why: String,
    },
    /// A lint forbids the certificate.
    #[error("not issued: {lint} ({citation}): {why}")]
    Lint {
        /// The lint's name.
        lint: String,
        /// Its source.
        citation: String,
        /// What is wrong.
        why: String,
    },
    /// The request cannot be granted.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// No such authority, record or certificate.
    #[error("no {what} {id}")]
    Unknown {
        /// What was looked for.
        what: &'static str,
        /// By which id.
        id: String,
    },
}

/// Why a request for a certificate is refused: each is shown to the person beside the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The key's algorithm or length is not one of the profile.
    #[error("the profile does not allow this key")]
    Key,
    /// The person's level or kind does not suffice, or there is no such profile.
    #[error("the profile is not open to this person")]
    Profile,
    /// The request's own signature is wrong.
    #[error("the request is not signed with its own key")]
    SelfSignature,
    /// So is that of a request with an SM2 key, which is mostly made without the identifier of GM/T 0009 §10.
    #[error("the request's own SM2 signature is wrong")]
    Sm2SelfSignature,
    /// The request cannot be read.
    #[error("the request cannot be read")]
    Unreadable,
}

/// The result of this room's functions.
pub type Result<T> = std::result::Result<T, Error>;

/// The authority service.
#[derive(Debug)]
pub struct Ca {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) custody: Arc<Custody>,
    pub(crate) settings: crate::config::Authority,
    pub(crate) policy: Oid,
    pub(crate) pki_url: String,
}

/// An authority that can sign.
pub struct Issuer {
    /// Its row.
    pub row: Authority,
    /// Its certificate.
    pub certificate: Certificate,
    /// Its key.
    pub signer: Arc<dyn Signer>,
}

impl Ca {
    /// The service over `store`; `pki_url` is where its lists and certificates are published.
    ///
    /// # Errors
    /// When the policy is not an object identifier.
    pub fn new(
        store: Store,
        clock: Clock,
        custody: Arc<Custody>,
        settings: &crate::config::Authority,
        pki_url: &str,
    ) -> Result<Self> {
        let policy = oid_of("settings, authority.policy", &settings.policy)?;
        Ok(Self { store, clock, custody, settings: settings.clone(), policy, pki_url: pki_url.to_owned() })
    }

    /// The authority `id` with its key.
    ///
    /// # Errors
    /// When it is unknown, or its key cannot be opened.
    pub async fn issuer(&self, id: &str) -> Result<Issuer> {
        let row = store::authority::find(&mut *self.store.read().await?, id).await?;
        let row = row.ok_or_else(|| Error::Unknown { what: "authority", id: id.to_owned() })?;
        let certificate = Certificate::from_der(&row.certificate).map_err(engine("stored authority certificate"))?;
        let signer = self.custody.signer(&self.store, &row.key_id).await?;
        Ok(Issuer { row, certificate, signer })
    }

    /// Where the list of authority `id` is published.
    pub fn crl_url(&self, id: &str) -> String {
        format!("{}/pki/{id}.crl", self.pki_url)
    }

    /// Where the certificate of authority `id` is published.
    pub fn certificate_url(&self, id: &str) -> String {
        format!("{}/pki/{id}.cer", self.pki_url)
    }
}

/// Says what was being done when the engine refused.
fn engine(what: &'static str) -> impl FnOnce(pki::Error) -> Error {
    move |source| Error::Engine { what: what.to_owned(), source }
}

/// Reads an object identifier that stands in `file`.
fn oid_of(file: &str, text: &str) -> Result<Oid> {
    Oid::new(text).map_err(|error| Error::File { file: file.to_owned(), why: format!("{text:?}: {error}") })
}
