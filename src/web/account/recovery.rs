//! `/account/recovery-codes`: how many are left, and ten new ones, shown once. `/account/authenticator`: another authenticator
//! app in the place of a lost one. A session that proved too little, or too long ago, is led through a login first.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use crate::app::App;
use crate::identity;
use crate::identity::session::SignedIn;
use crate::oidc::claims::display_name;
use crate::web::error::{PageError, Result};
use crate::web::extract::{Fields, Required, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::login;
use crate::web::present;
use crate::web::view::account::{AuthenticatorPage, RecoveryCodes, RecoveryCodesPage};
use crate::web::view::error::ErrorKind;
use crate::web::view::problem::Problem;
use crate::web::view::qr::Qr;

const CODES: &str = "/account/recovery-codes";
const AUTHENTICATOR: &str = "/account/authenticator";

/// How many are left, and the button.
pub async fn codes(State(app): Shared, visitor: Visitor, Required(signed_in): Required) -> Result {
    let known = app.identity.recovery_codes(&signed_in.person.id).await?;
    let known = known.ok_or_else(|| PageError::new(ErrorKind::NotFound))?;
    if !app.identity.may_change_factors(&signed_in) {
        return prove_first(&app, &visitor, &signed_in, CODES).await;
    }
    present::html(&RecoveryCodesPage {
        page: visitor.page(Some(display_name(&signed_in.person))),
        known: known.map(present::recovery_codes),
        made: Vec::new(),
    })
}

/// Ten new ones.
pub async fn make(State(app): Shared, visitor: Visitor, Required(signed_in): Required, _fields: Fields) -> Result {
    if app.identity.recovery_codes(&signed_in.person.id).await?.is_none() {
        return Err(PageError::new(ErrorKind::NotFound));
    }
    let made = match app.identity.make_recovery_codes(&signed_in, &visitor.origin).await {
        Err(identity::Error::ProvedLongAgo) => return prove_first(&app, &visitor, &signed_in, CODES).await,
        made => made?,
    };
    let now = app.clock.now_seconds().0;
    let known = RecoveryCodes { left: made.len(), made_at: now, used_at: None };
    let mut page = visitor.page(Some(display_name(&signed_in.person)));
    CODES.clone_into(&mut page.path_and_query);
    present::html(&RecoveryCodesPage { page, known: Some(known), made })
}

/// The secret as a picture and as text, and the form for the first code.
pub async fn authenticator(State(app): Shared, visitor: Visitor, Required(signed_in): Required) -> Result {
    show(&app, &visitor, &signed_in, Vec::new()).await
}

/// The first code.
pub async fn change(State(app): Shared, visitor: Visitor, Required(signed_in): Required, fields: Fields) -> Result {
    let code: String = fields.get("code").chars().filter(|letter| !letter.is_whitespace()).collect();
    if code.len() != 6 || !code.bytes().all(|digit| digit.is_ascii_digit()) {
        return show(&app, &visitor, &signed_in, vec![Problem::CodeMissing]).await;
    }
    let wrong = match app.identity.change_authenticator(&signed_in, &code, &visitor.origin).await {
        Ok(()) => return Ok(Redirect::to("/account?notice=authenticator_changed").into_response()),
        Err(identity::Error::ProvedLongAgo) => {
            return prove_first(&app, &visitor, &signed_in, AUTHENTICATOR).await;
        }
        Err(identity::Error::CodeWrong) => Problem::CodeWrong,
        Err(identity::Error::ChallengeExpired) => Problem::AuthenticatorExpired,
        Err(error) => return Err(error.into()),
    };
    show(&app, &visitor, &signed_in, vec![wrong]).await
}

async fn show(app: &App, visitor: &Visitor, signed_in: &SignedIn, problems: Vec<Problem>) -> Result<Response> {
    let begun = match app.identity.begin_authenticator(signed_in).await {
        Err(identity::Error::ProvedLongAgo) => return prove_first(app, visitor, signed_in, AUTHENTICATOR).await,
        // There is no password that it could stand beside.
        Err(identity::Error::AttemptGone) => return Err(PageError::new(ErrorKind::NotFound)),
        begun => begun?,
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = visitor.page(Some(display_name(&signed_in.person)));
    let page = AuthenticatorPage { page, qr: Qr::of(&begun.address), secret: in_fours(&begun.secret), problems };
    present::status(status, &page)
}

/// As it is read out and typed.
fn in_fours(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

async fn prove_first(app: &App, visitor: &Visitor, signed_in: &SignedIn, path: &str) -> Result {
    let level = app.identity.level_to_change_factors(signed_in);
    login::prove_first(app, visitor, &signed_in.session, path.to_owned(), level).await
}
