//! `/account/credentials/{id}/unlink`: takes a certificate away from the account, after a question. The sessions that it
//! opened end with it. A session that proved too little, or too long ago, is led through a login first.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::overview::credential_facts;
use crate::app::App;
use crate::identity::session::SignedIn;
use crate::identity::unlink::Kept;
use crate::oidc::claims::display_name;
use crate::oidc::logout::EndSessionRequest;
use crate::store::credential::CertificateCredential;
use crate::web::error::{PageError, Result};
use crate::web::extract::{Fields, Required, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::login::prove_first;
use crate::web::oidc::end_session;
use crate::web::present;
use crate::web::view::account::{KeptBecause, UnlinkPage};
use crate::web::view::error::ErrorKind;

/// The question, or why the certificate has to stay.
pub async fn get(
    State(app): Shared,
    visitor: Visitor,
    Required(signed_in): Required,
    Path(id): Path<String>,
) -> Result {
    let found = app.identity.linked_certificate(&signed_in, &id).await?;
    let (credential, kept) = found.ok_or_else(|| PageError::new(ErrorKind::NotFound))?;
    match because(kept) {
        Ok(kept) => show(&app, &visitor, &signed_in, &credential, kept, StatusCode::OK).await,
        Err(level) => prove_first(&app, &visitor, &signed_in.session, question(&id), level).await,
    }
}

/// Takes it away. Whoever is signed in with it is signed out.
pub async fn post(
    State(app): Shared,
    visitor: Visitor,
    Required(signed_in): Required,
    Path(id): Path<String>,
    _fields: Fields,
) -> Result {
    let person = &signed_in.person.id;
    let found = app.identity.unlink(&signed_in, &id, &visitor.origin).await?;
    let (credential, kept) = found.ok_or_else(|| PageError::new(ErrorKind::NotFound))?;
    match because(kept) {
        Ok(None) => (),
        Ok(kept) => {
            return show(&app, &visitor, &signed_in, &credential, kept, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
        Err(level) => return prove_first(&app, &visitor, &signed_in.session, question(&id), level).await,
    }
    if signed_in.session.credential == id {
        // Before the others, so that the page can say which halls were told.
        let response = end_session::end(&app, &visitor, EndSessionRequest::default(), &signed_in).await?;
        app.provider.end_sessions_of_credential(person, &id, &visitor.origin.address).await?;
        return Ok(response);
    }
    app.provider.end_sessions_of_credential(person, &id, &visitor.origin.address).await?;
    Ok(Redirect::to("/account?notice=certificate_unlinked").into_response())
}

/// Why it has to stay, as the page says it; or the level that is to be proved first.
fn because(kept: Option<Kept>) -> std::result::Result<Option<KeptBecause>, i64> {
    match kept {
        None => Ok(None),
        Some(Kept::IssuedHere) => Ok(Some(KeptBecause::IssuedHere)),
        Some(Kept::OnlyWayIn) => Ok(Some(KeptBecause::OnlyWayIn)),
        Some(Kept::OpenedAccount) => Ok(Some(KeptBecause::OpenedAccount)),
        Some(Kept::Unproved { level }) => Err(level),
    }
}

/// The address of the question.
fn question(id: &str) -> String {
    format!("/account/credentials/{id}/unlink")
}

async fn show(
    app: &App,
    visitor: &Visitor,
    signed_in: &SignedIn,
    credential: &CertificateCredential,
    kept: Option<KeptBecause>,
    status: StatusCode,
) -> Result<Response> {
    let page = UnlinkPage {
        page: visitor.page(Some(display_name(&signed_in.person))),
        action: question(&credential.id),
        certificate: credential_facts(app, credential, visitor.locale).await?,
        kept,
        opened_this_session: signed_in.session.credential == credential.id,
    };
    present::status(status, &page)
}
