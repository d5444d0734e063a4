//! What a link raises: the person behind the account, when the certificate shows the same one.

use std::collections::BTreeMap;

use pearlbridge::identity::credential::{password, totp};
use pearlbridge::identity::factor::totp_purpose;
use pearlbridge::identity::login::Entered;
use pearlbridge::identity::session::SignedIn;
use pearlbridge::identity::{self};
use pearlbridge::store::credential::Password;
use pearlbridge::store::person::Person;
use pearlbridge::store::{self};
use pki::{Certificate, oid};

use crate::house::{Asked, House, Partner, origin};

const POLICY: &str = "1.3.6.1.4.1.32473.1.1";

/// Somebody who registered without a document, level 2, signed in by password: `chan`, `a password`.
pub(crate) async fn signed_in(house: &House) -> SignedIn {
    signed_in_as(house, "Latn", "CHAN Tai Man").await
}

/// The same, of this name.
pub(crate) async fn signed_in_as(house: &House, script: &str, name: &str) -> SignedIn {
    let (app, now) = (&house.app, house.app.clock.now());
    let person = Person {
        id: pearlbridge::id::new_id(),
        kind: "person".to_owned(),
        region: "HK".to_owned(),
        names: BTreeMap::from([(script.to_owned(), name.to_owned())]),
        level: 2,
        verified_at: now,
        verified_how: "self".to_owned(),
        created_at: now,
    };
    let secret = pearlbridge::rng::bytes::<{ totp::SECRET_LENGTH }>();
    let known = Password {
        username: "chan".to_owned(),
        person_id: person.id.clone(),
        phc: password::hash("a password".to_owned()).await,
        totp_sealed: app.custody.seal(&totp_purpose("chan"), &secret),
        totp_step: 0,
    };
    let written: store::Result<()> = app
        .store
        .write(move |tx| {
            Box::pin(async move {
                store::person::insert(tx, &person).await?;
                store::credential::insert_password(tx, &known, now).await
            })
        })
        .await;
    written.expect("the account can be written");
    let attempt = house.attempt().await;
    app.identity.check_password(&attempt, "chan", "a password", &origin()).await.expect("it is right");
    let attempt = app.identity.attempt_of_anyone(&attempt.id).await.expect("it is there");
    let code = totp::code(&secret, now);
    let opened = app.identity.check_code(&attempt, &code, None, &origin()).await.expect("it is right");
    house.signed_in(&opened).await
}

pub(crate) fn certificate(house: &House, partner: &Partner, number: &str, name: &str) -> Certificate {
    let subject = [(oid::COUNTRY, "HK"), (oid::ORGANIZATIONAL_UNIT, number), (oid::COMMON_NAME, name)];
    partner.leaf(Asked { subject: &subject, policy: Some(POLICY), ..Asked::default() }, house.now())
}

pub(crate) async fn link(house: &House, to: &SignedIn, leaf: &Certificate) -> identity::Result<Entered> {
    let attempt = house.linking(&to.session).await.expect("it was proved a moment ago");
    let proof = house.prove(&attempt, leaf).await;
    house.app.identity.enter(&attempt, proof, Some(to.session.clone()), &origin()).await
}

/// Level of the person, and how many certificates open the account.
async fn standing(house: &House, person: &str) -> (i64, usize) {
    let mut connection = house.app.store.read().await.expect("a connection");
    let row = store::person::find(&mut connection, person).await.expect("the database answers").expect("the person");
    let certificates = store::credential::certificates(&mut connection, person).await.expect("the certificates");
    (row.level, certificates.len())
}

#[tokio::test]
async fn the_same_name_raises_the_person_and_another_name_changes_nothing() {
    let house = House::open().await;
    let partner = house.partner("hk-ecert-personal", "HK", POLICY).await;
    let chan = signed_in(&house).await;
    assert_eq!((chan.session.level, standing(&house, &chan.person.id).await), (2, (2, 0)));

    let other = certificate(&house, &partner, "1000000002", "WONG Siu Ming");
    let refused = link(&house, &chan, &other).await;
    assert!(matches!(refused, Err(identity::Error::AnotherPerson)), "{refused:?}");
    assert_eq!(standing(&house, &chan.person.id).await, (2, 0));
    assert!(matches!(house.enter(&other).await, Ok(Entered::Stranger)));

    let own = certificate(&house, &partner, "1000000001", "Chan, Tai Man");
    let Ok(Entered::Linked(raised)) = link(&house, &chan, &own).await else { panic!("it is not linked") };
    assert_eq!((raised.session.level, standing(&house, &chan.person.id).await), (5, (5, 1)));
    assert_eq!(raised.session.id, chan.session.id, "the session is the same one");
    let again = house.sign_in(&own).await;
    assert_eq!((again.person.id, again.session.level), (chan.person.id, 5));
}

#[tokio::test]
async fn a_browser_that_was_left_open_links_nothing() {
    let house = House::open().await;
    let chan = signed_in(&house).await;
    house.pass(10 * 60 - 1);
    let attempt = house.linking(&chan.session).await.expect("it was proved a moment ago");
    house.pass(1);
    assert!(house.linking(&chan.session).await.is_none(), "the session was proved ten minutes ago");

    // Nor does the page that was opened before.
    let partner = house.partner("hk-ecert-personal", "HK", POLICY).await;
    let own = certificate(&house, &partner, "1000000001", "CHAN Tai Man");
    let proof = house.prove(&attempt, &own).await;
    let late = house.app.identity.enter(&attempt, proof, Some(chan.session.clone()), &origin()).await;
    assert!(matches!(late, Err(identity::Error::ProvedLongAgo)), "{late:?}");
    assert_eq!(standing(&house, &chan.person.id).await, (2, 0));
}
