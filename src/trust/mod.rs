//! Whom the province trusts: the trust list, the bridge's view of it, and the judgement of a certificate.
//!
//! [`Trust::judge`] is the one road: it finds the record that the certificate claims to fall under, holds it to all of
//! that record's conditions (mission.md: all or no), and lets the engine walk the bridged path to a provincial root.

pub mod condition;
pub mod evidence;
mod issuer;
mod lately;
pub mod lint;
pub mod refusal;
mod responder;
mod signer;
pub mod snapshot;
pub mod standing;
pub mod validation;

use std::sync::{Arc, RwLock};

use pki::algorithm::AlgorithmPolicy;
use pki::path::{
    Missing, PolicyInputs, Purpose, Report, RevocationMode, RevocationStatus, ValidationRequest, Verdict, VerifiedEdges,
};
use pki::{Certificate, Name, OcspResponse, Oid, Time, oid};

pub use refusal::{Reason, Refusal};
pub use snapshot::{Record, Snapshot};
pub use standing::Standing;

use self::issuer::Help;
use self::lately::Lately;
use crate::clock::Clock;
use crate::fetch::Fetcher;
use crate::store::{self, Store};

/// What may be asked about a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// To sign in with it.
    Login,
    /// Just to know whether it is good.
    Any,
}

/// A certificate that was found good, and under what.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The leaf.
    pub leaf: Certificate,
    /// Leaf to anchor.
    pub path: Vec<Certificate>,
    /// Its trust list record; `None` when the province issued it.
    pub record: Option<Arc<Record>>,
    /// The recognition scheme: the record's, or `provincial`.
    pub scheme: String,
    /// The record's id, or the issuing authority's.
    pub ca: String,
    /// The level that it can prove.
    pub level: i64,
}

/// The scheme of the province's own certificates.
pub const OWN_SCHEME: &str = "provincial";

/// The name under which all subjects of a region's authorities stand: their country.
pub fn country(region: &str) -> Name {
    let code = if region == "GD" { "CN" } else { region };
    Name::from_attributes(&[(oid::COUNTRY, code)])
}

/// The trust service.
#[derive(Debug)]
pub struct Trust {
    store: Store,
    clock: Clock,
    fetch: Fetcher,
    policy: Oid,
    algorithms: AlgorithmPolicy,
    pki_url: String,
    own_level: i64,
    snapshot: RwLock<Arc<Snapshot>>,
    lately: Lately,
    /// Certificates of issuers that came of late.
    issuers: issuer::Answers,
    /// Between authorities, whatever the snapshot: a signature that was good stays good.
    edges: VerifiedEdges,
    /// Where cases of programs wait for their turn.
    desk: validation::Desk,
    /// Where judgements of people's certificates wait for theirs: no program holds up a sign-in.
    walks: validation::Desk,
}

/// By how many seconds other people's clocks may be ahead of ours: an answer that a responder has made just now may be
/// of the future here.
const CLOCKS_DIFFER: i64 = 300;

/// How many signatures between authorities are remembered: more than all bridges of all provinces have, in 600 kB.
const EDGES: usize = 4_096;

impl Trust {
    /// A trust service over `store`. `policy` is the provincial one, `pki_url` where our own lists are published,
    /// `own_level` what a certificate of the province's own proves at most.
    pub fn new(store: Store, clock: Clock, fetch: Fetcher, policy: Oid, pki_url: &str, own_level: i64) -> Self {
        let (algorithms, pki_url, snapshot) = (AlgorithmPolicy::default(), pki_url.to_owned(), RwLock::default());
        let (lately, edges) = (Lately::new(clock.clone()), VerifiedEdges::new(EDGES));
        let (desk, walks, issuers) = (validation::Desk::default(), validation::Desk::default(), Default::default());
        Self {
            store,
            clock,
            fetch,
            policy,
            algorithms,
            pki_url,
            own_level,
            snapshot,
            lately,
            issuers,
            edges,
            desk,
            walks,
        }
    }

