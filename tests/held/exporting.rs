//! Everything that is kept about a person goes to that person alone, to a login of a moment ago, and without a secret.

use pearlbridge::identity::session::SignedIn;
use pearlbridge::store::{self};
use serde_json::Value;

use crate::house::{House, origin};
use crate::raising::{self, certificate, link};

const POLICY: &str = "1.3.6.1.4.1.32473.1.1";

/// What a session takes away, if it may.
async fn exported(house: &House, by: &SignedIn) -> Option<Value> {
    let export = house.app.identity.export(by, &origin()).await.expect("the database answers");
    export.map(|export| serde_json::to_value(&export).expect("it is JSON"))
}

fn kinds(export: &Value) -> Vec<&str> {
    export["events"].as_array().expect("events").iter().filter_map(|event| event["event"].as_str()).collect()
}

#[tokio::test]
async fn a_login_of_a_moment_ago_takes_away_what_it_proved_to_be_its_own() {
    let house = House::open().await;
    let partner = house.partner("hk-ecert-personal", "HK", POLICY).await;
    let by_password = raising::signed_in(&house).await;
    let own = certificate(&house, &partner, "1000000001", "CHAN Tai Man");
    link(&house, &by_password, &own).await.expect("it is linked");
    let by_certificate = house.sign_in(&own).await;

    let whole = exported(&house, &by_certificate).await.expect("a login of a moment ago");
    assert_eq!(whole["format"], "pearlbridge-account-1");
    assert_eq!(whole["documents"][0]["number"], "1000000001");
    assert_eq!(whole["password"]["username"], "chan");
    assert_eq!(whole["certificates"].as_array().map(Vec::len), Some(1));
    assert_eq!(kinds(&whole)[0], "account_exported", "it is the first thing in their own log");
    assert_eq!(whole["events"][0]["actor"], "self");

    // The other browser knows the password alone: what the certificate showed stays masked there.
    let by_password = SignedIn { person: by_certificate.person.clone(), ..by_password };
    let masked = exported(&house, &by_password).await.expect("a login of a moment ago");
    assert_eq!(masked["documents"][0].get("number"), None);
    assert_eq!(masked["documents"][0]["number_masked"], "10******01");

    let (again, mut more) = (exported(&house, &by_certificate).await.expect("one more"), 0);
    assert_eq!(again["sessions"].as_array().map(Vec::len), Some(2), "the ended and the open");
    while house.app.identity.export(&by_certificate, &origin()).await.is_ok() {
        more += 1;
    }
    assert_eq!(more, 2, "five at once");
    house.pass(601);
    assert!(exported(&house, &by_certificate).await.is_none(), "a browser that was left open takes nothing");
}

/// A certificate of a name that cannot be compared opens the account, and raises nothing: what it showed is its own.
#[tokio::test]
async fn a_password_does_not_read_out_what_a_certificate_showed() {
    let house = House::open().await;
    let partner = house.partner("hk-ecert-personal", "HK", POLICY).await;
    let by_password = raising::signed_in_as(&house, "Hani", "陳大文").await;
    let latin = certificate(&house, &partner, "1000000001", "CHAN Tai Man");
    link(&house, &by_password, &latin).await.expect("it is linked");
    let masked = exported(&house, &by_password).await.expect("a login of a moment ago");
    assert_eq!(masked["account"]["level"], 2, "nothing was raised");
    assert_eq!(masked["documents"][0].get("number"), None);
    let whole = exported(&house, &house.sign_in(&latin).await).await.expect("a login of a moment ago");
    assert_eq!(whole["documents"][0]["number"], "1000000001");
}

#[tokio::test]
async fn nothing_secret_and_nothing_of_another_is_taken_away() {
    let house = House::open().await;
    let partner = house.partner("hk-ecert-personal", "HK", POLICY).await;
    let chan = raising::signed_in(&house).await;
    let other = house.sign_in(&certificate(&house, &partner, "2000000002", "WONG Siu Ming")).await;
    let export = exported(&house, &chan).await.expect("a login of a moment ago").to_string();
    let mut connection = house.app.store.read().await.expect("a connection");
    let known = store::credential::find_password(&mut connection, "chan").await.expect("the database answers");
    let phc = known.expect("the password").phc;
    for hidden in [phc.as_str(), "2000000002", "WONG", &other.person.id, &other.session.id, &chan.person.id] {
        assert!(!export.contains(hidden), "{hidden}");
    }
}
