//! A certificate that the province issued opens the account of its holder, and no other.

use pearlbridge::ca::issue::{IssuedFor, new_serial};
use pearlbridge::identity::login::Entered;
use pearlbridge::identity::{self};
use pearlbridge::store::{self};
use pki::certificate::extension::{KeyUsage, PolicyInformation};
use pki::key::Signer as _;
use pki::{Certificate, CertificateBuilder, CertificateRequest, Name, Oid, Time, oid};

use crate::house::{Asked, House, new_key};

const POLICY: &str = "1.3.6.1.4.1.32473.1.1";

/// How each certificate of a person was linked.
async fn links(house: &House, person: &str) -> Vec<String> {
    let mut connection = house.app.store.read().await.expect("a connection");
    let rows = store::credential::certificates(&mut connection, person).await.expect("the database answers");
    rows.into_iter().map(|row| row.linked_how).collect()
}

#[tokio::test]
async fn a_certificate_of_ones_own_that_was_never_linked_opens_its_owners_account() {
    let house = House::open().await;
    let partner = house.partner("mo-qualified", "MO", POLICY).await;
    let holder = |number, name| {
        let subject = [(oid::COUNTRY, "MO"), (oid::COMMON_NAME, name), (oid::SERIAL_NUMBER, number)];
        let subject = [&subject[..], &[(oid::PSEUDONYM, "李嘉欣")]].concat();
        partner.leaf(Asked { subject: &subject, policy: Some(POLICY), ..Asked::default() }, house.now())
    };
    let lei = house.sign_in(&holder("MO-1", "LEI Ka Ian")).await;
    let namesake = house.sign_in(&holder("MO-2", "LEI Ka Ian")).await;
    assert_ne!(lei.person.id, namesake.person.id);

    let profile = &house.app.profiles[0];
    let request = CertificateRequest::builder(Name::parse("CN=anybody").expect("a name")).sign(&new_key());
    let request = request.expect("it can be signed");
    let own = house.app.ca.enrol(&lei.person, lei.session.level, profile, request.der(), "192.0.2.1").await;
    let own = own.expect("it is issued");
    assert_eq!(links(&house, &lei.person.id).await, ["new"]);

    house.pass(1);
    for _ in 0..2 {
        let entered = house.sign_in(&own).await;
        assert_eq!((&entered.person.id, entered.session.level), (&lei.person.id, 5));
        assert_eq!(links(&house, &lei.person.id).await, ["new", "issued"]);
    }
    assert_eq!(links(&house, &namesake.person.id).await, ["new"]);
}

#[tokio::test]
async fn a_certificate_that_was_issued_to_nobody_is_nobodys_and_opens_no_account() {
    let house = House::open().await;
    let app = &house.app;
    let issuer = app.ca.issuer("gd-ca-p256").await.expect("the authority is here");
    let attributes = [(oid::COUNTRY, "CN"), (oid::COMMON_NAME, "A server"), (oid::SERIAL_NUMBER, "00ff")];
    let subject = Name::from_attributes(&attributes);
    let policy = Oid::new(&app.settings.authority.policy).expect("an identifier");
    let (name, key, now) = (issuer.certificate.subject().clone(), new_key(), house.now());
    let builder =
        CertificateBuilder::new(new_serial(), name, subject, (now, Time(now.0 + 86_400)), key.public_key().clone())
            .basic_constraints(false, None)
            .key_usage(KeyUsage::DIGITAL_SIGNATURE)
            .extended_key_usage([oid::CLIENT_AUTH])
            .subject_key_id()
            .authority_key_id_of(&issuer.certificate)
            .policies([PolicyInformation::new(policy)])
            .crl_distribution_points(&[&app.ca.crl_url("gd-ca-p256")]);
    let certificate: Certificate =
        app.ca.issue(&issuer, &builder, IssuedFor::house("test")).await.expect("it can be issued");
    let entered = house.enter(&certificate).await;
    assert!(
        matches!(entered, Err(identity::Error::AttemptGone)),
        "{:?}",
        entered.map(|entered| match entered {
            Entered::Session(_) => "a session",
            Entered::Linked(_) => "a link",
            Entered::Represented | Entered::Stranger => "a stranger",
        })
    );
}
