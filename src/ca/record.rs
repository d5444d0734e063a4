//! Records of the trust list: from what an operator writes down to a row that the bridge certifies.
//!
//! A record is held to everything before it is written, the bridge's certificate for it included, so that the list never
//! holds one that cannot be certified.

use std::collections::BTreeMap;
use std::path::Path;

use pki::{Oid, Time};
use serde::Deserialize;

use super::bridge::profile_of;
use super::issue::{IssuedFor, prepare};
use super::partner::{self, Partner};
use super::{Ca, Error, Result, oid_of};
use crate::audit::{self, Circumstance, Event};
use crate::clock::{Micros, SECOND};
use crate::identity::level;
use crate::store;
use crate::store::trust_record::{RevocationTerms, Status, TrustRecord};
use crate::trust::OWN_SCHEME;

/// One record, as a file holds it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordScript {
    /// Its id, also the name of its identity profile.
    pub id: String,
    /// The recognition scheme.
    pub scheme: String,
    /// Region of its subjects.
    pub region: String,
    /// Who runs the list.
    pub operator: String,
    /// The authority's name by language.
    pub names: BTreeMap<String, String>,
    /// Its root: in a ceremony by id, else a file; left out when it stands in the file of the issuing authority.
    pub root: Option<String>,
    /// Its issuing authority: in a ceremony by id, else a file, with what stands above it.
    pub issuing: String,
    /// The type that the subject names.
    pub type_name: Option<String>,
    /// In which attribute.
    pub type_oid: Option<String>,
    /// The scheme's class of policies.
    pub policy_prefix: String,
    /// The concrete policies.
    pub policies: Vec<String>,
    /// Assurance level.
    pub level: i64,
    /// RFC 3339.
    pub recognised_from: String,
    /// RFC 3339; left out until further notice.
    pub recognised_until: Option<String>,
    /// Whom to ask.
    pub contact: String,
    /// How fresh evidence of revocation must be; as the standard has it, if not said.
    #[serde(default)]
    pub revocation: RevocationTerms,
    /// The bridge that certifies it.
    pub bridge: String,
}

impl RecordScript {
    /// Reads a file that holds one record.
    ///
    /// # Errors
    /// When it cannot be read or holds something else.
    pub fn load(path: &Path) -> Result<Self> {
        let wrong = |why: String| Error::File { file: path.display().to_string(), why };
        let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        toml::from_str(&text).map_err(|error| wrong(error.to_string()))
    }

    /// Reads the certificates that a file's record names, which lie beside it.
    ///
    /// # Errors
    /// As [`Partner::new`].
    pub fn partner(&self, directory: &Path, at: Time) -> Result<Partner> {
        let file = directory.join(&self.issuing);
        let mut certificates = partner::read(&file)?;
        if let Some(root) = &self.root {
            certificates.extend(partner::read(&directory.join(root))?);
        }
        let issuing = certificates.remove(0);
        Partner::new(&file.display().to_string(), issuing, &certificates, at)
    }

    /// Holds what is written to what a record must be.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn check(&self) -> Result<()> {
        let wrong = |why: &str| Err(Error::File { file: format!("record {}", self.id), why: why.to_owned() });
        let plain = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
        if !(1..=64).contains(&self.id.len()) || !self.id.bytes().all(plain) || self.id == OWN_SCHEME {
            return wrong("id: 1 to 64 of a-z, 0-9 and '-', and not \"provincial\"");
        }
        if self.scheme.is_empty() || self.scheme == OWN_SCHEME || self.operator.is_empty() {
            return wrong("scheme and operator: neither is empty, and the scheme is not \"provincial\"");
        }
        if self.region.len() != 2 || !self.region.bytes().all(|letter| letter.is_ascii_uppercase()) {
            return wrong("region: two capital letters, such as HK");
        }
        if self.names.is_empty() || self.names.values().any(|name| name.trim().is_empty()) {
            return wrong("names: the authority has one in a language at least");
        }
        if !(level::LOWEST..=level::HIGHEST).contains(&self.level) {
            return wrong("level: 2 to 5");
        }
        if self.type_name.is_some() != self.type_oid.is_some() {
            return wrong("type_name and type_oid: both or neither");
        }
        self.check_policies()?;
        self.period().map(drop)
    }

    fn check_policies(&self) -> Result<()> {
        let place = format!("record {}", self.id);
        let wrong = |why: String| Error::File { file: place.clone(), why };
        oid_of(&place, &self.policy_prefix)?;
        if let Some(attribute) = &self.type_oid {
            oid_of(&place, attribute)?;
        }
        if self.policies.is_empty() {
            return Err(wrong("policies: there is none".to_owned()));
        }
        for policy in &self.policies {
            let oid: Oid = oid_of(&place, policy)?;
            let under = oid.to_string().strip_prefix(&self.policy_prefix).is_some_and(|rest| rest.starts_with('.'));
            if !under {
                return Err(wrong(format!("policies: {policy} is not under policy_prefix {}", self.policy_prefix)));
            }
        }
        Ok(())
    }

    /// From and until.
    fn period(&self) -> Result<(Micros, Option<Micros>)> {
        let wrong = |why: &str| Error::File { file: format!("record {}", self.id), why: why.to_owned() };
        let read = |text: &str| Time::parse_rfc3339(text).map(|time| time.0 * SECOND);
        let from = read(&self.recognised_from).ok_or_else(|| wrong("recognised_from is not RFC 3339"))?;
        let until = match &self.recognised_until {
            None => None,
            Some(text) => Some(read(text).ok_or_else(|| wrong("recognised_until is not RFC 3339"))?),
        };
        if until.is_some_and(|until| until <= from) {
            return Err(wrong("recognised_until is not after recognised_from"));
        }
        Ok((from, until))
    }

    /// The row, granted since the recognition began.
    ///
    /// # Errors
    /// When its period cannot be read.
    pub fn row(&self, partner: &Partner) -> Result<TrustRecord> {
        let (from, until) = self.period()?;
        Ok(TrustRecord {
            id: self.id.clone(),
            scheme: self.scheme.clone(),
            region: self.region.clone(),
            operator: self.operator.clone(),
            names: self.names.clone(),
            root: partner.root.der().to_vec(),
            issuing: partner.issuing.der().to_vec(),
            type_name: self.type_name.clone(),
            type_oid: self.type_oid.clone(),
            policy_prefix: self.policy_prefix.clone(),
            policies: self.policies.clone(),
            level: self.level,
            status: "granted".to_owned(),
            status_from: from,
            recognised_from: from,
            recognised_until: until,
            contact: self.contact.clone(),
            revocation: self.revocation,
            cross_authority: Some(self.bridge.clone()),
            cross_serial: None,
        })
    }
}

