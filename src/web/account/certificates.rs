//! `/account/certificates`: a certificate of one's own, from a request that the person brings.

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use pki::Certificate;
use serde::Deserialize;

use super::issued::{parse, profile_name, state};
use super::overview;
use crate::app::App;
use crate::ca::{self, Refused};
use crate::oidc::claims::display_name;
use crate::store::authority::Issued;
use crate::web::error::{PageError, Result};
use crate::web::extract::{Required, Shared, Upload};
use crate::web::layer::visitor::Visitor;
use crate::web::present;
use crate::web::view::account::IssuedPage;
use crate::web::view::error::ErrorKind;
use crate::web::view::problem::Problem;

/// Issues.
pub async fn post(State(app): Shared, visitor: Visitor, Required(signed_in): Required, upload: Upload) -> Result {
    let text = upload.fields.get("csr").to_owned();
    let profile = app.profiles.iter().find(|profile| profile.id == upload.fields.get("profile"));
    let issued = match (read(&upload), profile) {
        (Ok(csr), Some(profile)) => {
            let person = &signed_in.person;
            app.ca.enrol(person, signed_in.session.level, profile, &csr, &visitor.origin.address).await.map_err(problem)
        }
        (Err(problem), _) => Err(Ok(problem)),
        (_, None) => Err(Ok(Problem::ProfileRefused)),
    };
    match issued {
        Ok(certificate) => {
            Ok(Redirect::to(&format!("/account/certificates/{}?new=1", certificate.serial())).into_response())
        }
        Err(Ok(problem)) => overview::show(&app, &visitor, &signed_in, None, text, vec![problem]).await,
        Err(Err(error)) => Err(error),
    }
}

/// The request (DER), out of the file or the text.
fn read(upload: &Upload) -> std::result::Result<Vec<u8>, Problem> {
    const LABELS: &[&str] = &["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];
    let ders = match (upload.files.get("csr_file"), upload.fields.get("csr")) {
        (Some(file), _) => crate::pem::read(file, LABELS),
        (None, "") => return Err(Problem::CsrMissing),
        (None, text) => crate::pem::read_text(text, LABELS),
    };
    ders.ok().and_then(|ders| ders.into_iter().next()).ok_or(Problem::CsrUnreadable)
}

fn problem(error: ca::Error) -> std::result::Result<Problem, PageError> {
    match error {
        ca::Error::Refused(Refused::Key) => Ok(Problem::CsrKeyRefused),
        ca::Error::Refused(Refused::Profile) => Ok(Problem::ProfileRefused),
        ca::Error::Refused(Refused::SelfSignature) => Ok(Problem::CsrSignatureWrong),
        ca::Error::Refused(Refused::Sm2SelfSignature) => Ok(Problem::CsrSm2SignatureWrong),
        ca::Error::Refused(Refused::Unreadable) => Ok(Problem::CsrUnreadable),
        other => Err(other.into()),
    }
}

/// Whether it was issued a moment ago.
#[derive(Deserialize)]
pub struct New {
    new: Option<String>,
}

/// `GET /account/certificates/{file}`: the page of a serial, or with an ending (`.pem`, `.der`, `-chain.pem`) the file.
pub async fn get(
    State(app): Shared,
    visitor: Visitor,
    Required(signed_in): Required,
    Path(file): Path<String>,
    Query(new): Query<New>,
) -> Result {
    let (serial, ending) = file.split_at(file.find(['.', '-']).unwrap_or(file.len()));
    let issued = app.identity.overview(&signed_in.person).await?.issued;
    let row = issued.into_iter().find(|row| row.serial == serial).ok_or_else(|| PageError::new(ErrorKind::NotFound))?;
    let certificate = parse(&row)?;
    match ending {
        "" => page(&app, &visitor, &signed_in.person, &row, &certificate, new.new.is_some()),
        ".der" => Ok(download("application/pkix-cert", &file, certificate.der().to_vec())),
        ".pem" => Ok(download("application/x-pem-file", &file, pem(&certificate).into_bytes())),
        "-chain.pem" => chain(&app, &row, &certificate, &file).await,
        _ => Err(PageError::new(ErrorKind::NotFound)),
    }
}

fn page(
    app: &App,
    visitor: &Visitor,
    person: &crate::store::person::Person,
    row: &Issued,
    certificate: &Certificate,
    just_issued: bool,
) -> Result<Response> {
    let at = format!("/account/certificates/{}", row.serial);
    present::html(&IssuedPage {
        page: visitor.page(Some(display_name(person))),
        just_issued,
        certificate: present::facts(certificate),
        profile: profile_name(app, &row.profile, visitor.locale),
        algorithm: certificate.signature_algorithm().to_string(),
        state: state(app, row),
        pem_url: format!("{at}.pem"),
        der_url: format!("{at}.der"),
        chain_url: format!("{at}-chain.pem"),
    })
}

async fn chain(app: &App, row: &Issued, leaf: &Certificate, file: &str) -> Result<Response> {
    let snapshot = app.trust.snapshot().await?;
    let mut text = pem(leaf);
    let mut issuer = leaf.issuer().clone();
    // Issuing authority, then root: our own hierarchy has two levels.
    while let Some((_, above)) = snapshot.authorities.iter().find(|(_, authority)| authority.subject().matches(&issuer))
    {
        text.push_str(&pem(above));
        if above.is_self_issued() {
            break;
        }
        issuer = above.issuer().clone();
    }
    tracing::debug!(serial = row.serial, "chain fetched");
    Ok(download("application/x-pem-file", file, text.into_bytes()))
}

fn download(kind: &'static str, file: &str, body: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{file}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body).into_response()
}

fn pem(certificate: &Certificate) -> String {
    pem::encode(&pem::Pem::new("CERTIFICATE", certificate.der()))
}
