//! SQLite's single writer: waiting changes are committed in groups, one `fdatasync` for many.
//!
//! The lane is a thread: its connection works where it is asked ([`direct`](super::direct)), and a disk that takes its time
//! holds up no request meanwhile.
//!
//! Each change of a group runs in a SAVEPOINT of its own, so that one that fails undoes only itself. No caller hears
//! of success before the group's COMMIT has returned.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sqlx::Connection as _;
use tokio::sync::{mpsc, oneshot};

use super::{Change, Connection, Error};

/// As many changes share a commit at most: enough to feed the disk, few enough that the first does not wait long.
const GROUP: usize = 256;

/// A change with its types erased: it runs, and hands back what is to be told to its caller after the commit.
type Job = Box<dyn for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Outcome> + Send>;

/// What a job left behind: whether its SAVEPOINT is kept, and the message to its caller.
struct Outcome {
    keep: bool,
    tell: Box<dyn FnOnce(Option<Error>) + Send>,
}

enum Message {
    Job(Job),
    Close(oneshot::Sender<()>),
}

/// Opens the writer's connection again.
pub(super) type Reopen = Box<dyn Fn() -> BoxFuture<'static, sqlx::Result<Connection>> + Send>;

/// The sending end; clones share the lane.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    sender: mpsc::Sender<Message>,
}

impl Lane {
    /// Starts the lane on its connection, which `reopen` replaces. It ends when it is closed, or forgotten by all.
    pub(super) fn start(connection: Connection, reopen: Reopen) -> std::io::Result<Self> {
        let (sender, receiver) = mpsc::channel(4 * GROUP);
        let runtime = tokio::runtime::Handle::current();
        let lane = std::thread::Builder::new().name("store-writer".to_owned());
        lane.spawn(move || runtime.block_on(run(connection, receiver, reopen)))?;
        Ok(Self { sender })
    }

    pub(super) async fn write<T, E, F>(&self, change: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Change<'c, T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            Box::pin(async move {
                let result = change(connection).await;
                let keep = result.is_ok();
                let tell = move |failure: Option<Error>| {
                    let result = match failure {
                        Some(error) if keep => Err(error.into()),
                        _ => result,
                    };
                    drop(reply.send(result));
                };
                Outcome { keep, tell: Box::new(tell) }
            })
        });
        self.sender.send(Message::Job(job)).await.map_err(|_| Error::Closed)?;
        answer.await.map_err(|_| Error::Closed)?
    }

    pub(super) async fn close(&self) {
        let (reply, answer) = oneshot::channel();
        if self.sender.send(Message::Close(reply)).await.is_ok() {
            drop(answer.await);
        }
    }
}

async fn run(mut connection: Connection, mut receiver: mpsc::Receiver<Message>, reopen: Reopen) {
    while let Some(first) = receiver.recv().await {
        let mut jobs = Vec::new();
        let mut closing = None;
        for message in std::iter::once(first).chain(std::iter::from_fn(|| receiver.try_recv().ok()).take(GROUP - 1)) {
            match message {
                Message::Job(job) => jobs.push(job),
                Message::Close(reply) => closing = Some(reply),
            }
        }
        if !jobs.is_empty() {
            let committed = commit_group(&mut connection, jobs).await;
            // Whatever state the failure left it in, the next group begins on another one.
            if !committed {
                match reopen().await {
                    Ok(another) => connection = another,
                    Err(error) => tracing::error!(%error, "the writer's connection could not be opened again"),
                }
            }
        }
        if let Some(reply) = closing {
            if let Err(error) = connection.close().await {
                tracing::error!(%error, "the writer's connection could not be closed");
            }
            let _ = reply.send(());
            return;
        }
    }
}

/// `false` when the group could not be committed, and everybody was told so.
async fn commit_group(connection: &mut Connection, jobs: Vec<Job>) -> bool {
    let mut outcomes = Vec::with_capacity(jobs.len());
    let failure = match run_group(connection, jobs, &mut outcomes).await {
        Ok(()) => None,
        Err(error) => {
            tracing::error!(%error, "a group of changes could not be committed");
            Some(error.to_string())
        }
    };
    for outcome in outcomes {
        let error = failure.as_ref().map(|why| Error::Database(sqlx::Error::Protocol(why.clone())));
        (outcome.tell)(error);
    }
    failure.is_none()
}

async fn run_group(
    connection: &mut Connection,
    jobs: Vec<Job>,
    outcomes: &mut Vec<Outcome>,
) -> Result<(), sqlx::Error> {
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    let done = run_jobs(connection, jobs, outcomes).await;
    if done.is_err() {
        // Where SQLite has done so by itself, there is nothing left to roll back.
        let _ = sqlx::query("ROLLBACK").execute(connection).await;
    }
    done
}

async fn run_jobs(connection: &mut Connection, jobs: Vec<Job>, outcomes: &mut Vec<Outcome>) -> Result<(), sqlx::Error> {
    for job in jobs {
        run_job(connection, job, outcomes).await?;
    }
    sqlx::query("COMMIT").execute(connection).await?;
    Ok(())
}

async fn run_job(connection: &mut Connection, job: Job, outcomes: &mut Vec<Outcome>) -> Result<(), sqlx::Error> {
    sqlx::query("SAVEPOINT change").execute(&mut *connection).await?;
    // A change that panics drops its reply, so its caller hears `Closed`; the others of the group go on.
    let outcome = AssertUnwindSafe(job(connection)).catch_unwind().await.ok();
    let keep = outcome.as_ref().is_some_and(|outcome| outcome.keep);
    outcomes.extend(outcome);
    sqlx::query(if keep { "RELEASE change" } else { "ROLLBACK TO change" }).execute(&mut *connection).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::store::{Result, Store};

    #[tokio::test]
    async fn a_group_that_breaks_off_is_told_so_and_the_next_one_goes_on() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lane.db");
        let store = Store::open(&format!("sqlite:{}", path.display()), 1).await.unwrap();
        // A change that ends the transaction under the group's feet.
        let broken: Result<()> = store
            .write(|tx| {
                Box::pin(async move {
                    sqlx::query("ROLLBACK").execute(tx).await?;
                    Ok(())
                })
            })
            .await;
        assert!(broken.is_err());
        for _ in 0..3 {
            store.ping().await.unwrap();
        }
        store.close().await;
        assert!(store.ping().await.is_err());
    }
}
