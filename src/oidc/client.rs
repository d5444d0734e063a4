//! Clients: who they are (client authentication, RFC 6749 §2.3) and what they may ask for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Error, Provider, Result};
use crate::store::client::{AuthMethod, Client};
use crate::store::{self};

/// How a client proved who it is.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// The `Authorization` header, as it came.
    pub authorization: Option<String>,
    /// `client_id` in the body.
    pub client_id: Option<String>,
    /// `client_secret` in the body.
    pub client_secret: Option<String>,
}

impl Provider {
    /// The client `id`.
    ///
    /// # Errors
    /// The database's.
    pub async fn client(&self, id: &str) -> Result<Option<Client>> {
        Ok(store::client::find(&mut *self.store.read().await?, id).await?)
    }

    /// The client `id`, unless it is disabled.
    ///
    /// # Errors
    /// The database's.
    pub async fn enabled_client(&self, id: &str) -> Result<Option<Client>> {
        Ok(self.client(id).await?.filter(|client| client.disabled_at.is_none()))
    }

    /// Authenticates a client by `client_secret_basic` or `client_secret_post`, the one that it is registered with; takes
    /// a public client by its name.
    ///
    /// # Errors
    /// [`Error::InvalidClient`], or [`Error::BasicRefused`]; which half was wrong is not said.
    pub async fn authenticate(&self, credentials: &Credentials) -> Result<Client> {
        match self.prove(credentials).await {
            Err(Error::InvalidClient(why)) if credentials.authorization.is_some() => Err(Error::BasicRefused(why)),
            proved => proved,
        }
    }

    async fn prove(&self, credentials: &Credentials) -> Result<Client> {
        let Presented { id, proof } = read(credentials)?;
        let client = self.enabled_client(&id).await?;
        let Some((way, secret)) = proof else {
            let public = client.filter(|client| client.auth_method == AuthMethod::None);
            return public.ok_or(MISSING);
        };
        let known = client.as_ref().map_or(&[][..], |client| client.secret_hash.as_slice());
        let right = crate::id::same(known, &crate::id::digest(&secret));
        let client = client.filter(|_| right).ok_or(Error::InvalidClient("unknown client or wrong secret"))?;
        if [AuthMethod::Secret, way].contains(&client.auth_method) {
            return Ok(client);
        }
        Err(Error::InvalidClient("the client is registered with another way of authentication"))
    }
}

const MISSING: Error =
    Error::InvalidClient("client authentication is required: client_secret_basic or client_secret_post");

/// What a client says of itself.
#[derive(Debug)]
struct Presented {
    id: String,
    /// Its secret, and in which way it came.
    proof: Option<(AuthMethod, String)>,
}

fn read(credentials: &Credentials) -> Result<Presented> {
    match (&credentials.authorization, &credentials.client_secret) {
        (Some(_), Some(_)) => {
            Err(Error::InvalidRequest("more than one way of client authentication (RFC 6749 §2.3)".to_owned()))
        }
        (Some(header), None) => {
            let (id, secret) =
                read_basic(header).ok_or(Error::InvalidClient("the Authorization header cannot be read"))?;
            match &credentials.client_id {
                Some(other) if *other != id => {
                    Err(Error::InvalidRequest("client_id differs from the Authorization header".to_owned()))
                }
                _ => Ok(Presented { id, proof: Some((AuthMethod::Basic, secret)) }),
            }
        }
        (None, secret) => {
            let id = credentials.client_id.clone().ok_or(MISSING)?;
            Ok(Presented { id, proof: secret.clone().map(|secret| (AuthMethod::Post, secret)) })
        }
    }
}

/// RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
fn read_basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((form_decode(id), form_decode(secret)))
}

fn form_decode(text: &str) -> String {
    // A name alone, so that `=` and `&` in it stay what they are.
    let escaped = text.replace('&', "%26").replace('=', "%3D");
    url::form_urlencoded::parse(escaped.as_bytes()).next().map_or_else(String::new, |(name, _)| name.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_form_decoded() {
        let header = format!("Basic {}", STANDARD.encode("a%20b:c%3Ad+e"));
        assert_eq!(read_basic(&header), Some(("a b".into(), "c:d e".into())));
        assert_eq!(read_basic("Bearer x"), None);
    }

    #[test]
    fn two_ways_at_once_are_refused() {
        let credentials = Credentials {
            authorization: Some("Basic YTpi".into()),
            client_id: Some("a".into()),
            client_secret: Some("b".into()),
        };
        assert!(matches!(read(&credentials), Err(Error::InvalidRequest(_))));
    }
}
