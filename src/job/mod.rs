//! Background work, leased in the database so that one node runs each job.
//!
//! | job | every | what |
//! |---|---|---|
//! | `logout` | 2 s | delivers back-channel logouts (a lease on each row, so all nodes may) |
//! | `sessions` | 20 s | ends what has expired, whose certificate a list names, or whose authority is no longer granted, and tells the halls |
//! | `publish` | 10 min | lists before they run out, cross-certificates, signing keys, partners' lists |
//! | `purge` | 10 min | removes expired attempts, codes, tokens, identifiers and counters, after a month OCSP answers and signers of lists |

use std::sync::Arc;
use std::time::Duration;

use crate::app::{App, Error};
use crate::audit::Actor;
use crate::clock::{DAY, HOUR, MINUTE, Micros, SECOND};
use crate::store::{self};

/// So many rows are removed at once of a table that grows with every session: the writers wait no longer for it.
const BATCH: i64 = 10_000;

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
    for session in app.identity.revoked_sessions().await? {
        let (id, person) = (&session.id, &session.person_id);
        app.provider.end_session(id, person, "credential_revoked", &Actor::System, "").await?;
    }
    app.provider.sweep_sessions(app.identity.idle_since()).await?;
    app.identity.end_mandates().await?;
    Ok(())
}

async fn deliver(app: &App) -> Result<(), Error> {
    app.provider.deliver_logouts(&app.fetch).await?;
    Ok(())
}

/// Expired rows are kept a little: an attempt an hour; an identifier that counts once an hour, as the clocks of other nodes
/// may be late; a used code or token a day, so that a replay is recognised;
/// a network in which somebody signed in, and what became of a logout, half a year.
///
/// # Errors
/// The database's.
pub async fn purge(app: &App) -> Result<(), Error> {
    let now: Micros = app.clock.now();
    app.store
        .write(move |tx| {
            Box::pin(async move {
                let mut removed = store::attempt::purge(tx, now - HOUR).await?;
                removed += store::grant::purge(tx, now - DAY).await?;
                removed += store::device_request::purge(tx, now - DAY).await?;
                removed += store::client_token::purge(tx, now).await?;
                removed += store::initial_access_token::purge(tx, now - 180 * DAY).await?;
                removed += store::passkey::purge(tx, now - HOUR).await?;
                removed += store::recovery_code::purge(tx, now - HOUR).await?;
                removed += store::mandate::purge(tx, now - 30 * DAY).await?;
                removed += store::phone_login::purge(tx, now - HOUR).await?;
                removed += store::throttle::purge(tx, now - DAY).await?;
                removed += store::pushed_request::purge(tx, now - DAY).await?;
                removed += store::used_identifier::purge(tx, now - HOUR).await?;
                removed += store::familiar_network::purge(tx, now - 180 * DAY).await?;
                removed += store::logout_delivery::purge(tx, now - 180 * DAY, BATCH).await?;
                removed += store::hall::purge(tx, now - DAY).await?;
                removed += store::ocsp_answer::purge(tx, now - 30 * DAY).await?;
                removed += store::crl_signer::purge(tx, now - 30 * DAY).await?;
                tracing::debug!(removed, "expired rows removed");
                Ok::<_, store::Error>(())
            })
        })
        .await?;
    Ok(())
}
