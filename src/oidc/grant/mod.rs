//! Grants: what a login at a client is, and the ways to tokens, one file each.

mod authorization_code;
mod client_credentials;
mod device_code;
mod refresh_token;
mod token_exchange;

use super::authorize::Parameters;
use super::client::Credentials;
use super::token::Tokens;
use super::{Error, Provider, Result};
use crate::store::client::{CLIENT_CREDENTIALS, CODE, DEVICE_CODE, REFRESH, TOKEN_EXCHANGE};

/// The grant types that are offered.
pub const GRANT_TYPES: [&str; 5] = [CODE, REFRESH, CLIENT_CREDENTIALS, DEVICE_CODE, TOKEN_EXCHANGE];

impl Provider {
    /// The token endpoint (RFC 6749 §3.2).
    ///
    /// # Errors
    /// As RFC 6749 §5.2 lists.
    pub async fn exchange(&self, parameters: &Parameters, credentials: &Credentials) -> Result<Tokens> {
        let client = self.authenticate(credentials).await?;
        let grant_type = required(parameters, "grant_type")?;
        if !GRANT_TYPES.contains(&grant_type) {
            return Err(Error::UnsupportedGrantType(grant_type.to_owned()));
        }
        if !client.security.may_use(grant_type) {
            return Err(Error::UnauthorizedClient("the client is not registered with this grant type"));
        }
        let binding = self.binding(&client, credentials).await?;
        match grant_type {
            CODE => self.exchange_code(&client, parameters, binding).await,
            DEVICE_CODE => self.exchange_device_code(&client, parameters, binding).await,
            TOKEN_EXCHANGE => self.exchange_token(&client, parameters, binding, &credentials.address).await,
            CLIENT_CREDENTIALS => self.issue_client_token(&client, parameters, binding, &credentials.address).await,
            _ => self.exchange_refresh_token(&client, parameters, binding).await,
        }
    }
}

fn required<'p>(parameters: &'p Parameters, name: &str) -> Result<&'p str> {
    parameters.get(name).ok_or_else(|| Error::InvalidRequest(format!("{name} is missing")))
}
