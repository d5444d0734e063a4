//! Passkeys: what they prove, and who may add them.

use pearlbridge::identity::session::{Opened, SignedIn};
use pearlbridge::identity::unlink::Kept;
use pearlbridge::identity::{Error, Result};
use pearlbridge::store::attempt::Attempt;
use pearlbridge::{job, store};
use pki::{Certificate, Time, oid};

use crate::house::{Asked, House, Partner, origin};
use crate::support::authenticator::Authenticator;
use crate::support::events;

const POLICY: &str = "1.3.6.1.4.1.32473.1.1";
const ISSUER: &str = "https://localhost:8443";

struct Scene {
    house: House,
    partner: Partner,
    leaf: Certificate,
    signed_in: SignedIn,
    device: Authenticator,
}

impl Scene {
    /// Somebody who signed in with a certificate, and has a device.
    async fn set() -> Self {
        Self::set_at(5).await
    }

    /// The same with a certificate of a level.
    async fn set_at(level: i64) -> Self {
        let house = House::open_with(|settings| settings.login.level_certificate = level).await;
        let partner = house.partner("hk-ecert-personal", "HK", POLICY).await;
        let subject =
            [(oid::COUNTRY, "HK"), (oid::ORGANIZATIONAL_UNIT, "1000000001"), (oid::COMMON_NAME, "CHAN Tai Man")];
        let leaf = partner.leaf(Asked { subject: &subject, policy: Some(POLICY), ..Asked::default() }, house.now());
        let signed_in = house.sign_in(&leaf).await;
        Self { house, partner, leaf, signed_in, device: Authenticator::new(ISSUER) }
    }

    async fn add(&mut self) -> Result<()> {
        let identity = &self.house.app.identity;
        let options = identity.passkey_creation(&self.signed_in, "CHAN Tai Man").await?;
        identity.add_passkey(&self.signed_in, "my phone", &self.device.create(&options), &origin()).await
    }

    async fn asked(&self, attempt: &Attempt) -> String {
        let asked = self.house.app.identity.passkey_request(attempt).await.expect("the database answers");
        asked.expect("passkeys are offered")
    }

    async fn answer(&self, attempt: &Attempt, answer: &str) -> Result<Opened> {
        self.house.app.identity.enter_by_passkey(attempt, answer, None, &origin()).await
    }

    async fn sign_in(&self) -> Result<Opened> {
        let attempt = self.house.attempt().await;
        self.answer(&attempt, &self.device.get(&self.asked(&attempt).await)).await
    }

    /// The person's session of that cookie as it is now; `None` when it has ended.
    async fn level_of(&self, opened: &Opened) -> Option<i64> {
        let (app, id) = (&self.house.app, &opened.session.id);
        let mut connection = app.store.read().await.expect("a connection");
        let live = store::session::is_live(&mut connection, id, app.clock.now()).await.expect("the database answers");
        let session = store::session::find_by_id(&mut connection, id).await.expect("the database answers");
        session.filter(|_| live).map(|session| session.level)
    }

    async fn only_passkey(&self) -> String {
        let overview = self.house.app.identity.overview(&self.signed_in.person).await.expect("the database answers");
        overview.passkeys[0].id.clone()
    }
}

#[tokio::test]
async fn a_passkey_opens_its_account_and_proves_no_more_than_the_login_that_added_it() {
    for (level, reached) in [(5, 4), (3, 3)] {
        let mut scene = Scene::set_at(level).await;
        scene.add().await.expect("it is added");
        let session = scene.sign_in().await.expect("it opens the account").session;
        assert_eq!(
            (session.person_id.as_str(), session.method.as_str()),
            (scene.signed_in.person.id.as_str(), "passkey")
        );
        assert_eq!(session.level, reached, "4 by the settings at most");
        let overview = scene.house.app.identity.overview(&scene.signed_in.person).await.expect("the database answers");
        assert_eq!(overview.passkeys[0].used_at, Some(session.auth_time));
        assert_eq!(events(&scene.house.app, "passkey_added").await[0]["level"], level);
    }
}

