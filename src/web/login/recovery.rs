//! `GET|POST /login/{attempt}/recovery`: a recovery code in the place of the authenticator's, after the password.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{allow_client, client_name, problem, signed_in};
use crate::app::App;
use crate::identity;
use crate::store::attempt::Attempt;
use crate::web::error::{PageError, Result};
use crate::web::extract::{Fields, MaybeSignedIn, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::present;
use crate::web::view::error::ErrorKind;
use crate::web::view::login::RecoveryPage;
use crate::web::view::problem::Problem;

/// The form.
pub async fn get(State(app): Shared, visitor: Visitor, Path(id): Path<String>) -> Result {
    let attempt = app.identity.attempt(&id, &visitor.browser).await?;
    if attempt.progress.password_of.is_none() || attempt.finished_at.is_some() {
        return Ok(Redirect::to(&format!("/login/{id}")).into_response());
    }
    show(&app, &visitor, &attempt, Vec::new()).await
}

/// The code.
pub async fn post(
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
    let code = fields.get("recovery_code");
    if code.is_empty() || code.len() > 64 {
        return show(&app, &visitor, &attempt, vec![Problem::RecoveryCodeMissing]).await;
    }
    let current = session.map(|signed_in| signed_in.session);
    let wrong = match app.identity.check_recovery_code(&attempt, code, current, &visitor.origin).await {
        Ok(opened) => return Ok(signed_in(&app, &visitor, &id, &opened)),
        Err(identity::Error::CodeWrong) => {
            app.metrics.login("recovery_code", "problem-recovery-code-wrong");
            Problem::RecoveryCodeWrong
        }
        Err(identity::Error::Throttled { wait_seconds }) => Problem::RecoveryCodeThrottled { wait_seconds },
        Err(error) => problem(&app, "recovery_code", error)?,
    };
    show(&app, &visitor, &attempt, vec![wrong]).await
}

async fn show(app: &App, visitor: &Visitor, attempt: &Attempt, problems: Vec<Problem>) -> Result<Response> {
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let client_name = client_name(app, attempt, visitor).await?;
    let page = RecoveryPage { page: visitor.page(None), attempt: attempt.id.clone(), client_name, problems };
    Ok(allow_client(present::status(status, &page)?, attempt))
}
