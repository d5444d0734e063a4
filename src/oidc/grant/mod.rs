//! Grants: what a login at a client is, and the two ways to its tokens, one file each.

mod authorization_code;
mod refresh_token;

use super::authorize::Parameters;
use super::client::Credentials;
use super::token::Tokens;
use super::{Error, Provider, Result};

impl Provider {
    /// The token endpoint (RFC 6749 §3.2).
    ///
    /// # Errors
    /// As RFC 6749 §5.2 lists.
    pub async fn exchange(&self, parameters: &Parameters, credentials: &Credentials) -> Result<Tokens> {
        let client = self.authenticate(credentials).await?;
        match parameters.get("grant_type") {
            Some("authorization_code") => self.exchange_code(&client, parameters).await,
            Some("refresh_token") => self.exchange_refresh_token(&client, parameters).await,
            Some(other) => Err(Error::UnsupportedGrantType(other.to_owned())),
            None => Err(Error::InvalidRequest("grant_type is missing".to_owned())),
        }
    }
}

fn required<'p>(parameters: &'p Parameters, name: &str) -> Result<&'p str> {
    parameters.get(name).ok_or_else(|| Error::InvalidRequest(format!("{name} is missing")))
}
