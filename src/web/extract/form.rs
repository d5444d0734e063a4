//! A form of our own pages: its token is checked before anything else is looked at.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, Request};

use crate::web::error::PageError;
use crate::web::layer::visitor::Visitor;
use crate::web::view::error::ErrorKind;

/// The fields of a form that came from this browser's page.
#[derive(Clone, Debug, Default)]
pub struct Fields(pub(super) BTreeMap<String, String>);

impl Fields {
    /// A field's value, without white space at either end; empty when it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    /// A field's value as it was typed: for passwords.
    pub fn exact(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// All of them.
    pub fn pairs(&self) -> impl Iterator<Item = (String, String)> + '_ {
        self.0.iter().map(|(name, value)| (name.clone(), value.clone()))
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let visitor = request.extensions().get::<Visitor>().cloned();
        let body =
            axum::body::Bytes::from_request(request, state).await.map_err(|_| PageError::new(ErrorKind::TooLarge))?;
        let fields = Self(url::form_urlencoded::parse(&body).into_owned().collect());
        match visitor {
            Some(visitor) if visitor.owns(fields.get("csrf")) => Ok(fields),
            _ => Err(PageError::new(ErrorKind::Csrf)),
        }
    }
}
