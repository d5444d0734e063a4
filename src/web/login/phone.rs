//! `/login/{attempt}/phone`: a picture for a phone that is signed in, until that has decided; then the session. The page asks
//! again by itself, with a script or without.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::{allow_client, client_name, signed_in};
use crate::app::App;
use crate::identity::phone::{Screen, Standing};
use crate::store::attempt::Attempt;
use crate::web::error::Result;
use crate::web::extract::{Fields, MaybeSignedIn, Shared};
use crate::web::layer::security::Connects;
use crate::web::layer::visitor::Visitor;
use crate::web::present;
use crate::web::view::login::{PhonePage, PhoneStanding};
use crate::web::view::qr::Qr;

/// The picture, or on into the session.
pub async fn get(
    State(app): Shared,
    visitor: Visitor,
    MaybeSignedIn(session): MaybeSignedIn,
    Path(id): Path<String>,
) -> Result {
    let attempt = app.identity.attempt(&id, &visitor.browser).await?;
    if attempt.finished_at.is_some() || !app.identity.phones_reach(super::level_needed(&attempt)) {
        return Ok(Redirect::to(&format!("/login/{id}")).into_response());
    }
    let screen = app.identity.phone_screen(&attempt, &visitor.origin).await?;
    if screen.standing == Standing::LetIn {
        let current = session.map(|signed_in| signed_in.session);
        let opened = app.identity.enter_by_phone(&attempt, current, &visitor.origin).await?;
        return Ok(signed_in(&app, &visitor, &id, &opened));
    }
    show(&app, &visitor, &attempt, &screen).await
}

/// Another picture.
pub async fn post(State(app): Shared, visitor: Visitor, Path(id): Path<String>, _fields: Fields) -> Result {
    let attempt = app.identity.attempt(&id, &visitor.browser).await?;
    app.identity.new_phone_screen(&attempt, &visitor.origin).await?;
    Ok(Redirect::to(&format!("/login/{id}/phone")).into_response())
}

/// One word for the page's script.
pub async fn state(State(app): Shared, visitor: Visitor, Path(id): Path<String>) -> Result {
    let attempt = app.identity.attempt(&id, &visitor.browser).await?;
    Ok(standing(app.identity.phone_standing(&attempt).await?).code().into_response())
}

fn standing(standing: Standing) -> PhoneStanding {
    match standing {
        Standing::Waiting => PhoneStanding::Waiting,
        Standing::Opened => PhoneStanding::Opened,
        Standing::LetIn => PhoneStanding::LetIn,
        Standing::Refused => PhoneStanding::Refused,
        Standing::Over => PhoneStanding::Over,
    }
}

async fn show(app: &App, visitor: &Visitor, attempt: &Attempt, screen: &Screen) -> Result<Response> {
    let page = PhonePage {
        page: visitor.page(None),
        attempt: attempt.id.clone(),
        client_name: client_name(app, attempt, visitor).await?,
        qr: Qr::of(&screen.address),
        address: screen.address.clone(),
        number: screen.number,
        expires_at: present::seconds(screen.expires_at),
        standing: standing(screen.standing),
    };
    let mut response = allow_client(present::html(&page)?, attempt);
    response.extensions_mut().insert(Connects);
    Ok(response)
}
