//! Background work, leased in the database so that one node runs each job.
//!
//! | job | every | what |
//! |---|---|---|
//! | `logout` | 2 s | delivers back-channel logouts (a lease on each row, so all nodes may) |
//! | `sessions` | 20 s | ends what has expired, whose certificate a list names, or whose authority is no longer granted, and tells the halls |
//! | `publish` | 10 min | lists before they run out, cross-certificates, signing keys, partners' lists |
//! | `purge` | 10 min | removes expired attempts, codes, tokens, identifiers and counters, after a month OCSP answers and signers of lists, after a year sessions |

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::app::{App, Error};
use crate::audit::Actor;
use crate::clock::{DAY, HOUR, MINUTE, Micros, SECOND};
use crate::store::{self, Connection};

/// Starts all jobs; they end with the runtime.
pub fn start(app: &Arc<App>) {
    let logout = app.clone();
    tokio::spawn(async move {
        every(&logout, "logout", Duration::from_secs(2), || deliver(&logout)).await;
    });
    let sessions = app.clone();
    tokio::spawn(async move {
        every(&sessions, "sessions", Duration::from_secs(20), || {
            leased(&sessions, "sessions", 15 * SECOND, sweep(&sessions))
        })
        .await;
    });
    let publish = app.clone();
    tokio::spawn(async move {
        every(&publish, "publish", Duration::from_secs(600), || {
            leased(&publish, "publish", 9 * MINUTE, self::publish(&publish))
        })
        .await;
    });
    let purge = app.clone();
    tokio::spawn(async move {
        every(&purge, "purge", Duration::from_secs(600), || leased(&purge, "purge", 9 * MINUTE, self::purge(&purge)))
            .await;
    });
}

async fn every<F, W>(app: &App, name: &'static str, pause: Duration, mut work: W)
where
    F: Future<Output = Result<(), Error>>,
    W: FnMut() -> F,
{
    loop {
        tokio::time::sleep(pause).await;
        let outcome = work().await;
        app.metrics.job(name, outcome.is_ok(), app.clock.now());
        if let Err(error) = outcome {
            tracing::error!(job = name, %error, "a job failed; it is tried again at its next turn");
        }
    }
}

/// Runs `work` if no other node does. The lease is shorter than the pause, so that a node that dies is replaced at the
/// next turn.
async fn leased(
    app: &App,
    name: &'static str,
    lease: Micros,
    work: impl Future<Output = Result<(), Error>>,
) -> Result<(), Error> {
    let now = app.clock.now();
    let until = now + lease;
    let mine =
        app.store.write(move |tx| Box::pin(async move { store::job::lease(tx, name, now, until).await })).await?;
    if mine { work.await } else { Ok(()) }
}

async fn publish(app: &App) -> Result<(), Error> {
    app.repair().await?;
    app.trust.refresh_evidence().await?;
    Ok(())
}

/// Ends what is over, or rests on what counts no longer.
///
/// # Errors
/// The database's.
pub async fn sweep(app: &App) -> Result<(), Error> {
    if let Some(revoked) = app.identity.revoked().await? {
        for session in &revoked.sessions {
            let (id, person) = (&session.id, &session.person_id);
            app.provider.end_session(id, person, "credential_revoked", &Actor::System, "").await?;
        }
        app.identity.end_revoked_mandates(&revoked).await?;
        app.identity.note_ended(&revoked);
    }
    app.provider.sweep_sessions(app.identity.idle_since()).await?;
    app.identity.end_mandates().await?;
    Ok(())
}

async fn deliver(app: &App) -> Result<(), Error> {
    app.provider.deliver_logouts(&app.fetch).await?;
    Ok(())
}

/// Removes rows of one noun that are older than a time, a batch at most.
type Purge = for<'c> fn(&'c mut Connection, Micros) -> BoxFuture<'c, store::Result<u64>>;

/// How long rows are kept after they expired: an attempt an hour; an identifier that counts once an hour, as the clocks of
/// other nodes may be late; a used code or token a day, so that a replay is recognised; a network in which somebody signed
/// in, and what became of a logout, half a year; a session and what was granted in it, a year after its end.
const PURGES: [(Micros, Purge); 18] = [
    (HOUR, |tx, before| Box::pin(store::attempt::purge(tx, before))),
    (DAY, |tx, before| Box::pin(store::grant::purge(tx, before))),
    (DAY, |tx, before| Box::pin(store::device_request::purge(tx, before))),
    (0, |tx, before| Box::pin(store::client_token::purge(tx, before))),
    (180 * DAY, |tx, before| Box::pin(store::initial_access_token::purge(tx, before))),
    (HOUR, |tx, before| Box::pin(store::passkey::purge(tx, before))),
    (HOUR, |tx, before| Box::pin(store::recovery_code::purge(tx, before))),
    (30 * DAY, |tx, before| Box::pin(store::mandate::purge(tx, before))),
    (365 * DAY, |tx, before| Box::pin(store::session::purge(tx, before))),
    (HOUR, |tx, before| Box::pin(store::phone_login::purge(tx, before))),
    (DAY, |tx, before| Box::pin(store::throttle::purge(tx, before))),
    (DAY, |tx, before| Box::pin(store::pushed_request::purge(tx, before))),
    (HOUR, |tx, before| Box::pin(store::used_identifier::purge(tx, before))),
    (180 * DAY, |tx, before| Box::pin(store::familiar_network::purge(tx, before))),
    (180 * DAY, |tx, before| Box::pin(store::logout_delivery::purge(tx, before, store::BATCH.cast_signed()))),
    (DAY, |tx, before| Box::pin(store::hall::purge(tx, before))),
    (30 * DAY, |tx, before| Box::pin(store::ocsp_answer::purge(tx, before))),
    (30 * DAY, |tx, before| Box::pin(store::crl_signer::purge(tx, before))),
];

/// Removes what expired, batch after batch, each a transaction of its own: requests go on between them.
///
/// # Errors
/// The database's.
pub async fn purge(app: &App) -> Result<(), Error> {
    let (now, mut removed): (Micros, u64) = (app.clock.now(), 0);
    for (kept, purge) in PURGES {
        loop {
            let batch = app.store.write(move |tx| purge(tx, now - kept)).await?;
            removed += batch;
            if batch < store::BATCH {
                break;
            }
        }
    }
    tracing::debug!(removed, "expired rows removed");
    Ok(())
}
