//! `/account/passkeys`: a passkey is made on the person's device, named and added; and taken away again, after a question. A
//! session that proved too little, or too long ago, is led through a login first.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::overview::device;
use crate::app::App;
use crate::identity;
use crate::identity::session::SignedIn;
use crate::identity::unlink::Kept;
use crate::oidc::claims::display_name;
use crate::oidc::logout::EndSessionRequest;
use crate::store::passkey::Passkey;
use crate::web::error::{PageError, Result};
use crate::web::extract::{Fields, Required, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::login;
use crate::web::oidc::end_session;
use crate::web::present;
use crate::web::view::account::{AddPasskeyPage, RemovePasskeyPage};
use crate::web::view::error::ErrorKind;
use crate::web::view::problem::Problem;

const NEW: &str = "/account/passkeys/new";

/// The form.
pub async fn get(State(app): Shared, visitor: Visitor, Required(signed_in): Required) -> Result {
    if !app.identity.offers_passkeys() {
        return Err(PageError::new(ErrorKind::NotFound));
    }
    show(&app, &visitor, &signed_in, device(&visitor.origin.agent), Vec::new()).await
}

/// What the device made.
pub async fn post(State(app): Shared, visitor: Visitor, Required(signed_in): Required, fields: Fields) -> Result {
    let name = fields.get("name");
    if name.is_empty() {
        return show(&app, &visitor, &signed_in, String::new(), vec![Problem::PasskeyNameMissing]).await;
    }
    let wrong = match app.identity.add_passkey(&signed_in, name, fields.get("credential"), &visitor.origin).await {
        Ok(()) => return Ok(Redirect::to("/account?notice=passkey_added").into_response()),
        Err(identity::Error::ProvedLongAgo) => return prove_first(&app, &visitor, &signed_in, NEW).await,
        Err(identity::Error::ChallengeExpired) => Problem::PasskeyExpired,
        Err(identity::Error::PasskeyRefused) => Problem::PasskeyNotMade,
        Err(identity::Error::PasskeyTaken) => Problem::PasskeyTaken,
        Err(identity::Error::TooManyPasskeys) => Problem::TooManyPasskeys,
        Err(error) => return Err(error.into()),
    };
    show(&app, &visitor, &signed_in, name.to_owned(), vec![wrong]).await
}

async fn show(
    app: &App,
    visitor: &Visitor,
    signed_in: &SignedIn,
    name: String,
    problems: Vec<Problem>,
) -> Result<Response> {
    let shown = display_name(&signed_in.person);
    let options = match app.identity.passkey_creation(signed_in, &shown).await {
        Err(identity::Error::ProvedLongAgo) => return prove_first(app, visitor, signed_in, NEW).await,
        options => options?,
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut page = visitor.page(Some(shown));
    NEW.clone_into(&mut page.path_and_query);
    present::status(status, &AddPasskeyPage { page, options, name, problems })
}

/// The question, or why it has to stay.
pub async fn ask(
    State(app): Shared,
    visitor: Visitor,
    Required(signed_in): Required,
    Path(id): Path<String>,
) -> Result {
    let found = app.identity.passkey(&signed_in, &id).await?;
    let (passkey, kept) = found.ok_or_else(|| PageError::new(ErrorKind::NotFound))?;
    answer(&app, &visitor, &signed_in, &passkey, kept, StatusCode::OK).await
}

/// Takes it away, and ends the sessions that it opened.
pub async fn remove(
    State(app): Shared,
    visitor: Visitor,
    Required(signed_in): Required,
    Path(id): Path<String>,
    _fields: Fields,
) -> Result {
    let found = app.identity.remove_passkey(&signed_in, &id, &visitor.origin).await?;
    let (passkey, kept) = found.ok_or_else(|| PageError::new(ErrorKind::NotFound))?;
    if kept.is_some() {
        return answer(&app, &visitor, &signed_in, &passkey, kept, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let (person, address) = (&signed_in.person.id, &visitor.origin.address);
    if signed_in.session.credential == id {
        // Before the others, so that the page can say which halls were told.
        let response = end_session::end(&app, &visitor, EndSessionRequest::default(), &signed_in).await?;
        app.provider.end_sessions_of_credential(person, &id, address).await?;
        return Ok(response);
    }
    app.provider.end_sessions_of_credential(person, &id, address).await?;
    Ok(Redirect::to("/account?notice=passkey_removed").into_response())
}

async fn answer(
    app: &App,
    visitor: &Visitor,
    signed_in: &SignedIn,
    passkey: &Passkey,
    kept: Option<Kept>,
    status: StatusCode,
) -> Result<Response> {
    let action = format!("/account/passkeys/{}/remove", passkey.id);
    if matches!(kept, Some(Kept::Unproved { .. })) {
        return prove_first(app, visitor, signed_in, &action).await;
    }
    let page = RemovePasskeyPage {
        page: visitor.page(Some(display_name(&signed_in.person))),
        action,
        name: passkey.name.clone(),
        added_at: present::seconds(passkey.created_at),
        used_at: passkey.used_at.map(present::seconds),
        only_way_in: kept.is_some(),
        opened_this_session: signed_in.session.credential == passkey.id,
    };
    present::status(status, &page)
}

async fn prove_first(app: &App, visitor: &Visitor, signed_in: &SignedIn, path: &str) -> Result {
    let level = app.identity.level_to_keep_passkeys();
    login::prove_first(app, visitor, &signed_in.session, path.to_owned(), level).await
}
