//! What a person is told of, and what ends by itself: a certificate on a list, a device that nobody knows, a hall that is shown out.

use pearlbridge::audit::Circumstance;
use pearlbridge::identity::Origin;
use pearlbridge::identity::login::Entered;
use pearlbridge::job;
use pearlbridge::store::client::{AuthMethod, Client};
use pki::{Certificate, Time, oid};

use crate::house::{Asked, House, Partner, origin};
use crate::support::events;

const POLICY: &str = "1.3.6.1.4.1.32473.1.1";

async fn furnished() -> (House, Partner, Certificate) {
    let house = House::open().await;
    let partner = house.partner("hk-ecert-personal", "HK", POLICY).await;
    let subject = [(oid::COUNTRY, "HK"), (oid::ORGANIZATIONAL_UNIT, "1000000001"), (oid::COMMON_NAME, "CHAN Tai Man")];
    let leaf = partner.leaf(Asked { subject: &subject, policy: Some(POLICY), ..Asked::default() }, house.now());
    (house, partner, leaf)
}

#[tokio::test]
async fn a_partners_list_that_names_a_certificate_ends_what_it_opened_at_the_next_turn() {
    let (house, partner, leaf) = furnished().await;
    let signed_in = house.sign_in(&leaf).await;
    job::sweep(&house.app).await.expect("it sweeps");
    let live = async || {
        let mut connection = house.app.store.read().await.expect("the database can be read");
        let now = house.app.clock.now();
        pearlbridge::store::session::is_live(&mut connection, &signed_in.session.id, now).await.expect("it answers")
    };
    assert!(live().await);
    let (from, until) = (house.now(), Time(house.now().0 + 365 * 86_400));
    house.pass(60);
    let list = partner.list(2, (Time(from.0 + 30), until), &[leaf.serial()]);
    house.keep("http://hk-ecert-personal.example/list.crl", &list).await;
    job::sweep(&house.app).await.expect("it sweeps");
    assert!(!live().await);
    let ended = events(&house.app, "session_ended").await;
    assert_eq!(ended[0]["why"], "credential_revoked");
}

#[tokio::test]
async fn a_list_that_names_the_certificate_before_a_renewal_ends_what_that_one_opened() {
    let (house, partner, before) = furnished().await;
    let subject = [(oid::COUNTRY, "HK"), (oid::ORGANIZATIONAL_UNIT, "1000000001"), (oid::COMMON_NAME, "CHAN Tai Man")];
    let after = partner.leaf(Asked { subject: &subject, policy: Some(POLICY), ..Asked::default() }, house.now());
    let (first, second) = (house.sign_in(&before).await, house.sign_in(&after).await);
    assert_eq!(first.person.id, second.person.id);
    let (from, until) = (house.now(), Time(house.now().0 + 365 * 86_400));
    house.pass(60);
    let list = partner.list(2, (Time(from.0 + 30), until), &[before.serial()]);
    house.keep("http://hk-ecert-personal.example/list.crl", &list).await;
    job::sweep(&house.app).await.expect("it sweeps");
    let mut connection = house.app.store.read().await.expect("the database can be read");
    for (session, lives) in [(&first.session.id, false), (&second.session.id, true)] {
        let now = house.app.clock.now();
        let found = pearlbridge::store::session::is_live(&mut connection, session, now).await;
        assert_eq!(found.expect("it answers"), lives);
    }
}

#[tokio::test]
async fn each_state_of_trust_is_looked_at_until_all_has_ended_and_once_more() {
    let (house, ..) = furnished().await;
    let looked = async || house.app.identity.revoked().await.expect("the database answers");
    let found = looked().await.expect("a state that nobody looked at");
    assert!(looked().await.is_some(), "what was found may not have ended");
    house.app.identity.note_ended(&found);
    let again = looked().await.expect("a login by the state before may have ended after it");
    house.app.identity.note_ended(&again);
    assert!(looked().await.is_none());
}

