//! What did not finish, as a page: logged here, once, under the id that the page shows.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{Desk, SIGN_IN};
use crate::halls::session::Session;
use crate::halls::{CALLBACK, Error};
use crate::web::error::PageError;
use crate::web::layer::visitor::Visitor;
use crate::web::view::error::ErrorKind;
use crate::web::view::hall::{HallError, HallErrorPage};

/// An error page to be drawn.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    kind: HallError,
    status: StatusCode,
    incident: String,
    retry_url: Option<String>,
    signed_in: Option<String>,
}

impl Failure {
    /// An error page of a kind. `why` is for the log.
    pub(super) fn new(kind: HallError, why: &str) -> Self {
        let status = StatusCode::from(kind);
        let incident = crate::id::new_id();
        if status.is_server_error() {
            tracing::error!(incident, why, "a hall could not answer");
        } else {
            tracing::info!(incident, why, "a hall refused");
        }
        Self { kind, status, incident, retry_url: Some(SIGN_IN.to_owned()), signed_in: None }
    }

    /// With the address to try again at.
    #[must_use]
    pub(super) fn retry(mut self, url: impl Into<String>) -> Self {
        self.retry_url = Some(url.into());
        self
    }

    /// With nothing to try again: the same would come of it.
    #[must_use]
    pub(super) fn final_for_now(mut self) -> Self {
        self.retry_url = None;
        self
    }

    /// For somebody who is signed in.
    #[must_use]
    pub(super) fn seen_by(mut self, session: &Session) -> Self {
        self.signed_in = Some(super::person::display_name(&session.claims));
        self
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let kind = match &error {
            Error::CodeRefused(_) => HallError::CodeRefused,
            Error::Denied(_) | Error::InteractionRequired(_) => HallError::Denied,
            Error::IssuerUnavailable { .. } => HallError::IssuerUnavailable,
            Error::StateMismatch | Error::WrongIssuer { .. } => HallError::StateMismatch,
            Error::TokenInvalid(_) => HallError::TokenInvalid,
            Error::LogoutToken(_) | Error::Rejected(_) | Error::Store(_) => HallError::Other,
        };
        let status = match &error {
            Error::Rejected(_) => StatusCode::BAD_GATEWAY,
            Error::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            _ => kind.into(),
        };
        Self { status, ..Self::new(kind, &error.to_string()) }
    }
}

/// A form that was not taken.
impl From<PageError> for Failure {
    fn from(error: PageError) -> Self {
        let kind = if error.kind == ErrorKind::Csrf { HallError::FormExpired } else { HallError::Other };
        let status = error.status();
        Self { status, ..Self::new(kind, "the form does not come from this browser's page, or is too large") }
            .final_for_now()
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Draws a failure in the visitor's language and the hall's look.
pub(super) async fn draw(State(desk): State<Desk>, visitor: Visitor, request: Request, next: Next) -> Response {
    let can_be_opened_again = request.method().is_safe() && request.uri().path() != CALLBACK;
    let mut response = next.run(request).await;
    let Some(failure) = response.extensions_mut().remove::<Failure>() else {
        return response;
    };
    let mut context = visitor.page(failure.signed_in);
    if !can_be_opened_again {
        // Another language must not give the provider's answer, or a form, a second time.
        "/".clone_into(&mut context.path_and_query);
    }
    let page = HallErrorPage {
        page: context,
        hall: desk.context(),
        kind: failure.kind,
        incident: failure.incident,
        retry_url: failure.retry_url,
    };
    desk.respond(failure.status, &page, &page.page)
}

/// Any address that is none of the hall's.
pub(super) async fn not_found() -> Failure {
    no_such_page()
}

/// No such page, item or receipt.
pub(super) fn no_such_page() -> Failure {
    Failure::new(HallError::NotFound, "no such page").final_for_now()
}
