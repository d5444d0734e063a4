//! The key ceremony: from a script (`config/ceremony/*.toml`) to authorities, trust list records and first lists.
//!
//! Each authority is one transaction (sealed key, row, certificate record, event), and the script names them in order,
//! so that a ceremony that was cut off goes on where it stopped: what exists is left alone.

use std::collections::BTreeMap;
use std::path::Path;

use pki::certificate::CertificateBuilder;
use pki::certificate::extension::{KeyUsage, PolicyInformation};
use pki::key::KeySpec;
use pki::{Certificate, Name, Oid, Time};
use serde::Deserialize;

use super::issue::{IssuedFor, new_serial, prepare};
use super::{Ca, Error, Issuer, Result, engine, oid_of};
use crate::audit::{self, Circumstance, Event};
use crate::clock::SECOND;
use crate::custody::NewKey;
use crate::store;
use crate::store::authority::Authority;
use crate::store::trust_record::{Status, TrustRecord};

/// What an authority can be.
const ROLES: [&str; 5] = ["root", "issuing", "bridge", "partner-root", "partner-issuing"];

/// A ceremony's script.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// What it is for.
    pub title: String,
    /// The authorities, each after its issuer.
    #[serde(default)]
    pub authority: Vec<AuthorityScript>,
    /// The records of the trust list.
    #[serde(default)]
    pub record: Vec<RecordScript>,
}

/// One authority.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorityScript {
    /// The `{ca}` of its addresses.
    pub id: String,
    /// `root`, `issuing`, `bridge`, `partner-root`, `partner-issuing`.
    pub role: String,
    /// Who signs it; itself when left out.
    pub issuer: Option<String>,
    /// Kind of key.
    pub key: String,
    /// RFC 4514.
    pub subject: String,
    /// Years of validity.
    pub years: i64,
    /// pathLenConstraint.
    pub path_length: Option<u32>,
    /// `provincial`, or OIDs.
    #[serde(default)]
    pub policies: Vec<String>,
}

/// One record of the trust list.
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
    /// Its root, by id.
    pub root: String,
    /// Its issuing authority, by id.
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
    /// Whom to ask.
    pub contact: String,
    /// The bridge that certifies it.
    pub bridge: String,
}

/// Reads a script.
///
/// # Errors
/// When the file cannot be read or holds something else.
pub fn load(path: &Path) -> Result<Script> {
    let wrong = |why: String| Error::File { file: path.display().to_string(), why };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    toml::from_str(&text).map_err(|error| wrong(error.to_string()))
}

impl Ca {
    /// Runs the script; what exists already is left as it is. Says each thing that was made.
    ///
    /// # Errors
    /// What could not be made; what was made before it stays.
    pub async fn run_ceremony(&self, script: &Script, say: &mut (dyn FnMut(&str) + Send)) -> Result<()> {
        check(script)?;
        for authority in &script.authority {
            if store::authority::find(&mut *self.store.read().await?, &authority.id).await?.is_none() {
                let certificate = self.create_authority(authority).await?;
                say(&format!("{}: {} ({})", authority.id, certificate.subject(), certificate.fingerprint()));
            }
        }
        self.publish_due_crls().await?;
        for record in &script.record {
            if store::trust_record::find(&mut *self.store.read().await?, &record.id).await?.is_none() {
                self.create_record(record).await?;
                say(&format!("trust list record {}, certified by {}", record.id, record.bridge));
            }
        }
        self.renew_cross_certificates().await.map(drop)
    }

    async fn create_authority(&self, script: &AuthorityScript) -> Result<Certificate> {
        let spec: KeySpec = script.key.parse().map_err(|why| file_error(&script.id, why))?;
        let key = self.custody.generate("authority", spec)?;
        let issuer = match &script.issuer {
            Some(id) => Some(self.issuer(id).await?),
            None => None,
        };
        let builder = self.authority_certificate(script, &key, issuer.as_ref())?;
        let signer = issuer.as_ref().map_or(&key.signer, |issuer| &issuer.signer);
        let certificate = builder.sign(signer.as_ref()).map_err(engine("authority certificate"))?;
        self.record_authority(script, key, issuer, &builder, &certificate).await?;
        Ok(certificate)
    }

    fn authority_certificate(
        &self,
        script: &AuthorityScript,
        key: &NewKey,
        issuer: Option<&Issuer>,
    ) -> Result<CertificateBuilder> {
        let subject = Name::parse(&script.subject).map_err(|error| file_error(&script.id, error.to_string()))?;
        let issuer_name = issuer.map_or(&subject, |issuer| issuer.certificate.subject()).clone();
        let now = self.clock.now_seconds();
        let validity = (Time(now.0 - 300), Time(now.0 + script.years * 365 * 86_400));
        let builder =
            CertificateBuilder::new(new_serial(), issuer_name, subject, validity, key.signer.public_key().clone())
                .basic_constraints(true, script.path_length)
                .key_usage(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN)
                .subject_key_id();
        let builder = match self.policies(script)? {
            policies if policies.is_empty() => builder,
            policies => builder.policies(policies),
        };
        Ok(match issuer {
            None => builder,
            Some(issuer) => builder
                .authority_key_id_of(&issuer.certificate)
                .crl_distribution_points(&[&self.crl_url(&issuer.row.id)])
                .authority_info_access(&[&self.certificate_url(&issuer.row.id)], &[]),
        })
    }

