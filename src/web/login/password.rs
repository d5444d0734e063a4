//! `POST /login/{attempt}/password` and `GET|POST /login/{attempt}/totp`: something known, then something held.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{allow_client, choose, client_name, problem, signed_in};
use crate::app::App;
use crate::store::attempt::Attempt;
use crate::web::error::{PageError, Result};
use crate::web::extract::{Fields, MaybeSignedIn, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::present;
use crate::web::view::error::ErrorKind;
use crate::web::view::login::TotpPage;
use crate::web::view::problem::Problem;

/// The password.
pub async fn post(
    State(app): Shared,
    visitor: Visitor,
    MaybeSignedIn(session): MaybeSignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> Result {
    let attempt = app.identity.attempt(&id, &visitor.browser).await?;
    let (username, password) = (fields.get("username"), fields.exact("password"));
    let mut problems = Vec::new();
    if username.is_empty() {
        problems.push(Problem::UsernameMissing);
    }
    if password.is_empty() {
        problems.push(Problem::PasswordMissing);
    }
    if problems.is_empty() {
        match app.identity.check_password(&attempt, username, password, &visitor.origin).await {
            Ok(()) => return Ok(Redirect::to(&format!("/login/{id}/totp")).into_response()),
            Err(error) => problems.push(problem(&app, "password", error)?),
        }
    }
    choose::show(&app, &visitor, &attempt, session.as_ref(), username.to_owned(), problems).await
}

/// The form for the code.
pub async fn get_code(State(app): Shared, visitor: Visitor, Path(id): Path<String>) -> Result {
    let attempt = app.identity.attempt(&id, &visitor.browser).await?;
    if attempt.progress.password_of.is_none() || attempt.finished_at.is_some() {
        return Ok(Redirect::to(&format!("/login/{id}")).into_response());
    }
    show_code(&app, &visitor, &attempt, Vec::new()).await
}

/// The code.
pub async fn post_code(
    State(app): Shared,
    visitor: Visitor,
    MaybeSignedIn(session): MaybeSignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> Result {
    let attempt = app.identity.attempt(&id, &visitor.browser).await?;
    if attempt.finished_at.is_some() {
        return Err(PageError::new(ErrorKind::Replayed));
    }
    let code: String = fields.get("code").chars().filter(|letter| !letter.is_whitespace()).collect();
    if code.len() != 6 || !code.bytes().all(|digit| digit.is_ascii_digit()) {
        return show_code(&app, &visitor, &attempt, vec![Problem::CodeMissing]).await;
    }
    let current = session.map(|signed_in| signed_in.session);
    match app.identity.check_code(&attempt, &code, current, &visitor.origin).await {
        Ok(opened) => Ok(signed_in(&app, &visitor, &id, &opened)),
        Err(error) => show_code(&app, &visitor, &attempt, vec![problem(&app, "totp", error)?]).await,
    }
}

async fn show_code(app: &App, visitor: &Visitor, attempt: &Attempt, problems: Vec<Problem>) -> Result<Response> {
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let client_name = client_name(app, attempt, visitor).await?;
    let page = TotpPage { page: visitor.page(None), attempt: attempt.id.clone(), client_name, problems };
    Ok(allow_client(present::status(status, &page)?, attempt))
}
