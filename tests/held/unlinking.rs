//! What unlinking takes away: all that the certificate had proved; and who may do it.

use pearlbridge::audit::Circumstance;
use pearlbridge::identity::login::Entered;
use pearlbridge::identity::session::SignedIn;
use pearlbridge::identity::unlink::Kept;
use pearlbridge::store::person::Person;
use pearlbridge::store::trust_record::Status;
use pearlbridge::store::{self};
use pki::crl::Reason;
use pki::{Certificate, CertificateRequest, Name, oid};

use crate::house::{Asked, House, Partner, new_key, origin};
use crate::raising::{self, certificate, link};
use crate::support::authenticator::Authenticator;

const POLICY: &str = "1.3.6.1.4.1.32473.1.1";
const MACAO: &str = "1.3.6.1.4.1.32473.2.1";

fn of_macao(house: &House, partner: &Partner, number: &str) -> Certificate {
    let subject = [(oid::COUNTRY, "MO"), (oid::COMMON_NAME, "CHAN Tai Man"), (oid::SERIAL_NUMBER, number)];
    let subject = [&subject[..], &[(oid::PSEUDONYM, "陳大文")]].concat();
    partner.leaf(Asked { subject: &subject, policy: Some(MACAO), ..Asked::default() }, house.now())
}

/// Links a certificate of the person that is signed in.
async fn linked(house: &House, to: &SignedIn, leaf: &Certificate) -> SignedIn {
    let Ok(Entered::Linked(opened)) = link(house, to, leaf).await else { panic!("it is not linked") };
    house.signed_in(&opened).await
}

/// Asks to unlink a certificate: why it was kept, if it was.
async fn unlink(house: &House, by: &SignedIn, certificate: &Certificate) -> Option<Kept> {
    let identity = &house.app.identity;
    let id = id(house, by, certificate).await;
    let (_, shown) = identity.linked_certificate(by, &id).await.expect("the database answers").expect("theirs");
    let (_, kept) = identity.unlink(by, &id, &origin()).await.expect("the database answers").expect("theirs");
    assert_eq!(shown, kept, "the page says what the form does");
    kept
}

async fn id(house: &House, of: &SignedIn, certificate: &Certificate) -> String {
    let mut connection = house.app.store.read().await.expect("a connection");
    let rows = store::credential::certificates(&mut connection, &of.person.id).await.expect("the certificates");
    let serial = certificate.serial().to_string();
    rows.into_iter().find(|row| row.serial == serial).expect("it is linked").id
}

/// What is known of a person now: the row, and the documents as they are shown.
async fn known(house: &House, of: &SignedIn) -> (Person, Vec<String>) {
    let mut connection = house.app.store.read().await.expect("a connection");
    let person = store::person::find(&mut connection, &of.person.id).await.expect("the database answers");
    let documents = store::person::documents(&mut connection, &of.person.id).await.expect("the documents");
    (person.expect("the person"), documents.into_iter().map(|document| document.number_masked).collect())
}

#[tokio::test]
async fn a_session_that_proved_less_or_long_ago_unlinks_nothing() {
    let house = House::open().await;
    let partner = house.partner("hk-ecert-personal", "HK", POLICY).await;
    let by_password = raising::signed_in(&house).await;
    let own = certificate(&house, &partner, "1000000001", "CHAN Tai Man");
    let elsewhere = house.sign_in(&certificate(&house, &partner, "1000000002", "CHAN Tai Man")).await;
    let by_certificate = linked(&house, &by_password, &own).await;
    // As the other browser of the same person has it, which knows the password alone.
    assert_eq!(unlink(&house, &by_password, &own).await, Some(Kept::Unproved { level: 5 }));
    let of_another = id(&house, &by_certificate, &own).await;
    let found = house.app.identity.unlink(&elsewhere, &of_another, &origin()).await.expect("the database answers");
    assert!(found.is_none(), "it is nobody else's");

    house.pass(601);
    assert_eq!(unlink(&house, &by_certificate, &own).await, Some(Kept::Unproved { level: 5 }));
    assert_eq!(unlink(&house, &house.sign_in(&own).await, &own).await, None);
}

#[tokio::test]
async fn what_a_certificate_proved_goes_with_it() {
    let house = House::open().await;
    let partner = house.partner("hk-ecert-personal", "HK", POLICY).await;
    let chan = raising::signed_in(&house).await;
    let lent = certificate(&house, &partner, "1000000001", "CHAN Tai Man");
    let raised = linked(&house, &chan, &lent).await;
    let (person, documents) = known(&house, &raised).await;
    assert_eq!((person.level, person.verified_how.as_str()), (5, "certificate:hk-ecert-personal"));
    assert_eq!(documents, ["10******01"]);
    // Issued on the strength of it, and not used yet.
    let own = enrol(&house, &raised).await;

    assert_eq!(unlink(&house, &raised, &lent).await, None);
    let (person, documents) = known(&house, &raised).await;
    assert_eq!((person.level, person.verified_how.as_str(), person.verified_at), (2, "self", person.created_at));
    assert!(documents.is_empty(), "{documents:?}");
    let mut connection = house.app.store.read().await.expect("a connection");
    let session = store::session::find_by_id(&mut connection, &raised.session.id).await.expect("the database answers");
    assert_eq!(session.expect("the session").level, 2, "no session goes on at the level that is gone");
    drop(connection);
    assert_eq!(house.sign_in(&own).await.session.level, 2, "what was issued here proves nothing of itself");
    assert_eq!(known(&house, &raised).await.0.level, 2);

    // Whoever proves it again has it again.
    let again = linked(&house, &house.sign_in(&own).await, &lent).await;
    assert_eq!((again.session.level, known(&house, &again).await.1), (5, vec!["10******01".to_owned()]));
}

