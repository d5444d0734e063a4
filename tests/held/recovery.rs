//! A lost phone: recovery codes, and another authenticator.

use std::collections::BTreeMap;

use pearlbridge::identity::credential::totp;
use pearlbridge::identity::register::NewPerson;
use pearlbridge::identity::session::{Opened, SignedIn};
use pearlbridge::identity::{Error, Result};
use pearlbridge::locale::Locale;
use pearlbridge::store::attempt::Attempt;
use pearlbridge::web::view::account::ActivityKind;
use pearlbridge::web::view::problem::Problem;
use pki::oid;

use crate::house::{Asked, House, origin};
use crate::support::browser::Browser;
use crate::support::client::{self, code, go};
use crate::support::events;
use crate::{demo, login_page};

const POLICY: &str = "1.3.6.1.4.1.32473.1.1";
const SECRET: &[u8] = b"12345678901234567890";

/// Somebody with a user name, a password and an authenticator.
struct Scene {
    house: House,
}

impl Scene {
    async fn set() -> Self {
        let house = House::open().await;
        let partner = house.partner("hk-ecert-personal", "HK", POLICY).await;
        let subject =
            [(oid::COUNTRY, "HK"), (oid::ORGANIZATIONAL_UNIT, "1000000001"), (oid::COMMON_NAME, "CHAN Tai Man")];
        let leaf = partner.leaf(Asked { subject: &subject, policy: Some(POLICY), ..Asked::default() }, house.now());
        let new = NewPerson {
            kind: "person".to_owned(),
            region: "HK".to_owned(),
            names: BTreeMap::from([("Latn".to_owned(), "CHAN Tai Man".to_owned())]),
            level: 5,
            username: "chan".to_owned(),
            password: "a password".to_owned(),
            totp_secret: SECRET.to_vec(),
        };
        house.app.identity.register(new, &leaf).await.expect("a person is registered");
        Self { house }
    }

    /// An attempt whose password was right.
    async fn begun(&self) -> Attempt {
        let (house, attempt) = (&self.house, self.house.attempt().await);
        house.app.identity.check_password(&attempt, "chan", "a password", &origin()).await.expect("it is right");
        house.attempt_again(&attempt.id).await
    }

    async fn with_code(&self, secret: &[u8]) -> Result<Opened> {
        let attempt = self.begun().await;
        let code = totp::code(secret, self.house.app.clock.now());
        self.house.app.identity.check_code(&attempt, &code, None, &origin()).await
    }

    async fn signed_in(&self) -> SignedIn {
        self.house.signed_in(&self.with_code(SECRET).await.expect("the code is right")).await
    }

    async fn recover(&self, code: &str) -> Result<Opened> {
        let attempt = self.begun().await;
        self.house.app.identity.check_recovery_code(&attempt, code, None, &origin()).await
    }

    async fn made(&self, signed_in: &SignedIn) -> Vec<String> {
        self.house.app.identity.make_recovery_codes(signed_in, &origin()).await.expect("the session is fresh")
    }
}

#[tokio::test]
async fn a_recovery_code_is_good_once_and_new_ones_make_the_old_void() {
    let scene = Scene::set().await;
    let signed_in = scene.signed_in().await;
    let codes = scene.made(&signed_in).await;
    assert_eq!(codes.len(), 10);
    let opened = scene.recover(&codes[3].to_lowercase()).await.expect("it is one of them");
    assert_eq!((opened.session.method.as_str(), opened.session.level), ("recovery_code", 3));
    assert!(matches!(scene.recover(&codes[3]).await, Err(Error::CodeWrong)), "it was used");
    let left = scene.house.app.identity.recovery_codes(&signed_in.person.id).await.expect("the database answers");
    assert_eq!(left.flatten().map(|codes| (codes.left, codes.used_at)), Some((9, Some(opened.session.auth_time))));
    assert_eq!(events(&scene.house.app, "recovery_code_used").await[0]["left"], 9);

    let new = scene.made(&signed_in).await;
    assert!(matches!(scene.recover(&codes[4]).await, Err(Error::CodeWrong)), "there are new ones");
    scene.recover(&new[0]).await.expect("a new one");
    for event in events(&scene.house.app, "sign_in_refused").await {
        assert!(!new.iter().chain(&codes).any(|code| event.to_string().contains(code.as_str())), "{event}");
    }
}

/// Both count together, and a right one clears what was counted.
#[tokio::test]
async fn recovery_codes_are_guessed_no_faster_than_the_authenticators() {
    let scene = Scene::set().await;
    let codes = scene.made(&scene.signed_in().await).await;
    for _ in 0..10 {
        assert!(matches!(scene.recover("BBBBB-BBBBB").await, Err(Error::CodeWrong)));
    }
    assert!(matches!(scene.recover(&codes[0]).await, Err(Error::Throttled { .. })));
    assert!(matches!(scene.with_code(SECRET).await, Err(Error::Throttled { .. })));
    scene.house.pass(901);
    scene.recover(&codes[0]).await.expect("the window is over");
}

