//! `/account/mandates`: a company gives a mandate, and either side withdraws it. `/mandate/{secret}`: the person to whom the
//! company handed the link takes it up. A session that proved too little, or too long ago, is led through a login first.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use pki::Time;

use crate::app::App;
use crate::clock::{Micros, SECOND};
use crate::identity;
use crate::identity::mandate::{Terms, WithParty};
use crate::identity::session::SignedIn;
use crate::oidc::claims::display_name;
use crate::web::error::{PageError, Result};
use crate::web::extract::{Fields, Required, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::login::prove_first;
use crate::web::present;
use crate::web::view::account::{Mandate, MandateState, Mandates};
use crate::web::view::error::ErrorKind;
use crate::web::view::mandate::{
    GiveMandatePage, MandateGivenPage, MandateOutcome, OfferDonePage, OfferPage, RepresentPage,
};
use crate::web::view::problem::Problem;
use crate::web::view::qr::Qr;

const NEW: &str = "/account/mandates/new";

/// The form.
pub async fn get(State(app): Shared, visitor: Visitor, Required(signed_in): Required) -> Result {
    if !app.identity.gives_mandates(&signed_in.person) {
        return Err(PageError::new(ErrorKind::NotFound));
    }
    if let Some(level) = app.identity.mandate_lacks(&signed_in) {
        return prove_first(&app, &visitor, &signed_in.session, NEW.to_owned(), level).await;
    }
    show(&visitor, &signed_in, String::new(), String::new(), Vec::new())
}

/// The mandate: the link, this once.
pub async fn post(State(app): Shared, visitor: Visitor, Required(signed_in): Required, fields: Fields) -> Result {
    if let Some(level) = app.identity.mandate_lacks(&signed_in) {
        return prove_first(&app, &visitor, &signed_in.session, NEW.to_owned(), level).await;
    }
    let (day, typed) = (fields.get("until"), fields.get("items"));
    let again = |problem| show(&visitor, &signed_in, day.to_owned(), typed.to_owned(), vec![problem]);
    let Some(until) = end_of(day) else { return again(Problem::MandateUntil) };
    let items = typed.split([',', '，', '、', ' ', '\n']).map(str::trim).filter(|item| !item.is_empty());
    let terms = Terms { items: items.map(str::to_owned).collect(), until };
    let items = terms.items.clone();
    let secret = match app.identity.give_mandate(&signed_in, terms, &visitor.origin).await {
        Err(identity::Error::MandateTerms) => return again(Problem::MandateTerms),
        secret => secret?,
    };
    let address = format!("{}/mandate/{secret}", app.provider.issuer);
    let mut page = visitor.page(Some(display_name(&signed_in.person)));
    "/account".clone_into(&mut page.path_and_query);
    let until = present::seconds(until);
    present::html(&MandateGivenPage { page, qr: Qr::of(&address), address, items, until })
}

/// The last second of a day in Guangdong.
fn end_of(day: &str) -> Option<Micros> {
    Some(Time::parse_rfc3339(&format!("{day}T23:59:59+08:00"))?.0 * SECOND)
}

fn show(visitor: &Visitor, signed_in: &SignedIn, until: String, items: String, problems: Vec<Problem>) -> Result {
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut page = visitor.page(Some(display_name(&signed_in.person)));
    NEW.clone_into(&mut page.path_and_query);
    present::status(status, &GiveMandatePage { page, until, items, problems })
}

/// Withdraws.
pub async fn withdraw(
    State(app): Shared,
    visitor: Visitor,
    Required(signed_in): Required,
    Path(id): Path<String>,
    _fields: Fields,
) -> Result {
    if !app.identity.withdraw_mandate(&id, &signed_in.person, &visitor.origin).await? {
        return Err(PageError::new(ErrorKind::NotFound));
    }
    Ok(Redirect::to("/account?notice=mandate_withdrawn").into_response())
}

/// A company's certificate, shown by whoever acts for it.
pub async fn certificate(State(app): Shared, visitor: Visitor, Required(signed_in): Required) -> Result {
    if app.identity.gives_mandates(&signed_in.person) {
        return Err(PageError::new(ErrorKind::NotFound));
    }
    match app.identity.begin_representing(&visitor.browser, &signed_in).await? {
        Some(attempt) => show_certificate(&app, &visitor, &signed_in, &attempt, Vec::new()),
        None => {
            let level = app.identity.mandate_lacks(&signed_in).unwrap_or_default();
            prove_first(&app, &visitor, &signed_in.session, "/account/mandates/certificate".to_owned(), level).await
        }
    }
}

/// The page, with what is wrong with the certificate that was shown: the same attempt may show another.
pub(in crate::web) fn show_certificate(
    app: &App,
    visitor: &Visitor,
    signed_in: &SignedIn,
    attempt: &str,
    problems: Vec<Problem>,
) -> Result {
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut page = visitor.page(Some(display_name(&signed_in.person)));
    "/account/mandates/certificate".clone_into(&mut page.path_and_query);
    let (mtls, language) = (&app.settings.server.mtls_url, visitor.locale.tag());
    let page = RepresentPage {
        page,
        certificate_url: format!("{mtls}/certificate/{attempt}?lang={language}"),
        challenge_url: format!("/login/{attempt}/challenge"),
        problems,
    };
    present::status(status, &page)
}

/// What the link offers.
pub async fn offer(
    State(app): Shared,
    visitor: Visitor,
    Required(signed_in): Required,
    Path(secret): Path<String>,
) -> Result {
    let Some((mandate, company)) = app.identity.offered_mandate(&secret, &signed_in).await? else {
        return done(&visitor, &signed_in, MandateOutcome::Over);
    };
    if let Some(level) = app.identity.mandate_lacks(&signed_in) {
        return prove_first(&app, &visitor, &signed_in.session, format!("/mandate/{secret}"), level).await;
    }
    let name = display_name(&signed_in.person);
    present::html(&OfferPage {
        page: visitor.page(Some(name.clone())),
        action: format!("/mandate/{secret}"),
        company: display_name(&company),
        display_name: name,
        items: mandate.items,
        until: present::seconds(mandate.until),
    })
}

/// Takes it up.
pub async fn take(
    State(app): Shared,
    visitor: Visitor,
    Required(signed_in): Required,
    Path(secret): Path<String>,
    _fields: Fields,
) -> Result {
    let Some((mandate, _)) = app.identity.offered_mandate(&secret, &signed_in).await? else {
        return done(&visitor, &signed_in, MandateOutcome::Over);
    };
    if let Some(level) = app.identity.mandate_lacks(&signed_in) {
        return prove_first(&app, &visitor, &signed_in.session, format!("/mandate/{secret}"), level).await;
    }
    let taken = app.identity.take_mandate(&mandate, &signed_in, &visitor.origin).await?;
    done(&visitor, &signed_in, if taken { MandateOutcome::Taken } else { MandateOutcome::Over })
}

fn done(visitor: &Visitor, signed_in: &SignedIn, outcome: MandateOutcome) -> Result {
    present::html(&OfferDonePage { page: visitor.page(Some(display_name(&signed_in.person))), outcome })
}

/// The rows of the account page.
pub(super) async fn rows(app: &App, signed_in: &SignedIn) -> Result<Mandates> {
    let now = app.clock.now();
    let known = app.identity.mandates(&signed_in.person).await?;
    let gives = app.identity.gives_mandates(&signed_in.person);
    Ok(Mandates { gives, rows: known.iter().map(|known| row(known, now)).collect() })
}

fn row(known: &WithParty, now: Micros) -> Mandate {
    let mandate = &known.mandate;
    let state = match (mandate.withdrawn_at, mandate.accepted_at) {
        (Some(_), _) => MandateState::Withdrawn,
        _ if mandate.until <= now => MandateState::Over,
        (None, Some(_)) => MandateState::InForce,
        (None, None) if mandate.offer_until <= now => MandateState::Over,
        (None, None) => MandateState::Offered,
    };
    let live = matches!(state, MandateState::InForce | MandateState::Offered);
    Mandate {
        party: known.party.as_ref().map(display_name),
        items: mandate.items.clone(),
        given_at: present::seconds(mandate.given_at),
        until: present::seconds(mandate.until),
        state,
        withdraw_url: live.then(|| format!("/account/mandates/{}/withdraw", mandate.id)),
    }
}
