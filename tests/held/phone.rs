//! A phone that lets a login on another screen in; and sessions at a kiosk.

use pearlbridge::audit::Circumstance;
use pearlbridge::identity::phone::{Answered, Question, Standing};
use pearlbridge::identity::session::{Opened, SignedIn};
use pearlbridge::identity::{Error, Origin, Result};
use pearlbridge::store::attempt::{Attempt, AuthorizationRequest, Destination};
use pearlbridge::store::client::{Client, Security};
use pki::oid;

use crate::house::{Asked, BROWSER, House, Partner, origin};
use crate::support::browser::Browser;
use crate::support::client;
use crate::support::demo::Demo;
use crate::support::events;

const POLICY: &str = "1.3.6.1.4.1.32473.1.1";

/// A phone that is signed in, at level 5; and a screen in another network.
struct Scene {
    house: House,
    partner: Partner,
    phone: SignedIn,
}

fn screen() -> Origin {
    Origin { address: "198.51.100.7".to_owned(), agent: "a screen".to_owned() }
}

async fn sign_in(house: &House, partner: &Partner, number: &str, name: &str) -> SignedIn {
    let subject = [(oid::COUNTRY, "HK"), (oid::ORGANIZATIONAL_UNIT, number), (oid::COMMON_NAME, name)];
    let leaf = partner.leaf(Asked { subject: &subject, policy: Some(POLICY), ..Asked::default() }, house.now());
    house.sign_in(&leaf).await
}

impl Scene {
    async fn set() -> Self {
        let house = House::open().await;
        let partner = house.partner("hk-ecert-personal", "HK", POLICY).await;
        let phone = sign_in(&house, &partner, "1000000001", "CHAN Tai Man").await;
        Self { house, partner, phone }
    }

    /// What the screen shows: the secret in the picture, and the number.
    async fn shown(&self, attempt: &Attempt) -> (String, i64, Standing) {
        let shown = self.house.app.identity.phone_screen(attempt, &screen()).await.expect("the database answers");
        let secret = shown.address.rsplit('/').next().expect("an address").to_owned();
        (secret, shown.number, shown.standing)
    }

    async fn read_by(&self, secret: &str, phone: &SignedIn) -> Option<Question> {
        self.house
            .app
            .identity
            .phone_question(secret, phone, "the phone's browser", &origin())
            .await
            .expect("the database answers")
    }

    async fn read(&self, secret: &str) -> Question {
        self.read_by(secret, &self.phone).await.expect("it waits")
    }

    async fn answer(&self, question: &Question, number: Option<i64>) -> Answered {
        let answered = self.house.app.identity.answer_phone(question, number, &self.phone, &origin()).await;
        answered.expect("the database answers")
    }

    async fn enter(&self, attempt: &Attempt) -> Result<Opened> {
        self.house.app.identity.enter_by_phone(attempt, None, &screen()).await
    }
}

#[tokio::test]
async fn a_phone_lets_a_screen_in_once_and_no_higher_than_the_settings_say() {
    let scene = Scene::set().await;
    let attempt = scene.house.attempt().await;
    let (secret, number, standing) = scene.shown(&attempt).await;
    assert_eq!(standing, Standing::Waiting);
    assert!(matches!(scene.enter(&attempt).await, Err(Error::AttemptGone)), "nobody has let it in");
    let question = scene.read(&secret).await;
    assert!(question.login.choices.contains(&number) && !question.same_network);
    assert_eq!(scene.shown(&attempt).await.2, Standing::Opened);
    assert_eq!(scene.answer(&question, Some(number)).await, Answered::LetIn);
    assert_eq!(scene.answer(&question, Some(number)).await, Answered::Over, "once");

    let session = scene.enter(&attempt).await.expect("it is let in").session;
    assert_eq!((session.method.as_str(), session.level), ("phone", 3));
    assert_eq!(session.credential, scene.phone.session.credential, "it rests on what the phone's rests on");
    assert_eq!(session.fingerprint, scene.phone.session.fingerprint);
    assert!(matches!(scene.enter(&attempt).await, Err(Error::AttemptGone)), "once");
    assert_eq!(events(&scene.house.app, "screen_let_in").await[0]["screen"], "198.51.100.7");
}

#[tokio::test]
async fn a_wrong_number_and_a_refusal_are_final() {
    let scene = Scene::set().await;
    for wrong in [true, false] {
        let attempt = scene.house.attempt().await;
        let (secret, number, _) = scene.shown(&attempt).await;
        let question = scene.read(&secret).await;
        let other = question.login.choices.iter().copied().find(|choice| *choice != number);
        let expected = if wrong { Answered::WrongNumber } else { Answered::Refused };
        assert_eq!(scene.answer(&question, other.filter(|_| wrong)).await, expected);
        assert_eq!(scene.answer(&question, Some(number)).await, Answered::Over);
        assert_eq!(scene.shown(&attempt).await.2, Standing::Refused);
        assert!(matches!(scene.enter(&attempt).await, Err(Error::AttemptGone)));
        let new = scene.house.app.identity.new_phone_screen(&attempt, &screen()).await.expect("another");
        assert!(new.standing == Standing::Waiting && !new.address.ends_with(&secret));
    }
    assert_eq!(events(&scene.house.app, "screen_refused").await.len(), 2);
}

