//! `/account/link`: a second certificate for the same account, whose holder proves both. A session that was proved too
//! long ago is led through a login first.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};

use crate::app::App;
use crate::identity::session::SignedIn;
use crate::oidc::claims::display_name;
use crate::store::attempt::Destination;
use crate::web::error::Result;
use crate::web::extract::{Required, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::present;
use crate::web::view::account::LinkPage;
use crate::web::view::problem::Problem;

/// The page.
pub async fn get(State(app): Shared, visitor: Visitor, Required(signed_in): Required) -> Result {
    show(&app, &visitor, &signed_in, Vec::new()).await
}

/// The page, with what is wrong with the certificate that was shown; each begins an attempt that links.
pub(in crate::web) async fn show(app: &App, visitor: &Visitor, signed_in: &SignedIn, problems: Vec<Problem>) -> Result {
    let destination = Destination::Page { path: "/account?notice=certificate_linked".to_owned(), level: 0 };
    let begun = app.identity.begin_linking(&visitor.browser, destination, &signed_in.session).await?;
    let Some(attempt) = begun else { return prove_first(app, visitor, signed_in.session.level).await };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = LinkPage {
        page: visitor.page(Some(display_name(&signed_in.person))),
        certificate_url: Some(format!(
            "{}/certificate/{attempt}?lang={}",
            app.settings.server.mtls_url,
            visitor.locale.tag()
        )),
        challenge_url: format!("/login/{attempt}/challenge"),
        problems,
    };
    present::status(status, &page)
}

/// To a login that proves as much as the session did, and back.
async fn prove_first(app: &App, visitor: &Visitor, level: i64) -> Result {
    let destination = Destination::Page { path: "/account/link".to_owned(), level };
    let attempt = app.identity.begin(&visitor.browser, destination).await?;
    Ok(Redirect::to(&format!("/login/{attempt}")).into_response())
}
