//! `/login/{attempt}/welcome`: a good certificate that no account knows. *New here* or *link to my account*; nothing is
//! merged that its holder did not prove.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{allow_client, client_name, problem, signed_in};
use crate::app::App;
use crate::store::attempt::{Attempt, CertificateProof};
use crate::web::error::{PageError, Result};
use crate::web::extract::{Fields, MaybeSignedIn, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::present;
use crate::web::view::error::ErrorKind;
use crate::web::view::login::WelcomePage;
use crate::web::view::person::CertificateFacts;
use crate::web::view::problem::Problem;

/// The question.
pub async fn get(State(app): Shared, visitor: Visitor, Path(id): Path<String>) -> Result {
    let attempt = app.identity.attempt(&id, &visitor.browser).await?;
    match &attempt.progress.stranger {
        Some(proof) if attempt.finished_at.is_none() => {
            show(&app, &visitor, &attempt, proof, String::new(), Vec::new()).await
        }
        _ => Ok(Redirect::to(&format!("/login/{id}")).into_response()),
    }
}

/// The answer.
pub async fn post(
    State(app): Shared,
    visitor: Visitor,
    MaybeSignedIn(session): MaybeSignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> Result {
    let attempt = app.identity.attempt(&id, &visitor.browser).await?;
    let stranger = attempt.progress.stranger.as_ref().filter(|_| attempt.finished_at.is_none());
    let proof = stranger.ok_or_else(|| PageError::new(ErrorKind::AttemptGone))?;
    let current = session.map(|signed_in| signed_in.session);
    let username = fields.get("username");
    let code: String = fields.get("code").chars().filter(|letter| !letter.is_whitespace()).collect();
    let opened = match fields.get("action") {
        "new" => app.identity.open_account(&attempt, current, &visitor.origin).await,
        "link" => {
            let problems = missing(&fields);
            if !problems.is_empty() {
                return show(&app, &visitor, &attempt, proof, username.to_owned(), problems).await;
            }
            let credentials = (username, fields.exact("password"), code.as_str());
            app.identity.link_account(&attempt, credentials, current, &visitor.origin).await
        }
        _ => return show(&app, &visitor, &attempt, proof, username.to_owned(), vec![Problem::ChoiceMissing]).await,
    };
    match opened {
        Ok(opened) => Ok(signed_in(&app, &visitor, &id, &opened)),
        Err(error) => {
            let problems = vec![problem(&app, "link", error)?];
            show(&app, &visitor, &attempt, proof, username.to_owned(), problems).await
        }
    }
}

fn missing(fields: &Fields) -> Vec<Problem> {
    let named = [
        ("username", Problem::UsernameMissing),
        ("password", Problem::PasswordMissing),
        ("code", Problem::CodeMissing),
    ];
    named.into_iter().filter(|(name, _)| fields.get(name).is_empty()).map(|(_, problem)| problem).collect()
}

async fn show(
    app: &App,
    visitor: &Visitor,
    attempt: &Attempt,
    proof: &CertificateProof,
    username: String,
    problems: Vec<Problem>,
) -> Result<Response> {
    let now = app.clock.now_seconds().0;
    let ca = app.trust.name_of(&proof.ca, visitor.locale.tag()).await?;
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = WelcomePage {
        page: visitor.page(None),
        attempt: attempt.id.clone(),
        client_name: client_name(app, attempt, visitor).await?,
        person: present::stranger(proof, ca.clone(), now),
        certificate: CertificateFacts {
            holder: proof.holder.clone(),
            issuer: ca,
            serial: proof.serial.clone(),
            not_before: present::seconds(proof.not_before),
            not_after: present::seconds(proof.not_after),
        },
        username,
        problems,
    };
    Ok(allow_client(present::status(status, &page)?, attempt))
}
