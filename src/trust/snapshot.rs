//! What is trusted, read from the store at once and parsed once.

use std::collections::HashSet;
use std::sync::Arc;

use pki::path::{Invalid, Pool, RevocationPolicy, RevocationRule, TrustAnchor, Valid};
use pki::{Certificate, CertificateList, Oid, Time};

use super::refusal::{Reason, Refusal};
use super::{Accepted, OWN_SCHEME};
use crate::clock::{Micros, SECOND};
use crate::store::authority::Authority;
use crate::store::trust_record::{Status, TrustRecord};
use crate::store::{self, Connection};

/// Anchors, intermediates, lists and records at one revision of the store.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The store's count of changes.
    pub revision: i64,
    /// The provincial roots.
    pub anchors: Vec<TrustAnchor>,
    /// Issuing authorities, bridges, cross-certificates, the partners' own certificates.
    pub pool: Pool,
    /// Every list that is here: published here, or fetched.
    pub crls: Vec<CertificateList>,
    /// How fresh evidence must be, by the records of the list.
    pub revocation: RevocationPolicy,
    /// The trust list.
    pub records: Vec<Arc<Record>>,
    /// The authorities whose keys are here, with their certificates.
    pub authorities: Vec<(Authority, Certificate)>,
    /// When each list of our own runs out.
    pub crl_expiry: Vec<(String, Micros)>,
    /// Who signs partners' lists without being their authority.
    signers: Vec<Certificate>,
    /// What the pool is made of when everything is read.
    intermediates: Vec<Certificate>,
    /// The lists that were read before: a big one is neither indexed nor its signature checked twice.
    known_crls: Vec<CertificateList>,
}

/// A trust list record, parsed.
#[derive(Debug)]
pub struct Record {
    /// As stored.
    pub row: TrustRecord,
    /// The issuing authority.
    pub issuing: Certificate,
    /// Its root.
    pub root: Certificate,
    /// The concrete policies.
    pub policies: Vec<Oid>,
    /// The type's name and the attribute that holds it.
    pub type_name: Option<(Oid, String)>,
    /// Every status, oldest first.
    pub history: Vec<Status>,
    /// The bridge's certificate for it, while one is in force.
    pub cross: Option<Certificate>,
}

impl Record {
    /// Reads a record; without a history its present status is that of all times.
    ///
    /// # Errors
    /// What of it cannot be read.
    pub fn parse(row: TrustRecord, history: Vec<Status>) -> Result<Self, String> {
        let oid = |text: &String| Oid::new(text).map_err(|error| format!("{text}: {error}"));
        let certificate = |der: &[u8]| Certificate::from_der(der).map_err(|error| error.to_string());
        let type_name = match (&row.type_oid, &row.type_name) {
            (Some(attribute), Some(name)) => Some((oid(attribute)?, name.clone())),
            _ => None,
        };
        Ok(Self {
            issuing: certificate(&row.issuing)?,
            root: certificate(&row.root)?,
            policies: row.policies.iter().map(oid).collect::<Result<_, _>>()?,
            type_name,
            history,
            cross: None,
            row,
        })
    }

    /// The status in force at a moment, and since when: the list keeps its history because a signature counts by the
    /// status at signing time.
    pub fn status_at(&self, at: Time) -> (&str, Time) {
        let entry = self.history.iter().rev().find(|status| status.at.div_euclid(SECOND) <= at.0);
        match entry.or(self.history.first()) {
            Some(status) => (&status.status, Time(status.at.div_euclid(SECOND))),
            None => (&self.row.status, Time(self.row.status_from.div_euclid(SECOND))),
        }
    }

    /// Whether the recognition covers `at`.
    pub fn recognised_at(&self, at: Time) -> bool {
        let seconds = |micros: Micros| micros.div_euclid(SECOND);
        seconds(self.row.recognised_from) <= at.0
            && self.row.recognised_until.is_none_or(|until| at.0 <= seconds(until))
    }

    /// Whether a policy belongs to the scheme's class.
    pub fn is_under_prefix(&self, policy: &Oid) -> bool {
        policy.to_string().strip_prefix(&self.row.policy_prefix).is_some_and(|rest| rest.starts_with('.'))
    }
}

impl Snapshot {
    /// Reads everything. What cannot be parsed is left out and said loudly: a damaged row must not stop all logins,
    /// and what is left out is not trusted.
    pub(super) async fn load(connection: &mut Connection, revision: i64, before: &Self) -> store::Result<Self> {
        let mut snapshot = Self { revision, known_crls: before.crls.clone(), ..Self::default() };
        for authority in store::authority::all(connection).await? {
            snapshot.add_authority(connection, authority).await?;
        }
        for row in store::trust_record::all(connection).await? {
            snapshot.add_record(connection, row).await?;
        }
        for signer in store::crl_signer::all(connection).await? {
            snapshot.add_signer(&signer.der, &signer.uri);
        }
        for evidence in store::evidence::all(connection).await? {
            snapshot.add_crl(&evidence.der, &evidence.uri);
        }
        snapshot.known_crls.clear();
        snapshot.pool = Pool::new(std::mem::take(&mut snapshot.intermediates));
        Ok(snapshot)
    }

