//! The key ceremony: from a script (`config/ceremony/*.toml`) to authorities, trust list records and first lists.
//!
//! Each authority is one transaction (sealed key, row, certificate record, event), and the script names them in order,
//! so that a ceremony that was cut off goes on where it stopped: what exists is left alone. A partner's authority comes
//! with its certificate in a file; only where it is played, as in the demonstration, is a key made for it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pki::certificate::CertificateBuilder;
use pki::certificate::extension::{KeyUsage, PolicyInformation};
use pki::key::KeySpec;
use pki::{Certificate, Name, Oid, Time};
use serde::Deserialize;

use super::issue::{IssuedFor, new_serial, prepare};
use super::partner::{self, Partner};
use super::record::RecordScript;
use super::{Ca, Error, Issuer, Result, engine, oid_of};
use crate::audit::{self, Circumstance, Event};
use crate::custody::NewKey;
use crate::store;
use crate::store::authority::Authority;

/// What an authority can be.
const ROLES: [&str; 5] = ["root", "issuing", "bridge", "partner-root", "partner-issuing"];

/// A ceremony's script.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// What it is for.
    pub title: String,
    /// Where the files are that it names.
    #[serde(skip)]
    pub directory: PathBuf,
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
    /// A partner's own certificate, beside the script, with those above it behind it: its key stays where it is, and nothing
    /// below is said.
    pub certificate: Option<PathBuf>,
    /// Kind of key to be made.
    pub key: Option<String>,
    /// RFC 4514.
    pub subject: Option<String>,
    /// Years of validity.
    pub years: Option<i64>,
    /// pathLenConstraint.
    pub path_length: Option<u32>,
    /// `provincial`, or OIDs.
    #[serde(default)]
    pub policies: Vec<String>,
}

/// Reads a script.
///
/// # Errors
/// When the file cannot be read or holds something else.
pub fn load(path: &Path) -> Result<Script> {
    let wrong = |why: String| Error::File { file: path.display().to_string(), why };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let script: Script = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    Ok(Script { directory: path.parent().unwrap_or(Path::new("")).to_owned(), ..script })
}

/// The key and the certificate that are to be made for an authority.
struct Plan {
    key: KeySpec,
    subject: Name,
    years: i64,
}

impl AuthorityScript {
    fn plan(&self) -> Result<Plan> {
        let (Some(key), Some(subject), Some(years)) = (&self.key, &self.subject, self.years) else {
            return Err(file_error(&self.id, "key, subject and years, or certificate".to_owned()));
        };
        if years < 1 {
            return Err(file_error(&self.id, "years: at least 1".to_owned()));
        }
        let key = key.parse().map_err(|why| file_error(&self.id, why))?;
        let subject = Name::parse(subject).map_err(|error| file_error(&self.id, error.to_string()))?;
        Ok(Plan { key, subject, years })
    }
}

impl Ca {
    /// Runs the script; what exists already is left as it is. Says each thing that was made.
    ///
    /// # Errors
    /// What could not be made; what was made before it stays.
    pub async fn run_ceremony(&self, script: &Script, say: &mut (dyn FnMut(&str) + Send)) -> Result<()> {
        check(script)?;
        let files = read_files(script)?;
        for authority in script.authority.iter().filter(|authority| authority.certificate.is_none()) {
            if store::authority::find(&mut *self.store.read().await?, &authority.id).await?.is_none() {
                let certificate = self.create_authority(authority).await?;
                say(&format!("{}: {} ({})", authority.id, certificate.subject(), certificate.fingerprint()));
            }
        }
        self.publish_due_crls().await?;
        for record in &script.record {
            if store::trust_record::find(&mut *self.store.read().await?, &record.id).await?.is_none() {
                let partner = self.partner_of(record, &files).await?;
                self.add_record(record, &partner, Circumstance::operator(self.clock.now())).await?;
                say(&format!("trust list record {}, certified by {}", record.id, record.bridge));
            }
        }
        self.renew_cross_certificates().await.map(drop)
    }

