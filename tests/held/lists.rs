//! What a revocation list says, and for how long.

use pearlbridge::audit::Circumstance;
use pearlbridge::ca::issue::{IssuedFor, new_serial};
use pearlbridge::store;
use pki::certificate::extension::KeyUsage;
use pki::crl::Reason;
use pki::key::Signer as _;
use pki::{Certificate, CertificateBuilder, CertificateList, Name, Time};

use crate::house::{DAY, House, new_key};

const ISSUING: &str = "gd-ca-p256";

/// A certificate that counts for a day.
async fn issue(house: &House) -> Certificate {
    let (ca, now) = (&house.app.ca, house.now());
    let issuer = ca.issuer(ISSUING).await.expect("the authority is here");
    let subject = Name::parse("CN=a").expect("a name");
    let (name, key) = (issuer.certificate.subject().clone(), new_key());
    let validity = (now, Time(now.0 + DAY));
    let builder = CertificateBuilder::new(new_serial(), name, subject, validity, key.public_key().clone())
        .key_usage(KeyUsage::DIGITAL_SIGNATURE)
        .subject_key_id()
        .authority_key_id_of(&issuer.certificate)
        .crl_distribution_points(&[&ca.crl_url(ISSUING)]);
    ca.issue(&issuer, &builder, IssuedFor::house("test")).await.expect("it is issued")
}

async fn lists(house: &House, certificate: &Certificate) -> bool {
    let mut connection = house.app.store.read().await.expect("a connection");
    let latest = store::authority::latest_crl(&mut connection, ISSUING).await.expect("the database answers");
    let list = CertificateList::from_der(&latest.expect("there is a list").der).expect("a list");
    list.revoked(certificate.serial()).is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_certificate_stays_listed_until_a_list_after_its_end_has_named_it() {
    let house = House::open().await;
    let certificate = issue(&house).await;
    let (serial, now) = (certificate.serial().to_string(), Circumstance::operator(house.app.clock.now()));
    house.app.ca.revoke(&serial, Reason::KeyCompromise, now).await.expect("it is revoked");
    assert!(lists(&house, &certificate).await);
    // The machine was off when it ended: the first list afterwards still has to name it.
    house.pass(5 * DAY);
    house.app.ca.publish_crl(ISSUING).await.expect("it is published");
    assert!(lists(&house, &certificate).await);
    house.pass(2 * DAY);
    house.app.ca.publish_crl(ISSUING).await.expect("it is published");
    assert!(!lists(&house, &certificate).await);
}
