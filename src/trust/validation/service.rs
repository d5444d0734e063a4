//! Cases judged against the province's own trust: its roots, its pool (the bridge and what it certifies), its lists, and
//! the conditions of its trust list. Whoever asks brings the certificate and what comes with it, never an anchor.
//!
//! Judging is work for a processor: it is done on blocking threads, as many at once as there are cores. A request takes
//! its turn anew for each case, so that a long batch holds up nobody, and no case is begun for one who has gone. What one
//! case may cost is the engine's budget; what a request may, [`TIME`].

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use pki::path::{Missing, PolicyInputs, RevocationMode, Valid};
use pki::{Certificate, Time};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Answer, Case, Memory, Outcome, Question, Unreadable};
use crate::clock::{Micros, SECOND};
use crate::trust::issuer::{self, Help};
use crate::trust::{CLOCKS_DIFFER, Refusal, Snapshot, Trust, condition};

/// So long a request waits for its first turn.
const PATIENCE: Duration = Duration::from_secs(2);

/// So long the cases of one request are judged, all together. A thousand honest ones take a second or two.
const TIME: Micros = 10 * SECOND;

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
    async fn first_turn(&self) -> Result<OwnedSemaphorePermit, Refused> {
        tokio::time::timeout(PATIENCE, self.turn()).await.map_err(|_| Refused::Busy)?
    }

    /// In the order of asking.
    pub(in crate::trust) async fn turn(&self) -> Result<OwnedSemaphorePermit, Refused> {
        self.0.clone().acquire_owned().await.map_err(|_| Refused::Busy)
    }
}

/// What a request has used of its time, and what it remembers from case to case.
#[derive(Default)]
struct Sitting {
    memory: Arc<Memory>,
    /// What was fetched for cases, by their places.
    help: HashMap<usize, Help>,
    used: Micros,
    begun: bool,
}

/// A case and what came of it.
struct Judged {
    outcome: Outcome,
    /// The certificate on whose behalf evidence may be fetched, and what.
    leaf: Option<Certificate>,
    missing: Vec<Missing>,
}

impl Judged {
    fn of(outcome: Outcome) -> Self {
        Self { outcome, leaf: None, missing: Vec::new() }
    }
}

impl Trust {
    /// Judges cases in JSON, one result each, in order. Evidence that the engine says is missing is fetched once.
    ///
    /// # Errors
    /// When none is judged at all.
    pub async fn answer(self: &Arc<Self>, cases: Arc<[Vec<u8>]>) -> Result<Vec<Outcome>, Refused> {
        let mut sitting = Sitting::default();
        let mut judged = self.pass(&cases, (0..cases.len()).collect(), &mut sitting).await?;
        self.climb_in(&cases, &mut judged, &mut sitting).await?;
        let missing: Vec<Missing> = judged.iter().flat_map(|one| one.missing.clone()).collect();
        let snapshot = self.snapshot().await.map_err(|error| Refused::Failed(error.to_string()))?;
        if !missing.is_empty() {
            self.fetch_missing(&snapshot, &missing).await;
        }
        let fresh = self.snapshot().await.map_err(|error| Refused::Failed(error.to_string()))?;
        // Something came, whoever asked for it.
        if fresh.revision != snapshot.revision {
            let again: Vec<usize> = (0..cases.len()).filter(|at| !judged[*at].missing.is_empty()).collect();
            for (at, anew) in again.clone().into_iter().zip(self.pass(&cases, again, &mut sitting).await?) {
                judged[at] = anew;
            }
        }
        Ok(judged.into_iter().map(|one| one.outcome).collect())
    }

    /// Asks for issuers that are missing, and again as long as that leads further up; judges the cases again that have
    /// something of it.
    async fn climb_in(
        self: &Arc<Self>,
        cases: &Arc<[Vec<u8>]>,
        judged: &mut [Judged],
        sitting: &mut Sitting,
    ) -> Result<(), Refused> {
        let snapshot = self.snapshot().await.map_err(|error| Refused::Failed(error.to_string()))?;
        let mut allowance = issuer::ADDRESSES;
        for _ in 0..issuer::STEPS {
            let mut again = Vec::new();
            for (at, one) in judged.iter().enumerate() {
                let Some(leaf) = &one.leaf else { continue };
                let help = sitting.help.entry(at).or_default();
                if self.seek_issuers(&snapshot, leaf, &one.missing, help, &mut allowance).await {
                    again.push(at);
                }
            }
            if again.is_empty() {
                break;
            }
            for (at, anew) in again.clone().into_iter().zip(self.pass(cases, again, sitting).await?) {
                judged[at] = anew;
            }
        }
        Ok(())
    }

    /// Judges those at `places`, until the time of the sitting is used up.
    async fn pass(
        self: &Arc<Self>,
        cases: &Arc<[Vec<u8>]>,
        places: Vec<usize>,
        sitting: &mut Sitting,
    ) -> Result<Vec<Judged>, Refused> {
        let snapshot = self.snapshot().await.map_err(|error| Refused::Failed(error.to_string()))?;
        let mut judged = Vec::with_capacity(places.len());
        for at in places {
            judged.push(match sitting.used < TIME {
                true => self.judge_in_turn(&snapshot, cases, at, sitting).await?,
                false => Judged::of(Outcome::out_of_time().named(Case::name_in(&cases[at]))),
            });
        }
        Ok(judged)
    }

