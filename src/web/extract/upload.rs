//! A form with files, of our own pages: its token is checked before it is used.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, Multipart, Request};

use super::Fields;
use crate::web::error::PageError;
use crate::web::layer::visitor::Visitor;
use crate::web::view::error::ErrorKind;

/// The fields and files of a form.
#[derive(Clone, Debug, Default)]
pub struct Upload {
    /// Text fields.
    pub fields: Fields,
    /// Files, by field; an empty one counts as absent.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let visitor = request.extensions().get::<Visitor>().cloned();
        let bad = |_| PageError::new(ErrorKind::BadRequest);
        let mut multipart = Multipart::from_request(request, state).await.map_err(bad)?;
        let mut upload = Self::default();
        while let Some(field) = multipart.next_field().await.map_err(too_large)? {
            let (name, is_file) = (field.name().unwrap_or_default().to_owned(), field.file_name().is_some());
            let bytes = field.bytes().await.map_err(too_large)?;
            if is_file {
                if !bytes.is_empty() {
                    upload.files.insert(name, bytes.to_vec());
                }
            } else {
                upload.fields.0.insert(name, String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        match visitor {
            Some(visitor) if visitor.owns(upload.fields.get("csrf")) => Ok(upload),
            _ => Err(PageError::new(ErrorKind::Csrf)),
        }
    }
}

fn too_large(error: axum::extract::multipart::MultipartError) -> PageError {
    let too_large = error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE;
    PageError::new(if too_large { ErrorKind::TooLarge } else { ErrorKind::BadRequest })
}
