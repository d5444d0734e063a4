//! Why a hall could not do as asked.

use crate::store;

/// The error of every function of this room.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The token endpoint did not take the code: used, too old, or another hall's.
    #[error("the code was refused: {0}; sign in again")]
    CodeRefused(String),
    /// The provider says that the person gave up or was refused.
    #[error("the provider denied the sign-in: {0}")]
    Denied(String),
    /// A sign-in without a page (`prompt=none`) would need one.
    #[error("the provider would have to ask the person: {0}; sign in without prompt=none")]
    InteractionRequired(String),
    /// The provider does not answer, or not with what discovery promises.
    #[error("the issuer {issuer} is unavailable: {why}; check its address, its TLS root and fetch.allow_private")]
    IssuerUnavailable {
        /// Its identifier.
        issuer: String,
        /// What happened.
        why: String,
    },
    /// The logout token does not count (Back-Channel Logout 1.0 §2.6).
    #[error("the logout token is refused: {0}")]
    LogoutToken(&'static str),
    /// The provider rejects the hall itself or its request.
    #[error("the provider rejects the hall: {0}; check its registration: client_id, secret, redirect_uri, scopes")]
    Rejected(String),
    /// `state` is unknown, used, too old, or another browser's.
    #[error("state is not one that this browser began with; sign in again")]
    StateMismatch,
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The ID token or the UserInfo answer does not verify.
    #[error("the login does not verify: {0}")]
    TokenInvalid(String),
    /// The answer comes from another issuer than was asked (RFC 9207 §2.4).
    #[error("the answer names the issuer {found:?} where {expected} was asked")]
    WrongIssuer {
        /// Who was asked.
        expected: String,
        /// Who answers, if the answer says.
        found: Option<String>,
    },
}

/// An error with all that caused it, in one line.
pub(super) fn reasons(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
