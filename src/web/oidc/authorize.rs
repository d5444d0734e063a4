//! `GET|POST /oauth2/authorize` (OpenID Connect Core §3.1.2).

use axum::extract::{RawForm, State};
use axum::response::{IntoResponse, Redirect};

use crate::oidc::authorize::{Decision, Parameters, Unredirectable};
use crate::store::attempt::Destination;
use crate::web::error::Result;
use crate::web::extract::{MaybeSignedIn, Shared};
use crate::web::layer::visitor::Visitor;

/// Decides, and sends the browser on.
pub async fn handle(
    State(app): Shared,
    visitor: Visitor,
    MaybeSignedIn(signed_in): MaybeSignedIn,
    RawForm(form): RawForm,
) -> Result {
    let pairs = url::form_urlencoded::parse(&form).into_owned();
    let parameters = Parameters::new(pairs).map_err(Unredirectable::Duplicate)?;
    let (client, redirect_uri) = app.provider.identify(&parameters).await??;
    match app.provider.decide(&client, &redirect_uri, &parameters, signed_in.as_ref()).await? {
        Decision::Redirect(address) => Ok(Redirect::to(&address).into_response()),
        Decision::Login(request) => {
            let attempt = app.identity.begin(&visitor.browser, Destination::Client(request)).await?;
            // The client's `ui_locales` decided on the language of this request, and so of the pages that follow.
            let language = parameters.get("ui_locales").map(|_| format!("?lang={}", visitor.locale.tag()));
            Ok(Redirect::to(&format!("/login/{attempt}{}", language.unwrap_or_default())).into_response())
        }
    }
}
