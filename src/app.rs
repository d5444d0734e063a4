//! The composition root: the only place that knows all rooms. It opens them in order and hands each what it needs.

use std::path::Path;
use std::sync::Arc;

use crate::ca::{self, Ca, profile::Profile};
use crate::clock::Clock;
use crate::config::Settings;
use crate::custody::Custody;
use crate::fetch::Fetcher;
use crate::halls::Hall;
use crate::identity::{Identity, profile::Profiles};
use crate::oidc::Provider;
use crate::store::Store;
use crate::telemetry::Metrics;
use crate::trust::Trust;

/// Everything that a request may need.
#[derive(Debug)]
pub struct App {
    /// The settings in force.
    pub settings: Settings,
    /// The time.
    pub clock: Clock,
    /// The database.
    pub store: Store,
    /// The keys.
    pub custody: Arc<Custody>,
    /// Outbound requests.
    pub fetch: Fetcher,
    /// Whom we trust.
    pub trust: Arc<Trust>,
    /// Who somebody is.
    pub identity: Arc<Identity>,
    /// Certificates of our own.
    pub ca: Arc<Ca>,
    /// Single sign-on.
    pub provider: Arc<Provider>,
    /// Certificate profiles.
    pub profiles: Vec<Profile>,
    /// The demonstration halls that are served beside the provider, and where each listens.
    pub halls: Vec<(Arc<Hall>, std::net::SocketAddr)>,
    /// Counters.
    pub metrics: Metrics,
    /// The networks that may read them.
    pub metrics_networks: Vec<ipnet::IpNet>,
    /// Whether the pages say that this is a demonstration.
    pub demonstration: bool,
}

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The authority.
    #[error("authority: {0}")]
    Ca(#[from] ca::Error),
    /// Custody.
    #[error("custody: {0}")]
    Custody(#[from] crate::custody::Error),
    /// Outbound requests.
    #[error("fetch: {0}")]
    Fetch(#[from] crate::fetch::Error),
    /// A file.
    #[error("{0}")]
    File(String),
    /// Who somebody is.
    #[error("identity: {0}")]
    Identity(#[from] crate::identity::Error),
    /// The provider.
    #[error("provider: {0}")]
    Provider(#[from] crate::oidc::Error),
    /// The database.
    #[error("database: {0}")]
    Store(#[from] crate::store::Error),
}

impl App {
    /// Opens every room by `settings`. `roots` are the TLS roots (DER) that outbound requests trust.
    ///
    /// # Errors
    /// The first room that cannot be opened, and why.
    pub async fn open(settings: Settings, clock: Clock, roots: &[Vec<u8>]) -> Result<Self, Error> {
        let custody = Custody::open(&settings.custody)?;
        let store = Store::open(&settings.database.url, settings.database.connections).await?;
        Self::furnish(settings, clock, roots, custody, store)
    }

    /// Opens every room as it is: the database is neither made nor brought up to date.
    ///
    /// # Errors
    /// As [`App::open`], and when the database is not there or of an older program.
    pub async fn open_existing(settings: Settings, clock: Clock, roots: &[Vec<u8>]) -> Result<Self, Error> {
        let custody = Custody::open(&settings.custody)?;
        let store = Store::open_existing(&settings.database.url, settings.database.connections).await?;
        Self::furnish(settings, clock, roots, custody, store)
    }

    fn furnish(
        settings: Settings,
        clock: Clock,
        roots: &[Vec<u8>],
        custody: Custody,
        store: Store,
    ) -> Result<Self, Error> {
        let custody = Arc::new(custody);
        let fetch = Fetcher::new(&settings.fetch, roots)?;
        let (authority, pki_url) = (&settings.authority, &settings.server.pki_url);
        let ca = Arc::new(Ca::new(store.clone(), clock.clone(), custody.clone(), authority, pki_url)?);
        let (s, c) = (store.clone(), clock.clone());
        let trust = Arc::new(Trust::new(s, c, fetch.clone(), ca.policy, pki_url, settings.login.level_certificate));
        let readers = Profiles::load(&authority.identity_profiles).map_err(Error::File)?;
        let issuer = settings.server.public_url.clone();
        let (s, c, k) = (store.clone(), clock.clone(), custody.clone());
        let identity = Arc::new(Identity::new(s, c, k, trust.clone(), &settings.login, readers, &issuer));
        let (s, c, k) = (store.clone(), clock.clone(), custody.clone());
        let addresses = [issuer.as_str(), settings.server.mtls_url.as_str()];
        let provider = Arc::new(Provider::new(s, c, k, fetch.clone(), trust.clone(), &settings.oidc, addresses));
        let profiles = ca::profile::load_all(&authority.profiles)?;
        // The settings hold networks alone: a start with another is refused.
        let networks = settings.telemetry.metrics_networks.iter().filter_map(|text| text.parse().ok()).collect();
        Ok(Self {
            settings,
            clock,
            store,
            custody,
            fetch,
            trust,
            identity,
            ca,
            provider,
            profiles,
            halls: Vec::new(),
            metrics: Metrics::default(),
            metrics_networks: networks,
            demonstration: false,
        })
    }

    /// Mends what a crash left, and makes what time has made due, before the first request.
    ///
    /// # Errors
    /// What could not be mended: the service does not start over it.
    pub async fn repair(&self) -> Result<(), Error> {
        self.ca.repair().await?;
        self.ca.publish_due_crls().await?;
        self.ca.renew_cross_certificates().await?;
        self.provider.rotate_keys().await?;
        Ok(())
    }
}

/// The certificates (DER) in a PEM file.
///
/// # Errors
/// When the file cannot be read, or holds none.
pub fn certificates_in(path: &Path) -> Result<Vec<Vec<u8>>, Error> {
    let wrong = |why: String| Error::File(format!("{}: {why}", path.display()));
    let bytes = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    crate::pem::read(&bytes, crate::pem::CERTIFICATE).map_err(wrong)
}
