//! What the commands that need the service share: the settings, the runtime, the opened rooms.

use std::path::{Path, PathBuf};

use super::{Done, Failure};
use crate::app::{self, App};
use crate::clock::Clock;
use crate::config::{self, Settings};

/// Where the demonstration lives.
pub(super) fn demonstration_directory() -> PathBuf {
    std::env::var_os("PEARLBRIDGE_DATA").map_or_else(|| PathBuf::from("data/demo"), PathBuf::from)
}

/// The settings file of the demonstration.
pub(super) fn demonstration_settings(directory: &Path) -> PathBuf {
    directory.join("pearlbridge.toml")
}

/// The settings that a command works with.
pub(super) fn settings(file: Option<&Path>) -> Result<Settings, Failure> {
    let chosen = file.map(Path::to_owned).or_else(config::default_file).or_else(|| {
        let demonstration = demonstration_settings(&demonstration_directory());
        demonstration.exists().then_some(demonstration)
    });
    config::load(chosen.as_deref(), std::env::vars()).map_err(|error| Failure::Unreadable(error.to_string()))
}

/// Opens the service.
pub(super) async fn app(settings: Settings) -> Result<App, Failure> {
    let roots = roots(&settings)?;
    App::open(settings, Clock::System, &roots).await.map_err(Failure::no)
}

/// Opens the service as it is: nothing is made or changed.
pub(super) async fn existing_app(settings: Settings) -> Result<App, Failure> {
    let roots = roots(&settings)?;
    App::open_existing(settings, Clock::System, &roots).await.map_err(Failure::no)
}

/// Without roots nothing can be fetched over TLS, which is no reason not to serve.
fn roots(settings: &Settings) -> Result<Vec<Vec<u8>>, Failure> {
    let roots = &settings.fetch.tls_roots;
    if roots.exists() { app::certificates_in(roots).map_err(Failure::no) } else { Ok(Vec::new()) }
}

/// Runs a command that waits.
pub(super) fn block_on(work: impl Future<Output = Done>) -> Done {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::no)?;
    runtime.block_on(work)
}
