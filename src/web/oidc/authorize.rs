//! `GET|POST /oauth2/authorize` (OpenID Connect Core §3.1.2).

use axum::extract::{RawForm, State};
use axum::response::{IntoResponse, Redirect};

use crate::locale::Locale;
use crate::oidc::authorize::{Decision, Parameters, Unredirectable};
use crate::store::attempt::Destination;
use crate::web::error::{PageError, Result};
use crate::web::extract::{MaybeSignedIn, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::present;
use crate::web::view::error::ErrorKind;

/// Decides, and sends the browser on.
pub async fn handle(
    State(app): Shared,
    visitor: Visitor,
    MaybeSignedIn(signed_in): MaybeSignedIn,
    RawForm(form): RawForm,
) -> Result {
    let pairs = url::form_urlencoded::parse(&form).into_owned();
    let parameters = Parameters::new(pairs).map_err(Unredirectable::Duplicate)?;
    let received = app.provider.receive(&parameters).await??;
    match app.provider.decide(received, signed_in.as_ref()).await? {
        Decision::Answer(answer) => present::answer(&visitor, answer),
        Decision::Choose(request) => {
            let session = &signed_in.as_ref().ok_or_else(|| PageError::new(ErrorKind::AttemptGone))?.session;
            let destination = Destination::Client(request);
            let attempt = app.identity.begin_signed_in(&visitor.browser, destination, session).await?;
            Ok(Redirect::to(&format!("/login/{attempt}/for")).into_response())
        }
        Decision::Login(request) => {
            let language = language(&visitor, &parameters, request.ui_locales.as_deref());
            let attempt = app.identity.begin(&visitor.browser, Destination::Client(request)).await?;
            Ok(Redirect::to(&format!("/login/{attempt}{language}")).into_response())
        }
    }
}

/// The client's `ui_locales` decided on the language of this request, and so of the pages that follow; where it came in an
/// object or was pushed, nobody has looked at it yet.
fn language(visitor: &Visitor, parameters: &Parameters, ui_locales: Option<&str>) -> String {
    let wished = ui_locales.and_then(|tags| tags.split_ascii_whitespace().find_map(Locale::from_tag));
    let locale = match parameters.get("ui_locales") {
        Some(_) => Some(visitor.locale),
        None => wished,
    };
    locale.map_or_else(String::new, |locale| format!("?lang={}", locale.tag()))
}
