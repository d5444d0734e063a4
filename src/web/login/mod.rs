//! `/login/{attempt}/…`: the ways in. Each handler takes the attempt out of the address and the cookie, asks `identity`,
//! and either shows the page again with what is wrong or goes on to where the person was going.

pub mod challenge;
pub mod choose;
pub mod finish;
pub mod mtls;
pub mod passkey;
pub mod password;
pub mod phone;
pub mod recovery;
pub mod welcome;
pub mod whom;

use std::sync::Arc;

use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};

use super::error::{PageError, Result};
use super::layer::security::FormTargets;
use super::layer::visitor::Visitor;
use super::present;
use super::view::error::ErrorKind;
use super::view::problem::Problem;
use crate::app::App;
use crate::clock::SECOND;
use crate::identity::session::Opened;
use crate::identity::{self};
use crate::store::attempt::{Attempt, Destination};
use crate::store::client::Stage;
use crate::store::session::Session;

/// The name of the hall that asks, or of this service.
async fn client_name(app: &App, attempt: &Attempt, visitor: &Visitor) -> Result<String> {
    let Destination::Client(request) = &attempt.destination else { return Ok(visitor.locale.text("site-name")) };
    let client = app.provider.client(&request.client_id).await?;
    Ok(client.map_or_else(String::new, |client| present::name_in(&client.names, visitor.locale)))
}

/// Whether the client that asks is one that nobody has approved.
async fn is_sandbox(app: &App, attempt: &Attempt) -> Result<bool> {
    let Destination::Client(request) = &attempt.destination else { return Ok(false) };
    let client = app.provider.client(&request.client_id).await?;
    Ok(client.is_some_and(|client| client.stage == Stage::Sandbox))
}

/// The level that the attempt needs.
fn level_needed(attempt: &Attempt) -> i64 {
    match &attempt.destination {
        Destination::Client(request) => request.level,
        Destination::Page { level, .. } => identity::level::LOWEST.max(*level),
    }
}

/// Lets the page's forms end at the client.
fn allow_client(mut response: Response, attempt: &Attempt) -> Response {
    if let Destination::Client(request) = &attempt.destination {
        response.extensions_mut().insert(FormTargets::origin_of(&request.redirect_uri));
    }
    response
}

/// To a login that proves enough, and back to a page of ours; at a kiosk, to nowhere: what asks for this changes how an
/// account is opened, lets another screen in or hands everything out, and the next person stands behind the first.
pub(super) async fn prove_first(app: &App, visitor: &Visitor, session: &Session, path: String, level: i64) -> Result {
    if session.idle > 0 {
        return Err(PageError::new(ErrorKind::AtKiosk));
    }
    let attempt = app.identity.begin(&visitor.browser, Destination::Page { path, level }).await?;
    Ok(Redirect::to(&format!("/login/{attempt}")).into_response())
}

/// Signed in: the cookie, and on to where the person was going.
fn signed_in(app: &Arc<App>, visitor: &Visitor, attempt: &str, opened: &Opened) -> Response {
    app.metrics.login(&opened.session.method, "ok");
    let mut response = Redirect::to(&format!("/login/{attempt}/continue")).into_response();
    response.headers_mut().append(header::SET_COOKIE, visitor.session_cookie(&opened.secret));
    let state = app.provider.browser_state(&opened.session.id);
    response.headers_mut().append(header::SET_COOKIE, visitor.state_cookie(&state));
    if opened.session.idle > 0 {
        response.headers_mut().append(header::SET_COOKIE, visitor.kiosk_cookie(opened.session.idle / SECOND));
    }
    response
}

/// What the person can mend, beside the form; anything else is an error page.
fn problem(app: &App, method: &str, error: identity::Error) -> Result<Problem> {
    let problem = match error {
        identity::Error::CredentialsWrong => Problem::CredentialsWrong,
        identity::Error::CodeWrong => Problem::CodeWrong,
        identity::Error::CodeUsed => Problem::CodeUsed,
        identity::Error::Throttled { wait_seconds } => Problem::Throttled { wait_seconds },
        identity::Error::AlreadyLinked => Problem::AlreadyLinked,
        identity::Error::AnotherPerson => Problem::AnotherPerson,
        identity::Error::ChallengeExpired => Problem::ChallengeExpired,
        identity::Error::SignatureWrong => Problem::SignatureWrong,
        identity::Error::PasskeyCopied => Problem::PasskeyCopied,
        identity::Error::PasskeyRefused => Problem::PasskeyRefused,
        identity::Error::PasskeyUnknown => Problem::PasskeyUnknown,
        other => return Err(other.into()),
    };
    app.metrics.login(method, problem.key());
    Ok(problem)
}