#[tokio::test]
async fn a_picture_counts_for_two_minutes_and_for_the_first_phone_that_reads_it() {
    let scene = Scene::set().await;
    let attempt = scene.house.attempt().await;
    let (secret, number, _) = scene.shown(&attempt).await;
    let question = scene.read(&secret).await;
    let other = sign_in(&scene.house, &scene.partner, "1000000002", "LEI Ka Ian").await;
    assert!(scene.read_by(&secret, &other).await.is_none(), "somebody looks over the shoulder");
    scene.house.pass(121);
    assert_eq!(scene.answer(&question, Some(number)).await, Answered::Over);
    assert_eq!(scene.shown(&attempt).await.2, Standing::Over);

    // Let in, but fetched too late.
    let late = scene.house.attempt().await;
    let (secret, number, _) = scene.shown(&late).await;
    assert_eq!(scene.answer(&scene.read(&secret).await, Some(number)).await, Answered::LetIn);
    scene.house.pass(121);
    assert!(matches!(scene.enter(&late).await, Err(Error::AttemptGone)));
}

#[tokio::test]
async fn a_phone_that_was_left_open_or_is_signed_out_lets_nobody_in() {
    let scene = Scene::set().await;
    let attempt = scene.house.attempt().await;
    let (secret, number, _) = scene.shown(&attempt).await;
    let question = scene.read(&secret).await;
    assert_eq!(scene.answer(&question, Some(number)).await, Answered::LetIn);
    let session = &scene.phone.session;
    let system = pearlbridge::audit::Actor::System;
    let ended = scene.house.app.provider.end_session(&session.id, &session.person_id, "signed_out", &system, "").await;
    assert!(ended.expect("the database answers"));
    assert!(matches!(scene.enter(&attempt).await, Err(Error::AttemptGone)), "signed out in between");

    let scene = Scene::set().await;
    scene.house.pass(601);
    let attempt = scene.house.attempt().await;
    let (secret, number, _) = scene.shown(&attempt).await;
    let question = scene.read(&secret).await;
    assert_eq!(scene.house.app.identity.phone_lacks(&question, &scene.phone.session), Some(2));
    let left_open = scene.house.app.identity.answer_phone(&question, Some(number), &scene.phone, &origin()).await;
    assert!(matches!(left_open, Err(Error::ProvedLongAgo)), "{left_open:?}");
    assert_eq!(scene.answer(&question, None).await, Answered::Refused, "to refuse, any session does");
}

#[tokio::test]
async fn what_a_phone_lets_in_is_as_old_as_its_own_login_and_changes_no_account() {
    let scene = Scene::set().await;
    let identity = &scene.house.app.identity;
    scene.house.pass(300);
    let attempt = scene.house.attempt().await;
    let (secret, number, _) = scene.shown(&attempt).await;
    let itself = identity.phone_question(&secret, &scene.phone, BROWSER, &screen()).await;
    assert!(itself.expect("the database answers").is_none(), "nobody lets themselves in");
    assert_eq!(scene.answer(&scene.read(&secret).await, Some(number)).await, Answered::LetIn);
    let session = scene.enter(&attempt).await.expect("it is let in").session;
    let phone = &scene.phone.session;
    assert_eq!((session.auth_time, session.expires_at), (phone.auth_time, phone.expires_at));

    // Neither does it add a way in that stays, nor does it let in another screen.
    let linking =
        identity.begin_linking(BROWSER, Destination::Page { path: "/account".to_owned(), level: 0 }, &session);
    assert_eq!(linking.await.expect("the database answers"), None);
    let another = scene.house.attempt().await;
    let (secret, ..) = scene.shown(&another).await;
    assert_eq!(identity.phone_lacks(&scene.read(&secret).await, &session), Some(2));
}

#[tokio::test]
async fn a_hall_that_asks_for_a_new_login_gets_one_on_the_phone() {
    let scene = Scene::set().await;
    let lacks = async |change: &dyn Fn(&mut AuthorizationRequest)| {
        let attempt = attempt_with(&scene.house, "hall", change).await;
        let (secret, ..) = scene.shown(&attempt).await;
        scene.house.app.identity.phone_lacks(&scene.read(&secret).await, &scene.phone.session)
    };
    scene.house.pass(300);
    assert_eq!(lacks(&|_| ()).await, None);
    assert_eq!(lacks(&|request| request.force_login = true).await, Some(2));
    assert_eq!(lacks(&|request| request.max_age = Some(299)).await, Some(2));
    assert_eq!(lacks(&|request| request.max_age = Some(301)).await, None);
}

/// A login that a client sent the browser to.
async fn attempt_of(house: &House, client: &str) -> Attempt {
    attempt_with(house, client, &|_| ()).await
}

