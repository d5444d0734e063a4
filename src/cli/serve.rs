//! `pearlbridge serve`: all listeners, until it is told to stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpListener;

use super::{Done, Failure, open};
use crate::app::App;
use crate::web::listen::{self, server_config};
use crate::web::{hall, router};
use crate::{job, telemetry};

pub(super) async fn run(config: Option<PathBuf>) -> Done {
    let settings = open::settings(config.as_deref())?;
    telemetry::start_log(settings.telemetry.log);
    let app = open::app(settings).await?;
    serve(Arc::new(app), || ()).await
}

/// Mends, listens, calls `ready`, and serves until SIGINT or SIGTERM.
pub(super) async fn serve(app: Arc<App>, ready: impl FnOnce()) -> Done {
    app.repair().await.map_err(Failure::no)?;
    let server = &app.settings.server;
    let tls = |mutual| server_config(&server.tls_certificate, &server.tls_key, mutual).map(Some).map_err(Failure::No);
    let mut listeners = vec![
        (bind(server.listen).await?, tls(false)?, router::main(&app)),
        (bind(server.listen_mtls).await?, tls(true)?, router::mutual(&app)),
        (bind(server.listen_pki).await?, None, router::plain(&app)),
    ];
    for (open, address) in &app.halls {
        let router = hall::router(open.clone(), hall_site(&app, open.kind().id()));
        listeners.push((bind(*address).await?, tls(false)?, router));
    }
    for (listener, tls, _) in &listeners {
        let scheme = if tls.is_some() { "https" } else { "http" };
        tracing::info!("listening on {scheme}://{}", listener.local_addr().map_err(Failure::no)?);
    }
    job::start(&app);
    let serving = listeners.into_iter().map(|(listener, tls, router)| listen::serve(listener, tls, router, stopped()));
    let serving: Vec<_> = serving.map(tokio::spawn).collect();
    ready();
    futures_util::future::join_all(serving).await;
    app.store.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// A hall's cookies and form tokens are its own.
fn hall_site(app: &App, id: &str) -> crate::web::layer::visitor::Site {
    crate::web::layer::visitor::Site {
        prefix: format!("pb-hall-{id}"),
        custody: app.custody.clone(),
        clock: app.clock.clone(),
        demonstration: app.demonstration,
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| Failure::No(format!("{address}: {error}")))
}

async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
