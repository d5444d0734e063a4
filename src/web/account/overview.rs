//! `GET /account`.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::app::App;
use crate::clock::SECOND;
use crate::identity::account::Overview;
use crate::identity::session::SignedIn;
use crate::locale::Locale;
use crate::oidc::claims::display_name;
use crate::store;
use crate::store::audit_event::{Disclosure, Row};
use crate::store::credential::CertificateCredential;
use crate::web::error::Result;
use crate::web::extract::{Required, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::present;
use crate::web::view::account::{
    AccountPage, Activity, ActivityKind, HallAccess, HallRead, LinkedCertificate, Notice, Passkey, PasswordCredential,
    Profile, Session, Unfamiliar,
};
use crate::web::view::person::CertificateFacts;
use crate::web::view::problem::Problem;
use crate::web::view::terms::ClaimName;

/// What was just done.
#[derive(Deserialize)]
pub struct Just {
    notice: Option<String>,
}

/// The page.
pub async fn get(
    State(app): Shared,
    visitor: Visitor,
    Required(signed_in): Required,
    Query(just): Query<Just>,
) -> Result {
    let notice = just.notice.as_deref().and_then(Notice::from_code);
    show(&app, &visitor, &signed_in, notice, String::new(), Vec::new()).await
}

/// The page, with what is wrong with a request for a certificate.
pub(super) async fn show(
    app: &App,
    visitor: &Visitor,
    signed_in: &SignedIn,
    notice: Option<Notice>,
    csr: String,
    problems: Vec<Problem>,
) -> Result<Response> {
    let overview = app.identity.overview(&signed_in.person).await?;
    let locale = visitor.locale;
    let mut page = visitor.page(Some(display_name(&signed_in.person)));
    page.path_and_query = "/account".to_owned();
    let status =
        if problems.is_empty() { axum::http::StatusCode::OK } else { axum::http::StatusCode::UNPROCESSABLE_ENTITY };
    let mut person = present::person(&signed_in.person, overview.documents.first());
    person.verified_by = app.trust.name_of(&person.verified_by, locale.tag()).await?;
    let page = AccountPage {
        page,
        notice,
        person,
        sessions: sessions(&overview, signed_in),
        password: overview.password.as_ref().map(|(username, set_at)| PasswordCredential {
            username: username.clone(),
            set_at: present::seconds(*set_at),
        }),
        totp_since: overview.password.as_ref().map(|(_, set_at)| present::seconds(*set_at)),
        recovery_codes: overview.recovery_codes.map(present::recovery_codes),
        passkeys: app.identity.offers_passkeys().then(|| passkeys(&overview)),
        certificates: linked(app, &overview.certificates, locale).await?,
        mandates: Some(super::mandates::rows(app, signed_in).await?),
        issued: super::issued::rows(app, &overview.issued, locale),
        profiles: profiles(app, signed_in, locale),
        csr,
        problems,
        unfamiliar: unfamiliar(&overview, signed_in),
        halls: halls(app, &overview, &signed_in.person.id, locale).await?,
        activity: activity(app, &overview.events, locale).await?,
    };
    present::status(status, &page)
}

fn sessions(overview: &Overview, signed_in: &SignedIn) -> Vec<Session> {
    let mut sessions: Vec<Session> = overview
        .sessions
        .iter()
        .map(|session| Session {
            id: session.id.clone(),
            device: device(&session.agent),
            address: session.address.clone(),
            method: present::method(&session.method),
            since: present::seconds(session.created_at),
            last_used: present::seconds(session.used_at),
            current: session.id == signed_in.session.id,
        })
        .collect();
    sessions.sort_by_key(|session| !session.current);
    sessions
}

fn passkeys(overview: &Overview) -> Vec<Passkey> {
    let row = |passkey: &store::passkey::Passkey| Passkey {
        name: passkey.name.clone(),
        added_at: present::seconds(passkey.created_at),
        used_at: passkey.used_at.map(present::seconds),
        blocked: passkey.blocked_at.is_some(),
        remove_url: format!("/account/passkeys/{}/remove", passkey.id),
    };
    overview.passkeys.iter().map(row).collect()
}

/// Browser and system out of a user agent, as far as they are among the common ones.
pub(in crate::web) fn device(agent: &str) -> String {
    let first =
        |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iOS"),
        ("iPad", "iPadOS"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => agent.split('/').next().unwrap_or_default().chars().take(40).collect(),
    }
}

async fn linked(app: &App, certificates: &[CertificateCredential], locale: Locale) -> Result<Vec<LinkedCertificate>> {
    let now = app.clock.now();
    let mut rows = Vec::new();
    for credential in certificates {
        rows.push(LinkedCertificate {
            certificate: credential_facts(app, credential, locale).await?,
            unlink_url: format!("/account/credentials/{}/unlink", credential.id),
            linked_at: present::seconds(credential.linked_at),
            expired: credential.not_after < now,
        });
    }
    Ok(rows)
}

/// The certificate that was seen last for a credential.
pub(super) async fn credential_facts(
    app: &App,
    credential: &CertificateCredential,
    locale: Locale,
) -> Result<CertificateFacts> {
    Ok(CertificateFacts {
        holder: credential.holder.clone(),
        issuer: app.trust.name_of(&credential.ca, locale.tag()).await?,
        serial: credential.serial.clone(),
        not_before: present::seconds(credential.not_before),
        not_after: present::seconds(credential.not_after),
    })
}

fn profiles(app: &App, signed_in: &SignedIn, locale: Locale) -> Vec<Profile> {
    let open = app.profiles.iter().filter(|profile| profile.is_open_to(&signed_in.person, signed_in.session.level));
    open.map(|profile| Profile { id: profile.id.clone(), name: present::name_in(&profile.names, locale) }).collect()
}

async fn halls(app: &App, overview: &Overview, person: &str, locale: Locale) -> Result<Vec<HallAccess>> {
    let open = app.provider.halls_with_access(person).await?;
    let mut halls = Vec::new();
    // Latest first, and so are the halls.
    for disclosure in &overview.disclosures {
        let known = halls.iter().any(|(id, _): &(&str, HallAccess)| *id == disclosure.client_id);
        if !known {
            let client = app.provider.client(&disclosure.client_id).await?;
            let name = client.map(|client| present::name_in(&client.names, locale));
            let name = name.unwrap_or_else(|| disclosure.client_id.clone());
            let of_client = overview.disclosures.iter().filter(|other| other.client_id == disclosure.client_id);
            halls.push((
                &disclosure.client_id,
                HallAccess { name, read: read(of_client), withdraw_url: withdraw_url(&open, &disclosure.client_id) },
            ));
        }
    }
    Ok(halls.into_iter().map(|(_, access)| access).collect())
}

/// Where a hall's access is taken back, while it has any. Ids of clients are letters, digits and what needs no escape.
fn withdraw_url(open: &[String], client: &str) -> Option<String> {
    open.iter().any(|known| known == client).then(|| format!("/account/halls/{client}/withdraw"))
}

/// The latest login of the last two weeks that nothing was known of, unless it is this one.
fn unfamiliar(overview: &Overview, signed_in: &SignedIn) -> Option<Unfamiliar> {
    overview.unfamiliar.iter().find_map(|event| {
        let detail: serde_json::Value = serde_json::from_str(&event.detail).unwrap_or_default();
        let field = |name: &str| detail.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
        (field("session") != signed_in.session.id).then(|| Unfamiliar {
            device: device(field("agent")),
            address: event.address.clone().unwrap_or_default(),
            at: present::seconds(event.at),
        })
    })
}

/// What a hall read, and when: a claim that it read again and again counts from the first time to the last, and claims
/// that were read at the same times are told together.
fn read<'d>(disclosures: impl Iterator<Item = &'d Disclosure>) -> Vec<HallRead> {
    let mut times: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for disclosure in disclosures {
        let (first, last) = (present::seconds(disclosure.first_at), present::seconds(disclosure.last_at));
        for name in disclosure.claims.split(' ') {
            let time = times.entry(name).or_insert((first, last));
            *time = (time.0.min(first), time.1.max(last));
        }
    }
    let mut read: Vec<HallRead> = Vec::new();
    for claim in ClaimName::ALL {
        let Some(&(first_at, last_at)) = times.get(claim.code()) else { continue };
        match read.iter_mut().find(|known| (known.first_at, known.last_at) == (first_at, last_at)) {
            Some(known) => known.claims.push(*claim),
            None => read.push(HallRead { claims: vec![*claim], first_at, last_at }),
        }
    }
    read.sort_by_key(|read| std::cmp::Reverse(read.last_at));
    read
}

