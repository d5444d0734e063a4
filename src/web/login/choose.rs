//! `GET /login/{attempt}`: which hall asks, what it needs, and the ways to prove it. `GET /login`: begin one's own.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{allow_client, client_name, is_sandbox, level_needed};
use crate::app::App;
use crate::identity::session::SignedIn;
use crate::oidc::claims::display_name;
use crate::store::attempt::{Attempt, Destination};
use crate::web::error::{PageError, Result};
use crate::web::extract::{MaybeSignedIn, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::present;
use crate::web::view::login::{LoginPage, StepUp, StepUpReason};
use crate::web::view::problem::Problem;

/// Begins an attempt that leads to the account.
pub async fn begin(State(app): Shared, visitor: Visitor, MaybeSignedIn(signed_in): MaybeSignedIn) -> Result {
    if signed_in.is_some() {
        return Ok(Redirect::to("/account").into_response());
    }
    let destination = Destination::Page { path: "/account".to_owned(), level: 0 };
    let attempt = app.identity.begin(&visitor.browser, destination).await?;
    Ok(Redirect::to(&format!("/login/{attempt}")).into_response())
}

/// Shows the ways in.
pub async fn get(
    State(app): Shared,
    visitor: Visitor,
    MaybeSignedIn(signed_in): MaybeSignedIn,
    Path(id): Path<String>,
) -> Result {
    let attempt = app.identity.attempt(&id, &visitor.browser).await?;
    if attempt.finished_at.is_some() {
        return Ok(Redirect::to(&format!("/login/{id}/continue")).into_response());
    }
    show(&app, &visitor, &attempt, signed_in.as_ref(), String::new(), Vec::new()).await
}

/// The page, with what went wrong last time.
pub(super) async fn show(
    app: &App,
    visitor: &Visitor,
    attempt: &Attempt,
    signed_in: Option<&SignedIn>,
    username: String,
    problems: Vec<Problem>,
) -> Result<Response> {
    let id = &attempt.id;
    let needed = level_needed(attempt);
    let failed = !problems.is_empty();
    let passkey = if app.identity.passkeys_reach(needed) { app.identity.passkey_request(attempt).await? } else { None };
    let mut page = visitor.page(None);
    page.path_and_query = format!("/login/{id}");
    let page = LoginPage {
        page,
        attempt: id.clone(),
        client_name: client_name(app, attempt, visitor).await?,
        sandbox: is_sandbox(app, attempt).await?,
        policy_url: about(app, attempt, "policy_uri").await?,
        terms_url: about(app, attempt, "tos_uri").await?,
        level: present::level(needed),
        certificate_url: Some(format!(
            "{}/certificate/{id}?lang={}",
            app.settings.server.mtls_url,
            visitor.locale.tag()
        )),
        passkey,
        phone: app.identity.phones_reach(needed),
        password_suffices: needed <= app.settings.login.level_password,
        username: if username.is_empty() { hint(attempt) } else { username },
        step_up: signed_in.map(|signed_in| step_up(signed_in, needed)),
        problems,
        cancel_url: cancel_url(attempt),
    };
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(allow_client(present::status(status, &page)?, attempt))
}

/// A page of the client's that it named when it registered itself (OpenID Connect Registration §2).
async fn about(app: &App, attempt: &Attempt, name: &str) -> Result<Option<String>> {
    let Destination::Client(request) = &attempt.destination else { return Ok(None) };
    let registration =
        app.provider.registration_of(&request.client_id).await.map_err(|error| PageError::internal(&error))?;
    Ok(registration.and_then(|registration| registration.about.get(name)?.as_str().map(str::to_owned)))
}

fn hint(attempt: &Attempt) -> String {
    match &attempt.destination {
        Destination::Client(request) => request.login_hint.clone().unwrap_or_default(),
        Destination::Page { .. } => String::new(),
    }
}

fn step_up(signed_in: &SignedIn, needed: i64) -> StepUp {
    let now = signed_in.session.level;
    let reason = if now < needed { StepUpReason::Level { now: present::level(now) } } else { StepUpReason::Fresh };
    StepUp { display_name: display_name(&signed_in.person), reason }
}

/// Giving up goes back to the client with an error.
fn cancel_url(attempt: &Attempt) -> Option<String> {
    let to_client = matches!(attempt.destination, Destination::Client(_));
    to_client.then(|| format!("/login/{}/cancel", attempt.id))
}