    /// Whoever has gone is dropped here, where he waits: at most the case that is being judged is finished in vain.
    async fn judge_in_turn(
        self: &Arc<Self>,
        snapshot: &Arc<Snapshot>,
        cases: &Arc<[Vec<u8>]>,
        at: usize,
        sitting: &mut Sitting,
    ) -> Result<Judged, Refused> {
        let turn = if sitting.begun { self.desk.turn().await? } else { self.desk.first_turn().await? };
        sitting.begun = true;
        let (trust, snapshot, cases, memory) = (self.clone(), snapshot.clone(), cases.clone(), sitting.memory.clone());
        let help = sitting.help.get(&at).cloned().unwrap_or_default();
        let work = move || {
            let (_turn, begin) = (turn, trust.clock.now());
            let judged = trust.judge_case(&snapshot, &cases[at], &help, trust.clock.now_seconds(), &memory);
            (judged, trust.clock.now() - begin)
        };
        let done = tokio::task::spawn_blocking(work).await;
        let (judged, took) = done.map_err(|error| Refused::Failed(error.to_string()))?;
        // The machine's clock may be set back.
        sitting.used += took.max(0);
        Ok(judged)
    }

    fn judge_case(&self, snapshot: &Snapshot, json: &[u8], help: &Help, now: Time, memory: &Memory) -> Judged {
        let judged = Case::read(json).and_then(|case| {
            let judged = self.judge_read(snapshot, &case, help, now, memory)?;
            Ok(match case.id() {
                Some(id) => Judged { outcome: judged.outcome.named(Some(id)), ..judged },
                None => judged,
            })
        });
        judged.unwrap_or_else(|why| Judged::of(Outcome::unreadable(&why).named(Case::name_in(json))))
    }

    /// As the command does, but for whom to trust: as a sign-in does.
    fn judge_read(
        &self,
        snapshot: &Snapshot,
        case: &Case<'_>,
        help: &Help,
        now: Time,
        memory: &Memory,
    ) -> Result<Judged, Unreadable> {
        if let Some(why) = case.not_permitted() {
            return Ok(Judged::of(Outcome::not_permitted(&why)));
        }
        let mut question = case.question(now, memory)?;
        self.take_province(&mut question, case, snapshot, now);
        question.extra.extend_from_slice(&help.certificates);
        question.passed_over.extend_from_slice(&help.notes);
        let answer = question.judge(Some(&self.edges));
        let Some(leaf) = Certificate::from_der(&question.leaf).ok() else {
            return Ok(Judged::of(Outcome::of(&question, &answer)));
        };
        Ok(match &answer {
            Answer::Judged(Ok(valid), _) => Judged::of(match self.accepts(snapshot, &leaf, valid, question.at) {
                Ok(()) => Outcome::of(&question, &answer),
                Err(refusal) => Outcome::refusal(&refusal).with_report(&answer),
            }),
            // Strangers make the service fetch nothing.
            Answer::Judged(Err(invalid), _) if !invalid.missing.is_empty() && snapshot.knows_signer_of(&leaf) => {
                Judged { outcome: Outcome::of(&question, &answer), leaf: Some(leaf), missing: invalid.missing.clone() }
            }
            _ => Judged::of(Outcome::of(&question, &answer)),
        })
    }

    /// What the province trusts, and its rules where the case does not say otherwise. A service that is asked whether a
    /// certificate is good must not say that a revoked one is, nor one that no policy of the province covers.
    fn take_province(&self, question: &mut Question, case: &Case<'_>, snapshot: &Snapshot, now: Time) {
        question.extra.extend_from_slice(question.pool.certificates());
        question.pool = snapshot.pool.clone();
        question.anchors = snapshot.anchors.clone();
        question.crls.extend_from_slice(&snapshot.crls);
        question.algorithms = self.algorithms.clone();
        if !case.has_policies() {
            let policies = std::mem::take(&mut question.policies);
            question.policies = PolicyInputs { initial_policy_set: vec![self.policy], explicit: true, ..policies };
        }
        if !case.has_revocation() {
            question.revocation = RevocationMode::Require;
        }
        if !case.has_revocation_policy() {
            question.revocation_policy = snapshot.revocation.clone().known_at(now.plus_seconds(CLOCKS_DIFFER));
        }
    }

    /// What a good path does not say: whether the trust list, or the province itself, stands for who is at its end.
    fn accepts(&self, snapshot: &Snapshot, leaf: &Certificate, valid: &Valid, at: Time) -> Result<(), Box<Refusal>> {
        let record = condition::applicable(&snapshot.records_of(leaf), leaf, at)?;
        snapshot.accept(leaf, record, valid.clone(), self.own_level).map(drop)
    }
}
