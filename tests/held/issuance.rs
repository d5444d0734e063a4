//! What was decided is signed once, whoever completes it.

use pearlbridge::ca::issue::{IssuedFor, new_serial, prepare};
use pearlbridge::clock::DAY;
use pearlbridge::store::authority::Issued;
use pearlbridge::store::{self};
use pki::certificate::extension::{KeyUsage, PolicyInformation};
use pki::key::Signer as _;
use pki::{Certificate, CertificateBuilder, Name, Oid, Time, oid};

use crate::house::{House, new_key};
use crate::support::events;

const ISSUING: &str = "gd-ca-p256";

/// As a crash between the record and the signature leaves it. Gives the serial.
async fn cut_off(house: &House) -> String {
    let (app, now) = (&house.app, house.now());
    let issuer = app.ca.issuer(ISSUING).await.expect("the authority is here");
    let subject = Name::from_attributes(&[(oid::COUNTRY, "CN"), (oid::COMMON_NAME, "Somebody")]);
    let policy = Oid::new(&app.settings.authority.policy).expect("an identifier");
    let (name, key) = (issuer.certificate.subject().clone(), new_key());
    let serial = new_serial();
    let validity = (now, Time(now.0 + 365 * 86_400));
    let builder = CertificateBuilder::new(serial.clone(), name, subject, validity, key.public_key().clone())
        .basic_constraints(false, None)
        .key_usage(KeyUsage::DIGITAL_SIGNATURE)
        .subject_key_id()
        .authority_key_id_of(&issuer.certificate)
        .policies([PolicyInformation::new(policy)])
        .crl_distribution_points(&[&app.ca.crl_url(ISSUING)]);
    let prepared = prepare(&issuer, &builder, &IssuedFor::house("test")).expect("no lint forbids it");
    let at = app.clock.now();
    let recorded = app.store.write(move |tx| Box::pin(async move { prepared.record(tx, at).await.map(drop) }));
    let recorded: store::Result<()> = recorded.await;
    recorded.expect("it is written down");
    serial.to_string()
}

async fn row(house: &House, serial: &str) -> Issued {
    let mut connection = house.app.store.read().await.expect("a connection");
    let mut rows = store::authority::with_serial(&mut connection, serial).await.expect("the database answers");
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

async fn told(house: &House, serial: &str) -> usize {
    events(&house.app, "certificate_issued").await.iter().filter(|event| event["serial"] == serial).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuance_that_was_cut_off_is_completed_once_also_when_two_do_it() {
    let house = House::open().await;
    let other = house.second().await;
    for _ in 0..10 {
        let serial = cut_off(&house).await;
        assert_eq!((row(&house, &serial).await.certificate, told(&house, &serial).await), (None, 0));
        let (one, two) = tokio::join!(house.app.ca.repair(), other.ca.repair());
        let completed = one.expect("it is repaired") + two.expect("it is repaired");
        assert!((1..=2).contains(&completed), "{completed}");

        let signed = row(&house, &serial).await.certificate.expect("it is signed");
        let certificate = Certificate::from_der(&signed).expect("a certificate");
        let issuer = house.app.ca.issuer(ISSUING).await.expect("the authority is here").certificate;
        certificate.verify_signature(issuer.public_key()).expect("the real key signed it");
        assert_eq!(certificate.tbs_der(), row(&house, &serial).await.tbs, "it is what was decided");
        assert_eq!(told(&house, &serial).await, 1);

        house.app.repair().await.expect("nothing is left");
        assert_eq!(row(&house, &serial).await.certificate, Some(signed), "it stays what it is");
        assert_eq!(told(&house, &serial).await, 1);
    }
    other.store.close().await;
}

#[tokio::test]
async fn what_was_revoked_before_it_was_signed_is_not_signed_any_more() {
    let house = House::open().await;
    let serial = cut_off(&house).await;
    let circumstance = pearlbridge::audit::Circumstance::operator(house.app.clock.now());
    let reason = pki::crl::Reason::CessationOfOperation;
    house.app.ca.revoke(&serial, reason, circumstance).await.expect("it is revoked");
    assert_eq!(house.app.ca.repair().await.expect("nothing is left"), 0);
    assert_eq!(row(&house, &serial).await.certificate, None);
    let latest = store::authority::latest_crl(&mut house.app.store.read().await.expect("a connection"), ISSUING).await;
    let latest = latest.expect("the database answers").expect("a list");
    assert!(latest.next_update > house.app.clock.now() && latest.next_update <= house.app.clock.now() + DAY);
}
