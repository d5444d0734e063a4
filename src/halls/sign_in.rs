//! Signing in: the authorization code flow with PKCE, `nonce`, `state` bound to the browser, and `iss`.
//!
//! [`Hall::begin`] gives the provider's address, [`Hall::recognise`] takes the `state` of the answer, once, and
//! [`Hall::finish`] turns what was begun into a session.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use openidconnect::core::{CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey, CoreResponseType};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthenticationContextClass, AuthenticationFlow, AuthorizationCode,
    ClaimsVerificationError, CsrfToken, IdTokenClaims, IdTokenVerifier, LanguageTag, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, RequestTokenError, Scope, SignatureVerificationError, StandardErrorResponse,
    SubjectIdentifier, TokenResponse as _, UserInfoClaims, UserInfoError,
};

use super::claims::{self, Claims, IdentityClaims, SessionClaims};
use super::error::{Error, reasons};
use super::issuer::{ALGORITHMS, HallIdToken, Provider, Tokens};
use super::session::Opened;
use super::{Hall, SCOPES, local_path};
use crate::clock::{HOUR, Micros};
use crate::fetch;
use crate::store::hall::SignIn;
use crate::store::{self};

/// A person may take this long at the provider: long enough to fetch a token from a drawer and make a first account.
const PATIENCE: Micros = HOUR;

/// The verified claims of an ID token.
type Verified = IdTokenClaims<SessionClaims, CoreGenderClaim>;

/// What a sign-in is wanted for.
#[derive(Clone, Copy, Debug, Default)]
pub struct SignInRequest<'a> {
    /// The deep link to come back to; [`local_path`] decides whether it counts.
    pub target: &'a str,
    /// The level that is needed there.
    pub level: Option<u8>,
    /// Whether the provider may show no page (`prompt=none`).
    pub silent: bool,
    /// The language of the provider's pages, a BCP 47 tag.
    pub ui_locale: &'a str,
}

/// The parameters of the provider's answer.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

impl Answer {
    /// Takes the pairs of the query. A parameter that comes twice (RFC 6749 §3.1) counts as absent.
    pub fn new(pairs: &[(String, String)]) -> Self {
        let only = |name: &str| {
            let mut values = pairs.iter().filter(|(key, value)| key == name && !value.is_empty());
            values.next().filter(|_| values.next().is_none()).map(|(_, value)| value.clone())
        };
        Self {
            code: only("code"),
            state: only("state"),
            iss: only("iss"),
            error: only("error"),
            error_description: only("error_description"),
        }
    }

    /// Whether it says that a silent sign-in would need a page (Core §3.1.2.6).
    pub fn wants_interaction(&self) -> bool {
        let codes = ["login_required", "interaction_required", "consent_required", "account_selection_required"];
        self.error.as_deref().is_some_and(|error| codes.contains(&error))
    }

    /// The code, or the error that came in its place.
    fn code(&self, provider: impl FnOnce(String) -> Error) -> Result<&str, Error> {
        let Some(error) = &self.error else {
            return self.code.as_deref().ok_or_else(|| Error::Rejected("the answer has neither code nor error".into()));
        };
        let description: String = self.error_description.iter().flat_map(|text| text.chars()).take(200).collect();
        let told = format!("{:?} {description:?}", error.chars().take(64).collect::<String>());
        Err(match error.as_str() {
            _ if self.wants_interaction() => Error::InteractionRequired(told),
            "access_denied" | "unmet_authentication_requirements" => Error::Denied(told),
            "server_error" | "temporarily_unavailable" => provider(told),
            _ => Error::Rejected(told),
        })
    }
}

impl Hall {
    /// Begins a sign-in in the browser whose cookie is `browser`: the provider's address to send it to.
    ///
    /// # Errors
    /// [`Error::IssuerUnavailable`]; the database's.
    pub async fn begin(&self, browser: &str, request: &SignInRequest<'_>) -> Result<String, Error> {
        let provider = self.issuer.current().await?;
        let sign_in = SignIn {
            state: crate::id::new_secret(),
            hall: self.kind().id().to_owned(),
            browser_hash: crate::id::digest(browser),
            nonce: crate::id::new_secret(),
            verifier: crate::id::new_secret(),
            target: local_path(request.target).to_owned(),
        };
        let address = authorization_url(&provider, &sign_in, request);
        let now = self.clock.now();
        self.store
            .write(move |tx| Box::pin(async move { Ok::<_, Error>(store::hall::begin(tx, &sign_in, now).await?) }))
            .await?;
        Ok(address)
    }