    fn policies(&self, script: &AuthorityScript) -> Result<Vec<PolicyInformation>> {
        let named = script.policies.iter().map(|text| self.policy_named(&script.id, text).map(PolicyInformation::new));
        named.collect()
    }

    fn policy_named(&self, place: &str, text: &str) -> Result<Oid> {
        if text == "provincial" { Ok(self.policy) } else { oid_of(place, text) }
    }

    /// Key, authority, certificate record and event, all or none.
    async fn record_authority(
        &self,
        script: &AuthorityScript,
        key: NewKey,
        issuer: Option<Issuer>,
        builder: &CertificateBuilder,
        certificate: &Certificate,
    ) -> Result<()> {
        let row = Authority {
            id: script.id.clone(),
            role: script.role.clone(),
            name: certificate.subject().first(&pki::oid::COMMON_NAME).unwrap_or_else(|| script.id.clone()),
            certificate: certificate.der().to_vec(),
            key_id: key.id.clone(),
            crl_number: 0,
        };
        let prepared = issuer.map(|issuer| prepare(&issuer, builder, &IssuedFor::house(&script.role))).transpose()?;
        let (now, serial, issuer_id) = (self.clock.now(), certificate.serial().to_string(), script.issuer.clone());
        let event = Event::AuthorityCreated {
            authority: script.id.clone(),
            certificate: certificate.fingerprint().to_string(),
        };
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    key.record(tx, now).await?;
                    if let (Some(prepared), Some(issuer)) = (prepared, issuer_id) {
                        prepared.record(tx, now).await?;
                        store::authority::record_signed(tx, &issuer, &serial, &row.certificate, now).await?;
                    }
                    store::authority::insert(tx, &row, now).await?;
                    audit::record(tx, &Circumstance::operator(now), &event).await?;
                    Ok::<_, Error>(())
                })
            })
            .await
    }

    async fn create_record(&self, script: &RecordScript) -> Result<()> {
        let from = Time::parse_rfc3339(&script.recognised_from)
            .ok_or_else(|| file_error(&script.id, "recognised_from is not RFC 3339".to_owned()))?;
        let (root, issuing) =
            (self.issuer(&script.root).await?.row.certificate, self.issuer(&script.issuing).await?.row.certificate);
        let now = self.clock.now();
        let record = TrustRecord {
            id: script.id.clone(),
            scheme: script.scheme.clone(),
            region: script.region.clone(),
            operator: script.operator.clone(),
            names: script.names.clone(),
            root,
            issuing,
            type_name: script.type_name.clone(),
            type_oid: script.type_oid.clone(),
            policy_prefix: script.policy_prefix.clone(),
            policies: script.policies.clone(),
            level: script.level,
            status: "granted".to_owned(),
            status_from: from.0 * SECOND,
            recognised_from: from.0 * SECOND,
            recognised_until: None,
            contact: script.contact.clone(),
            cross_authority: Some(script.bridge.clone()),
            cross_serial: None,
        };
        let first = Status {
            at: from.0 * SECOND,
            status: "granted".into(),
            reason: "first entry".into(),
            actor: "operator".into(),
        };
        let event = Event::TrustStatusChanged {
            record: record.id.clone(),
            status: "granted".into(),
            reason: "first entry".into(),
        };
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    store::trust_record::insert(tx, &record, now).await?;
                    store::trust_record::set_status(tx, &record.id, &first).await?;
                    audit::record(tx, &Circumstance::operator(now), &event).await?;
                    Ok::<_, Error>(())
                })
            })
            .await
    }
}

/// The whole script is read before the first key is made.
fn check(script: &Script) -> Result<()> {
    let mut known: Vec<&str> = Vec::new();
    for authority in &script.authority {
        let wrong = |why: String| Err(file_error(&authority.id, why));
        if !ROLES.contains(&authority.role.as_str()) {
            return wrong(format!("role {:?} is none of {}", authority.role, ROLES.join(", ")));
        }
        if let Some(issuer) = authority.issuer.as_deref().filter(|issuer| !known.contains(issuer)) {
            return wrong(format!("issuer {issuer:?} does not stand before it"));
        }
        authority.key.parse::<KeySpec>().map_err(|why| file_error(&authority.id, why))?;
        known.push(&authority.id);
    }
    for record in &script.record {
        if let Some(id) =
            [&record.root, &record.issuing, &record.bridge].into_iter().find(|id| !known.contains(&id.as_str()))
        {
            return Err(file_error(&record.id, format!("no authority {id:?} in the script")));
        }
    }
    Ok(())
}

fn file_error(place: &str, why: String) -> Error {
    Error::File { file: format!("ceremony script, {place}"), why }
}
