//! `pearlbridge serve`: all listeners, until it is told to stop.

use std::future::IntoFuture as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;

use super::{Done, Failure, open};
use crate::app::App;
use crate::web::listen::{Peer, TlsListener, server_config};
use crate::web::{hall, router};
use crate::{job, telemetry};

pub(super) async fn run(config: Option<PathBuf>) -> Done {
    telemetry::start_log();
    let app = open::app(open::settings(config.as_deref())?).await?;
    serve(Arc::new(app), || ()).await
}

/// Mends, listens, calls `ready`, and serves until SIGINT or SIGTERM.
pub(super) async fn serve(app: Arc<App>, ready: impl FnOnce()) -> Done {
    app.repair().await.map_err(Failure::no)?;
    let server = &app.settings.server;
    let tls = |mutual| server_config(&server.tls_certificate, &server.tls_key, mutual).map_err(Failure::No);
    let mut listeners = vec![
        (tls_listener(server.listen, tls(false)?).await?, router::main(&app)),
        (tls_listener(server.listen_mtls, tls(true)?).await?, router::mutual(&app)),
    ];
    for (open, address) in &app.halls {
        let listener = tls_listener(*address, tls(false)?).await?;
        listeners.push((listener, hall::router(open.clone(), hall_site(&app, open.kind().id()))));
    }
    let plain = bind(server.listen_pki).await?;
    job::start(&app);
    let mut served: Vec<tokio::task::JoinHandle<()>> =
        listeners.into_iter().map(|(listener, router)| start(listener, router)).collect();
    let plain = axum::serve(plain, router::plain(&app)).with_graceful_shutdown(stopped());
    served.push(tokio::spawn(async move { report(plain.into_future().await) }));
    ready();
    for listener in served {
        let _ = listener.await;
    }
    app.store.close().await;
    Ok(())
}

fn start(listener: TlsListener, router: Router) -> tokio::task::JoinHandle<()> {
    let service = router.into_make_service_with_connect_info::<Peer>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(stopped());
    tokio::spawn(async move {
        // Browsers keep connections open: what is under way is finished, what idles is not waited for.
        tokio::select! {
            result = serving.into_future() => report(result),
            () = async { stopped().await; tokio::time::sleep(std::time::Duration::from_secs(2)).await } => {}
        }
    })
}

fn report(result: std::io::Result<()>) {
    if let Err(error) = result {
        tracing::error!(%error, "a listener stopped");
    }
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

async fn tls_listener(address: SocketAddr, config: rustls::ServerConfig) -> Result<TlsListener, Failure> {
    TlsListener::start(bind(address).await?, config).map_err(Failure::no)
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
