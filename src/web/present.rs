//! From what the services know to what a page shows.

use std::collections::BTreeMap;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use pki::{Certificate, oid};

use super::error::PageError;
use super::layer::security::FormTargets;
use super::layer::visitor::Visitor;
use super::view::account::RecoveryCodes;
use super::view::error::TechnicalReason;
use super::view::error::{RefusalPage, RefusalReason};
use super::view::login::ReturnPage;
use super::view::person::{CertificateFacts, Document, Person, PersonName};
use super::view::terms::{DocumentKind, Method, NameScript, Region, SubjectKind};
use crate::clock::SECOND;
use crate::identity::RefusedLogin;
use crate::identity::credential::recovery_code::Left;
use crate::locale::Locale;
use crate::oidc::authorize::Answer;
use crate::store::attempt::CertificateProof;
use crate::store::{self};
use crate::trust::Refusal;

/// A page, drawn.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn html(page: &impl Template) -> Result<Response, PageError> {
    status(StatusCode::OK, page)
}

/// A page, drawn, with a status.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn status(status: StatusCode, page: &impl Template) -> Result<Response, PageError> {
    let html = page.render().map_err(|error| PageError::internal(&error))?;
    Ok((status, Html(html)).into_response())
}

/// Sends the browser back to a client: by its address, or by a page whose form it posts there.
///
/// # Errors
/// When the template fails.
pub fn answer(visitor: &Visitor, answer: Answer) -> Result<Response, PageError> {
    let (action, fields) = match answer {
        Answer::Redirect(address) => return Ok(Redirect::to(&address).into_response()),
        Answer::Form { action, fields } => (action, fields),
    };
    let targets = FormTargets::origin_of(&action);
    let mut response = html(&ReturnPage { page: visitor.page(None), action, fields })?;
    response.extensions_mut().insert(targets);
    Ok(response)
}

/// Whole seconds, as pages take them.
pub fn seconds(micros: i64) -> i64 {
    micros.div_euclid(SECOND)
}

/// A level as pages take it.
pub fn level(level: i64) -> u8 {
    u8::try_from(level).unwrap_or(2)
}

/// How it stands with recovery codes.
pub fn recovery_codes(codes: Left) -> RecoveryCodes {
    RecoveryCodes { left: codes.left, made_at: seconds(codes.made_at), used_at: codes.used_at.map(seconds) }
}

/// What a method of login is called on pages.
pub fn method(code: &str) -> Method {
    match code {
        "mtls" | "certificate" => Method::Certificate,
        "challenge" => Method::SignedChallenge,
        "password" => Method::PasswordTotp,
        "passkey" => Method::Passkey,
        "phone" => Method::Phone,
        "recovery_code" => Method::RecoveryCode,
        "counter" => Method::Window,
        _ => Method::SelfAsserted,
    }
}

/// The name in the language's own script if it is known, else in any.
pub fn name_in(names: &BTreeMap<String, String>, locale: Locale) -> String {
    let order: &[&str] = match locale {
        Locale::ZhHans => &["zh-Hans", "zh-Hant"],
        Locale::ZhHant => &["zh-Hant", "zh-Hans"],
        Locale::Pt => &["pt", "Latn", "en"],
        Locale::En => &["en", "Latn"],
    };
    let found = order.iter().find_map(|script| names.get(*script));
    found.or_else(|| names.values().next()).cloned().unwrap_or_default()
}

fn names(names: &BTreeMap<String, String>) -> Vec<PersonName> {
    let known = |(script, value): (&String, &String)| {
        Some(PersonName { script: NameScript::from_code(script)?, value: value.clone() })
    };
    names.iter().filter_map(known).collect()
}

/// A stored person.
pub fn person(person: &store::person::Person, document: Option<&store::person::Document>) -> Person {
    let (how, by) = person.verified_how.split_once(':').unwrap_or((&person.verified_how, ""));
    Person {
        names: names(&person.names),
        region: Region::from_code(&person.region).unwrap_or(Region::Other),
        document: document.map(|document| Document {
            kind: DocumentKind::from_code(&document.kind).unwrap_or(DocumentKind::Other),
            masked_number: document.number_masked.clone(),
        }),
        subject: SubjectKind::from_code(&person.kind).unwrap_or(SubjectKind::Person),
        level: level(person.level),
        verified_by: by.to_owned(),
        verified_how: method(how),
        verified_at: seconds(person.verified_at),
    }
}

/// The person that a certificate describes, before there is an account.
pub fn stranger(proof: &CertificateProof, verified_by: String, now: i64) -> Person {
    Person {
        names: names(&proof.names),
        region: Region::from_code(&proof.region).unwrap_or(Region::Other),
        document: proof.document.as_ref().map(|document| Document {
            kind: DocumentKind::from_code(&document.kind).unwrap_or(DocumentKind::Other),
            masked_number: document.number_masked.clone(),
        }),
        subject: SubjectKind::from_code(&proof.kind).unwrap_or(SubjectKind::Person),
        level: level(proof.level),
        verified_by,
        verified_how: method(&proof.method),
        verified_at: now,
    }
}

/// The common name, or the whole name where there is none.
pub fn short_name(name: &pki::Name) -> String {
    name.first(&oid::COMMON_NAME).unwrap_or_else(|| name.to_string())
}

/// What is told of a certificate.
pub fn facts(certificate: &Certificate) -> CertificateFacts {
    CertificateFacts {
        holder: short_name(certificate.subject()),
        issuer: short_name(certificate.issuer()),
        serial: certificate.serial().to_string(),
        not_before: certificate.not_before().0,
        not_after: certificate.not_after().0,
    }
}

/// The technical reason of a refusal.
pub fn technical(refusal: &Refusal) -> TechnicalReason {
    TechnicalReason { code: refusal.code.clone(), message: refusal.detail.clone(), rfc: refusal.rfc.clone() }
}

/// The page's reason of a refusal.
pub fn refusal_reason(refusal: &Refusal) -> RefusalReason {
    RefusalReason::from_code(refusal.reason.code()).unwrap_or(RefusalReason::Other)
}

/// The page that says why a certificate is refused. It is the person's business, so the status is 403.
///
/// # Errors
/// When the template fails.
pub fn refusal(visitor: &Visitor, refused: &RefusedLogin, another_way_url: String) -> Result<Response, PageError> {
    let refusal = &refused.refusal;
    let page = RefusalPage {
        page: visitor.page(None),
        reason: refusal_reason(refusal),
        certificate: refusal.certificate.as_ref().map(facts),
        since: refusal.since.map(|time| time.0),
        technical: Some(technical(refusal)),
        incident: refused.incident.clone(),
        at: visitor.site.clock.now_seconds().0,
        another_way_url,
    };
    status(StatusCode::FORBIDDEN, &page)
}
