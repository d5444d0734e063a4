//! `/login/{attempt}/challenge`: a text to sign with whatever holds the key; the answer is a raw signature beside the
//! certificate chain, so that `openssl dgst` or a token's own tool can make it.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::Certificate;

use super::mtls::enter;
use super::{allow_client, client_name, problem};
use crate::app::App;
use crate::identity::{self};
use crate::store::attempt::Attempt;
use crate::web::error::Result;
use crate::web::extract::{Fields, MaybeSignedIn, Shared};
use crate::web::layer::visitor::Visitor;
use crate::web::present;
use crate::web::view::login::ChallengePage;
use crate::web::view::problem::Problem;

/// The page.
pub async fn get(State(app): Shared, visitor: Visitor, Path(id): Path<String>) -> Result {
    let attempt = app.identity.attempt(&id, &visitor.browser).await?;
    if attempt.finished_at.is_some() {
        return Ok(Redirect::to(&format!("/login/{id}/continue")).into_response());
    }
    show(&app, &visitor, &attempt, String::new(), Vec::new()).await
}

/// The bytes to sign, as a file.
pub async fn download(State(app): Shared, visitor: Visitor, Path(id): Path<String>) -> Result {
    let attempt = app.identity.attempt(&id, &visitor.browser).await?;
    let challenge = app.identity.challenge(&attempt).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"challenge.bin\""),
    ];
    Ok((headers, challenge.bytes).into_response())
}

/// The answer.
pub async fn post(
    State(app): Shared,
    visitor: Visitor,
    MaybeSignedIn(session): MaybeSignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> Result {
    let attempt = app.identity.attempt(&id, &visitor.browser).await?;
    let chain_text = fields.get("chain").to_owned();
    let (leaf, chain, signature) = match read(&fields) {
        Ok(answer) => answer,
        Err(problems) => return show(&app, &visitor, &attempt, chain_text, problems).await,
    };
    if let Err(error) = app.identity.check_challenge(&attempt, &leaf, &signature).await {
        let problems = vec![problem(&app, "challenge", error)?];
        return show(&app, &visitor, &attempt, chain_text, problems).await;
    }
    match app.identity.judge_certificate("challenge", &leaf, &chain, &visitor.origin).await {
        Ok(proof) => enter(&app, &visitor, &attempt, proof, session).await,
        Err(identity::Error::Refused(refused)) => {
            app.metrics.login("challenge", refused.refusal.reason.code());
            present::refusal(&visitor, &refused, format!("/login/{id}"))
        }
        Err(error) => Err(error.into()),
    }
}

type Answer = (Certificate, Vec<Certificate>, Vec<u8>);

/// All that is wrong with the answer at once.
fn read(fields: &Fields) -> std::result::Result<Answer, Vec<Problem>> {
    let chain = match fields.get("chain") {
        "" => Err(Problem::ChainMissing),
        text => certificates(text).ok_or(Problem::ChainUnreadable),
    };
    let signature = match fields.get("signature") {
        "" => Err(Problem::SignatureMissing),
        text => signature(text).ok_or(Problem::SignatureUnreadable),
    };
    match (chain, signature) {
        (Ok((leaf, chain)), Ok(signature)) => Ok((leaf, chain, signature)),
        (chain, signature) => Err(chain.err().into_iter().chain(signature.err()).collect()),
    }
}

fn certificates(text: &str) -> Option<(Certificate, Vec<Certificate>)> {
    let ders = crate::pem::read_text(text, crate::pem::CERTIFICATE).ok()?;
    let mut certificates =
        ders.iter().map(|der| Certificate::from_der(der)).collect::<std::result::Result<Vec<_>, _>>().ok()?;
    if certificates.is_empty() {
        return None;
    }
    let leaf = certificates.remove(0);
    Some((leaf, certificates))
}

fn signature(text: &str) -> Option<Vec<u8>> {
    let plain: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    STANDARD.decode(plain).ok()
}

async fn show(
    app: &App,
    visitor: &Visitor,
    attempt: &Attempt,
    chain: String,
    problems: Vec<Problem>,
) -> Result<Response> {
    let challenge = app.identity.challenge(attempt).await?;
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = ChallengePage {
        page: visitor.page(None),
        attempt: attempt.id.clone(),
        client_name: client_name(app, attempt, visitor).await?,
        challenge_base64: STANDARD.encode(&challenge.bytes),
        expires_at: present::seconds(challenge.expires_at),
        chain,
        problems,
    };
    Ok(allow_client(present::status(status, &page)?, attempt))
}
