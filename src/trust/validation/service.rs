//! Cases judged against the province's own trust: its roots, its pool (the bridge and what it certifies), its lists, and
//! the conditions of its trust list. Whoever asks brings the certificate and what comes with it, never an anchor.
//!
//! Judging is work for a processor: it is done on blocking threads, as many at once as there are cores, and stops when
//! nobody waits for the answer any more. What one case may cost is the engine's budget.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pki::path::{Missing, RevocationMode};
use pki::{Certificate, Time};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Answer, Case, Memory, Outcome, Unreadable};
use crate::trust::{Snapshot, Trust, condition};

/// So long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why cases were not judged.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// All cores judge other people's.
    #[error("too much is being judged already")]
    Busy,
    /// The thread that judged them failed, or the database.
    #[error("the cases could not be judged: {0}")]
    Failed(String),
}

/// The turns.
#[derive(Clone, Debug)]
pub struct Desk(Arc<Semaphore>);

impl Default for Desk {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from))))
    }
}

impl Desk {
    async fn turn(&self) -> Result<OwnedSemaphorePermit, Refused> {
        let turn = tokio::time::timeout(PATIENCE, self.0.clone().acquire_owned()).await;
        turn.map_err(|_| Refused::Busy)?.map_err(|_| Refused::Busy)
    }
}

/// Tells the thread that works when the one who waits has gone.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A case and what came of it.
struct Judged {
    outcome: Outcome,
    /// Evidence that may be fetched on behalf of this case.
    missing: Vec<Missing>,
}

impl Trust {
    /// Judges cases in JSON, one result each, in order. Evidence that the engine says is missing is fetched once.
    ///
    /// # Errors
    /// When none is judged at all.
    pub async fn answer(self: &Arc<Self>, cases: Arc<[Vec<u8>]>) -> Result<Vec<Outcome>, Refused> {
        let gone = Waiting(Arc::default());
        let mut judged = self.pass(&cases, (0..cases.len()).collect(), &gone).await?;
        let missing: Vec<Missing> = judged.iter().flat_map(|one| one.missing.clone()).collect();
        let snapshot = self.snapshot().await.map_err(|error| Refused::Failed(error.to_string()))?;
        if !missing.is_empty() && self.fetch_missing(&snapshot, &missing).await {
            let again: Vec<usize> = (0..cases.len()).filter(|at| !judged[*at].missing.is_empty()).collect();
            for (at, anew) in again.clone().into_iter().zip(self.pass(&cases, again, &gone).await?) {
                judged[at] = anew;
            }
        }
        Ok(judged.into_iter().map(|one| one.outcome).collect())
    }

    /// Judges those at `places`.
    async fn pass(
        self: &Arc<Self>,
        cases: &Arc<[Vec<u8>]>,
        places: Vec<usize>,
        gone: &Waiting,
    ) -> Result<Vec<Judged>, Refused> {
        let snapshot = self.snapshot().await.map_err(|error| Refused::Failed(error.to_string()))?;
        let turn = self.desk.turn().await?;
        let (trust, cases, gone) = (self.clone(), cases.clone(), gone.0.clone());
        let work = move || {
            let (_turn, memory, now) = (turn, Memory::default(), trust.clock.now_seconds());
            let wanted = places.into_iter().take_while(|_| !gone.load(Ordering::Relaxed));
            wanted.map(|at| trust.judge_case(&snapshot, &cases[at], now, &memory)).collect()
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| Refused::Failed(error.to_string()))
    }

    fn judge_case(&self, snapshot: &Snapshot, json: &[u8], now: Time, memory: &Memory) -> Judged {
        let judged = Case::read(json).and_then(|case| self.judge_read(snapshot, &case, now, memory));
        judged.unwrap_or_else(|why| {
            let outcome = Outcome::unreadable(&why).named(Case::name_in(json));
            Judged { outcome, missing: Vec::new() }
        })
    }

    /// As the command does, but for whom to trust. A service that is asked whether a certificate is good must not say
    /// that a revoked one is: where the case does not say how revocation is looked into, it is required.
    fn judge_read(
        &self,
        snapshot: &Snapshot,
        case: &Case<'_>,
        now: Time,
        memory: &Memory,
    ) -> Result<Judged, Unreadable> {
        let outcome = |outcome: Outcome| if case.id().is_some() { outcome.named(case.id()) } else { outcome };
        if case.has_anchors() {
            return Ok(Judged { outcome: outcome(Outcome::own_anchors()), missing: Vec::new() });
        }
        let mut question = case.question(now, memory)?;
        question.extra.extend_from_slice(question.pool.certificates());
        question.pool = snapshot.pool.clone();
        question.anchors = snapshot.anchors.clone();
        question.crls.extend_from_slice(&snapshot.crls);
        if !case.has_revocation() {
            question.revocation = RevocationMode::Require;
        }
        let answer = question.judge(Some(&self.edges));
        let leaf = Certificate::from_der(&question.leaf).ok();
        let found = match (&answer, &leaf) {
            (Answer::Judged(Ok(_)), Some(leaf)) => {
                match condition::applicable(&snapshot.records_of(leaf), leaf, question.at) {
                    Ok(_) => Outcome::of(&question, &answer),
                    Err(refusal) => Outcome::refusal(&refusal),
                }
            }
            _ => Outcome::of(&question, &answer),
        };
        // Strangers make the service fetch nothing.
        let may_fetch = |leaf: &&Certificate| snapshot.knows_signer_of(leaf);
        let missing = match &answer {
            Answer::Judged(Err(invalid)) if !invalid.missing.is_empty() => {
                leaf.as_ref().filter(may_fetch).map_or_else(Vec::new, |_| invalid.missing.clone())
            }
            _ => Vec::new(),
        };
        Ok(Judged { outcome: outcome(found), missing })
    }
}