#[tokio::test]
async fn an_answer_counts_once_for_its_own_login_and_for_five_minutes() {
    let mut scene = Scene::set().await;
    scene.add().await.expect("it is added");
    let (one, other) = (scene.house.attempt().await, scene.house.attempt().await);
    let answer = scene.device.get(&scene.asked(&one).await);
    scene.asked(&other).await;
    assert!(matches!(scene.answer(&other, &answer).await, Err(Error::PasskeyRefused)), "it answers another challenge");
    scene.answer(&one, &answer).await.expect("its own");
    assert!(matches!(scene.answer(&one, &answer).await, Err(Error::ChallengeExpired)), "it is used up");

    let late = scene.house.attempt().await;
    let answer = scene.device.get(&scene.asked(&late).await);
    scene.house.pass(301);
    assert!(matches!(scene.answer(&late, &answer).await, Err(Error::ChallengeExpired)));
    let answer = scene.device.get(&scene.asked(&late).await);
    scene.answer(&late, &answer).await.expect("the page gives another challenge");
}

#[tokio::test]
async fn a_device_that_does_not_verify_its_user_or_is_elsewhere_opens_nothing() {
    let mut scene = Scene::set().await;
    scene.add().await.expect("it is added");
    scene.device.verifies = false;
    assert!(matches!(scene.sign_in().await, Err(Error::PasskeyRefused)));
    scene.device.verifies = true;
    scene.device.origin = "https://localhost.example".to_owned();
    assert!(matches!(scene.sign_in().await, Err(Error::PasskeyRefused)));
    scene.device.origin = ISSUER.to_owned();
    scene.device.handle = vec![7; 16];
    assert!(matches!(scene.sign_in().await, Err(Error::PasskeyRefused)), "somebody else's name");
    let refused = events(&scene.house.app, "sign_in_refused").await;
    assert_eq!(refused.len(), 2, "{refused:?}");
    let strange = Authenticator::new(ISSUER);
    let attempt = scene.house.attempt().await;
    let answer = strange.get(&scene.asked(&attempt).await);
    assert!(matches!(scene.answer(&attempt, &answer).await, Err(Error::PasskeyUnknown)));
    assert!(matches!(scene.answer(&attempt, "{}").await, Err(Error::PasskeyRefused)));
}

#[tokio::test]
async fn a_counter_that_goes_back_blocks_the_passkey_for_good() {
    let mut scene = Scene::set().await;
    scene.device.counter = 1;
    scene.add().await.expect("it is added");
    scene.device.counter = 9;
    scene.sign_in().await.expect("it counts on");
    scene.device.counter = 8;
    assert!(matches!(scene.sign_in().await, Err(Error::PasskeyCopied)));
    scene.device.counter = 20;
    assert!(matches!(scene.sign_in().await, Err(Error::PasskeyCopied)), "whoever has the copy may count on");
    assert_eq!(events(&scene.house.app, "passkey_blocked").await.len(), 1);
}

#[tokio::test]
async fn whoever_adds_or_removes_a_passkey_has_signed_in_a_moment_ago() {
    let mut scene = Scene::set().await;
    scene.add().await.expect("it is added");
    let id = scene.only_passkey().await;
    let options =
        scene.house.app.identity.passkey_creation(&scene.signed_in, "CHAN").await.expect("the session is fresh");
    scene.house.pass(601);
    let mut another = Authenticator::new(ISSUER);
    let identity = &scene.house.app.identity;
    let added = identity.add_passkey(&scene.signed_in, "another", &another.create(&options), &origin()).await;
    assert!(matches!(added, Err(Error::ProvedLongAgo)), "{added:?}");
    assert!(matches!(scene.add().await, Err(Error::ProvedLongAgo)));
    let identity = &scene.house.app.identity;
    let kept = identity.remove_passkey(&scene.signed_in, &id, &origin()).await.expect("the database answers");
    assert_eq!(kept.expect("it is theirs").1, Some(Kept::Unproved { level: 2 }));

    let fresh = scene.house.signed_in(&scene.sign_in().await.expect("it opens the account")).await;
    let identity = &scene.house.app.identity;
    let gone = identity.remove_passkey(&fresh, &id, &origin()).await.expect("the database answers");
    assert_eq!(gone.expect("it is theirs").1, None);
    assert!(matches!(scene.sign_in().await, Err(Error::PasskeyUnknown)));
}

