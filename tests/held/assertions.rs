//! Keys that clients publish: read when they are needed, and no oftener; and assertions that count once for all nodes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use pearlbridge::app::App;
use pearlbridge::audit::Circumstance;
use pearlbridge::clock::SECOND;
use pearlbridge::oidc::client::Credentials;
use pearlbridge::oidc::jose::{self, Algorithm};
use pearlbridge::oidc::{Error, Result};
use pearlbridge::store::client::{AuthMethod, Client, Security};
use pki::key::{Signer as _, SoftwareKey};

use crate::house::{House, new_key};

/// A window that publishes its keys on a loopback port.
struct Window {
    origin: String,
    keys: Mutex<Value>,
    asked: AtomicUsize,
    /// Whoever asks is answered when nobody holds it.
    door: tokio::sync::Mutex<()>,
}

impl Window {
    async fn open(key: &SoftwareKey, kid: &str) -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let (keys, asked, door) = (Mutex::new(set(key, kid)), AtomicUsize::new(0), tokio::sync::Mutex::default());
        let window = Arc::new(Self { origin, keys, asked, door });
        let answer = async |State(window): State<Arc<Self>>| {
            window.asked.fetch_add(1, Ordering::Relaxed);
            drop(window.door.lock().await);
            Json(window.keys.lock().expect("nobody panicked").clone())
        };
        let router = Router::new().route("/keys", get(answer)).with_state(window.clone());
        tokio::spawn(
            async move { pearlbridge::web::listen::serve(listener, None, router, std::future::pending()).await },
        );
        window
    }

    fn publish(&self, keys: Value) {
        *self.keys.lock().expect("nobody panicked") = keys;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    async fn is_asked(&self) {
        while self.asked() == 0 {
            tokio::task::yield_now().await;
        }
    }

    /// Registers it.
    async fn register(&self, app: &App, id: &str) {
        let jwks_uri = Some(format!("{}/keys", self.origin));
        let client = Client {
            names: [("en".to_owned(), "A window".to_owned())].into(),
            redirect_uris: vec!["https://window.example/callback".to_owned()],
            auth_method: AuthMethod::PrivateKeyJwt,
            security: Security { jwks_uri, ..Security::default() },
            ..Client::new(id)
        };
        let registered = app.provider.register(client, Circumstance::operator(app.clock.now())).await;
        assert_eq!(registered.expect("it is registered"), None);
    }
}

fn set(key: &SoftwareKey, kid: &str) -> Value {
    json!({"keys": [jose::jwk(key.public_key(), Algorithm::Es256, kid), {"kty": "oct", "k": "AA"}]})
}

/// An assertion of the window by a key.
fn assertion(house: &House, key: &SoftwareKey, kid: &str) -> String {
    let now = house.app.clock.now() / SECOND;
    let issuer = &house.app.provider.issuer;
    let claims =
        json!({"iss": "window", "sub": "window", "aud": issuer, "exp": now + 60, "jti": pearlbridge::id::new_id()});
    jose::sign(key, kid, "JWT", &claims).expect("it can be signed")
}

async fn authenticate(app: &App, assertion: &str) -> Result<Client> {
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let (assertion_type, assertion) = (Some(kind.to_owned()), Some(assertion.to_owned()));
    app.provider.authenticate(&Credentials { assertion_type, assertion, ..Credentials::default() }).await
}

async fn refused(app: &App, assertion: &str) -> bool {
    matches!(authenticate(app, assertion).await, Err(Error::InvalidClient(_)))
}

async fn furnished() -> (House, Arc<Window>, SoftwareKey) {
    let key = new_key();
    let window = Window::open(&key, "first").await;
    let origin = window.origin.clone();
    let house = House::open_with(|settings| settings.fetch.allow_private = vec![origin]).await;
    window.register(&house.app, "window").await;
    (house, window, key)
}

#[tokio::test]
async fn an_assertion_counts_once_whichever_node_it_is_shown_to() {
    let (house, _window, key) = furnished().await;
    let second = house.second().await;
    let good = assertion(&house, &key, "first");
    assert_eq!(authenticate(&house.app, &good).await.expect("it is good").id, "window");
    assert!(refused(&house.app, &good).await && refused(&second, &good).await);
    authenticate(&second, &assertion(&house, &key, "first")).await.expect("another one is");

    // Both at once: one of them.
    let good = assertion(&house, &key, "first");
    let (here, there) = tokio::join!(authenticate(&house.app, &good), authenticate(&second, &good));
    assert_ne!(here.is_ok(), there.is_ok());
}

#[tokio::test]
async fn an_assertion_is_remembered_for_nodes_whose_clocks_are_late() {
    let (house, _window, key) = furnished().await;
    let good = assertion(&house, &key, "first");
    authenticate(&house.app, &good).await.expect("it is good");
    house.pass(600);
    pearlbridge::job::purge(&house.app).await.expect("the database answers");
    house.pass(-590);
    assert!(refused(&house.app, &good).await);
}

#[tokio::test]
async fn published_keys_are_read_when_they_change_and_not_for_every_invented_name() {
    let (house, window, key) = furnished().await;
    for _ in 0..3 {
        authenticate(&house.app, &assertion(&house, &key, "first")).await.expect("it is good");
    }
    assert_eq!(window.asked(), 1);

    let next = new_key();
    window.publish(set(&next, "second"));
    house.pass(30);
    authenticate(&house.app, &assertion(&house, &next, "second")).await.expect("the new key is read at once");
    assert_eq!(window.asked(), 2);
    for _ in 0..5 {
        assert!(refused(&house.app, &assertion(&house, &key, "first")).await, "the old one is gone");
        assert!(refused(&house.app, &assertion(&house, &next, "invented")).await);
    }
    assert!(window.asked() <= 3, "{}", window.asked());
}

/// Who resets the connection has the request dropped, wherever it waits.
#[tokio::test]
async fn a_request_that_is_given_up_leaves_the_keys_to_those_that_wait_for_them() {
    let (house, window, key) = furnished().await;
    let door = window.door.lock().await;
    let anybodys = assertion(&house, &new_key(), "invented");
    tokio::select! {
        answered = authenticate(&house.app, &anybodys) => panic!("{answered:?}"),
        () = window.is_asked() => (),
    }
    drop(door);
    authenticate(&house.app, &assertion(&house, &key, "first")).await.expect("it is good");
    assert_eq!(window.asked(), 1);
}

#[tokio::test]
async fn keys_that_can_be_read_no_more_are_forgotten_after_an_hour() {
    let (house, window, key) = furnished().await;
    authenticate(&house.app, &assertion(&house, &key, "first")).await.expect("it is good");
    window.publish(json!("out of order"));
    house.pass(1800);
    authenticate(&house.app, &assertion(&house, &key, "first")).await.expect("it is still known");
    house.pass(1810);
    assert!(refused(&house.app, &assertion(&house, &key, "first")).await);
}

#[tokio::test]
async fn keys_on_a_private_address_are_not_fetched() {
    let key = new_key();
    let window = Window::open(&key, "first").await;
    let house = House::open().await;
    window.register(&house.app, "window").await;
    assert!(refused(&house.app, &assertion(&house, &key, "first")).await);
    assert_eq!(window.asked(), 0);
}
