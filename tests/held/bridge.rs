//! The bridge follows the trust list: no cross-certificate of a withdrawn record stays in force.

use pearlbridge::audit::Circumstance;
use pearlbridge::store::trust_record::TrustRecord;
use pearlbridge::store::{self};
use pearlbridge::trust::Reason;
use pki::crl::Reason as CrlReason;
use pki::{Certificate, CertificateList, Serial, oid};

use crate::house::{Asked, BRIDGE, House};

const RECORD: &str = "hk-ecert-personal";
const POLICY: &str = "1.3.6.1.4.1.32473.1.1";

async fn scene() -> (House, Certificate) {
    let house = House::open().await;
    let partner = house.partner(RECORD, "HK", POLICY).await;
    let subject = [(oid::COUNTRY, "HK"), (oid::ORGANIZATIONAL_UNIT, "1000000001"), (oid::COMMON_NAME, "CHAN Tai Man")];
    let leaf = partner.leaf(Asked { subject: &subject, policy: Some(POLICY), ..Asked::default() }, house.now());
    house.judge(&leaf).await.expect("it is good");
    (house, leaf)
}

async fn record(house: &House) -> TrustRecord {
    let mut connection = house.app.store.read().await.expect("a connection");
    store::trust_record::find(&mut connection, RECORD).await.expect("the database answers").expect("the record")
}

/// The bridge's latest list.
async fn list(house: &House) -> CertificateList {
    let mut connection = house.app.store.read().await.expect("a connection");
    let latest = store::authority::latest_crl(&mut connection, BRIDGE).await.expect("the database answers");
    CertificateList::from_der(&latest.expect("a list").der).expect("a list")
}

async fn set(house: &House, status: &str) {
    let circumstance = Circumstance::operator(house.app.clock.now());
    house.app.ca.set_record_status(RECORD, status, "a test", circumstance).await.expect("the status is set");
    // The status counts from whole seconds on.
    house.pass(1);
}

fn serial(text: &str) -> Serial {
    Serial::from_hex(text).expect("a serial")
}

#[tokio::test]
async fn a_withdrawal_revokes_every_cross_certificate_that_was_ever_issued_for_the_record() {
    let (house, leaf) = scene().await;
    let first = record(&house).await.cross_serial.expect("it is certified");
    let second = house.app.ca.cross_certify(RECORD, BRIDGE).await.expect("it is certified again").serial().clone();
    assert_eq!(record(&house).await.cross_serial, Some(second.to_string()));
    assert_ne!(first, second.to_string());
    assert!(list(&house).await.is_empty());

    set(&house, "withdrawn").await;
    let listed = list(&house).await;
    assert!(listed.revoked(&serial(&first)).is_some() && listed.revoked(&second).is_some());
    assert_eq!(listed.len(), 2);
    assert_eq!(house.judge(&leaf).await.map(|_| ()).map_err(|refusal| refusal.reason), Err(Reason::Withdrawn));
    assert_eq!(house.app.ca.renew_cross_certificates().await.expect("nothing is due"), 0);

    set(&house, "granted").await;
    let third = record(&house).await.cross_serial.expect("it is certified");
    assert!(list(&house).await.revoked(&serial(&third)).is_none());
    house.judge(&leaf).await.expect("it is good again");
}

#[tokio::test]
async fn a_cross_certificate_that_was_revoked_by_itself_is_issued_anew_while_the_record_is_granted() {
    let (house, leaf) = scene().await;
    let first = record(&house).await.cross_serial.expect("it is certified");
    let circumstance = Circumstance::operator(house.app.clock.now());
    house.app.ca.revoke(&first, CrlReason::Superseded, circumstance).await.expect("it is revoked");
    assert!(house.judge(&leaf).await.is_err(), "nothing leads to it now");

    assert_eq!(house.app.ca.renew_cross_certificates().await.expect("it is due"), 1);
    assert_eq!(house.app.ca.renew_cross_certificates().await.expect("nothing is due"), 0);
    assert_ne!(record(&house).await.cross_serial, Some(first));
    house.judge(&leaf).await.expect("it is good again");
}

#[tokio::test]
async fn a_cross_certificate_is_renewed_before_its_end_and_the_one_before_it_is_not_revoked() {
    let (house, _) = scene().await;
    let first = record(&house).await.cross_serial.expect("it is certified");
    house.pass(59 * 86_400);
    assert_eq!(house.app.ca.renew_cross_certificates().await.expect("nothing is due"), 0);
    house.pass(2 * 86_400);
    house.app.repair().await.expect("what is due is made");
    assert_ne!(record(&house).await.cross_serial, Some(first.clone()));
    assert!(list(&house).await.revoked(&serial(&first)).is_none());
}