#[tokio::test]
async fn the_last_way_into_an_account_stays() {
    let mut scene = Scene::set().await;
    scene.add().await.expect("it is added");
    let id = scene.only_passkey().await;
    scene.house.pass(366 * 86_400);
    let opened = scene.sign_in().await.expect("the certificate has run out, the passkey has not");
    let signed_in = scene.house.signed_in(&opened).await;
    let kept = scene.house.app.identity.remove_passkey(&signed_in, &id, &origin()).await.expect("the database answers");
    assert_eq!(kept.expect("it is theirs").1, Some(Kept::OnlyWayIn));
}

#[tokio::test]
async fn a_device_is_added_once() {
    let mut scene = Scene::set().await;
    scene.add().await.expect("it is added");
    assert!(matches!(scene.add().await, Err(Error::PasskeyTaken)));
    let overview = scene.house.app.identity.overview(&scene.signed_in.person).await.expect("the database answers");
    assert_eq!(overview.passkeys.len(), 1);
}

#[tokio::test]
async fn what_a_revoked_certificate_added_proves_a_word_and_its_sessions_end() {
    let mut scene = Scene::set().await;
    scene.add().await.expect("it is added");
    let before = scene.sign_in().await.expect("it opens the account");
    assert_eq!(scene.level_of(&before).await, Some(4));
    let (from, until) = (scene.house.now(), Time(scene.house.now().0 + 365 * 86_400));
    scene.house.pass(60);
    let list = scene.partner.list(2, (Time(from.0 + 30), until), &[scene.leaf.serial()]);
    scene.house.keep("http://hk-ecert-personal.example/list.crl", &list).await;
    job::sweep(&scene.house.app).await.expect("it sweeps");
    assert_eq!(scene.level_of(&before).await, None);
    let after = scene.sign_in().await.expect("it opens the account still");
    job::sweep(&scene.house.app).await.expect("it sweeps");
    assert_eq!(scene.level_of(&after).await, Some(2));
}

#[tokio::test]
async fn what_a_passkey_opened_ends_when_it_is_removed_or_blocked() {
    for blocked in [false, true] {
        let mut scene = Scene::set().await;
        scene.device.counter = 1;
        scene.add().await.expect("it is added");
        scene.device.counter = 9;
        let opened = scene.sign_in().await.expect("it opens the account");
        if blocked {
            scene.device.counter = 8;
            assert!(matches!(scene.sign_in().await, Err(Error::PasskeyCopied)));
        } else {
            let id = scene.only_passkey().await;
            let removed = scene.house.app.identity.remove_passkey(&scene.signed_in, &id, &origin()).await;
            assert_eq!(removed.expect("the database answers").expect("it is theirs").1, None);
        }
        job::sweep(&scene.house.app).await.expect("it sweeps");
        assert_eq!(scene.level_of(&opened).await, None);
        let ended = events(&scene.house.app, "session_ended").await;
        assert_eq!((ended.len(), &ended[0]["why"]), (1, &"credential_unlinked".into()));
    }
}

#[tokio::test]
async fn a_session_that_has_ended_since_it_was_read_changes_nothing() {
    let mut scene = Scene::set().await;
    let identity = scene.house.app.identity.clone();
    let options = identity.passkey_creation(&scene.signed_in, "CHAN Tai Man").await.expect("the session is fresh");
    let (session, address) = (&scene.signed_in.session, origin().address);
    let actor = pearlbridge::audit::Actor::System;
    let provider = &scene.house.app.provider;
    assert!(provider.end_session(&session.id, &session.person_id, "test", &actor, &address).await.expect("it ends"));
    let added = identity.add_passkey(&scene.signed_in, "my phone", &scene.device.create(&options), &origin()).await;
    assert!(matches!(added, Err(Error::ProvedLongAgo)), "{added:?}");
}
