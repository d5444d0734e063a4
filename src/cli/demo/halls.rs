//! The clients of the demonstration: its two halls, and one for a script of one's own.

use std::net::SocketAddr;
use std::sync::Arc;

use super::place::Place;
use crate::app::App;
use crate::audit::{self, Circumstance, Event};
use crate::cli::{Done, Failure};
use crate::clock::DAY;
use crate::halls::{Hall, HallKind, HallSettings};
use crate::store;
use crate::store::client::{Change, Client, Stage};
use crate::store::initial_access_token::InitialAccessToken;

/// The client for scripts, and where it may be called back.
pub(super) const SCRIPT_CLIENT: &str = "demo-client";
pub(super) const SCRIPT_REDIRECT_URIS: [&str; 3] =
    ["http://localhost:8499/callback", "http://127.0.0.1:8499/callback", "https://localhost:8499/callback"];

/// The initial access token of the demonstration, always the same for one master key.
pub(super) fn initial_access_token(app: &App) -> String {
    app.custody.derived("demonstration initial access token")
}

/// Lets scripts register clients, for a year from each start.
async fn admit(app: &App) -> Done {
    let now = app.clock.now();
    let token = InitialAccessToken {
        id: "demonstration".to_owned(),
        maker: "demonstration".to_owned(),
        stage: Stage::Sandbox,
        scopes: "openid profile identity offline_access".to_owned(),
        sector: None,
        pkce_optional: false,
        uses_left: 10_000,
        expires_at: now + 365 * DAY,
    };
    let circumstance = Circumstance::operator(now);
    app.provider.admit_by(&initial_access_token(app), token, circumstance).await.map_err(Failure::no)
}

/// Registers the clients and opens the halls.
pub(super) async fn open(app: &mut App, place: &Place) -> Done {
    for kind in HallKind::ALL {
        let settings = settings(app, place, kind);
        register(app, client_of(app, &settings)).await?;
        let address = SocketAddr::from(([127, 0, 0, 1], place.port(kind.port_offset())));
        let hall = Hall::new(settings, app.store.clone(), app.clock.clone(), app.fetch.clone());
        app.halls.push((Arc::new(hall), address));
    }
    admit(app).await?;
    register(app, script_client(app)).await
}

fn settings(app: &App, place: &Place, kind: HallKind) -> HallSettings {
    let client_id = format!("hall-{}", kind.id());
    HallSettings {
        kind,
        url: place.url(kind.port_offset()),
        issuer: app.provider.issuer.clone(),
        client_secret: secret(app, &client_id),
        client_id,
    }
}

/// The secret of a demonstration client, always the same for one master key.
pub(super) fn secret(app: &App, client_id: &str) -> String {
    app.custody.derived(&format!("demonstration client {client_id}"))
}

fn client_of(app: &App, hall: &HallSettings) -> Client {
    Client {
        secret_hash: crate::id::digest(&secret(app, &hall.client_id)),
        names: hall.kind.names(),
        redirect_uris: vec![hall.redirect_uri()],
        post_logout_redirect_uris: vec![hall.post_logout_redirect_uri()],
        backchannel_logout_uri: Some(hall.backchannel_logout_uri()),
        scopes: "openid profile identity offline_access".to_owned(),
        id_token_alg: if hall.kind == HallKind::Window { "ES256" } else { "RS256" }.to_owned(),
        ..Client::new(&hall.client_id)
    }
}

fn script_client(app: &App) -> Client {
    let name = ["zh-Hans", "zh-Hant", "en", "pt"].map(|tag| (tag.to_owned(), "Demo client".to_owned()));
    Client {
        secret_hash: crate::id::digest(&secret(app, SCRIPT_CLIENT)),
        names: name.into(),
        redirect_uris: SCRIPT_REDIRECT_URIS.map(str::to_owned).into(),
        post_logout_redirect_uris: SCRIPT_REDIRECT_URIS.map(|uri| uri.replace("/callback", "/signed-out")).into(),
        scopes: "openid profile identity offline_access".to_owned(),
        ..Client::new(SCRIPT_CLIENT)
    }
}

/// Registers a client, or moves a known one to the ports of this start.
async fn register(app: &App, client: Client) -> Done {
    let now = app.clock.now();
    let known = app.provider.client(&client.id).await.map_err(Failure::no)?.is_some();
    let written: store::Result<()> = app
        .store
        .write(move |tx| {
            Box::pin(async move {
                if known {
                    return store::client::change(tx, &client.id, &addresses(&client)).await.map(drop);
                }
                store::client::insert(tx, &client, now).await?;
                audit::record(tx, &Circumstance::operator(now), &Event::ClientRegistered { client: client.id }).await
            })
        })
        .await;
    written.map_err(Failure::no)
}

/// What follows the ports.
fn addresses(client: &Client) -> Change {
    Change {
        redirect_uris: Some(client.redirect_uris.clone()),
        post_logout_redirect_uris: Some(client.post_logout_redirect_uris.clone()),
        backchannel_logout_uri: Some(client.backchannel_logout_uri.clone().unwrap_or_default()),
        ..Change::default()
    }
}
