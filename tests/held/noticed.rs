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
