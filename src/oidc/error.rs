//! What a client is told (RFC 6749 §4.1.2.1, §5.2; OpenID Connect Core §3.1.2.6).

use super::authorize::Rejection;
use crate::{custody, store};

/// The result of this room's functions.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a client does not get what it asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A key could not be had.
    #[error(transparent)]
    Custody(#[from] custody::Error),
    /// The client is not who it says, or does not say (RFC 6749 §5.2).
    #[error("invalid_client: {0}")]
    InvalidClient(&'static str),
    /// The code or token is wrong, used, or another client's.
    #[error("invalid_grant: {0}")]
    InvalidGrant(&'static str),
    /// A parameter is missing, twice there, or wrong.
    #[error("invalid_request: {0}")]
    InvalidRequest(String),
    /// The proof of possession is missing or wrong (RFC 9449 §5).
    #[error("invalid_dpop_proof: {0}")]
    InvalidDpopProof(&'static str),
    /// More was asked for than was granted.
    #[error("invalid_scope: {0}")]
    InvalidScope(&'static str),
    /// The resource is unknown, or none of those that were granted (RFC 8707 §2).
    #[error("invalid_target: {0}")]
    InvalidTarget(&'static str),
    /// The access token does not count (RFC 6750 §3.1).
    #[error("invalid_token: {0}")]
    InvalidToken(&'static str),
    /// Identity could not do its part.
    #[error(transparent)]
    Identity(#[from] crate::identity::Error),
    /// A pushed request is wrong (RFC 9126 §2.3): the error that the browser would have brought back.
    #[error("{}: {}", .0.code, .0.description)]
    Rejected(Rejection),
    /// A signature could not be made.
    #[error("signing: {0}")]
    Signing(#[from] pki::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Too much was asked in the name of a public client from one network.
    #[error("temporarily_unavailable: too many requests")]
    TooMany,
    /// The client may not do this at all.
    #[error("unauthorized_client: {0}")]
    UnauthorizedClient(&'static str),
    /// The proof names no nonce of ours, or an old one (RFC 9449 §8).
    #[error("use_dpop_nonce")]
    UseDpopNonce,
    /// A device gets nothing, or nothing yet: the code of RFC 8628 §3.5, and a sentence.
    #[error("{0}: {1}")]
    Waiting(&'static str, &'static str),
    /// The grant type is none of ours.
    #[error("unsupported_grant_type: {0}")]
    UnsupportedGrantType(String),
}

impl Error {
    /// The code on the wire.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidClient(_) => "invalid_client",
            Self::InvalidDpopProof(_) => "invalid_dpop_proof",
            Self::InvalidGrant(_) => "invalid_grant",
            Self::InvalidRequest(_) => "invalid_request",
            Self::InvalidScope(_) => "invalid_scope",
            Self::InvalidTarget(_) => "invalid_target",
            Self::InvalidToken(_) => "invalid_token",
            Self::Rejected(rejection) => rejection.code,
            Self::TooMany => "temporarily_unavailable",
            Self::UnauthorizedClient(_) => "unauthorized_client",
            Self::UseDpopNonce => "use_dpop_nonce",
            Self::Waiting(code, _) => code,
            Self::UnsupportedGrantType(_) => "unsupported_grant_type",
            Self::Custody(_) | Self::Identity(_) | Self::Signing(_) | Self::Store(_) => "server_error",
        }
    }

    /// The sentence on the wire: never what went wrong inside.
    pub fn description(&self) -> String {
        match self {
            Self::InvalidClient(why)
            | Self::InvalidDpopProof(why)
            | Self::InvalidGrant(why)
            | Self::InvalidScope(why)
            | Self::InvalidTarget(why)
            | Self::InvalidToken(why)
            | Self::UnauthorizedClient(why) => (*why).to_owned(),
            Self::InvalidRequest(why) => why.clone(),
            Self::Rejected(rejection) => rejection.description.clone(),
            Self::TooMany => "too many requests from this network: wait a minute".to_owned(),
            Self::Waiting(_, why) => (*why).to_owned(),
            Self::UseDpopNonce => "the proof must name the nonce of the DPoP-Nonce header".to_owned(),
            Self::UnsupportedGrantType(kind) => format!("{kind} is not supported"),
            Self::Custody(_) | Self::Identity(_) | Self::Signing(_) | Self::Store(_) => {
                "the server could not answer".to_owned()
            }
        }
    }
}
