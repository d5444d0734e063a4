//! Certificate profiles: what a certificate of a kind holds and who may have one. One TOML file each, read and checked
//! at start; a profile that contradicts itself stops it.

use std::collections::BTreeMap;
use std::path::Path;

use pki::Oid;
use pki::certificate::extension::KeyUsage;
use pki::key::KeySpec;
use serde::Deserialize;

use super::{Error, Result, oid_of};

/// A certificate profile.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The file's name without its ending.
    pub id: String,
    /// Its name by language.
    pub names: BTreeMap<String, String>,
    /// `person` or `company`.
    pub subject: String,
    /// The level that its holder has at least.
    pub level: i64,
    /// Days that it is valid.
    pub validity_days: i64,
    /// The keys that may be certified.
    pub keys: Vec<KeySpec>,
    /// keyUsage.
    pub key_usage: KeyUsage,
    /// extKeyUsage.
    pub extended_key_usage: Vec<Oid>,
    /// Whether it carries the provincial policy.
    pub provincial_policy: bool,
    /// The authority for SM2 keys.
    pub issuer_sm2: String,
    /// The authority for all other keys.
    pub issuer: String,
}

impl Profile {
    /// Whether a person with this level of session may have one.
    pub fn is_open_to(&self, person: &crate::store::person::Person, level: i64) -> bool {
        level >= self.level && person.kind == self.subject
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    names: BTreeMap<String, String>,
    subject: String,
    level: i64,
    validity_days: i64,
    keys: Vec<String>,
    key_usage: Vec<String>,
    extended_key_usage: Vec<String>,
    provincial_policy: bool,
    issuer_sm2: String,
    issuer: String,
}

/// Reads every `*.toml` in `directory`, by name.
///
/// # Errors
/// The first file that cannot be used, and why.
pub fn load_all(directory: &Path) -> Result<Vec<Profile>> {
    let mut profiles = Vec::new();
    for path in crate::config::toml_files(directory)
        .map_err(|error| Error::File { file: directory.display().to_string(), why: error.to_string() })?
    {
        profiles.push(load(&path)?);
    }
    Ok(profiles)
}

fn load(path: &Path) -> Result<Profile> {
    let wrong = |why: String| Error::File { file: path.display().to_string(), why };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let file: File = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    check(id, file, &path.display().to_string())
}

fn check(id: String, file: File, name: &str) -> Result<Profile> {
    let wrong = |why: String| Error::File { file: name.to_owned(), why };
    let keys = file.keys.iter().map(|key| key.parse().map_err(wrong)).collect::<Result<Vec<KeySpec>>>()?;
    let mut key_usage = None;
    for usage in &file.key_usage {
        let bit = KeyUsage::from_name(usage).ok_or_else(|| wrong(format!("key_usage: no such bit {usage:?}")))?;
        key_usage = Some(key_usage.map_or(bit, |usages| usages | bit));
    }
    let key_usage = key_usage.ok_or_else(|| wrong("key_usage is empty".to_owned()))?;
    if !matches!(file.subject.as_str(), "person" | "company") {
        return Err(wrong(format!("subject: {:?} is neither person nor company", file.subject)));
    }
    if keys.is_empty() || file.validity_days < 1 || key_usage.contains(KeyUsage::KEY_CERT_SIGN) {
        return Err(wrong(
            "a profile for people needs keys, a validity of at least a day, and no keyCertSign".to_owned(),
        ));
    }
    let extended_key_usage = file.extended_key_usage.iter().map(|oid| oid_of(name, oid)).collect::<Result<_>>()?;
    Ok(Profile {
        id,
        names: file.names,
        subject: file.subject,
        level: file.level,
        validity_days: file.validity_days,
        keys,
        key_usage,
        extended_key_usage,
        provincial_policy: file.provincial_policy,
        issuer_sm2: file.issuer_sm2,
        issuer: file.issuer,
    })
}
