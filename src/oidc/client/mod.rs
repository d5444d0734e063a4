//! Clients: who they are, by client authentication (RFC 6749 §2.3, OpenID Connect Core §9).
//!
//! Secrets (`secret`) are kept as digests, so that there is no `client_secret_jwt`, which would need them whole; whoever
//! wants to sign registers a public key (`assertion`, `keys`).

mod assertion;
mod cache;
pub(super) mod certificate;
mod keys;
mod pace;
mod secret;

use std::sync::Arc;

use super::{Error, Provider, Result, dpop};
use crate::store::client::{AuthMethod, Client};
use crate::store::{self};

pub(super) use cache::ClientCache;
pub(super) use keys::KeyCache;

/// The ways of authentication that are offered, by their registered names.
pub const AUTH_METHODS: [&str; 6] = [
    "client_secret_basic",
    "client_secret_post",
    "private_key_jwt",
    "tls_client_auth",
    "self_signed_tls_client_auth",
    "none",
];

/// How a client proved who it is.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// From which network address it asks; it proves nothing, and is counted by it.
    pub address: String,
    /// The `Authorization` header, as it came.
    pub authorization: Option<String>,
    /// `client_id` in the body.
    pub client_id: Option<String>,
    /// `client_secret` in the body.
    pub client_secret: Option<String>,
    /// `client_assertion_type` in the body (RFC 7521 §4.2).
    pub assertion_type: Option<String>,
    /// `client_assertion` in the body.
    pub assertion: Option<String>,
    /// The certificates that it showed in the handshake, leaf first.
    pub certificates: Arc<[Vec<u8>]>,
    /// The proof that it has the key which its tokens are to be bound to.
    pub proof: Option<dpop::Proof>,
}

impl Provider {
    /// The client `id`: read again only when the store says that some client has changed.
    ///
    /// # Errors
    /// The database's.
    pub async fn client(&self, id: &str) -> Result<Option<Client>> {
        let mut connection = self.store.look_up().await?;
        let revision = store::revision(&mut connection, "client").await?;
        if let Some(client) = self.clients.find(revision, id) {
            return Ok(Some(client));
        }
        let client = store::client::find(&mut connection, id).await?;
        if let Some(client) = &client {
            self.clients.keep(revision, client);
        }
        Ok(client)
    }

    /// The client `id`, unless it is disabled.
    ///
    /// # Errors
    /// The database's.
    pub async fn enabled_client(&self, id: &str) -> Result<Option<Client>> {
        Ok(self.client(id).await?.filter(|client| client.disabled_at.is_none()))
    }

    /// Authenticates a client in the way that it is registered with; takes a public client by its name.
    ///
    /// # Errors
    /// [`Error::InvalidClient`]; which half was wrong is not said.
    pub async fn authenticate(&self, credentials: &Credentials) -> Result<Client> {
        let Presented { id, proof } = read(credentials)?;
        let client = self.enabled_client(&id).await?;
        let client = match &proof {
            Proof::Certificate => {
                let client = client.ok_or(MISSING)?;
                return self.check_certificate(client, &credentials.certificates).await;
            }
            Proof::Nothing => return client.filter(|client| client.auth_method == AuthMethod::None).ok_or(MISSING),
            Proof::Secret(_, given) => secret::check(client, given)?,
            Proof::Assertion(given) => self.check_assertion(client, given).await?,
        };
        if proof.is_of(client.auth_method) {
            return Ok(client);
        }
        Err(Error::InvalidClient("the client is registered with another way of authentication"))
    }
}

const MISSING: Error = Error::InvalidClient(
    "client authentication is required: client_secret_basic, client_secret_post, private_key_jwt or a certificate",
);

/// What a client says of itself.
#[derive(Debug)]
struct Presented {
    id: String,
    proof: Proof,
}

#[derive(Debug)]
enum Proof {
    Nothing,
    /// The certificate of the connection.
    Certificate,
    /// Its secret, and in which way it came.
    Secret(AuthMethod, String),
    /// A token that it signed.
    Assertion(String),
}

impl Proof {
    fn is_of(&self, method: AuthMethod) -> bool {
        match self {
            Self::Nothing | Self::Certificate => method == AuthMethod::None,
            Self::Secret(way, _) => [AuthMethod::Secret, *way].contains(&method),
            Self::Assertion(_) => method == AuthMethod::PrivateKeyJwt,
        }
    }
}

/// RFC 6749 §2.3: "The client MUST NOT use more than one authentication method in each request."
fn read(credentials: &Credentials) -> Result<Presented> {
    let in_body = credentials.client_id.as_deref();
    let (id, proof) = match (&credentials.authorization, &credentials.client_secret, &credentials.assertion) {
        (Some(header), None, None) => {
            let (id, secret) =
                secret::read_basic(header).ok_or(Error::InvalidClient("the Authorization header cannot be read"))?;
            (id, Proof::Secret(AuthMethod::Basic, secret))
        }
        (None, Some(secret), None) => {
            (in_body.ok_or(MISSING)?.to_owned(), Proof::Secret(AuthMethod::Post, secret.clone()))
        }
        (None, None, Some(assertion)) => {
            (assertion::subject(credentials.assertion_type.as_deref(), assertion)?, Proof::Assertion(assertion.clone()))
        }
        (None, None, None) => {
            let shown = !credentials.certificates.is_empty();
            (in_body.ok_or(MISSING)?.to_owned(), if shown { Proof::Certificate } else { Proof::Nothing })
        }
        _ => {
            return Err(Error::InvalidRequest("more than one way of client authentication (RFC 6749 §2.3)".to_owned()));
        }
    };
    match in_body.filter(|other| *other != id) {
        Some(_) => Err(Error::InvalidRequest("client_id differs from the client that is authenticated".to_owned())),
        None => Ok(Presented { id, proof }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_ways_at_once_are_refused() {
        let some = |text: &str| Some(text.to_owned());
        let (header, secret, assertion) = (some("Basic YTpi"), some("b"), some("e.e.e"));
        let body = Credentials { client_id: some("a"), ..Credentials::default() };
        for credentials in [
            Credentials { authorization: header.clone(), client_secret: secret.clone(), ..body.clone() },
            Credentials { authorization: header.clone(), assertion: assertion.clone(), ..body.clone() },
            Credentials { client_secret: secret, assertion, ..body.clone() },
            Credentials { authorization: header, client_id: some("another"), ..body },
        ] {
            assert!(matches!(read(&credentials), Err(Error::InvalidRequest(_))), "{credentials:?}");
        }
    }
}