    /// What is trusted now, read again only when the store says that something changed.
    ///
    /// # Errors
    /// The database's.
    pub async fn snapshot(&self) -> store::Result<Arc<Snapshot>> {
        let mut connection = self.store.read().await?;
        let revision = store::revision(&mut connection, "trust").await?;
        let known = self.known();
        if known.revision == revision {
            return Ok(known);
        }
        let fresh = Arc::new(Snapshot::load(&mut connection, revision, &known).await?);
        *self.snapshot.write().unwrap_or_else(std::sync::PoisonError::into_inner) = fresh.clone();
        Ok(fresh)
    }

    fn known(&self) -> Arc<Snapshot> {
        self.snapshot.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// The name of a record's or an own authority, in the language with this tag if it has one.
    ///
    /// # Errors
    /// The database's.
    pub async fn name_of(&self, ca: &str, language: &str) -> store::Result<String> {
        let snapshot = self.snapshot().await?;
        let record = snapshot.records.iter().find(|record| record.row.id == ca);
        let listed =
            record.and_then(|record| record.row.names.get(language).or_else(|| record.row.names.values().next()));
        let own = || snapshot.authorities.iter().find(|(row, _)| row.id == ca).map(|(row, _)| row.name.clone());
        Ok(listed.cloned().or_else(own).unwrap_or_else(|| ca.to_owned()))
    }

    /// Judges `leaf` (with whatever `chain` came along) at `at`, for `usage`.
    ///
    /// # Errors
    /// [`Refusal`]: which condition failed, with the engine's words.
    pub async fn judge(
        self: &Arc<Self>,
        leaf: &Certificate,
        chain: &[Certificate],
        usage: Use,
        at: Time,
    ) -> Result<Accepted, Box<Refusal>> {
        let snapshot = self.snapshot().await.map_err(|error| Refusal::unavailable(leaf, &error))?;
        condition::validity_period(leaf, at)?;
        let record = condition::applicable(&snapshot.records_of(leaf), leaf, at)?;
        let asked = Arc::new(Asked { leaf: leaf.clone(), chain: chain.to_vec(), usage, at });
        let (verdict, notes) = self.walk(&snapshot, &asked).await?;
        let valid = verdict.map_err(|invalid| snapshot.explain(leaf, *invalid).beside(&notes))?;
        snapshot.accept(leaf, record, valid, self.own_level)
    }

    /// The technical half: the path, with evidence fetched once if the engine says that some is missing, and which could
    /// not be. Issuers are asked for first, then lists, then what responders say of that which no list tells.
    async fn walk(
        self: &Arc<Self>,
        snapshot: &Arc<Snapshot>,
        asked: &Arc<Asked>,
    ) -> Result<(Verdict, Vec<String>), Box<Refusal>> {
        let kept = self.kept_answer(&asked.leaf.issuer().to_string(), &asked.leaf.serial().to_string()).await;
        let mut answers: Vec<OcspResponse> = kept.into_iter().collect();
        let first = self.validate(snapshot, asked, &answers).await?;
        if lacking(&first).is_empty() || !snapshot.knows_signer_of(&asked.leaf) {
            return Ok((first, Vec::new()));
        }
        let mut help = Help::default();
        let (first, asked) = self.climb(snapshot, asked, &answers, first, &mut help).await?;
        self.fetch_missing(snapshot, lacking(&first)).await;
        let Ok(fresh) = self.snapshot().await else { return Ok((first, help.notes)) };
        let second = match fresh.revision == snapshot.revision {
            true => first,
            // Something came, whoever asked for it.
            false => self.validate(&fresh, &asked, &answers).await?,
        };
        let said = self.ask_responders(&fresh, lacking(&second)).await;
        if said.is_empty() {
            return Ok((second, help.notes));
        }
        answers.extend(said);
        Ok((self.validate(&fresh, &asked, &answers).await?, help.notes))
    }

    /// Asks for issuers that are missing, and again as long as that leads further up.
    async fn climb(
        self: &Arc<Self>,
        snapshot: &Arc<Snapshot>,
        asked: &Arc<Asked>,
        answers: &[OcspResponse],
        mut verdict: Verdict,
        help: &mut Help,
    ) -> Result<(Verdict, Arc<Asked>), Box<Refusal>> {
        let (mut asked, mut allowance) = (asked.clone(), issuer::ADDRESSES);
        for _ in 0..issuer::STEPS {
            let known = help.certificates.len();
            self.seek_issuers(snapshot, &asked.leaf, lacking(&verdict), help, &mut allowance).await;
            if help.certificates.len() == known {
                break;
            }
            let (leaf, chain) = (asked.leaf.clone(), [&asked.chain[..], &help.certificates[known..]].concat());
            asked = Arc::new(Asked { leaf, chain, ..*asked });
            verdict = self.validate(snapshot, &asked, answers).await?;
        }
        Ok((verdict, asked))
    }

    /// All that the engine checks of a certificate that was [judged](Self::judge), by the evidence that is at hand since.
    /// `None` when it cannot be asked.
    pub async fn report(
        self: &Arc<Self>,
        leaf: &Certificate,
        chain: &[Certificate],
        usage: Use,
        at: Time,
    ) -> Option<Report> {
        let snapshot = self.snapshot().await.ok()?;
        let asked = Arc::new(Asked { leaf: leaf.clone(), chain: chain.to_vec(), usage, at });
        let kept = self.kept_answer(&leaf.issuer().to_string(), &leaf.serial().to_string()).await;
        let answers: Vec<OcspResponse> = kept.into_iter().collect();
        let explained = self.ask(&snapshot, &asked, &answers, pki::path::explain).await.ok()?;
        Some(explained.1)
    }

    async fn validate(
        self: &Arc<Self>,
        snapshot: &Arc<Snapshot>,
        asked: &Arc<Asked>,
        answers: &[OcspResponse],
    ) -> Result<Verdict, Box<Refusal>> {
        self.ask(snapshot, asked, answers, pki::path::validate).await
    }

    /// Work for a processor: done on a blocking thread, on as many at once as there are cores.
    async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        snapshot: &Arc<Snapshot>,
        asked: &Arc<Asked>,
        answers: &[OcspResponse],
        engine: fn(&ValidationRequest<'_>) -> T,
    ) -> Result<T, Box<Refusal>> {
        let turn = self.walks.turn().await.map_err(|error| Refusal::unjudged(&asked.leaf, &error))?;
        let (trust, snapshot, question, answers) = (self.clone(), snapshot.clone(), asked.clone(), answers.to_vec());
        let work = move || {
            let _turn = turn;
            trust.ask_here(&snapshot, &question, &answers, engine)
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| Refusal::unjudged(&asked.leaf, &error))
    }

    fn ask_here<T>(
        &self,
        snapshot: &Snapshot,
        asked: &Asked,
        answers: &[OcspResponse],
        engine: fn(&ValidationRequest<'_>) -> T,
    ) -> T {
        let known_at = self.clock.now_seconds().plus_seconds(CLOCKS_DIFFER);
        let policy = snapshot.revocation.clone().known_at(known_at);
        let mut request =
            ValidationRequest::new(&asked.leaf, &asked.chain, &snapshot.anchors, asked.at, &self.algorithms);
        (request.pool, request.edges) = (&snapshot.pool, Some(&self.edges));
        (request.crls, request.ocsp, request.revocation_policy) = (&snapshot.crls, answers, &policy);
        request.policies =
            PolicyInputs { initial_policy_set: vec![self.policy], explicit: true, ..PolicyInputs::default() };
        request.purpose = match asked.usage {
            Use::Login => Purpose::ClientAuth,
            Use::Any => Purpose::Any,
        };
        request.revocation = RevocationMode::Require;
        engine(&request)
    }
}

/// A certificate in question, with what came along.
struct Asked {
    leaf: Certificate,
    chain: Vec<Certificate>,
    usage: Use,
    at: Time,
}

/// What should be fetched: also where a record bears that nothing is known, if something can be.
fn lacking(judged: &Verdict) -> &[Missing] {
    match judged {
        Err(invalid) => &invalid.missing,
        Ok(valid) if valid.revocation.iter().any(|note| matches!(note.status, RevocationStatus::Unknown(_))) => {
            &valid.missing
        }
        Ok(_) => &[],
    }
}