async fn activity(app: &App, events: &[Row], locale: Locale) -> Result<Vec<Activity>> {
    let mut list = Vec::new();
    for event in events {
        let detail: serde_json::Value = serde_json::from_str(&event.detail).unwrap_or_default();
        let field = |name: &str| detail.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
        let kind = activity_kind(&event.kind, field("method").as_deref(), field("why").as_deref());
        let named = match kind {
            ActivityKind::HallOpened
            | ActivityKind::HallShownOut
            | ActivityKind::DeviceLetIn
            | ActivityKind::DeviceRefused
            | ActivityKind::TokenRevoked => match app.provider.client(&field("client").unwrap_or_default()).await? {
                Some(client) => Some(present::name_in(&client.names, locale)),
                None => None,
            },
            ActivityKind::TokenExchanged => Some(exchanged(app, &field, locale).await?),
            ActivityKind::CertificateLinked | ActivityKind::CertificateUnlinked => {
                Some(app.trust.name_of(&field("ca").unwrap_or_default(), locale.tag()).await?)
            }
            ActivityKind::PasskeyAdded | ActivityKind::PasskeyBlocked | ActivityKind::PasskeyRemoved => field("name"),
            ActivityKind::ScreenLetIn | ActivityKind::ScreenRefused => field("screen"),
            ActivityKind::UnfamiliarSignIn => field("agent").map(|agent| device(&agent)),
            ActivityKind::SignedIn => field("method").map(|code| present::method(&code).text(&locale)),
            ActivityKind::CertificateIssued | ActivityKind::CertificateRevoked => field("serial"),
            _ => None,
        };
        list.push(Activity {
            at: event.at / SECOND,
            kind,
            detail: named,
            address: event.address.clone().filter(|address| !address.is_empty()),
        });
    }
    Ok(list)
}

