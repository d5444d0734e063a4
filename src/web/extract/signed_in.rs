//! The signed-in person, if there is one, or the way to sign in.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};

use crate::app::App;
use crate::identity::session::SignedIn;
use crate::store::attempt::Destination;
use crate::web::error::PageError;
use crate::web::layer::visitor::Visitor;

/// Whoever is signed in, or nobody.
#[derive(Clone, Debug)]
pub struct MaybeSignedIn(pub Option<SignedIn>);

impl FromRequestParts<Arc<App>> for MaybeSignedIn {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, PageError> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        match visitor.session {
            Some(secret) => Ok(Self(app.identity.session(&secret).await?)),
            None => Ok(Self(None)),
        }
    }
}

/// Somebody is signed in; whoever is not is sent to sign in and comes back.
#[derive(Clone, Debug)]
pub struct Required(pub SignedIn);

impl FromRequestParts<Arc<App>> for Required {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let MaybeSignedIn(signed_in) =
            MaybeSignedIn::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        match signed_in {
            Some(signed_in) => Ok(Self(signed_in)),
            None => Err(sign_in_first(parts, app).await.unwrap_or_else(IntoResponse::into_response)),
        }
    }
}

async fn sign_in_first(parts: &mut Parts, app: &Arc<App>) -> Result<Response, PageError> {
    let visitor = Visitor::from_request_parts(parts, app).await?;
    // A form that was sent cannot be sent again by a redirect: come back to the account's front page.
    let path =
        if parts.method == axum::http::Method::GET { visitor.path_and_query.clone() } else { "/account".to_owned() };
    let attempt = app.identity.begin(&visitor.browser, Destination::Page { path, level: 0 }).await?;
    Ok(Redirect::to(&format!("/login/{attempt}")).into_response())
}