async fn attempt_with(house: &House, client: &str, change: &dyn Fn(&mut AuthorizationRequest)) -> Attempt {
    let mut request: AuthorizationRequest = serde_json::from_value(serde_json::json!({
        "client_id": client, "redirect_uri": "https://kiosk.example/cb", "scope": "openid", "state": null,
        "nonce": null, "code_challenge": "x", "level": 2, "max_age": null, "silent": false, "force_login": false,
        "login_hint": null, "ui_locales": null,
    }))
    .expect("a request");
    change(&mut request);
    let identity = &house.app.identity;
    let id = identity.begin(BROWSER, Destination::Client(Box::new(request))).await.expect("an attempt begins");
    house.attempt_again(&id).await
}

#[tokio::test]
async fn a_session_at_a_kiosk_ends_soon_and_is_none_of_the_other_kind() {
    let scene = Scene::set().await;
    let client = Client {
        names: [("en".to_owned(), "A kiosk".to_owned())].into(),
        redirect_uris: vec!["https://kiosk.example/cb".to_owned()],
        security: Security { kiosk: true, ..Security::default() },
        ..Client::new("kiosk")
    };
    let (house, now) = (&scene.house, scene.house.app.clock.now());
    house.app.provider.register(client, Circumstance::operator(now)).await.expect("a good record");
    let attempt = attempt_of(house, "kiosk").await;
    let Destination::Client(request) = &attempt.destination else { panic!("it is a client's") };
    let kiosk = house.app.provider.client("kiosk").await.expect("the database answers").expect("it is there");
    assert!(!house.app.provider.suffices(&kiosk, request, &scene.phone), "a session that stays does not do");

    let (secret, number, _) = scene.shown(&attempt).await;
    assert_eq!(scene.answer(&scene.read(&secret).await, Some(number)).await, Answered::LetIn);
    let entered = house.app.identity.enter_by_phone(&attempt, Some(scene.phone.session.clone()), &screen()).await;
    let opened = entered.expect("it is let in");
    assert_ne!(opened.session.id, scene.phone.session.id, "it is none of the other kind");
    assert!(house.app.provider.suffices(&kiosk, request, &house.signed_in(&opened).await));

    // Whoever signs in beside it, to a page of ours, is at the kiosk all the same, and changes no account there.
    let (beside, kiosks) = (house.attempt().await, Some(opened.session.clone()));
    let (secret, number, _) = scene.shown(&beside).await;
    assert_eq!(scene.answer(&scene.read(&secret).await, Some(number)).await, Answered::LetIn);
    let beside = house.app.identity.enter_by_phone(&beside, kiosks, &screen()).await.expect("it is let in");
    assert_eq!(beside.session.idle, opened.session.idle);
    let account = Destination::Page { path: "/account".to_owned(), level: 0 };
    let linking = house.app.identity.begin_linking(BROWSER, account, &beside.session).await;
    assert_eq!(linking.expect("the database answers"), None);
    let opened = beside;

    house.pass(299);
    house.signed_in(&opened).await;
    house.pass(301);
    let gone = house.app.identity.session(&opened.secret).await.expect("the database answers");
    assert!(gone.is_none(), "five minutes without use");
    assert_eq!(house.app.provider.sweep_sessions(house.app.identity.idle_since()).await.expect("it sweeps"), 1);

    let attempt = attempt_of(house, "kiosk").await;
    let fresh = sign_in(house, &scene.partner, "1000000001", "CHAN Tai Man").await;
    let (secret, number, _) = scene.shown(&attempt).await;
    let question = scene.read_by(&secret, &fresh).await.expect("it waits");
    let answered = house.app.identity.answer_phone(&question, Some(number), &fresh, &origin()).await;
    assert_eq!(answered.expect("the database answers"), Answered::LetIn);
    let opened = scene.enter(&attempt).await.expect("it is let in");
    for _ in 0..7 {
        house.pass(250);
        house.signed_in(&opened).await;
    }
    house.pass(60);
    let gone = house.app.identity.session(&opened.secret).await.expect("the database answers");
    assert!(gone.is_none(), "half an hour, however much it is used");
}

#[test]
fn whoever_leaves_a_kiosk_leaves_nothing_in_its_browser() {
    let demo = Demo::start();
    demo.operate(&["client", "set", "demo-client", "--kiosk", "true"]);
    let browser = Browser::of(&demo, demo.person("chan"));
    client::tokens(&browser, &demo);
    let account = browser.open(format!("{}/account", demo.description.issuer)).expect(200);
    assert!(
        account.body.contains("<meta http-equiv=\"refresh\" content=\"300;url=/\">"),
        "a page left open goes by itself"
    );
    let farewell = browser.submit(&account.form("/account/logout"), &[]).expect(200);
    assert_eq!(farewell.header("clear-site-data"), Some("\"cache\", \"cookies\", \"storage\""));

    // Elsewhere nothing of the kind.
    let home = Browser::of(&demo, demo.person("lei"));
    let page = home.open(format!("{}/account", demo.description.issuer)).expect(200);
    let account = home.open(page.link("/certificate/")).expect(200);
    assert!(account.url.path() == "/account" && !account.body.contains("http-equiv"), "{}", account.url);
    assert_eq!(home.submit(&account.form("/account/logout"), &[]).expect(200).header("clear-site-data"), None);
}
