//! The OpenID Provider against npm oidc-provider: both on one core over TLS (the service has no listener without it), the
//! load on the other, in turns of some seconds. Ours keeps all of it in a file, durably; the peer in its memory.

mod load;
mod place;
mod server;

use std::time::Duration;

use load::{Load, Run};
use server::Server;

use crate::measure::Result;

/// How long a side works before it is the other's turn, and how often.
const ROUND: Duration = Duration::from_secs(4);
const ROUNDS: usize = 5;

const PEER: &str = "oidc-provider 9.13, in memory";

/// What is done over and over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exchange {
    /// From the authorization request of a browser with a session to the ID token.
    Flow,
    /// A resource server asks about an access token.
    Introspection,
    /// A client gets an opaque token for itself.
    ClientCredentials,
}

pub(crate) fn flow() -> Result {
    compare(Exchange::Flow, None, 6.0)
}

pub(crate) fn flow_on_postgresql() -> Result {
    compare(Exchange::Flow, Some(place::postgresql()), 3.0)
}

pub(crate) fn introspection() -> Result {
    compare(Exchange::Introspection, None, 8.0)
}

pub(crate) fn client_credentials() -> Result {
    compare(Exchange::ClientCredentials, None, 8.0)
}

fn compare(exchange: Exchange, database: Option<place::Cluster>, goal: f64) -> Result {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    runtime.block_on(measure(exchange, database.as_ref(), goal))
}

async fn measure(exchange: Exchange, database: Option<&place::Cluster>, goal: f64) -> Result {
    server::pin_to_second_core();
    let ours = Server::ours(database.map(|cluster| cluster.url.as_str())).await;
    let peer = Server::peer(&ours);
    let (mut our_load, mut peer_load) = (Load::open(&ours).await, Load::open(&peer).await);
    let (mut our_runs, mut peer_runs) = (Vec::new(), Vec::new());
    // The first turn of either is for its caches and compilers.
    our_load.run(exchange, ROUND / 2).await;
    peer_load.run(exchange, ROUND / 2).await;
    let memory = ours.memory();
    for _ in 0..ROUNDS {
        our_runs.push(our_load.run(exchange, ROUND).await);
        peer_runs.push(peer_load.run(exchange, ROUND).await);
    }
    let made: usize = our_runs.iter().map(Run::count).sum();
    let grown = ours.memory().saturating_sub(memory);
    let result = Result::of_rates(our_runs.iter().map(Run::rate), PEER, peer_runs.iter().map(Run::rate), goal);
    result
        .with("p99_ms", Run::p99(&our_runs))
        .with("peer_p99_ms", Run::p99(&peer_runs))
        .with("per_processor_second", Run::per_processor_second(&our_runs))
        .with("peer_per_processor_second", Run::per_processor_second(&peer_runs))
        .with("octets_per_exchange", grown as f64 / made as f64)
        .with("resident_mb", ours.memory() as f64 / 1e6)
        .with("peer_resident_mb", peer.memory() as f64 / 1e6)
}
