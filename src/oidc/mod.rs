//! The OpenID Provider: who asks ([`client`], [`registration`]), may they ([`authorize`]), what they get ([`grant`], [`token`],
//! [`claims`]), what a token is ([`introspection`]), and how all of them hear that it is over ([`logout`], [`revocation`]).
//!
//! OpenID Connect Core 1.0, Discovery 1.0, Dynamic Registration 1.0, RP-Initiated, Back-Channel and Front-Channel Logout 1.0,
//! Session Management 1.0; RFC 6749, 7009, 7523, 7591, 7592, 7636, 7662, 8628,
//! 8693, 8705, 8707, 9068, 9101, 9126, 9207, 9449, 9700, 9701.
//! `docs/conformance/openid-connect.md` says by section what is done.

mod access;
mod access_token;
pub mod acting;
pub mod authorize;
pub mod claims;
pub mod client;
pub mod client_uri;
pub mod device;
pub mod discovery;
pub mod dpop;
pub mod error;
mod frontchannel;
pub mod grant;
pub mod introspection;
pub mod jose;
pub mod keys;
pub mod logout;
pub mod registration;
mod resource;
pub mod revocation;
pub mod rotation;
mod sealed;
mod session_state;
pub mod token;
mod visibility;

use std::sync::{Arc, RwLock};

pub use error::{Error, Result};
pub use sealed::UserInfo;

use crate::clock::Clock;
use crate::custody::Custody;
use crate::fetch::Fetcher;
use crate::store::Store;
use crate::trust::Trust;

/// The provider.
#[derive(Debug)]
pub struct Provider {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) custody: Arc<Custody>,
    pub(crate) settings: crate::config::Oidc,
    fetch: Fetcher,
    trust: Arc<Trust>,
    /// The address of the mutual-TLS listener.
    mtls: String,
    /// The issuer identifier.
    pub issuer: String,
    ring: RwLock<Arc<keys::KeyRing>>,
    client_keys: client::KeyCache,
    clients: client::ClientCache,
}

impl Provider {
    /// The provider `issuer` over `store`; `mtls` is where clients come with certificates.
    pub fn new(
        store: Store,
        clock: Clock,
        custody: Arc<Custody>,
        fetch: Fetcher,
        trust: Arc<Trust>,
        settings: &crate::config::Oidc,
        [issuer, mtls]: [&str; 2],
    ) -> Self {
        let (settings, issuer, mtls) = (settings.clone(), issuer.to_owned(), mtls.to_owned());
        let (ring, client_keys, clients) = Default::default();
        Self { store, clock, custody, settings, fetch, trust, mtls, issuer, ring, client_keys, clients }
    }

    /// The subject by which `client` knows a person.
    pub fn subject(&self, client: &crate::store::client::Client, person_id: &str) -> String {
        self.custody.pairwise_subject(&client.sector, person_id)
    }
}
