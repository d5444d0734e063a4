//! The certificate in the browser. `GET /certificate/{attempt}` stands on the mutual-TLS listener: it takes the peer's
//! certificates from the connection, has them judged, and hands what was proved to the browser as a secret;
//! `GET /login/{attempt}/certificate` takes that secret in, together with the browser's own cookie.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use pki::Certificate;
use serde::Deserialize;

use super::{problem, signed_in};
use crate::app::App;
use crate::identity::login::Entered;
use crate::identity::session::SignedIn;
use crate::identity::{self};
use crate::store::attempt::{Attempt, CertificateProof};
use crate::trust::{Reason, Refusal};
use crate::web::account::{link, mandates};
use crate::web::error::{PageError, Result};
use crate::web::extract::{MaybeSignedIn, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::listen::Peer;
use crate::web::present;
use crate::web::view::error::ErrorKind;
use crate::web::view::problem::Problem;

/// On the mutual-TLS listener.
pub async fn present_certificate(
    State(app): Shared,
    visitor: Visitor,
    Extension(peer): Extension<Peer>,
    Path(id): Path<String>,
) -> Result {
    let attempt = app.identity.attempt_of_anyone(&id).await?;
    if attempt.finished_at.is_some() {
        return Err(PageError::new(ErrorKind::AttemptGone));
    }
    let judged = match read(&peer) {
        Ok((leaf, chain)) => app.identity.judge_certificate("mtls", &leaf, &chain, &visitor.origin).await,
        Err(refusal) => Err(app.identity.refuse("mtls", refusal, &visitor.origin).await),
    };
    let home = format!("{}/login/{id}", app.provider.issuer);
    match judged {
        Ok(proof) => {
            let secret = app.identity.leave_proof(&id, proof).await?;
            Ok(Redirect::to(&format!("{home}/certificate?proof={secret}")).into_response())
        }
        Err(identity::Error::Refused(refused)) => {
            app.metrics.login("mtls", refused.refusal.reason.code());
            present::refusal(&visitor, &refused, home)
        }
        Err(error) => Err(error.into()),
    }
}

fn read(peer: &Peer) -> std::result::Result<(Certificate, Vec<Certificate>), Box<Refusal>> {
    let Some((leaf, chain)) = peer.certificates.split_first() else {
        let why = "the browser sent no certificate";
        return Err(Refusal::without_certificate(Reason::NoCertificatePresented, why));
    };
    let leaf = Certificate::from_der(leaf)
        .map_err(|error| Refusal::without_certificate(Reason::Malformed, &error.to_string()))?;
    // What else came along only helps to find a path: what cannot be read is left out.
    let chain = chain.iter().filter_map(|der| Certificate::from_der(der).ok()).collect();
    Ok((leaf, chain))
}

/// The secret in the address.
#[derive(Deserialize)]
pub struct Handoff {
    proof: String,
}

/// Back on the pages' listener.
pub async fn take_certificate(
    State(app): Shared,
    visitor: Visitor,
    MaybeSignedIn(session): MaybeSignedIn,
    Path(id): Path<String>,
    Query(handoff): Query<Handoff>,
) -> Result {
    let attempt = app.identity.attempt(&id, &visitor.browser).await?;
    let proof = app.identity.take_proof(&attempt, &handoff.proof).await?;
    enter(&app, &visitor, &attempt, proof, session).await
}

/// Goes on with a good certificate; one that may not be linked leads back to the page that asked for it.
pub(super) async fn enter(
    app: &Arc<App>,
    visitor: &Visitor,
    attempt: &Attempt,
    proof: CertificateProof,
    session: Option<SignedIn>,
) -> Result {
    let current = session.as_ref().map(|signed_in| signed_in.session.clone());
    match (app.identity.enter(attempt, proof, current, &visitor.origin).await, session) {
        (Ok(entered), _) => Ok(entered_response(app, visitor, &attempt.id, entered)),
        (Err(error @ (identity::Error::AlreadyLinked | identity::Error::AnotherPerson)), Some(signed_in)) => {
            link::show(app, visitor, &signed_in, &attempt.id, vec![problem(app, "link", error)?])
        }
        (Err(identity::Error::NotACompany), Some(signed_in)) => {
            mandates::show_certificate(app, visitor, &signed_in, &attempt.id, vec![Problem::NotACompany])
        }
        (Err(identity::Error::CompanyUnproved), Some(signed_in)) => {
            mandates::show_certificate(app, visitor, &signed_in, &attempt.id, vec![Problem::CompanyUnproved])
        }
        (Err(identity::Error::ProvedLongAgo), Some(_)) if attempt.progress.representing.is_some() => {
            Ok(Redirect::to("/account/mandates/certificate").into_response())
        }
        (Err(identity::Error::ProvedLongAgo), Some(_)) => Ok(Redirect::to("/account/link").into_response()),
        (Err(error), _) => Err(error.into()),
    }
}

/// On to the account, the question, or the account page.
fn entered_response(app: &Arc<App>, visitor: &Visitor, id: &str, entered: Entered) -> Response {
    match entered {
        Entered::Session(opened) | Entered::Linked(opened) => signed_in(app, visitor, id, &opened),
        Entered::Represented => Redirect::to(&format!("/login/{id}/continue")).into_response(),
        Entered::Stranger => Redirect::to(&format!("/login/{id}/welcome")).into_response(),
    }
}