    async fn add_authority(&mut self, connection: &mut Connection, authority: Authority) -> store::Result<()> {
        if let Some(crl) = store::authority::latest_crl(connection, &authority.id).await? {
            self.add_crl(&crl.der, &authority.id);
            self.crl_expiry.push((authority.id.clone(), crl.next_update));
        }
        match Certificate::from_der(&authority.certificate) {
            Ok(certificate) => {
                if authority.role == "root" {
                    self.anchors.push(TrustAnchor::new(certificate.clone()));
                } else {
                    self.intermediates.push(certificate.clone());
                }
                self.authorities.push((authority, certificate));
            }
            Err(error) => tracing::error!(authority = authority.id, %error, "left out of trust"),
        }
        Ok(())
    }

    async fn add_record(&mut self, connection: &mut Connection, row: TrustRecord) -> store::Result<()> {
        let history = store::trust_record::history(connection, &row.id).await?;
        let cross = self.cross_certificate(connection, &row).await?;
        let id = row.id.clone();
        match Record::parse(row, history) {
            Ok(record) => {
                self.add_terms(&record);
                self.records.push(Arc::new(Record { cross, ..record }));
            }
            Err(why) => tracing::error!(record = id, why, "left out of trust"),
        }
        Ok(())
    }

    /// An authority that has several records is held to the strictest of them.
    fn add_terms(&mut self, record: &Record) {
        let (key, terms) = (record.issuing.public_key(), record.row.revocation);
        let mut rule = RevocationRule {
            max_age: terms.max_age,
            grace: terms.grace,
            may_be_unknown: terms.may_be_unknown,
            ..RevocationRule::default()
        };
        if self.records.iter().any(|other| other.issuing.public_key() == key) {
            let other = self.revocation.rule_of(key);
            rule.max_age = [rule.max_age, other.max_age].into_iter().flatten().min();
            rule.grace = rule.grace.min(other.grace);
            rule.may_be_unknown &= other.may_be_unknown;
        }
        self.revocation = std::mem::take(&mut self.revocation).with_rule(key, rule);
    }

    async fn cross_certificate(
        &mut self,
        connection: &mut Connection,
        row: &TrustRecord,
    ) -> store::Result<Option<Certificate>> {
        let (Some(authority), Some(serial)) = (&row.cross_authority, &row.cross_serial) else { return Ok(None) };
        let issued = store::authority::with_serial(connection, serial).await?;
        let live = issued.into_iter().find(|issued| &issued.authority_id == authority && issued.revoked_at.is_none());
        let der = live.and_then(|issued| issued.certificate);
        Ok(der.and_then(|der| self.add_intermediate(&der, &row.id)))
    }

    fn add_crl(&mut self, der: &[u8], source: &str) {
        let known = self.known_crls.iter().find(|crl| crl.der() == der).cloned();
        match known.map_or_else(|| CertificateList::from_der(der), Ok) {
            Ok(crl) => self.crls.push(crl),
            Err(error) => tracing::error!(source, %error, "list left out of trust"),
        }
    }

    fn add_intermediate(&mut self, der: &[u8], source: &str) -> Option<Certificate> {
        let read = Certificate::from_der(der)
            .inspect_err(|error| tracing::error!(source, %error, "certificate left out of trust"));
        let certificate = read.ok()?;
        self.intermediates.push(certificate.clone());
        Some(certificate)
    }

    /// Who signs a partner's lists must be certified by that partner: also after its record has changed.
    fn add_signer(&mut self, der: &[u8], source: &str) {
        match Certificate::from_der(der) {
            Ok(signer) if self.partner_of(&signer).is_some() => {
                self.intermediates.push(signer.clone());
                self.signers.push(signer);
            }
            Ok(_) => tracing::warn!(source, "no partner has certified this signer of lists in its own name: left out"),
            Err(error) => tracing::error!(source, %error, "certificate left out of trust"),
        }
    }

    /// Whether a certificate is one of the anchors.
    pub fn is_anchor(&self, certificate: &Certificate) -> bool {
        self.anchors.iter().any(|anchor| anchor.certificate().fingerprint() == certificate.fingerprint())
    }