    async fn create_authority(&self, script: &AuthorityScript) -> Result<Certificate> {
        let plan = script.plan()?;
        let key = self.custody.generate("authority", plan.key)?;
        let issuer = match &script.issuer {
            Some(id) => Some(self.issuer(id).await?),
            None => None,
        };
        let builder = self.authority_certificate(script, plan, &key, issuer.as_ref())?;
        let signer = issuer.as_ref().map_or(&key.signer, |issuer| &issuer.signer);
        let certificate = builder.sign(signer.as_ref()).map_err(engine("authority certificate"))?;
        self.record_authority(script, key, issuer, &builder, &certificate).await?;
        Ok(certificate)
    }

    fn authority_certificate(
        &self,
        script: &AuthorityScript,
        Plan { subject, years, .. }: Plan,
        key: &NewKey,
        issuer: Option<&Issuer>,
    ) -> Result<CertificateBuilder> {
        let issuer_name = issuer.map_or(&subject, |issuer| issuer.certificate.subject()).clone();
        let now = self.clock.now_seconds();
        let validity = (Time(now.0 - 300), Time(now.0 + years * 365 * 86_400));
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

    /// The certificates of a record's authorities: from their files, or of those whose keys are here.
    async fn partner_of(&self, script: &RecordScript, files: &Files) -> Result<Partner> {
        let mut certificates = self.certificates_of(&script.issuing, files).await?;
        if let Some(root) = &script.root {
            certificates.extend(self.certificates_of(root, files).await?);
        }
        let issuing = certificates.remove(0);
        Partner::new(&format!("record {}", script.id), issuing, &certificates, self.clock.now_seconds())
    }

    async fn certificates_of(&self, id: &str, files: &Files) -> Result<Vec<Certificate>> {
        match files.get(id) {
            Some(certificates) => Ok(certificates.clone()),
            None => Ok(vec![self.issuer(id).await?.certificate]),
        }
    }
}

/// The certificates of the partners whose keys are not here, by id: each one's own first.
type Files = BTreeMap<String, Vec<Certificate>>;

fn read_files(script: &Script) -> Result<Files> {
    let named = script.authority.iter().filter_map(|authority| Some((authority, authority.certificate.as_ref()?)));
    let read = named.map(|(authority, file)| Ok((authority.id.clone(), partner::read(&script.directory.join(file))?)));
    read.collect()
}

/// The whole script is read before the first key is made.
fn check(script: &Script) -> Result<()> {
    let (mut known, mut with_key): (Vec<&str>, Vec<&str>) = Default::default();
    for authority in &script.authority {
        let wrong = |why: String| Err(file_error(&authority.id, why));
        if !ROLES.contains(&authority.role.as_str()) {
            return wrong(format!("role {:?} is none of {}", authority.role, ROLES.join(", ")));
        }
        if let Some(issuer) = authority.issuer.as_deref().filter(|issuer| !with_key.contains(issuer)) {
            return wrong(format!("issuer {issuer:?} does not stand before it with a key"));
        }
        match authority.certificate {
            Some(_) => check_certificate(authority)?,
            None => {
                authority.plan()?;
                with_key.push(&authority.id);
            }
        }
        known.push(&authority.id);
    }
    for record in &script.record {
        record.check()?;
        let mut named = [&record.issuing, &record.bridge].into_iter().chain(&record.root);
        if let Some(id) = named.find(|id| !known.contains(&id.as_str())) {
            return Err(file_error(&record.id, format!("no authority {id:?} in the script")));
        }
    }
    Ok(())
}

/// A certificate is a partner's, and says everything itself.
fn check_certificate(authority: &AuthorityScript) -> Result<()> {
    if !authority.role.starts_with("partner-") {
        return Err(file_error(&authority.id, "a certificate from a file is for the partners' roles alone".to_owned()));
    }
    let made = authority.key.is_some() || authority.subject.is_some() || authority.years.is_some();
    if made || authority.issuer.is_some() || authority.path_length.is_some() || !authority.policies.is_empty() {
        return Err(file_error(&authority.id, "certificate says all; nothing else is to be made".to_owned()));
    }
    Ok(())
}

fn file_error(place: &str, why: String) -> Error {
    Error::File { file: format!("ceremony script, {place}"), why }
}
