//! Errors as people see them. A handler gives a [`PageError`]; the visitor layer, which knows the language, draws it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::view::error::ErrorKind;
use crate::oidc::authorize::Unredirectable;
use crate::{ca, identity, oidc, store};

/// The result of a page's handler.
pub type Result<T = Response> = std::result::Result<T, PageError>;

/// An error page to be drawn.
#[derive(Clone, Debug)]
pub struct PageError {
    /// Which.
    pub kind: ErrorKind,
    /// A fact for whoever mends it; shown as text.
    pub detail: Option<String>,
    /// Where to begin again.
    pub retry_url: Option<String>,
    /// The id under which the log tells the rest.
    pub incident: Option<String>,
}

impl PageError {
    /// An error page of a kind.
    pub fn new(kind: ErrorKind) -> Self {
        Self { kind, detail: None, retry_url: None, incident: None }
    }

    /// With a fact beside it.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// A fault of ours: logged here, once, and shown without its reason.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        let incident = crate::id::new_id();
        tracing::error!(incident, %error, "a request could not be answered");
        Self { incident: Some(incident), ..Self::new(ErrorKind::Internal) }
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        match self.kind {
            ErrorKind::BadRedirectUri | ErrorKind::UnknownClient | ErrorKind::BadRequest => StatusCode::BAD_REQUEST,
            ErrorKind::AttemptGone => StatusCode::GONE,
            ErrorKind::AtKiosk | ErrorKind::Csrf | ErrorKind::Forbidden | ErrorKind::FormExpired => {
                StatusCode::FORBIDDEN
            }
            ErrorKind::Replayed => StatusCode::CONFLICT,
            ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
            ErrorKind::NotFound => StatusCode::NOT_FOUND,
            ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<store::Error> for PageError {
    fn from(error: store::Error) -> Self {
        Self { kind: ErrorKind::Unavailable, ..Self::internal(&error) }
    }
}

impl From<identity::Error> for PageError {
    fn from(error: identity::Error) -> Self {
        match error {
            identity::Error::AttemptGone => Self::new(ErrorKind::AttemptGone),
            identity::Error::Busy => Self::new(ErrorKind::Unavailable),
            identity::Error::Throttled { .. } => Self::new(ErrorKind::TooMany),
            identity::Error::Store(error) => error.into(),
            other => Self::internal(&other),
        }
    }
}

impl From<oidc::Error> for PageError {
    fn from(error: oidc::Error) -> Self {
        match error {
            oidc::Error::InvalidRequest(why) => Self::new(ErrorKind::BadRequest).with_detail(why),
            oidc::Error::Store(error) => error.into(),
            other => Self::internal(&other),
        }
    }
}

impl From<Unredirectable> for PageError {
    fn from(reason: Unredirectable) -> Self {
        let (kind, detail) = match reason {
            Unredirectable::BadRedirectUri(uri) => (ErrorKind::BadRedirectUri, uri),
            // Its name is a secret while it counts.
            Unredirectable::BadRequestUri => (ErrorKind::BadRequest, Some("request_uri".to_owned())),
            Unredirectable::Duplicate(name) => (ErrorKind::BadRequest, Some(format!("{name} ×2"))),
            Unredirectable::UnknownClient(id) => (ErrorKind::UnknownClient, id),
        };
        Self { detail, ..Self::new(kind) }
    }
}

impl From<ca::Error> for PageError {
    fn from(error: ca::Error) -> Self {
        match error {
            ca::Error::Store(error) => error.into(),
            other => Self::internal(&other),
        }
    }
}
