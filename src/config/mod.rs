//! Settings: one TOML file over documented defaults, the environment over both.
//!
//! `config/default.toml` is compiled in and is the list of all fields with their defaults. A field that it does not
//! know, a value of another type, or a contradiction stops the start and names file, line and field.

mod error;
mod layer;
mod section;

use std::path::{Path, PathBuf};

pub use error::Error;
pub use section::{Authority, Custody, Database, Fetch, LogFormat, Login, Oidc, Server, Settings, Telemetry};

const DEFAULTS: &str = include_str!("../../config/default.toml");
const ENVIRONMENT_PREFIX: &str = "PEARLBRIDGE__";

/// Reads the settings: the defaults, then `file` if there is one, then `environment`.
///
/// # Errors
/// The first thing that is wrong, with the file, the line and the field.
pub fn load(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Result<Settings, Error> {
    let mut merged: toml::Table = DEFAULTS.parse().expect("config/default.toml is compiled in and tested");
    let mut origins = layer::Origins::default();
    if let Some(path) = file {
        let text =
            std::fs::read_to_string(path).map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
        layer::merge_file(&mut merged, &mut origins, path, &text)?;
    }
    for (name, value) in environment {
        if let Some(field) = name.strip_prefix(ENVIRONMENT_PREFIX) {
            layer::merge_variable(&mut merged, &mut origins, &name, field, &value)?;
        }
    }
    check_sockets(&merged, &origins)?;
    check_log(&merged, &origins)?;
    let settings: Settings = toml::Value::Table(merged).try_into().map_err(|source: toml::de::Error| {
        Error::Invalid { field: String::new(), origin: "settings".into(), why: source.message().to_owned() }
    })?;
    settings.validate().map_err(|(field, why)| Error::Invalid {
        origin: origins.of(field),
        field: field.to_owned(),
        why,
    })?;
    Ok(settings)
}

/// Socket addresses are read as such at last; what is wrong with one is told with its place.
fn check_sockets(merged: &toml::Table, origins: &layer::Origins) -> Result<(), Error> {
    for name in ["listen", "listen_mtls", "listen_pki"] {
        let text = merged["server"].get(name).and_then(toml::Value::as_str).unwrap_or_default();
        if text.parse::<std::net::SocketAddr>().is_err() {
            let field = format!("server.{name}");
            let why = format!("{text:?} is not an address and a port, such as 127.0.0.1:8443");
            return Err(Error::Invalid { origin: origins.of(&field), field, why });
        }
    }
    Ok(())
}

/// The log's format is read as such at last; what is wrong with it is told with its place.
fn check_log(merged: &toml::Table, origins: &layer::Origins) -> Result<(), Error> {
    let format = &merged["telemetry"]["log"];
    if format.clone().try_into::<LogFormat>().is_err() {
        let why = format!("{format} is neither \"text\" nor \"json\"");
        return Err(Error::Invalid { origin: origins.of("telemetry.log"), field: "telemetry.log".to_owned(), why });
    }
    Ok(())
}

/// The file that is read when the command line names none: `pearlbridge.toml` in the working directory, if it exists.
pub fn default_file() -> Option<PathBuf> {
    let path = PathBuf::from("pearlbridge.toml");
    path.exists().then_some(path)
}

/// The `*.toml` files of a directory, by name: profiles, identity profiles, ceremonies.
///
/// # Errors
/// When the directory cannot be read.
pub fn toml_files(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(directory)?.collect::<std::io::Result<Vec<_>>>()?;
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    paths.sort();
    Ok(paths)
}
