//! Codes of devices as time passes, guessed, and decided on twice.

use pearlbridge::audit::Circumstance;
use pearlbridge::identity::session::SignedIn;
use pearlbridge::oidc::authorize::Parameters;
use pearlbridge::oidc::client::Credentials;
use pearlbridge::oidc::device::{Begun, Typed};
use pearlbridge::oidc::dpop::Shown;
use pearlbridge::oidc::token::Tokens;
use pearlbridge::oidc::{Error, Result};
use pearlbridge::store::client::{AuthMethod, Client, DEVICE_CODE, Security};
use pearlbridge::store::device_request::DeviceRequest;
use pki::oid;

use crate::house::{Asked, House, origin};
use crate::support::events;

const POLICY: &str = "1.3.6.1.4.1.32473.1.1";

struct Scene {
    house: House,
    signed_in: SignedIn,
}

impl Scene {
    async fn set() -> Self {
        let house = House::open().await;
        let partner = house.partner("hk-ecert-personal", "HK", POLICY).await;
        let subject =
            [(oid::COUNTRY, "HK"), (oid::ORGANIZATIONAL_UNIT, "1000000001"), (oid::COMMON_NAME, "CHAN Tai Man")];
        let asked = Asked { subject: &subject, policy: Some(POLICY), ..Asked::default() };
        let signed_in = house.sign_in(&partner.leaf(asked, house.now())).await;
        let client = Client {
            names: [("en".to_owned(), "A kiosk".to_owned())].into(),
            auth_method: AuthMethod::None,
            security: Security { grant_types: vec![DEVICE_CODE.to_owned()], ..Security::default() },
            ..Client::new("kiosk")
        };
        let operator = Circumstance::operator(house.app.clock.now());
        house.app.provider.register(client, operator).await.expect("a good record");
        Self { house, signed_in }
    }

    fn credentials() -> Credentials {
        Credentials { client_id: Some("kiosk".to_owned()), ..Credentials::default() }
    }

    async fn begin(&self) -> Begun {
        let asked = parameters(&[("scope", "openid")]);
        self.house.app.provider.begin_device(&asked, &Self::credentials()).await.expect("it begins")
    }

    async fn ask(&self, begun: &Begun) -> Result<Tokens> {
        let fields = parameters(&[("grant_type", DEVICE_CODE), ("device_code", &begun.device_code)]);
        self.house.app.provider.exchange(&fields, &Self::credentials()).await
    }

    async fn typed(&self, code: &str) -> Typed {
        self.house.app.provider.typed(code, &self.signed_in, &origin()).await.expect("the database answers")
    }

    async fn waiting(&self, begun: &Begun) -> DeviceRequest {
        match self.typed(&begun.user_code).await {
            Typed::Waiting(found) => found.1,
            other => panic!("{other:?}"),
        }
    }
}

fn parameters(pairs: &[(&str, &str)]) -> Parameters {
    Parameters::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))).expect("each once")
}

fn code_of(answer: Result<Tokens>) -> &'static str {
    answer.err().map_or("tokens", |error| error.code())
}

#[tokio::test]
async fn a_code_is_over_after_ten_minutes_for_the_device_and_for_the_person() {
    let scene = Scene::set().await;
    let begun = scene.begin().await;
    scene.house.pass(599);
    let request = scene.waiting(&begun).await;
    scene.house.pass(2);
    assert!(matches!(scene.typed(&begun.user_code).await, Typed::Unknown));
    let decided = scene.house.app.provider.decide_device(&request, &scene.signed_in, false, &origin()).await;
    assert!(!decided.expect("the database answers"));
    assert_eq!(code_of(scene.ask(&begun).await), "expired_token");
}

#[tokio::test]
async fn a_device_that_asks_too_often_has_to_wait_longer_each_time() {
    let scene = Scene::set().await;
    let begun = scene.begin().await;
    assert_eq!(code_of(scene.ask(&begun).await), "authorization_pending");
    scene.house.pass(4);
    assert_eq!(code_of(scene.ask(&begun).await), "slow_down");
    scene.house.pass(9);
    assert_eq!(code_of(scene.ask(&begun).await), "slow_down", "ten seconds since then");
    scene.house.pass(15);
    assert_eq!(code_of(scene.ask(&begun).await), "authorization_pending");
}

