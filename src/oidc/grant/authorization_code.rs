//! The authorization code: issued to a session that suffices, redeemed once (RFC 6749 §4.1, RFC 7636 §4.6).

use super::required;
use crate::audit::{self, Actor, Circumstance, Event};
use crate::clock::{Micros, SECOND};
use crate::identity::session::SignedIn;
use crate::oidc::authorize::{Answer, Back, Parameters, Rejection};
use crate::oidc::token::{Secret, Tokens};
use crate::oidc::{Error, Provider, Result, acting};
use crate::store::attempt::AuthorizationRequest;
use crate::store::binding::Binding;
use crate::store::client::{CODE, Client};
use crate::store::grant::{Code, Grant};
use crate::store::{self, Connection};

impl Provider {
    /// Issues a code for a session that suffices: what the browser brings the client. A client that was registered
    /// without this grant meanwhile, while the login or the pushed request waited, is told so there.
    ///
    /// # Errors
    /// [`Error::InvalidRequest`] when the request was pushed and another code has used it up; the database's.
    pub async fn issue_code(
        &self,
        client: &Client,
        request: &AuthorizationRequest,
        signed_in: &SignedIn,
    ) -> Result<Answer> {
        if !client.security.may_use(CODE) {
            let why =
                Rejection::new("unauthorized_client", "the client is no longer registered with authorization_code");
            return self.reject(client, &Back::of(request), &why).await;
        }
        if !self.is_wanted(client, request, signed_in) {
            let why = Rejection::new("login_required", "another person signed in than the one whom the request names");
            return self.reject(client, &Back::of(request), &why).await;
        }
        let now = self.clock.now();
        let session = &signed_in.session;
        let grant = Grant {
            id: crate::id::new_dated_id(now),
            client_id: client.id.clone(),
            person_id: session.person_id.clone(),
            session_id: session.id.clone(),
            scope: request.scope.clone(),
            resources: request.resources.join(" "),
            nonce: request.nonce.clone(),
            level: session.level,
            auth_time: session.auth_time,
            method: session.method.clone(),
            claims: request.claims.to_column(),
        };
        let secret = crate::id::new_dated_secret(now);
        let code = Code {
            grant_id: grant.id.clone(),
            redirect_uri: request.redirect_uri.clone(),
            code_challenge: request.code_challenge.clone(),
            jkt: request.dpop_jkt.clone(),
        };
        let (hash, expires_at) = (crate::id::digest(&secret), now + self.settings.code_lifetime * SECOND);
        let (address, pushed, session) = (session.address.clone(), request.pushed.clone(), session.clone());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    use_up(tx, pushed.as_deref(), now).await?;
                    store::grant::insert(tx, &grant, now).await?;
                    acting::bind(tx, &grant, &session, now).await?;
                    store::grant::insert_code(tx, &hash, &code, expires_at).await?;
                    let event = Event::HallEntered { client: grant.client_id.clone(), level: grant.level };
                    audit::record(tx, &Circumstance::person(now, &grant.person_id, Some(&address)), &event).await?;
                    Ok::<_, Error>(())
                })
            })
            .await?;
        let watched = self.session_state(client, &request.redirect_uri, &signed_in.session.id);
        let watched = watched.as_deref().map(|state| ("session_state", state));
        let parameters: Vec<_> = std::iter::once(("code", secret.as_str())).chain(watched).collect();
        self.respond(client, &Back::of(request), &parameters).await
    }

    /// Everything is looked at before the code is used up, so that only a good request costs it.
    pub(super) async fn exchange_code(
        &self,
        client: &Client,
        parameters: &Parameters,
        binding: Binding,
    ) -> Result<Tokens> {
        let hash = crate::id::digest(required(parameters, "code")?);
        let redirect_uri = required(parameters, "redirect_uri")?;
        let verifier = parameters.get("code_verifier");
        let mut connection = self.store.look_up().await?;
        let code = store::grant::find_code(&mut connection, &hash).await?;
        let code = code.ok_or(Error::InvalidGrant("the code is unknown or has expired"))?;
        let grant = store::grant::find(&mut connection, &code.grant_id).await?;
        drop(connection);
        let grant = grant.filter(|grant| grant.client_id == client.id);
        let grant = grant.ok_or(Error::InvalidGrant("the code was issued to another client"))?;
        if code.redirect_uri != redirect_uri {
            return Err(Error::InvalidGrant("redirect_uri is not the one of the authorization request"));
        }
        check_verifier(verifier, &code.code_challenge)?;
        if code.jkt.is_some() && code.jkt != binding.jkt {
            return Err(Error::InvalidGrant("the code is bound to another key than that of the proof (dpop_jkt)"));
        }
        let wish = self.wish(parameters, &grant.resources, &client.approved(&grant.scope), binding).await?;
        self.issue_tokens(client, grant, wish, Secret::Code(hash)).await
    }

    /// A secret that comes a second time may be stolen: all that hangs on its grant dies (RFC 6749 §4.1.2, RFC 9700
    /// §4.14.2). Gives the error to answer with.
    pub(in crate::oidc) async fn revoke_reused(
        &self,
        what: &'static str,
        client: &Client,
        grant_id: String,
    ) -> Result<Error> {
        let (client_id, now) = (client.id.clone(), self.clock.now());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let grant = store::grant::find(tx, &grant_id).await?;
                    if store::grant::revoke(tx, &grant_id, "reused", now).await? {
                        let person = grant.as_ref().map(|grant| grant.person_id.as_str());
                        let event = Event::TokenReused { what: what.to_owned(), client: client_id.clone() };
                        let circumstance =
                            Circumstance { at: now, actor: Actor::Client(client_id), person, address: None };
                        audit::record(tx, &circumstance, &event).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .await?;
        Ok(Error::InvalidGrant("it was used before; everything that was issued with it is revoked"))
    }
}

