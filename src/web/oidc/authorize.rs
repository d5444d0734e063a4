//! `GET|POST /oauth2/authorize` (OpenID Connect Core §3.1.2).

use axum::extract::{RawForm, State};
use axum::http::Method;
use axum::response::{IntoResponse, Redirect};

use crate::locale::Locale;
use crate::oidc::authorize::{Decision, Parameters, Unredirectable};
use crate::store::attempt::Destination;
use crate::web::error::{PageError, Result};
use crate::web::extract::{MaybeSignedIn, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::present;
use crate::web::view::error::ErrorKind;

/// A query may be so long: browsers and what stands before us take that much.
const LONGEST_QUERY: usize = 6 * 1024;

/// Decides, and sends the browser on.
pub async fn handle(
    State(app): Shared,
    visitor: Visitor,
    MaybeSignedIn(signed_in): MaybeSignedIn,
    method: Method,
    RawForm(form): RawForm,
) -> Result {
    if let Some(address) = by_get(&method, &form) {
        return Ok(Redirect::to(&address).into_response());
    }
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

/// A form on a client's page brings no cookie of ours (SameSite), so that nobody would know whose login began: it is asked
/// again by GET, where the cookie comes along, or is set. A request that is too long for an address goes on as it is.
fn by_get(method: &Method, form: &[u8]) -> Option<String> {
    let form = std::str::from_utf8(form).ok().filter(|form| *method == Method::POST && form.len() <= LONGEST_QUERY)?;
    let pairs = url::form_urlencoded::parse(form.as_bytes());
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    Some(format!("/oauth2/authorize?{query}"))
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
