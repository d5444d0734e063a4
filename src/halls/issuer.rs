//! The provider as the hall knows it: discovered when it is first needed, kept, and discovered again when it has new keys.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreErrorResponseType,
    CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalProviderMetadata, AsyncHttpClient, Client, ClientId, ClientSecret, EmptyExtraTokenFields, EndSessionUrl,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdToken, IdTokenFields, IssuerUrl,
    ProviderMetadata, RedirectUrl, StandardErrorResponse, StandardTokenResponse,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::HallSettings;
use super::claims::SessionClaims;
use super::error::{Error, reasons};
use crate::clock::{Clock, HOUR, Micros, SECOND};
use crate::fetch::{self, Fetcher};

/// What was discovered is read again after this long, so that a key which the provider withdrew is forgotten.
const FRESH: Micros = HOUR;

/// The least time between two discoveries: neither a provider that is down nor tokens with invented keys make more.
const PAUSE: Micros = 2 * SECOND;

/// The algorithms that a hall takes, whatever the provider offers beside them.
pub(super) const ALGORITHMS: [CoreJwsSigningAlgorithm; 2] =
    [CoreJwsSigningAlgorithm::EcdsaP256Sha256, CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256];

/// Members of the metadata that belong to other standards than Discovery.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct MoreMetadata {
    /// RP-Initiated Logout 1.0 §2.1.
    pub(super) end_session_endpoint: Option<EndSessionUrl>,
    /// RFC 9207 §3.
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for MoreMetadata {}

/// The discovery document.
pub(super) type Metadata = ProviderMetadata<
    MoreMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// An ID token with `sid`.
pub(super) type HallIdToken =
    IdToken<SessionClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// The answer of the token endpoint.
pub(super) type Tokens = StandardTokenResponse<
    IdTokenFields<
        SessionClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

/// The relying party that `openidconnect` makes of the metadata.
pub(super) type RelyingParty = Client<
    SessionClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What was discovered.
#[derive(Debug)]
pub(super) struct Provider {
    pub(super) metadata: Metadata,
    pub(super) client: RelyingParty,
    read_at: Micros,
}

/// Our outbound client as `openidconnect` calls it.
#[derive(Clone, Debug)]
pub(super) struct Http(Fetcher);

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = fetch::Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, fetch::Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.0.send(request))
    }
}

/// The provider, and the way to it.
#[derive(Debug)]
pub(super) struct Issuer {
    settings: HallSettings,
    clock: Clock,
    pub(super) http: Http,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    provider: Option<Arc<Provider>>,
    tried_at: Option<Micros>,
}

impl Issuer {
    pub(super) fn new(settings: HallSettings, clock: Clock, fetch: Fetcher) -> Self {
        Self { settings, clock, http: Http(fetch), known: Mutex::default() }
    }

    /// The provider, discovered if it is not known or was read too long ago. One that is known serves while it is away.
    pub(super) async fn current(&self) -> Result<Arc<Provider>, Error> {
        let mut known = self.known.lock().await;
        if let Some(provider) = known.provider.as_ref().filter(|provider| provider.read_at + FRESH > self.clock.now()) {
            return Ok(provider.clone());
        }
        match (self.discover(&mut known).await, &known.provider) {
            (Err(error), Some(provider)) => {
                tracing::warn!(hall = self.settings.kind.id(), %error, "goes on with what it knows");
                Ok(provider.clone())
            }
            (outcome, _) => outcome,
        }
    }

    /// The provider as it is now, because a token names a key that `stale` lacks; `stale` again if that was asked just now.
    pub(super) async fn refreshed(&self, stale: Arc<Provider>) -> Result<Arc<Provider>, Error> {
        let mut known = self.known.lock().await;
        match &known.provider {
            Some(provider) if !Arc::ptr_eq(provider, &stale) => Ok(provider.clone()),
            _ if self.tried_just_now(&known) => Ok(stale),
            _ => self.discover(&mut known).await,
        }
    }

    /// An error that says that the provider does not answer.
    pub(super) fn unavailable(&self, why: impl Into<String>) -> Error {
        Error::IssuerUnavailable { issuer: self.settings.issuer.clone(), why: why.into() }
    }

    fn tried_just_now(&self, known: &Known) -> bool {
        known.tried_at.is_some_and(|at| at + PAUSE > self.clock.now())
    }

    async fn discover(&self, known: &mut Known) -> Result<Arc<Provider>, Error> {
        if self.tried_just_now(known) {
            return Err(self.unavailable("it did not answer a moment ago"));
        }
        known.tried_at = Some(self.clock.now());
        let provider = Arc::new(self.read().await?);
        known.provider = Some(provider.clone());
        Ok(provider)
    }

    async fn read(&self) -> Result<Provider, Error> {
        let wrong = |error: &dyn std::error::Error| self.unavailable(reasons(error));
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(|error| wrong(&error))?;
        let redirect = RedirectUrl::new(self.settings.redirect_uri()).map_err(|error| wrong(&error))?;
        let metadata = Metadata::discover_async(issuer, &self.http).await.map_err(|error| wrong(&error))?;
        let id = ClientId::new(self.settings.client_id.clone());
        let secret = ClientSecret::new(self.settings.client_secret.clone());
        let client = Client::from_provider_metadata(metadata.clone(), id, Some(secret)).set_redirect_uri(redirect);
        Ok(Provider { metadata, client, read_at: self.clock.now() })
    }
}