impl Ca {
    /// Puts a partner on the trust list, and has the bridge certify it.
    ///
    /// # Errors
    /// What is wrong with the record, its authority or its bridge; then nothing is written.
    pub async fn add_record(
        &self,
        script: &RecordScript,
        partner: &Partner,
        circumstance: Circumstance<'static>,
    ) -> Result<()> {
        script.check()?;
        let row = script.row(partner)?;
        self.check_place(&row).await?;
        let bridge = self.issuer(&script.bridge).await?;
        if bridge.row.role != "bridge" {
            return Err(Error::Unknown { what: "bridge", id: script.bridge.clone() });
        }
        // What the bridge will sign is linted before the record is on the list.
        prepare(&bridge, &self.cross_certificate(&row, &bridge)?, &IssuedFor::house(&profile_of(&row.id)))?;
        self.write_record(row, partner, circumstance).await?;
        self.cross_certify(&script.id, &script.bridge).await.map(drop)
    }

    /// Records and own authorities share the place in which a person's verifier is named.
    async fn check_place(&self, row: &TrustRecord) -> Result<()> {
        let mut connection = self.store.read().await?;
        let taken = store::trust_record::find(&mut connection, &row.id).await?.is_some()
            || store::authority::find(&mut connection, &row.id).await?.is_some();
        if taken {
            return Err(Error::Exists { what: "record or authority", id: row.id.clone() });
        }
        Ok(())
    }

    async fn write_record(
        &self,
        row: TrustRecord,
        partner: &Partner,
        circumstance: Circumstance<'static>,
    ) -> Result<()> {
        let actor = circumstance.actor.to_string();
        let (at, status, reason) = (row.status_from, row.status.clone(), "first entry".to_owned());
        let first = Status { at, status, reason, actor };
        let (record, issuing) = (row.id.clone(), partner.issuing.fingerprint().to_string());
        let event = Event::TrustRecordAdded { record, issuing };
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    match store::trust_record::insert(tx, &row, circumstance.at).await {
                        Err(error) if error.is_conflict() => {
                            return Err(Error::Exists { what: "record or authority", id: row.id });
                        }
                        inserted => inserted?,
                    }
                    store::trust_record::set_status(tx, &row.id, &first).await?;
                    audit::record(tx, &circumstance, &event).await?;
                    Ok(())
                })
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = r#"
id = "hk-partner"
scheme = "hk_recognised"
region = "HK"
operator = "an office"
names = { en = "A partner" }
issuing = "partner.pem"
policy_prefix = "1.3.6.1.4.1.32473.1"
policies = ["1.3.6.1.4.1.32473.1.1"]
level = 5
recognised_from = "2020-01-01T00:00:00Z"
contact = "someone@example.org"
bridge = "gd-bridge"
"#;

    fn told(from: &str, to: &str) -> String {
        assert!(RECORD.contains(from), "{from}");
        match toml::from_str::<RecordScript>(&RECORD.replace(from, to)) {
            Ok(script) => script.check().map_or_else(|error| error.to_string(), |()| String::new()),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_is_wrong_with_a_record_is_told_by_field() {
        assert_eq!(told("hk-partner", "another"), "");
        for (from, to, field) in [
            ("\"hk-partner\"", "\"../x\"", "id"),
            ("\"hk-partner\"", "\"provincial\"", "id"),
            ("\"hk_recognised\"", "\"\"", "scheme"),
            ("\"HK\"", "\"Hong Kong\"", "region"),
            ("{ en = \"A partner\" }", "{}", "names"),
            ("level = 5", "level = 6", "level"),
            ("[\"1.3.6.1.4.1.32473.1.1\"]", "[]", "policies"),
            ("[\"1.3.6.1.4.1.32473.1.1\"]", "[\"1.3.6.1.4.1.32473.10.1\"]", "not under"),
            ("[\"1.3.6.1.4.1.32473.1.1\"]", "[\"policy\"]", "policy"),
            ("level = 5", "level = 5\ntype_name = \"Personal\"", "type_oid"),
            ("2020-01-01T00:00:00Z", "2020", "recognised_from"),
            ("level = 5", "level = 5\nrecognised_until = \"2019-01-01T00:00:00Z\"", "recognised_until"),
            ("level = 5", "levels = 5", "levels"),
        ] {
            assert!(told(from, to).contains(field), "{to}: {}", told(from, to));
        }
    }
}