/// Who acts, and where.
async fn exchanged(app: &App, field: &impl Fn(&str) -> Option<String>, locale: Locale) -> Result<String> {
    let mut names = Vec::new();
    for id in ["client", "target"].map(|name| field(name).unwrap_or_default()) {
        let client = app.provider.client(&id).await?;
        names.push(client.map_or(id, |client| present::name_in(&client.names, locale)));
    }
    Ok(names.join(" → "))
}

fn activity_kind(kind: &str, method: Option<&str>, why: Option<&str>) -> ActivityKind {
    match (kind, method, why) {
        ("account_created", ..) => ActivityKind::AccountOpened,
        ("account_exported", ..) => ActivityKind::AccountExported,
        ("signed_in", ..) => ActivityKind::SignedIn,
        ("mandate_given", ..) => ActivityKind::MandateGiven,
        ("mandate_taken", ..) => ActivityKind::MandateTaken,
        ("mandate_withdrawn", ..) => ActivityKind::MandateWithdrawn,
        ("authenticator_changed", ..) => ActivityKind::AuthenticatorChanged,
        ("recovery_codes_made", ..) => ActivityKind::RecoveryCodesMade,
        ("recovery_code_used", ..) => ActivityKind::RecoveryCodeUsed,
        ("passkey_added", ..) => ActivityKind::PasskeyAdded,
        ("passkey_blocked", ..) => ActivityKind::PasskeyBlocked,
        ("passkey_removed", ..) => ActivityKind::PasskeyRemoved,
        ("sign_in_refused", Some("passkey" | "password" | "recovery_code" | "totp"), _) => ActivityKind::SignInFailed,
        ("sign_in_refused", ..) => ActivityKind::CertificateRefused,
        ("hall_shown_out", ..) => ActivityKind::HallShownOut,
        ("unfamiliar_sign_in", ..) => ActivityKind::UnfamiliarSignIn,
        ("hall_entered", ..) => ActivityKind::HallOpened,
        ("screen_let_in", ..) => ActivityKind::ScreenLetIn,
        ("screen_refused", ..) => ActivityKind::ScreenRefused,
        ("session_ended", _, Some("signed_out")) => ActivityKind::SignedOut,
        ("session_ended", ..) => ActivityKind::SessionEnded,
        ("certificate_linked", ..) => ActivityKind::CertificateLinked,
        ("certificate_unlinked", ..) => ActivityKind::CertificateUnlinked,
        ("certificate_issued", ..) => ActivityKind::CertificateIssued,
        ("certificate_revoked", ..) => ActivityKind::CertificateRevoked,
        ("device_code_wrong", ..) => ActivityKind::DeviceCodeWrong,
        ("device_let_in", ..) => ActivityKind::DeviceLetIn,
        ("device_refused", ..) => ActivityKind::DeviceRefused,
        ("token_exchanged", ..) => ActivityKind::TokenExchanged,
        ("token_reused", ..) => ActivityKind::TokenReuse,
        ("token_revoked", ..) => ActivityKind::TokenRevoked,
        _ => ActivityKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::MINUTE;

    fn disclosure(claims: &str, first: i64, last: i64) -> Disclosure {
        let (first_at, last_at) = (first * MINUTE, last * MINUTE);
        Disclosure { client_id: "hall".into(), claims: claims.into(), first_at, last_at, times: 2 }
    }

    #[test]
    fn a_claim_that_was_read_in_two_sets_is_told_once() {
        let sets = [disclosure("acr sub", 5, 9), disclosure("acr name region sub updated_at", 1, 3)];
        let read = read(sets.iter());
        let told: Vec<_> = read.iter().map(|read| (&read.claims[..], read.first_at / 60, read.last_at / 60)).collect();
        assert_eq!(
            told,
            [(&[ClaimName::Level, ClaimName::Subject][..], 1, 9), (&[ClaimName::Name, ClaimName::Region][..], 1, 3)]
        );
    }
}
