//! What an authorization request leads to: a code at once, a login, or an error (Core §3.1.2.3).

use super::{Answer, Received, Rejection};
use crate::clock::SECOND;
use crate::identity::session::SignedIn;
use crate::oidc::{Provider, Result};
use crate::store::attempt::AuthorizationRequest;
use crate::store::client::{Client, Stage};
use crate::store::{self};

/// What to do with the browser.
#[derive(Debug)]
pub enum Decision {
    /// Send it to the client, with a code or an error.
    Answer(Answer),
    /// Ask the person for whom they act.
    Choose(Box<AuthorizationRequest>),
    /// Have the person log in.
    Login(Box<AuthorizationRequest>),
}

impl Provider {
    /// Decides on a request.
    ///
    /// # Errors
    /// [`Error::InvalidRequest`](crate::oidc::Error::InvalidRequest) when it was pushed and is used up; the database's.
    pub async fn decide(&self, received: Received, signed_in: Option<&SignedIn>) -> Result<Decision> {
        let Received { client, back, checked } = received;
        let mut request = match checked {
            Ok(request) => request,
            Err(rejection) => return Ok(Decision::Answer(self.reject(&client, &back, &rejection).await?)),
        };
        request.force_login |= self.is_strange(&client, signed_in).await?;
        if let Some(signed_in) = signed_in.filter(|signed_in| self.suffices(&client, &request, signed_in)) {
            if self.must_choose(&request, signed_in).await? {
                if !request.silent {
                    return Ok(Decision::Choose(request));
                }
                let why = Rejection::new("interaction_required", "the person has to say for whom they act");
                return Ok(Decision::Answer(self.reject(&client, &back, &why).await?));
            }
            return Ok(Decision::Answer(self.issue_code(&client, &request, signed_in).await?));
        }
        if request.silent {
            let nobody = Rejection::new("login_required", "nobody is signed in as the request asks");
            return Ok(Decision::Answer(self.reject(&client, &back, &nobody).await?));
        }
        Ok(Decision::Login(request))
    }

    /// Nobody has approved a client in the sandbox: it gets nothing of a session that has not been at it, since only who
    /// signs in there is told so.
    async fn is_strange(&self, client: &Client, signed_in: Option<&SignedIn>) -> Result<bool> {
        let Some(signed_in) = signed_in.filter(|_| client.stage == Stage::Sandbox) else { return Ok(false) };
        let mut connection = self.store.read().await?;
        Ok(!store::grant::has_been_at(&mut connection, &signed_in.session.id, &client.id).await?)
    }

    /// Whether a session does for a request: its person, its level, its age, and no new login is asked for; for a kiosk, one that
    /// ends as a kiosk's does.
    pub fn suffices(&self, client: &Client, request: &AuthorizationRequest, signed_in: &SignedIn) -> bool {
        let age = self.clock.now() - signed_in.session.auth_time;
        let fresh = request.max_age.is_none_or(|seconds| age <= seconds.saturating_mul(SECOND));
        let ends = !client.security.kiosk || signed_in.session.idle > 0;
        let wanted = self.is_wanted(client, request, signed_in);
        wanted && !request.force_login && fresh && ends && signed_in.session.level >= request.level
    }

    /// Whether it is the person whom the request names, if it names one.
    pub(in crate::oidc) fn is_wanted(
        &self,
        client: &Client,
        request: &AuthorizationRequest,
        signed_in: &SignedIn,
    ) -> bool {
        request.subject.as_ref().is_none_or(|subject| *subject == self.subject(client, &signed_in.person.id))
    }
}
