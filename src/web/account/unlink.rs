//! `/account/credentials/{id}/unlink`: takes a certificate away from the account, after a question. The sessions that it
//! opened end with it.

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
    let found = app.identity.linked_certificate(&signed_in.person.id, &id).await?;
    let (credential, kept) = found.ok_or_else(|| PageError::new(ErrorKind::NotFound))?;
    show(&app, &visitor, &signed_in, &credential, kept, StatusCode::OK).await
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
    let found = app.identity.unlink(person, &id, &visitor.origin).await?;
    let (credential, kept) = found.ok_or_else(|| PageError::new(ErrorKind::NotFound))?;
    if kept.is_some() {
        return show(&app, &visitor, &signed_in, &credential, kept, StatusCode::UNPROCESSABLE_ENTITY).await;
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

async fn show(
    app: &App,
    visitor: &Visitor,
    signed_in: &SignedIn,
    credential: &CertificateCredential,
    kept: Option<Kept>,
    status: StatusCode,
) -> Result<Response> {
    let page = UnlinkPage {
        page: visitor.page(Some(display_name(&signed_in.person))),
        action: format!("/account/credentials/{}/unlink", credential.id),
        certificate: credential_facts(app, credential, visitor.locale).await?,
        kept: kept.map(|kept| match kept {
            Kept::IssuedHere => KeptBecause::IssuedHere,
            Kept::OnlyWayIn => KeptBecause::OnlyWayIn,
        }),
        opened_this_session: signed_in.session.credential == credential.id,
    };
    present::status(status, &page)
}