    /// Takes the sign-in that an answer belongs to. It is used up by this, whatever comes of it.
    ///
    /// # Errors
    /// [`Error::StateMismatch`] when there is none that this browser began; the database's.
    pub async fn recognise(&self, browser: &str, answer: &Answer) -> Result<SignIn, Error> {
        let state = answer.state.clone().ok_or(Error::StateMismatch)?;
        let (hall, now) = (self.kind().id(), self.clock.now());
        let taken = self.store.write(move |tx| {
            Box::pin(async move { Ok::<_, Error>(store::hall::take(tx, hall, &state, now, now - PATIENCE).await?) })
        });
        let begun = taken.await?.ok_or(Error::StateMismatch)?;
        let own = crate::id::same(&begun.browser_hash, &crate::id::digest(browser));
        if own { Ok(begun) } else { Err(Error::StateMismatch) }
    }

    /// Finishes a sign-in: redeems the code, verifies the ID token, reads UserInfo and opens a session. A session that the
    /// browser had before (`previous`, its cookie's value) ends.
    ///
    /// # Errors
    /// As [`Error`] lists.
    pub async fn finish(&self, begun: SignIn, previous: Option<&str>, answer: &Answer) -> Result<Opened, Error> {
        let provider = self.issuer.current().await?;
        let promised = provider.metadata.additional_metadata().authorization_response_iss_parameter_supported;
        check_issuer(&self.settings.issuer, answer.iss.as_deref(), promised)?;
        let code = answer.code(|why| self.issuer.unavailable(why))?;
        let tokens = self.redeem(&provider, code, begun.verifier).await?;
        let id_token = tokens.id_token().ok_or_else(|| invalid("the token answer has no ID token"))?;
        let (provider, verified) = self.verify(provider, id_token, &Nonce::new(begun.nonce)).await?;
        self.check_access_token(&provider, id_token, &verified, tokens.access_token())?;
        let claims = self.userinfo(&provider, &verified, tokens.access_token()).await?;
        let sid = verified.additional_claims().sid.clone();
        let sid = sid.ok_or_else(|| invalid("the ID token has no sid, so nothing could end the session"))?;
        self.open(verified.subject().as_str(), &sid, &id_token.to_string(), claims, previous).await
    }

    async fn redeem(&self, provider: &Provider, code: &str, verifier: String) -> Result<Tokens, Error> {
        let request = provider.client.exchange_code(AuthorizationCode::new(code.to_owned()));
        let request = request.map_err(|_| self.issuer.unavailable("its metadata has no token_endpoint"))?;
        let request = request.set_pkce_verifier(PkceCodeVerifier::new(verifier));
        request.request_async(&self.issuer.http).await.map_err(|error| self.code_refused(&error))
    }

    fn code_refused(
        &self,
        error: &RequestTokenError<fetch::Error, StandardErrorResponse<CoreErrorResponseType>>,
    ) -> Error {
        match error {
            RequestTokenError::ServerResponse(response) if *response.error() == CoreErrorResponseType::InvalidGrant => {
                Error::CodeRefused(reasons(error))
            }
            RequestTokenError::ServerResponse(response) => Error::Rejected(response.to_string()),
            other => self.issuer.unavailable(reasons(other)),
        }
    }

    /// The claims of the ID token (Core §3.1.3.7), verified under the provider's keys, which are read again if the token's
    /// is not among them. Gives the provider whose keys served.
    async fn verify(
        &self,
        mut provider: Arc<Provider>,
        token: &HallIdToken,
        nonce: &Nonce,
    ) -> Result<(Arc<Provider>, Verified), Error> {
        let mut outcome = token.claims(&self.verifier(&provider), nonce).cloned();
        if matches!(
            outcome,
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey))
        ) {
            provider = self.issuer.refreshed(provider).await?;
            outcome = token.claims(&self.verifier(&provider), nonce).cloned();
        }
        let claims = outcome.map_err(|error| invalid(reasons(&error)))?;
        Ok((provider, claims))
    }

    fn verifier<'p>(&self, provider: &'p Provider) -> IdTokenVerifier<'p, CoreJsonWebKey> {
        let now = Duration::from_micros(u64::try_from(self.clock.now()).unwrap_or_default());
        let verifier = provider.client.id_token_verifier().set_allowed_algs(ALGORITHMS);
        verifier.set_time_fn(move || (UNIX_EPOCH + now).into())
    }

    /// Core §3.1.3.8: `at_hash`, when the ID token has one, is that of the access token beside it.
    fn check_access_token(
        &self,
        provider: &Provider,
        token: &HallIdToken,
        verified: &Verified,
        access_token: &AccessToken,
    ) -> Result<(), Error> {
        let Some(expected) = verified.access_token_hash() else {
            return Ok(());
        };
        let verifier = self.verifier(provider);
        let key = token.signing_key(&verifier).map_err(|error| invalid(reasons(&error)))?;
        let algorithm = token.signing_alg().map_err(|error| invalid(reasons(&error)))?;
        let actual =
            AccessTokenHash::from_token(access_token, algorithm, key).map_err(|error| invalid(reasons(&error)))?;
        if actual == *expected { Ok(()) } else { Err(invalid("at_hash is another access token's")) }
    }

    /// UserInfo, whose `sub` must be that of the ID token (Core §5.3.2), with the level that the ID token names.
    async fn userinfo(&self, provider: &Provider, verified: &Verified, token: &AccessToken) -> Result<Claims, Error> {
        let acr = verified.auth_context_ref().and_then(|acr| claims::level(acr.as_str()));
        let level = acr.ok_or_else(|| invalid("the ID token has no acr of the form urn:gd:loa:2…5"))?;
        let subject: SubjectIdentifier = verified.subject().clone();
        let request = provider.client.user_info(token.clone(), Some(subject));
        let request = request.map_err(|_| self.issuer.unavailable("its metadata has no userinfo_endpoint"))?;
        let answer: UserInfoClaims<IdentityClaims, CoreGenderClaim> =
            request.request_async(&self.issuer.http).await.map_err(|error| self.userinfo_refused(&error))?;
        let name = answer.name().and_then(|names| names.get(None)).map(|name| name.as_str().to_owned());
        Ok(Claims { name: name.unwrap_or_default(), level, identity: answer.additional_claims().clone() })
    }

    fn userinfo_refused(&self, error: &UserInfoError<fetch::Error>) -> Error {
        match error {
            UserInfoError::Request(_) => self.issuer.unavailable(reasons(error)),
            UserInfoError::Response(status, ..) if status.is_server_error() => self.issuer.unavailable(reasons(error)),
            other => invalid(reasons(other)),
        }
    }
}