/// RFC 9126 §4: "authorization server SHOULD treat request_uri values as one-time use".
async fn use_up(tx: &mut Connection, pushed: Option<&[u8]>, now: Micros) -> Result<()> {
    match pushed {
        Some(hash) if !store::pushed_request::use_up(tx, hash, now).await? => {
            Err(Error::InvalidRequest("request_uri: a code was issued for it before".to_owned()))
        }
        _ => Ok(()),
    }
}

/// RFC 7636 §4.6; and RFC 9700 §2.1.1, against a downgrade: "if there was no code_challenge in the authorization request, a
/// request to the token endpoint that contains a code_verifier parameter is rejected".
fn check_verifier(verifier: Option<&str>, challenge: &str) -> Result<()> {
    match (verifier, challenge) {
        (None, "") => Ok(()),
        (Some(_), "") => Err(Error::InvalidGrant("there was no code_challenge, and code_verifier fits none")),
        (None, _) => Err(Error::InvalidRequest("code_verifier is missing".to_owned())),
        (Some(verifier), _) if crate::id::same(s256(verifier)?.as_bytes(), challenge.as_bytes()) => Ok(()),
        _ => Err(Error::InvalidGrant("code_verifier does not fit the code_challenge")),
    }
}

/// RFC 7636 §4.1, §4.6.
fn s256(verifier: &str) -> Result<String> {
    let unreserved = |letter: u8| letter.is_ascii_alphanumeric() || b"-._~".contains(&letter);
    if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(unreserved) {
        return Err(Error::InvalidGrant("code_verifier is not 43 to 128 unreserved characters"));
    }
    Ok(crate::id::base64url(&crate::id::sha256(verifier.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_7636_appendix_b() {
        let challenge = s256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap();
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert!(s256("short").is_err());
    }

    #[test]
    fn a_verifier_comes_with_its_challenge_and_neither_without_the_other() {
        let (verifier, challenge) =
            ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert!(check_verifier(Some(verifier), challenge).is_ok() && check_verifier(None, "").is_ok());
        assert!(matches!(check_verifier(None, challenge), Err(Error::InvalidRequest(_))));
        assert!(matches!(check_verifier(Some(verifier), ""), Err(Error::InvalidGrant(_))));
        assert!(matches!(check_verifier(Some(&verifier.replace('d', "e")), challenge), Err(Error::InvalidGrant(_))));
    }
}