    /// The certificates of an authority, by its id or that of its record: its own, and what others have issued to its name
    /// and key.
    pub fn certificates_of(&self, id: &str) -> Vec<&Certificate> {
        let own = self.authorities.iter().find(|(row, _)| row.id == id).map(|(_, certificate)| certificate);
        let listed = || self.records.iter().find(|record| record.row.id == id).map(|record| &record.issuing);
        let Some(subject) = own.or_else(listed) else { return Vec::new() };
        let crossed = self.records.iter().filter_map(|record| record.cross.as_ref());
        let all = self.known_authorities().chain(crossed);
        all.filter(|one| one.public_key() == subject.public_key() && one.subject().matches(subject.subject())).collect()
    }

    /// The role of the authority with this name, if its key is here.
    pub fn role_of(&self, name: &pki::Name) -> Option<&str> {
        let found = self.authorities.iter().find(|(_, certificate)| certificate.subject().matches(name));
        found.map(|(row, _)| row.role.as_str())
    }

    /// The records whose issuing authority signed `leaf`.
    pub fn records_of(&self, leaf: &Certificate) -> Vec<Arc<Record>> {
        let signed = |record: &&Arc<Record>| {
            let issuing = &record.issuing;
            issuing.subject().matches(leaf.issuer()) && leaf.verify_signature(issuing.public_key()).is_ok()
        };
        self.records.iter().filter(signed).cloned().collect()
    }

    /// The first of them.
    pub fn record_of(&self, leaf: &Certificate) -> Option<Arc<Record>> {
        self.records_of(leaf).into_iter().next()
    }

    /// Every authority that we know: our own, and those of the records.
    pub(super) fn known_authorities(&self) -> impl Iterator<Item = &Certificate> {
        let own = self.authorities.iter().map(|(_, certificate)| certificate);
        own.chain(self.records.iter().flat_map(|record| [&record.issuing, &record.root]))
    }

    /// Whether an authority that we know signed `leaf`.
    pub(super) fn knows_signer_of(&self, leaf: &Certificate) -> bool {
        self.known_authorities().any(|authority| {
            authority.subject().matches(leaf.issuer()) && leaf.verify_signature(authority.public_key()).is_ok()
        })
    }

    /// The authority that we know that signed `list`, or whose key one has certified for that.
    pub(super) fn voucher_of(&self, list: &CertificateList) -> Option<&Certificate> {
        self.known_authorities().chain(&self.signers).find(|authority| {
            authority.subject().matches(list.issuer()) && list.verify_signature(authority.public_key()).is_ok()
        })
    }

    /// Whether the issuer of `leaf` is an authority that we know but do not list.
    fn knows_issuer(&self, leaf: &Certificate) -> bool {
        self.authorities.iter().any(|(authority, certificate)| {
            authority.role.starts_with("partner") && certificate.subject().matches(leaf.issuer())
        })
    }

    /// The engine's error in the words of the trust list.
    pub(super) fn explain(&self, leaf: &Certificate, invalid: Invalid) -> Box<Refusal> {
        let reason = match Reason::of(&invalid.error) {
            Reason::UnknownCa | Reason::WrongPolicy if self.knows_issuer(leaf) && self.record_of(leaf).is_none() => {
                Reason::NotListed
            }
            reason => reason,
        };
        Refusal::engine(reason, leaf, &invalid.error).along(invalid.path_considered).about(invalid.certificate)
    }

    /// Puts the engine's path and the record together.
    pub(super) fn accept(
        &self,
        leaf: &Certificate,
        record: Option<Arc<Record>>,
        valid: Valid,
        own_level: i64,
    ) -> Result<Accepted, Box<Refusal>> {
        if let Some(record) = record {
            let (scheme, ca, level) = (record.row.scheme.clone(), record.row.id.clone(), record.row.level);
            return Ok(Accepted { leaf: leaf.clone(), path: valid.path, record: Some(record), scheme, ca, level });
        }
        let issuer = self.authorities.iter().find(|(authority, certificate)| {
            authority.role == "issuing"
                && valid.path.get(1).is_some_and(|above| above.fingerprint() == certificate.fingerprint())
        });
        let Some((authority, _)) = issuer else {
            let why = "the path is good, but no record of the list covers its issuing authority".to_owned();
            return Err(Refusal::listed(Reason::NotListed, leaf, "record", why).along(valid.path));
        };
        Ok(Accepted {
            leaf: leaf.clone(),
            path: valid.path,
            record: None,
            scheme: OWN_SCHEME.to_owned(),
            ca: authority.id.clone(),
            level: own_level,
        })
    }

    /// What is wrong with trust itself at `now`, by name: for `/readyz`.
    pub fn problems(&self, now: Micros) -> Vec<String> {
        let mut problems = Vec::new();
        if self.anchors.is_empty() {
            problems.push("no trust anchors".to_owned());
        }
        let expired: HashSet<&String> =
            self.crl_expiry.iter().filter(|(_, until)| *until < now).map(|(id, _)| id).collect();
        problems.extend(expired.into_iter().map(|id| format!("the CRL of {id} has run out")));
        problems
    }
}
