//! `/account/link`: a second certificate for the same account, whose holder proves both. A session that was proved too
//! long ago is led through a login first.

use axum::extract::State;
use axum::http::StatusCode;

use crate::app::App;
use crate::identity::session::SignedIn;
use crate::oidc::claims::display_name;
use crate::store::attempt::Destination;
use crate::web::error::Result;
use crate::web::extract::{Required, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::login::prove_first;
use crate::web::present;
use crate::web::view::account::LinkPage;
use crate::web::view::problem::Problem;

/// The page, with an attempt that links; or the login that comes first, by whichever method the person has.
pub async fn get(State(app): Shared, visitor: Visitor, Required(signed_in): Required) -> Result {
    let destination = Destination::Page { path: "/account?notice=certificate_linked".to_owned(), level: 0 };
    match app.identity.begin_linking(&visitor.browser, destination, &signed_in.session).await? {
        Some(attempt) => show(&app, &visitor, &signed_in, &attempt, Vec::new()),
        None => prove_first(&app, &visitor, &signed_in.session, "/account/link".to_owned(), 0).await,
    }
}

/// The page, with what is wrong with the certificate that was shown: the same attempt may show another.
pub(in crate::web) fn show(
    app: &App,
    visitor: &Visitor,
    signed_in: &SignedIn,
    attempt: &str,
    problems: Vec<Problem>,
) -> Result {
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
