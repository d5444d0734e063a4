//! The two demonstration halls: sites of their own that know the provider by its issuer identifier, a client id and a
//! secret, and by nothing else. Each is a plain OpenID Connect relying party built on `openidconnect`.
//!
//! Here: signing in ([`sign_in`]), the hall's own sessions ([`session`]), their end by the provider's word ([`logout`]),
//! and what was handed in ([`record`]). Not here: pages, addresses and cookies, which are `web::hall`'s, and anything of
//! `oidc` or `identity`: a hall would run as well against another provider.
//!
//! Standards: OpenID Connect Core 1.0 and Discovery 1.0, RFC 7636, RFC 9207, RP-Initiated Logout 1.0, Back-Channel
//! Logout 1.0.

mod claims;
mod error;
mod issuer;
pub mod logout;
pub mod record;
pub mod session;
pub mod sign_in;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;

pub use claims::{Claims, IdentityClaims};
pub use error::Error;

use crate::clock::Clock;
use crate::fetch::Fetcher;
use crate::locale::Locale;
use crate::store::Store;

/// Where the provider sends its answer.
pub const CALLBACK: &str = "/callback";
/// Where the provider sends the browser after a logout that the hall began.
pub const SIGNED_OUT: &str = "/signed-out";
/// Where the provider sends logout tokens.
pub const BACKCHANNEL_LOGOUT: &str = "/backchannel-logout";
/// The scopes that a hall asks for.
pub const SCOPES: &str = "openid profile identity";

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HallKind {
    /// 省直窗口: a window of a provincial department.
    Window,
    /// 地市分厅: the sub-hall of a city.
    City,
}

impl HallKind {
    /// Both, in the order of their ports.
    pub const ALL: [Self; 2] = [Self::Window, Self::City];

    /// Its id in the database, in addresses and in cookies' names.
    pub fn id(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::City => "city",
        }
    }

    /// How far its port lies above the issuer's.
    pub fn port_offset(self) -> u16 {
        match self {
            Self::Window => 8,
            Self::City => 9,
        }
    }

    /// Its name by language tag, as its registration at the provider gives it.
    pub fn names(self) -> BTreeMap<String, String> {
        let key = format!("hall-{}", self.id());
        Locale::ALL.map(|locale| (locale.tag().to_owned(), locale.text(&key))).into()
    }
}

/// What a hall is told when it is set up.
#[derive(Clone)]
pub struct HallSettings {
    /// Which hall.
    pub kind: HallKind,
    /// Its own address, without a trailing slash: `https://localhost:8451`.
    pub url: String,
    /// The provider's issuer identifier, exactly as its discovery document gives it.
    pub issuer: String,
    /// The id under which the provider knows the hall.
    pub client_id: String,
    /// The secret that proves it (`client_secret_basic`).
    pub client_secret: String,
}

impl HallSettings {
    /// To be registered as `redirect_uris`.
    pub fn redirect_uri(&self) -> String {
        format!("{}{CALLBACK}", self.url)
    }

    /// To be registered as `post_logout_redirect_uris`.
    pub fn post_logout_redirect_uri(&self) -> String {
        format!("{}{SIGNED_OUT}", self.url)
    }

    /// To be registered as `backchannel_logout_uri`.
    pub fn backchannel_logout_uri(&self) -> String {
        format!("{}{BACKCHANNEL_LOGOUT}", self.url)
    }
}

impl std::fmt::Debug for HallSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut out = f.debug_struct("HallSettings");
        out.field("kind", &self.kind).field("url", &self.url).field("issuer", &self.issuer);
        out.field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// A hall.
#[derive(Debug)]
pub struct Hall {
    settings: HallSettings,
    store: Store,
    clock: Clock,
    issuer: issuer::Issuer,
}

impl Hall {
    /// A hall that has not spoken to its provider yet: the first sign-in or logout token makes it.
    pub fn new(settings: HallSettings, store: Store, clock: Clock, fetch: Fetcher) -> Self {
        let issuer = issuer::Issuer::new(settings.clone(), clock.clone(), fetch);
        Self { settings, store, clock, issuer }
    }

    /// What it was told.
    pub fn settings(&self) -> &HallSettings {
        &self.settings
    }

    /// Which hall.
    pub fn kind(&self) -> HallKind {
        self.settings.kind
    }
}

/// A deep link, if it leads to a page of this hall; `/` otherwise.
///
/// A browser reads `//elsewhere` and `/\elsewhere` as another host, and drops tabs and line ends before it looks.
pub fn local_path(target: &str) -> &str {
    let local = target.starts_with('/') && !target.starts_with("//");
    let plain = !target.contains(|letter: char| letter == '\\' || letter.is_control());
    if local && plain { target } else { "/" }
}