fn authorization_url(provider: &Provider, sign_in: &SignIn, wish: &SignInRequest<'_>) -> String {
    let (state, nonce) = (sign_in.state.clone(), sign_in.nonce.clone());
    let verifier = PkceCodeVerifier::new(sign_in.verifier.clone());
    let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
    let mut request = provider
        .client
        .authorize_url(flow, || CsrfToken::new(state), || Nonce::new(nonce))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .add_scopes(SCOPES.split(' ').filter(|scope| *scope != "openid").map(|scope| Scope::new(scope.to_owned())))
        .add_ui_locale(LanguageTag::new(wish.ui_locale.to_owned()));
    if let Some(level) = wish.level {
        request = request.add_auth_context_value(AuthenticationContextClass::new(claims::acr(level)));
    }
    if wish.silent {
        request = request.add_prompt(CoreAuthPrompt::None);
    }
    request.url().0.into()
}

/// RFC 9207 §2.4: `iss` is compared as a string, and may only be missing where the metadata does not promise it.
fn check_issuer(expected: &str, found: Option<&str>, promised: bool) -> Result<(), Error> {
    match found {
        Some(iss) if iss == expected => Ok(()),
        None if !promised => Ok(()),
        other => Err(Error::WrongIssuer {
            expected: expected.to_owned(),
            found: other.map(|iss| iss.chars().take(200).collect()),
        }),
    }
}

fn invalid(why: impl Into<String>) -> Error {
    Error::TokenInvalid(why.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(pairs: &[(&str, &str)]) -> Answer {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Answer::new(&pairs)
    }

    #[test]
    fn iss_must_be_the_issuer_that_was_asked_and_may_only_be_missing_where_it_was_not_promised() {
        let issuer = "https://localhost:8443";
        assert!(check_issuer(issuer, Some(issuer), true).is_ok());
        assert!(check_issuer(issuer, None, false).is_ok());
        for (found, promised) in [(None, true), (Some("https://localhost:8443/"), true), (Some("https://evil"), false)]
        {
            let refused = check_issuer(issuer, found, promised);
            assert!(matches!(refused, Err(Error::WrongIssuer { .. })), "{found:?}");
        }
    }

    #[test]
    fn a_parameter_that_comes_twice_or_empty_counts_as_absent() {
        let answer = answer(&[("code", "a"), ("state", "1"), ("state", "2"), ("iss", "")]);
        assert_eq!((answer.code.as_deref(), answer.state, answer.iss), (Some("a"), None, None));
    }

    #[test]
    fn each_error_answer_has_its_meaning() {
        let error = |code| {
            let answer = answer(&[("error", code), ("code", "ignored"), ("error_description", "why")]);
            answer.code(Error::Rejected).unwrap_err()
        };
        assert!(matches!(error("login_required"), Error::InteractionRequired(_)));
        assert!(matches!(error("access_denied"), Error::Denied(_)));
        assert!(matches!(error("invalid_scope"), Error::Rejected(_)));
        assert_eq!(error("access_denied").to_string(), r#"the provider denied the sign-in: "access_denied" "why""#);
        assert!(matches!(answer(&[]).code(Error::Denied), Err(Error::Rejected(_))));
    }
}
