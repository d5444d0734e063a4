//! The modules of the FAPI 2.0 plan that wait for something to run out, over rooms whose time the test moves.

use pearlbridge::audit::Circumstance;
use pearlbridge::identity::session::SignedIn;
use pearlbridge::oidc::authorize::{Decision, Parameters, Unredirectable};
use pearlbridge::oidc::client::Credentials;
use pearlbridge::oidc::{Error, Result};
use pearlbridge::store::client::{AuthMethod, Client};
use pki::oid;

use crate::house::{Asked, House};

const POLICY: &str = "1.3.6.1.4.1.32473.1.1";
const CALLBACK: &str = "https://window.example/callback";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

async fn furnished() -> (House, SignedIn) {
    let house = House::open().await;
    let partner = house.partner("hk-ecert-personal", "HK", POLICY).await;
    let subject = [(oid::COUNTRY, "HK"), (oid::ORGANIZATIONAL_UNIT, "1000000001"), (oid::COMMON_NAME, "CHAN Tai Man")];
    let asked = Asked { subject: &subject, policy: Some(POLICY), ..Asked::default() };
    let signed_in = house.sign_in(&partner.leaf(asked, house.now())).await;
    let client = Client {
        names: [("en".to_owned(), "A window".to_owned())].into(),
        redirect_uris: vec![CALLBACK.to_owned()],
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

fn credentials() -> Credentials {
    Credentials { client_id: Some("window".to_owned()), ..Credentials::default() }
}

/// The name of a request that is pushed now.
async fn push(house: &House) -> Parameters {
    let request = parameters(&[
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    let pushed = house.app.provider.push(&request, &credentials()).await.expect("it is taken");
    parameters(&[("client_id", "window"), ("request_uri", &pushed.request_uri)])
}

/// A code that is issued now.
async fn code(house: &House, signed_in: &SignedIn) -> String {
    let provider = &house.app.provider;
    let received = provider.receive(&push(house).await).await.expect("the database answers").expect("it is there");
    let Decision::Login(request) = provider.decide(received, None).await.expect("it is decided") else {
        panic!("nobody was signed in")
    };
    let (client, request) = provider.hold(request).await.expect("the database answers").expect("it stands");
    let to = provider.issue_code(&client, &request, signed_in).await.expect("a code is issued");
    let to = url::Url::parse(to.address()).expect("an address");
    to.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned()
}

async fn redeem(house: &House, code: &str) -> Result<()> {
    let fields =
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
    house.app.provider.exchange(&parameters(&fields), &credentials()).await.map(drop)
}

#[tokio::test]
async fn fapi2_security_profile_final_ensure_token_endpoint_fails_with_expired_auth_code() {
    let (house, signed_in) = furnished().await;
    let (early, late) = (code(&house, &signed_in).await, code(&house, &signed_in).await);
    house.pass(55);
    redeem(&house, &early).await.expect("it counts for a minute");
    house.pass(10);
    let refused = redeem(&house, &late).await;
    assert!(matches!(refused, Err(Error::InvalidGrant(_))), "{refused:?}");
}

#[tokio::test]
async fn fapi2_security_profile_final_par_attempt_to_use_expired_request_uri() {
    let (house, _) = furnished().await;
    let name = push(&house).await;
    house.pass(600);
    let gone = house.app.provider.receive(&name).await.expect("the database answers");
    assert!(matches!(gone, Err(Unredirectable::BadRequestUri)), "{gone:?}");
}
