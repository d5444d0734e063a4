//! What the provider says of a person, and at which level.

use std::collections::BTreeMap;

use openidconnect::AdditionalClaims;
use serde::{Deserialize, Serialize};

/// The beginning of an `acr` value; a level from 2 to 5 follows.
const ACR: &str = "urn:gd:loa:";

/// The person of a session.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Claims {
    /// `name`.
    pub name: String,
    /// The level that `acr` of the ID token names, 2 to 5.
    pub level: u8,
    /// The rest of UserInfo.
    #[serde(flatten)]
    pub identity: IdentityClaims,
}

/// The claims of scope `profile` and `identity` that the standard does not define.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct IdentityClaims {
    /// The name by script: `zh-Hans`, `zh-Hant`, `Latn`.
    pub names: BTreeMap<String, String>,
    /// `GD`, `CN`, `HK`, `MO`.
    pub region: String,
    /// `person` or `company`.
    pub subject_kind: String,
    /// The kind of document, if one is known.
    pub document_kind: Option<String>,
    /// Its number, the middle hidden.
    pub document_number_masked: Option<String>,
    /// The authority that vouches, by its id.
    pub verified_by: String,
    /// Its name.
    pub verified_by_name: Option<String>,
    /// How it verified the person.
    pub verified_how: String,
    /// When, in seconds since the Unix epoch.
    pub verified_at: i64,
}

impl AdditionalClaims for IdentityClaims {}

/// `sid`, which Back-Channel Logout 1.0 §2.1 adds to the ID token.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct SessionClaims {
    pub(super) sid: Option<String>,
}

impl AdditionalClaims for SessionClaims {}

/// The `acr` value of a level.
pub(super) fn acr(level: u8) -> String {
    format!("{ACR}{level}")
}

/// The level of an `acr` value.
pub(super) fn level(acr: &str) -> Option<u8> {
    let level = acr.strip_prefix(ACR)?.parse().ok()?;
    (2..=5).contains(&level).then_some(level)
}