/// Two certificates prove the same, the second with a document of this number; the first is unlinked.
async fn left_by_the_second(number: &str, left: &str) {
    let house = House::open().await;
    let hongkong = house.partner("hk-ecert-personal", "HK", POLICY).await;
    let macao = house.partner("mo-qualified", "MO", MACAO).await;
    let chan = raising::signed_in(&house).await;
    let first = certificate(&house, &hongkong, "1000000001", "CHAN Tai Man");
    let chan = linked(&house, &chan, &first).await;
    let chan = linked(&house, &chan, &of_macao(&house, &macao, number)).await;
    assert_eq!(unlink(&house, &chan, &first).await, None);
    let (person, documents) = known(&house, &chan).await;
    assert_eq!((person.level, person.verified_how.as_str()), (5, "certificate:mo-qualified"));
    assert_eq!(documents, [left]);
}

#[tokio::test]
async fn what_another_certificate_proved_too_stays() {
    left_by_the_second("MO-000001", "MO*****01").await;
}

#[tokio::test]
async fn a_document_that_two_certificates_showed_stays_with_the_other() {
    left_by_the_second("1000000001", "10******01").await;
}

#[tokio::test]
async fn the_certificate_that_an_account_was_opened_with_stays() {
    let house = House::open().await;
    let hongkong = house.partner("hk-ecert-personal", "HK", POLICY).await;
    let macao = house.partner("mo-qualified", "MO", MACAO).await;
    let first = of_macao(&house, &macao, "MO-1");
    let chan = house.sign_in(&first).await;
    let second = certificate(&house, &hongkong, "1000000001", "CHAN Tai Man");
    let chan = linked(&house, &chan, &second).await;
    assert_eq!(unlink(&house, &chan, &first).await, Some(Kept::OpenedAccount), "the account has its name");
    assert_eq!(unlink(&house, &chan, &second).await, None);
    assert_eq!(known(&house, &chan).await.0.verified_how, "certificate:mo-qualified");
}

#[tokio::test]
async fn a_revoked_certificate_of_ones_own_is_no_other_way_in() {
    let house = House::open().await;
    let hongkong = house.partner("hk-ecert-personal", "HK", POLICY).await;
    let macao = house.partner("mo-qualified", "MO", MACAO).await;
    let chan = house.sign_in(&of_macao(&house, &macao, "MO-1")).await;
    let own = enrol(&house, &chan).await;
    house.pass(1);
    let chan = house.sign_in(&own).await;
    let last = certificate(&house, &hongkong, "1000000001", "CHAN Tai Man");
    let chan = linked(&house, &chan, &last).await;
    // What the account was opened with opens it no longer.
    let now = house.app.clock.now();
    let (status, word) = ("suspended".to_owned(), || "a test".to_owned());
    let status = Status { at: now, status, reason: word(), actor: word() };
    let write = house
        .app
        .store
        .write(move |tx| Box::pin(async move { store::trust_record::set_status(tx, "mo-qualified", &status).await }));
    let written: store::Result<()> = write.await;
    written.expect("it is suspended");

    let id = id(&house, &chan, &last).await;
    let kept = async || {
        let found = house.app.identity.linked_certificate(&chan, &id).await.expect("the database answers");
        found.expect("theirs").1
    };
    assert_eq!(kept().await, None, "the own one is a way in");
    let serial = own.serial().to_string();
    house.app.ca.revoke(&serial, Reason::KeyCompromise, Circumstance::operator(now)).await.expect("it is revoked");
    assert_eq!(kept().await, Some(Kept::OnlyWayIn));
    assert_eq!(unlink(&house, &chan, &last).await, Some(Kept::OnlyWayIn));
}

#[tokio::test]
async fn the_sessions_of_passkeys_that_a_certificate_added_prove_a_word_once_it_is_unlinked() {
    let house = House::open().await;
    let partner = house.partner("hk-ecert-personal", "HK", POLICY).await;
    let chan = raising::signed_in(&house).await;
    let lent = certificate(&house, &partner, "1000000001", "CHAN Tai Man");
    let raised = linked(&house, &chan, &lent).await;
    let (identity, mut device) = (&house.app.identity, Authenticator::new("https://localhost:8443"));
    let options = identity.passkey_creation(&raised, "CHAN Tai Man").await.expect("the session is fresh");
    identity.add_passkey(&raised, "my phone", &device.create(&options), &origin()).await.expect("it is added");
    // What is known of the person stays at its level, by a second certificate.
    let macao = house.partner("mo-qualified", "MO", MACAO).await;
    let chan = linked(&house, &raised, &of_macao(&house, &macao, "MO-000001")).await;
    let attempt = house.attempt().await;
    let asked = identity.passkey_request(&attempt).await.expect("the database answers").expect("they are offered");
    let opened = identity.enter_by_passkey(&attempt, &device.get(&asked), None, &origin()).await;
    let opened = opened.expect("it opens the account");
    assert_eq!(opened.session.level, 4);
    assert_eq!(unlink(&house, &chan, &lent).await, None);
    assert_eq!(house.signed_in(&opened).await.session.level, 2);
}

/// A certificate of one's own.
async fn enrol(house: &House, of: &SignedIn) -> Certificate {
    let request = CertificateRequest::builder(Name::parse("CN=anybody").expect("a name")).sign(&new_key());
    let (request, profile) = (request.expect("it can be signed"), &house.app.profiles[0]);
    let issued = house.app.ca.enrol(&of.person, of.session.level, profile, request.der(), "192.0.2.1").await;
    issued.expect("it is issued")
}
