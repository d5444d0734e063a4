//! A pushed request waits a minute and a half for its browser, and leads to one code, however long the login takes.

use pearlbridge::audit::Circumstance;
use pearlbridge::identity::session::SignedIn;
use pearlbridge::oidc::Error;
use pearlbridge::oidc::authorize::{Decision, Parameters, Unredirectable};
use pearlbridge::oidc::client::Credentials;
use pearlbridge::store::client::{AuthMethod, Change, Client, DEVICE_CODE};
use pki::oid;

use crate::house::{Asked, House};

const POLICY: &str = "1.3.6.1.4.1.32473.1.1";

async fn furnished() -> (House, SignedIn) {
    let house = House::open().await;
    let partner = house.partner("hk-ecert-personal", "HK", POLICY).await;
    let subject = [(oid::COUNTRY, "HK"), (oid::ORGANIZATIONAL_UNIT, "1000000001"), (oid::COMMON_NAME, "CHAN Tai Man")];
    let asked = Asked { subject: &subject, policy: Some(POLICY), ..Asked::default() };
    let signed_in = house.sign_in(&partner.leaf(asked, house.now())).await;
    let client = Client {
        names: [("en".to_owned(), "A window".to_owned())].into(),
        redirect_uris: vec!["https://window.example/callback".to_owned()],
        auth_method: AuthMethod::None,
        ..Client::new("window")
    };
    house.app.provider.register(client, Circumstance::operator(house.app.clock.now())).await.expect("a good record");
    (house, signed_in)
}

fn parameters(pairs: &[(&str, &str)]) -> Parameters {
    let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Parameters::new(pairs).expect("each once")
}

async fn push(house: &House) -> Parameters {
    let request = parameters(&[
        ("redirect_uri", "https://window.example/callback"),
        ("response_type", "code"),
        ("scope", "openid"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_challenge_method", "S256"),
    ]);
    let credentials = Credentials { client_id: Some("window".to_owned()), ..Credentials::default() };
    let pushed = house.app.provider.push(&request, &credentials).await.expect("it is taken");
    assert_eq!(pushed.expires_in, 90);
    parameters(&[("client_id", "window"), ("request_uri", &pushed.request_uri)])
}

#[tokio::test]
async fn a_pushed_request_that_no_browser_came_for_is_over_after_its_time() {
    let (house, _) = furnished().await;
    let name = push(&house).await;
    house.pass(89);
    house.app.provider.receive(&name).await.expect("the database answers").expect("it is there");
    house.pass(2);
    let gone = house.app.provider.receive(&name).await.expect("the database answers");
    assert!(matches!(gone, Err(Unredirectable::BadRequestUri)), "{gone:?}");
}

#[tokio::test]
async fn a_login_that_takes_longer_still_gets_its_code_and_no_second_one() {
    let (house, signed_in) = furnished().await;
    let (provider, name) = (&house.app.provider, push(&house).await);
    // Two tabs, and a login asked for in each: a public client gets nothing without one.
    let mut begun = Vec::new();
    for _ in 0..2 {
        let received = provider.receive(&name).await.expect("the database answers").expect("it is there");
        match provider.decide(received, None).await.expect("it is decided") {
            Decision::Login(request) => begun.push(request),
            Decision::Choose(_) => panic!("nobody acts for a company"),
            Decision::Answer(to) => panic!("it leads to {to:?}"),
        }
    }
    house.pass(600);
    let mut codes = Vec::new();
    for request in begun {
        let (client, request) = provider.hold(request).await.expect("the database answers").expect("it stands");
        codes.push(provider.issue_code(&client, &request, &signed_in).await);
    }
    assert!(codes[0].as_ref().is_ok_and(|to| to.address().contains("code=")), "{codes:?}");
    assert!(matches!(&codes[1], Err(Error::InvalidRequest(why)) if why.contains("request_uri")), "{codes:?}");
}

#[tokio::test]
async fn a_client_that_lost_the_code_flow_while_the_login_lasted_gets_no_code() {
    let (house, signed_in) = furnished().await;
    let (provider, name) = (&house.app.provider, push(&house).await);
    let received = provider.receive(&name).await.expect("the database answers").expect("it is there");
    let Decision::Login(request) = provider.decide(received, None).await.expect("it is decided") else {
        panic!("a public client gets nothing without a login")
    };
    let grants = [("grant_types".to_owned(), serde_json::json!([DEVICE_CODE]))];
    let change = Change { security: grants.into_iter().collect(), ..Change::default() };
    let operator = Circumstance::operator(house.app.clock.now());
    provider.change_client("window", change, operator).await.expect("a good record");
    let (client, request) = provider.hold(request).await.expect("the database answers").expect("it stands");
    let to = provider.issue_code(&client, &request, &signed_in).await.expect("the database answers");
    let to = to.address();
    assert!(to.contains("error=unauthorized_client") && !to.contains("code="), "{to}");
}
