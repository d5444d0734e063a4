//! A partner comes with its certificates; its keys are its own.

use std::path::Path;

use pearlbridge::audit::Circumstance;
use pearlbridge::ca::ceremony;
use pearlbridge::ca::partner;
use pearlbridge::ca::record::RecordScript;
use pearlbridge::store::{self};
use pki::{Certificate, oid};

use crate::house::{Asked, BRIDGE, CEREMONY, House, Partner};
use crate::support::leaf::write_pem;
use crate::support::{events, temporary_directory};

const ID: &str = "hk-partner";
const POLICY: &str = "1.3.6.1.4.1.32473.1.1";

fn record(root: Option<&str>, issuing: &str) -> String {
    let root = root.map(|root| format!("root = \"{root}\"\n")).unwrap_or_default();
    format!(
        "id = \"{ID}\"\nscheme = \"hk\"\nregion = \"HK\"\noperator = \"a test\"\nnames = {{ en = \"A partner\" }}\n{root}\
         issuing = \"{issuing}\"\npolicy_prefix = \"1.3.6.1.4.1.32473.1\"\npolicies = [\"{POLICY}\"]\nlevel = 5\n\
         recognised_from = \"2020-01-01T00:00:00Z\"\ncontact = \"\"\nbridge = \"{BRIDGE}\"\n"
    )
}

fn leaf(house: &House, partner: &Partner) -> Certificate {
    let subject = [(oid::COUNTRY, "HK"), (oid::ORGANIZATIONAL_UNIT, "1000000001"), (oid::COMMON_NAME, "CHAN Tai Man")];
    partner.leaf(Asked { subject: &subject, policy: Some(POLICY), ..Asked::default() }, house.now())
}

/// Its list, kept as if fetched.
async fn publish(house: &House, partner: &Partner) {
    let day = house.now();
    let until = pki::Time(day.0 + 365 * 86_400);
    house.keep("http://partner.example/list.crl", &partner.list(1, (day, until), &[])).await;
}

fn write(directory: &Path, name: &str, certificate: &Certificate) {
    write_pem(&directory.join(name), "CERTIFICATE", certificate.der());
}

#[tokio::test]
async fn a_ceremony_takes_a_partner_by_its_certificate_and_makes_no_key_for_it() {
    let house = House::open().await;
    let partner = Partner::found("HK", house.now());
    let directory = temporary_directory("ceremony");
    write(&directory, "root.pem", &partner.root);
    write(&directory, "ca.pem", &partner.issuing);
    let partners = "[[authority]]\nid = \"their-root\"\nrole = \"partner-root\"\ncertificate = \"root.pem\"\n\
                    [[authority]]\nid = \"their-ca\"\nrole = \"partner-issuing\"\ncertificate = \"ca.pem\"\n[[record]]\n";
    let script = directory.join("ceremony.toml");
    std::fs::write(&script, format!("{CEREMONY}{partners}{}", record(Some("their-root"), "their-ca"))).expect("a file");
    let script = ceremony::load(&script).expect("a script");
    let mut said = Vec::new();
    house.app.ca.run_ceremony(&script, &mut |line| said.push(line.to_owned())).await.expect("it is held");
    assert_eq!(said.len(), 1, "{said:?}");
    let mut connection = house.app.store.read().await.expect("a connection");
    assert!(store::authority::find(&mut connection, "their-ca").await.expect("an answer").is_none());
    drop(connection);

    publish(&house, &partner).await;
    house.judge(&leaf(&house, &partner)).await.expect("it is good");
    let added = events(&house.app, "trust_record_added").await;
    assert_eq!(added[0]["issuing"], partner.issuing.fingerprint().to_string());
    // Held again, it finds everything as it is.
    house.app.ca.run_ceremony(&script, &mut |line| panic!("made {line}")).await.expect("it is held");
}

#[tokio::test]
async fn a_record_is_refused_when_its_certificates_are_not_those_of_an_authority() {
    let house = House::open().await;
    let (partner, stranger) = (Partner::found("HK", house.now()), Partner::found("HK", house.now()));
    let directory = temporary_directory("record");
    write(&directory, "root.pem", &partner.root);
    write(&directory, "ca.pem", &partner.issuing);
    write(&directory, "leaf.pem", &leaf(&house, &partner));
    write(&directory, "stranger.pem", &stranger.root);
    std::fs::write(directory.join("text.pem"), "not a certificate").expect("a file");
    let refused = |root: Option<&str>, issuing: &str, at: pki::Time| {
        let script: RecordScript = toml::from_str(&record(root, issuing)).expect("a record");
        script.partner(&directory, at).map(drop).map_err(|error| error.to_string())
    };
    let now = house.now();
    assert_eq!(refused(Some("root.pem"), "ca.pem", now), Ok(()));
    assert_eq!(refused(None, "root.pem", now), Ok(()), "an authority that is its own root");
    for (root, issuing, at, why) in [
        (None, "ca.pem", now, "the root above"),
        (Some("stranger.pem"), "ca.pem", now, "RFC"),
        (Some("root.pem"), "leaf.pem", now, "no certificate of an authority"),
        (Some("root.pem"), "text.pem", now, "text.pem"),
        (Some("root.pem"), "absent.pem", now, "absent.pem"),
        (Some("root.pem"), "ca.pem", pki::Time(now.0 + 4000 * 86_400), "RFC"),
    ] {
        let told = refused(root, issuing, at).expect_err(issuing);
        assert!(told.contains(why), "{issuing}: {told}");
    }
    assert_eq!(partner::read(&directory.join("ca.pem")).expect("it is read").len(), 1);
}

#[tokio::test]
async fn a_record_without_a_bridge_is_not_written() {
    let house = House::open().await;
    let partner = Partner::found("HK", house.now());
    let issuing = partner::Partner { issuing: partner.issuing.clone(), root: partner.root.clone() };
    for bridge in ["gd-ca-p256", "nobody"] {
        let text = record(None, "ca.pem").replace(BRIDGE, bridge);
        let script: RecordScript = toml::from_str(&text).expect("a record");
        let circumstance = Circumstance::operator(house.app.clock.now());
        house.app.ca.add_record(&script, &issuing, circumstance).await.expect_err("no bridge");
    }
    assert!(house.app.trust.snapshot().await.expect("an answer").records.is_empty());
}

#[tokio::test]
async fn near_a_partners_end_its_certificate_is_not_issued_again_and_again_and_after_it_the_service_starts() {
    let house = House::open().await;
    let partner = Partner::found("HK", house.now());
    // Founded for ten years.
    house.pass(3640 * 86_400);
    house.recognise(partner.record(ID, POLICY)).await;
    assert_eq!(house.app.ca.renew_cross_certificates().await.expect("nothing is due"), 0);
    house.pass(20 * 86_400);
    house.app.repair().await.expect("the service starts");
}