async fn sign_in_from(house: &House, leaf: &Certificate, address: &str, agent: &str) {
    let attempt = house.attempt().await;
    let proof = house.prove(&attempt, leaf).await;
    let origin = Origin { address: address.to_owned(), agent: agent.to_owned() };
    let entered = house.app.identity.enter(&attempt, proof, None, &origin).await.expect("it goes on");
    assert!(matches!(entered, Entered::Session(_)));
}

#[tokio::test]
async fn a_login_from_a_device_or_place_that_nobody_knows_is_told() {
    let (house, _, leaf) = furnished().await;
    house.sign_in(&leaf).await;
    let told = async || events(&house.app, "unfamiliar_sign_in").await.len();
    assert_eq!(told().await, 0, "the first login is nobody's surprise");
    let agent = origin().agent;
    sign_in_from(&house, &leaf, "192.0.2.1", &agent).await;
    sign_in_from(&house, &leaf, "192.0.77.9", &agent).await;
    assert_eq!(told().await, 0, "the same device in the same part of the world");
    sign_in_from(&house, &leaf, "192.0.2.1", "Mozilla/5.0 (X11; Linux) Chrome/121.0").await;
    assert_eq!(told().await, 1, "another device");
    sign_in_from(&house, &leaf, "192.0.2.1", "Mozilla/5.0 (X11; Linux) Chrome/122.0.1").await;
    assert_eq!(told().await, 1, "its browser was updated");
    sign_in_from(&house, &leaf, "203.0.113.5", &agent).await;
    assert_eq!(told().await, 2, "another place");
}

#[tokio::test]
async fn neither_much_that_happens_nor_a_long_pause_hides_an_unfamiliar_login() {
    let (house, _, leaf) = furnished().await;
    let signed_in = house.sign_in(&leaf).await;
    sign_in_from(&house, &leaf, "203.0.113.5", &origin().agent).await;
    for _ in 0..60 {
        sign_in_from(&house, &leaf, "203.0.113.5", &origin().agent).await;
    }
    let told = async || house.app.identity.overview(&signed_in.person).await.expect("it answers").unfamiliar.len();
    assert_eq!(told().await, 1);
    house.pass(181 * 86_400);
    job::purge(&house.app).await.expect("what is old is forgotten");
    house.app.repair().await.expect("the bridge certifies the partner again");
    assert_eq!(told().await, 0);
    sign_in_from(&house, &leaf, "203.0.113.5", &origin().agent).await;
    assert_eq!(told().await, 1, "nobody remembers the place");
}

#[tokio::test]
async fn a_hall_that_is_shown_out_has_no_access_left() {
    let (house, _, leaf) = furnished().await;
    let signed_in = house.sign_in(&leaf).await;
    let provider = &house.app.provider;
    let client = Client {
        redirect_uris: vec!["https://tax.example/cb".to_owned()],
        names: [("en".to_owned(), "A tax window".to_owned())].into(),
        auth_method: AuthMethod::None,
        ..Client::new("tax")
    };
    provider.register(client, Circumstance::operator(house.app.clock.now())).await.expect("a good record");
    let client = provider.client("tax").await.expect("the database answers").expect("it is there");
    let request = serde_json::from_value(serde_json::json!({
        "client_id": "tax", "redirect_uri": "https://tax.example/cb", "scope": "openid", "state": null, "nonce": null,
        "code_challenge": "x", "level": 2, "max_age": null, "silent": false, "force_login": false, "login_hint": null,
        "ui_locales": null,
    }));
    provider.issue_code(&client, &request.expect("a request"), &signed_in).await.expect("a code");
    let person = &signed_in.person.id;
    assert_eq!(provider.halls_with_access(person).await.expect("the database answers"), ["tax"]);
    assert_eq!(provider.show_out("tax", person, &origin()).await.expect("the database answers"), 1);
    assert!(provider.halls_with_access(person).await.expect("the database answers").is_empty());
    assert_eq!(provider.show_out("tax", person, &origin()).await.expect("the database answers"), 0);
    assert_eq!(events(&house.app, "hall_shown_out").await.len(), 1);
}
