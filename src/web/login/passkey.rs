//! `POST /login/{attempt}/passkey`: what the person's device answered to the challenge of the login page.

use axum::extract::{Path, State};

use super::{choose, problem, signed_in};
use crate::identity;
use crate::web::error::Result;
use crate::web::extract::{Fields, MaybeSignedIn, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::view::problem::Problem;

/// The answer.
pub async fn post(
    State(app): Shared,
    visitor: Visitor,
    MaybeSignedIn(session): MaybeSignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> Result {
    let attempt = app.identity.attempt(&id, &visitor.browser).await?;
    let current = session.as_ref().map(|signed_in| signed_in.session.clone());
    let entered = app.identity.enter_by_passkey(&attempt, fields.get("credential"), current, &visitor.origin).await;
    let wrong = match entered {
        Ok(opened) => return Ok(signed_in(&app, &visitor, &id, &opened)),
        Err(identity::Error::ChallengeExpired) => Problem::PasskeyExpired,
        Err(error) => problem(&app, "passkey", error)?,
    };
    choose::show(&app, &visitor, &attempt, session.as_ref(), String::new(), vec![wrong]).await
}
