//! A client whose tokens must be bound from now on, and one that is disabled at the moment it asks.

use pearlbridge::audit::Circumstance;
use pearlbridge::oidc::Error;
use pearlbridge::oidc::authorize::Parameters;
use pearlbridge::oidc::client::Credentials;
use pearlbridge::oidc::token::Tokens;
use pearlbridge::store::binding::Binding;
use pearlbridge::store::client::{AuthMethod, Change, Client, Security};
use pearlbridge::store::client_token::ClientToken;
use pearlbridge::store::{self};
use serde_json::{Value, json};

use crate::house::House;
use crate::support::events;

async fn furnished() -> (House, Credentials) {
    let house = House::open().await;
    let security = Security { grant_types: vec!["client_credentials".to_owned()], ..Security::default() };
    let client = Client {
        names: [("en".to_owned(), "A program".to_owned())].into(),
        auth_method: AuthMethod::Post,
        scopes: "records:read".to_owned(),
        security,
        ..Client::new("program")
    };
    let registered = house.app.provider.register(client, operator(&house)).await;
    let credentials = Credentials {
        client_id: Some("program".to_owned()),
        client_secret: registered.expect("a good record"),
        ..Credentials::default()
    };
    (house, credentials)
}

fn operator(house: &House) -> Circumstance<'static> {
    Circumstance::operator(house.app.clock.now())
}

fn parameters(name: &str, value: &str) -> Parameters {
    Parameters::new([(name.to_owned(), value.to_owned())]).expect("each once")
}

async fn token(house: &House, credentials: &Credentials) -> Result<Tokens, Error> {
    house.app.provider.exchange(&parameters("grant_type", "client_credentials"), credentials).await
}

async fn is_active(house: &House, credentials: &Credentials, tokens: &Tokens) -> bool {
    let told = house.app.provider.introspect(&parameters("token", &tokens.access_token), credentials).await;
    told.expect("it may ask").into_json()["active"] == true
}

async fn require_binding(house: &House, required: bool) {
    let security = json!({"dpop_bound_access_tokens": required});
    let change = Change { security: security.as_object().cloned().expect("an object"), ..Change::default() };
    house.app.provider.change_client("program", change, operator(house)).await.expect("it is changed");
}

#[tokio::test]
async fn a_client_that_is_held_to_bound_tokens_loses_those_that_anybody_could_use() {
    let (house, credentials) = furnished().await;
    let before = token(&house, &credentials).await.expect("a token");
    assert!(is_active(&house, &credentials, &before).await);
    require_binding(&house, true).await;
    assert!(!is_active(&house, &credentials, &before).await);
    let refused = token(&house, &credentials).await;
    assert!(matches!(refused, Err(Error::InvalidDpopProof(_))), "{refused:?}");

    // One that was under way when the record changed.
    let late = pearlbridge::id::new_secret();
    let (hash, row) = (pearlbridge::id::digest(&late), row(&house));
    assert!(insert(&house, hash, row).await);
    let late = Tokens { access_token: late, ..before.clone() };
    assert!(!is_active(&house, &credentials, &late).await);

    require_binding(&house, false).await;
    assert!(!is_active(&house, &credentials, &before).await, "what anybody could have used does not come back");
}

fn row(house: &House) -> ClientToken {
    ClientToken {
        client_id: "program".to_owned(),
        scope: "records:read".to_owned(),
        resources: String::new(),
        expires_at: house.app.clock.now() + 600_000_000,
        binding: Binding::default(),
    }
}

async fn insert(house: &House, hash: Vec<u8>, row: ClientToken) -> bool {
    let written: store::Result<bool> = house
        .app
        .store
        .write(move |tx| Box::pin(async move { store::client_token::insert(tx, &hash, &row).await }))
        .await;
    written.expect("the database answers")
}

#[tokio::test]
async fn a_token_that_comes_after_its_client_is_disabled_is_not_written() {
    let (house, credentials) = furnished().await;
    house.app.provider.set_client_enabled("program", false, operator(&house)).await.expect("it is disabled");
    assert!(!insert(&house, vec![1; 32], row(&house)).await);
    house.app.provider.set_client_enabled("program", true, operator(&house)).await.expect("it is enabled");
    token(&house, &credentials).await.expect("a token");
    let told = events(&house.app, "client_token_issued").await;
    assert_eq!(told, [json!({"client": "program", "scope": "records:read"})] as [Value; 1]);
}
