//! Clients that register themselves: what their token bounds, on all nodes and in time, and what brings them out of
//! production again.

use pearlbridge::app::App;
use pearlbridge::audit::Circumstance;
use pearlbridge::clock::DAY;
use pearlbridge::oidc::registration::{Error, Registered, Result};
use pearlbridge::store::client::{Client, Stage};
use pearlbridge::store::initial_access_token::InitialAccessToken;
use serde_json::{Map, Value, json};

use crate::house::House;

/// A token of `maker`'s for so many clients, for a day.
async fn admission(house: &House, stage: Stage, uses_left: i64) -> String {
    let now = house.app.clock.now();
    let token = InitialAccessToken {
        id: pearlbridge::id::new_id(),
        maker: "li".to_owned(),
        stage,
        scopes: "openid profile".to_owned(),
        sector: None,
        pkce_optional: false,
        uses_left,
        expires_at: now + DAY,
    };
    house.app.provider.admit(token, Circumstance::operator(now)).await.expect("it is made")
}

fn metadata(more: Value) -> Map<String, Value> {
    let mut metadata =
        json!({"redirect_uris": ["https://rp.example/callback"]}).as_object().cloned().expect("an object");
    metadata.extend(more.as_object().cloned().expect("an object"));
    metadata
}

async fn register(app: &App, token: &str) -> Result<Registered> {
    app.provider.register_itself(token, metadata(json!({})), "192.0.2.1").await
}

/// What the client is told, and its id and token.
fn told(registered: &Registered) -> (Value, String, String) {
    let value = registered.to_json("https://op.example");
    let text = |name: &str| value[name].as_str().expect("a text").to_owned();
    let (id, token) = (text("client_id"), text("registration_access_token"));
    (value, id, token)
}

async fn client(house: &House, id: &str) -> Client {
    house.app.provider.client(id).await.expect("the database answers").expect("it is there")
}

#[tokio::test]
async fn a_token_registers_as_many_clients_as_it_is_for_on_all_nodes_together() {
    let house = House::open().await;
    let other = house.second().await;
    let token = admission(&house, Stage::Sandbox, 3).await;
    let nodes = [&house.app, &other, &house.app, &other, &house.app, &other];
    let tries = nodes.map(|app| register(app, &token));
    let done = futures_util::future::join_all(tries).await;
    let refused = done.iter().filter(|done| matches!(done, Err(Error::Token))).count();
    assert_eq!((done.iter().filter(|done| done.is_ok()).count(), refused), (3, 3));
    assert!(matches!(register(&house.app, &token).await, Err(Error::Token)));
}

#[tokio::test]
async fn a_token_that_has_run_out_registers_nobody_and_its_clients_stay() {
    let house = House::open().await;
    let token = admission(&house, Stage::Sandbox, 5).await;
    let registered = register(&house.app, &token).await.expect("it counts");
    let (_, id, own) = told(&registered);
    house.pass(DAY / 1_000_000 + 1);
    assert!(matches!(register(&house.app, &token).await, Err(Error::Token)));
    let change = metadata(json!({"client_id": id, "client_name": "Still here"}));
    let changed = house.app.provider.change_registration(&id, &own, change, "").await.expect("its own token counts");
    assert_eq!(told(&changed).0["client_name"], "Still here");
}

#[tokio::test]
async fn a_client_that_changes_itself_leaves_production_until_it_is_approved_again() {
    let house = House::open().await;
    let provider = &house.app.provider;
    for (stage, waits) in [(Stage::Sandbox, false), (Stage::Pending, true)] {
        let token = admission(&house, stage, 1).await;
        let registered = register(&house.app, &token).await.expect("it counts");
        let (_, id, own) = told(&registered);
        let operator = || Circumstance::operator(house.app.clock.now());
        for (approver, revision) in [("li", 1), ("wong", 2)] {
            let refused = provider.approve_client(&id, approver, revision, operator()).await;
            assert!(matches!(refused, Err(Error::NotApproved { .. })), "{refused:?}");
        }
        provider.approve_client(&id, "wong", 1, operator()).await.expect("another person approves");

        let same = metadata(json!({"client_id": id}));
        provider.change_registration(&id, &own, same, "").await.expect("nothing is changed");
        assert_eq!(client(&house, &id).await.stage, Stage::Production);
        let moved = metadata(json!({"client_id": id, "redirect_uris": ["https://rp.example/elsewhere"]}));
        provider.change_registration(&id, &own, moved, "").await.expect("it may change itself");
        let now = client(&house, &id).await;
        assert_eq!((now.stage, now.disabled_at.is_some()), (stage, waits));
        // What an approver has seen is not what it is now.
        assert!(provider.approve_client(&id, "wong", 3, operator()).await.is_err());
        provider.approve_client(&id, "wong", 4, operator()).await.expect("as it is now");
        assert!(client(&house, &id).await.disabled_at.is_none());
    }
}

#[tokio::test]
async fn a_client_that_removed_itself_or_was_disabled_manages_nothing() {
    let house = House::open().await;
    let provider = &house.app.provider;
    let token = admission(&house, Stage::Sandbox, 2).await;
    let (_, id, own) = told(&register(&house.app, &token).await.expect("it counts"));
    let operator = || Circumstance::operator(house.app.clock.now());
    provider.set_client_enabled(&id, false, operator()).await.expect("it is there");
    assert!(matches!(provider.registration(&id, &own).await, Err(Error::Forbidden)));
    provider.set_client_enabled(&id, true, operator()).await.expect("it is there");
    provider.remove_registration(&id, &own, "").await.expect("it is its own");
    assert!(matches!(provider.registration(&id, &own).await, Err(Error::Token)));
    let gone = client(&house, &id).await;
    assert_eq!((gone.stage, gone.disabled_at.is_some()), (Stage::Deleted, true));
    assert!(!provider.set_client_enabled(&id, true, operator()).await.expect("it is there"), "for good");
    assert!(provider.approve_client(&id, "wong", 1, operator()).await.is_err());
}
