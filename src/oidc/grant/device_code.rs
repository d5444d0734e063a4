//! A device asks for its tokens until somebody has decided (RFC 8628 §3.4, §3.5).

use super::required;
use crate::oidc::authorize::Parameters;
use crate::oidc::token::{Secret, Tokens};
use crate::oidc::{Error, Provider, Result};
use crate::store::binding::Binding;
use crate::store::client::Client;
use crate::store::{self};

impl Provider {
    pub(super) async fn exchange_device_code(
        &self,
        client: &Client,
        parameters: &Parameters,
        binding: Binding,
    ) -> Result<Tokens> {
        let hash = crate::id::digest(required(parameters, "device_code")?);
        let mut connection = self.store.read().await?;
        let device = store::device_request::find(&mut connection, &hash).await?;
        let device = device.filter(|device| device.client_id == client.id);
        let device = device.ok_or(Error::InvalidGrant("the device code is unknown, or another client's"))?;
        // A code that was let in goes on, however late: one that comes a second time may be stolen, and is told as such.
        if device.grant_id.is_none() && device.expires_at <= self.clock.now() {
            return Err(Error::Waiting("expired_token", "the code has expired: begin anew"));
        }
        if device.decided_at.is_none() {
            drop(connection);
            return Err(self.not_yet(hash).await?);
        }
        let Some(grant_id) = device.grant_id else {
            return Err(Error::Waiting("access_denied", "the person refused"));
        };
        let grant = store::grant::find(&mut connection, &grant_id).await?;
        drop(connection);
        let grant = grant.ok_or(Error::InvalidGrant("the grant of the device is gone"))?;
        let wish = self.wish(parameters, &grant.resources, &client.approved(&grant.scope), binding).await?;
        self.issue_tokens(client, grant, wish, Secret::DeviceCode(hash)).await
    }

    async fn not_yet(&self, hash: Vec<u8>) -> Result<Error> {
        let now = self.clock.now();
        let in_time = self
            .store
            .write(move |tx| Box::pin(async move { Ok::<_, Error>(store::device_request::ask(tx, &hash, now).await?) }))
            .await?;
        Ok(match in_time {
            true => Error::Waiting("authorization_pending", "nobody has decided yet"),
            false => Error::Waiting("slow_down", "ask five seconds less often from now on"),
        })
    }
}