#[tokio::test]
async fn whoever_guesses_codes_has_to_wait() {
    let scene = Scene::set().await;
    let begun = scene.begin().await;
    for _ in 0..10 {
        assert!(matches!(scene.typed("BCDF-GHJK").await, Typed::Unknown));
    }
    assert!(matches!(scene.typed(&begun.user_code).await, Typed::TooMany { wait_seconds: 1..=900 }));
    assert!(matches!(scene.typed("BCDF-GHJK").await, Typed::TooMany { .. }));
    let told = events(&scene.house.app, "device_code_wrong").await;
    let throttled: Vec<_> = told.iter().map(|event| event["throttled"] == true).collect();
    assert_eq!((throttled.len(), throttled[10]), (11, true), "each that was looked at, and that no more are: {told:?}");
    scene.house.pass(901);
    let again = scene.begin().await;
    scene.waiting(&again).await;
}

/// The id of a public client is known to everybody.
#[tokio::test]
async fn whoever_begins_for_many_devices_has_to_wait_and_others_have_not() {
    let scene = Scene::set().await;
    let asked = parameters(&[("scope", "openid")]);
    let begin = async |address: &str| {
        let credentials = Credentials { address: address.to_owned(), ..Scene::credentials() };
        scene.house.app.provider.begin_device(&asked, &credentials).await
    };
    for _ in 0..60 {
        begin("192.0.2.1").await.expect("a house full of devices");
    }
    assert!(matches!(begin("192.0.2.1").await, Err(Error::TooMany)));
    begin("192.0.2.2").await.expect("a neighbour");
    scene.house.pass(1);
    begin("192.0.2.1").await.expect("one a second");
    assert!(matches!(begin("192.0.2.1").await, Err(Error::TooMany)));
}

#[tokio::test]
async fn a_device_is_decided_on_once_and_its_tokens_end_with_the_session() {
    let scene = Scene::set().await;
    let (provider, begun) = (&scene.house.app.provider, scene.begin().await);
    let request = scene.waiting(&begun).await;
    let here = origin();
    let (one, other) = tokio::join!(
        provider.decide_device(&request, &scene.signed_in, true, &here),
        provider.decide_device(&request, &scene.signed_in, true, &here)
    );
    assert!(one.is_ok_and(|decided| decided) != other.is_ok_and(|decided| decided));
    assert_eq!(events(&scene.house.app, "device_let_in").await.len(), 1);

    let tokens = scene.ask(&begun).await.expect("it is let in");
    assert_eq!(tokens.refresh_token, None, "the client is not registered with refresh_token");
    provider.userinfo(&tokens.access_token, &Shown::default()).await.expect("the session lives");
    let session = &scene.signed_in.session;
    let system = pearlbridge::audit::Actor::System;
    provider.end_session(&session.id, &session.person_id, "signed_out", &system, "").await.expect("it ends");
    let refused = provider.userinfo(&tokens.access_token, &Shown::default()).await;
    assert!(matches!(refused, Err(Error::InvalidToken(_))), "{refused:?}");
}

#[tokio::test]
async fn a_browser_that_was_left_open_lets_no_device_in_and_may_refuse_it() {
    let scene = Scene::set().await;
    scene.house.pass(601);
    let (begun, provider) = (scene.begin().await, &scene.house.app.provider);
    let request = scene.waiting(&begun).await;
    let decided = provider.decide_device(&request, &scene.signed_in, true, &origin()).await;
    assert!(!decided.expect("the database answers"), "the session was proved ten minutes ago");
    assert_eq!(code_of(scene.ask(&begun).await), "authorization_pending");
    let decided = provider.decide_device(&request, &scene.signed_in, false, &origin()).await;
    assert!(decided.expect("the database answers"));
    assert_eq!(code_of(scene.ask(&begun).await), "access_denied");
}

#[tokio::test]
async fn a_device_code_that_comes_again_later_is_told_as_stolen() {
    let scene = Scene::set().await;
    let (begun, provider) = (scene.begin().await, &scene.house.app.provider);
    let request = scene.waiting(&begun).await;
    provider.decide_device(&request, &scene.signed_in, true, &origin()).await.expect("it is let in");
    scene.ask(&begun).await.expect("tokens");
    scene.house.pass(601);
    assert_eq!(code_of(scene.ask(&begun).await), "invalid_grant");
    let stolen = events(&scene.house.app, "token_reused").await;
    assert_eq!(stolen.len(), 1, "{stolen:?}");
}