#[tokio::test]
async fn of_one_code_used_twice_at_once_one_opens_a_session() {
    let scene = Scene::set().await;
    let codes = scene.made(&scene.signed_in().await).await;
    let (one, other) = tokio::join!(scene.recover(&codes[0]), scene.recover(&codes[0]));
    assert!(one.is_ok() != other.is_ok());
}

#[tokio::test]
async fn whoever_lost_the_phone_sets_up_another_after_a_recovery_code() {
    let scene = Scene::set().await;
    let codes = scene.made(&scene.signed_in().await).await;
    let recovered = scene.house.signed_in(&scene.recover(&codes[0]).await.expect("it is one of them")).await;
    let identity = &scene.house.app.identity;
    let begun = identity.begin_authenticator(&recovered).await.expect("the session is fresh");
    assert_eq!(begun.secret, identity.begin_authenticator(&recovered).await.expect("the same again").secret);
    assert!(begun.address.contains(&begun.secret));
    let secret = base32(&begun.secret);
    scene.house.pass(30);
    let now = scene.house.app.clock.now();
    let wrong = identity.change_authenticator(&recovered, &totp::code(SECRET, now), &origin()).await;
    assert!(matches!(wrong, Err(Error::CodeWrong)), "the old one's");
    identity.change_authenticator(&recovered, &totp::code(&secret, now), &origin()).await.expect("its first code");
    assert_eq!(events(&scene.house.app, "authenticator_changed").await.len(), 1);
    scene.house.pass(60);
    assert!(matches!(scene.with_code(SECRET).await, Err(Error::CodeWrong)), "the lost one");
    scene.with_code(&secret).await.expect("the new one");
}

#[tokio::test]
async fn whoever_changes_what_stands_beside_the_password_has_signed_in_a_moment_ago() {
    let scene = Scene::set().await;
    let signed_in = scene.signed_in().await;
    scene.house.app.identity.begin_authenticator(&signed_in).await.expect("the session is fresh");
    scene.house.pass(601);
    let identity = &scene.house.app.identity;
    assert!(matches!(identity.make_recovery_codes(&signed_in, &origin()).await, Err(Error::ProvedLongAgo)));
    assert!(matches!(identity.begin_authenticator(&signed_in).await, Err(Error::ProvedLongAgo)));
    let changed = identity.change_authenticator(&signed_in, "000000", &origin()).await;
    assert!(matches!(changed, Err(Error::ProvedLongAgo)));
}

fn base32(text: &str) -> Vec<u8> {
    let letters = text.bytes().map(|letter| match letter {
        b'A'..=b'Z' => letter - b'A',
        digit => digit - b'2' + 26,
    });
    let bits: Vec<u8> = letters.flat_map(|value| (0..5).rev().map(move |bit| value >> bit & 1)).collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |value, bit| value << 1 | bit)).collect()
}

#[test]
fn a_recovery_code_stands_in_once_for_the_authenticator_and_the_account_says_so() {
    let (demo, browser) = (demo(), Browser::new(demo()));
    code(&client::with_password(&browser, demo, &login_page(demo, &browser), "zhang"));
    let page = browser.open(format!("{}/account/recovery-codes", demo.description.issuer)).expect(200);
    let made = browser.submit(&page.form("/account/recovery-codes"), &[]).expect(200);
    let text = made.text();
    let one = text.split_whitespace().find(|word| word.len() == 11 && word.as_bytes()[5] == b'-').expect("a code");
    assert!(made.body.contains("download=") && made.header("cache-control") == Some("no-store"));
    let again = browser.open(format!("{}/account/recovery-codes", demo.description.issuer)).expect(200);
    assert!(!again.body.contains(one), "they are shown once");

    let elsewhere = Browser::new(demo);
    let login = login_page(demo, &elsewhere);
    let fields = [("username", "zhang"), ("password", demo.person("zhang").password.as_str())];
    let second = go(&elsewhere, elsewhere.send(&login.form("/password"), &fields)).expect(200);
    let lost = elsewhere.open(second.link("/recovery")).expect(200);
    let wrong = elsewhere.send(&lost.form("/recovery"), &[("recovery_code", "BBBBB-BBBBB")]).expect(422);
    assert!(wrong.text().contains(&Problem::RecoveryCodeWrong.text(&Locale::En)), "{}", wrong.text());
    code(&go(&elsewhere, elsewhere.send(&lost.form("/recovery"), &[("recovery_code", one)])));
    let account = elsewhere.open(format!("{}/account", demo.description.issuer)).expect(200);
    assert!(account.text().contains(&ActivityKind::RecoveryCodeUsed.text(&Locale::En)), "{}", account.text());
    assert!(account.text().contains("9 of ten left"), "{}", account.text());
}
