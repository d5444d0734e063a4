//! What a program is told of a certificate is what a sign-in would find; and no program takes more than its share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pearlbridge::trust::Use;
use pearlbridge::trust::validation::Outcome;
use pki::{Certificate, oid};
use serde_json::{Value, json};

use crate::house::{Asked, BRIDGE, House, Partner};

const POLICY: &str = "1.3.6.1.4.1.32473.1.1";

fn case(leaf: &Certificate, more: &Value) -> Vec<u8> {
    let mut case = json!({"leaf": STANDARD.encode(leaf.der())});
    if let (Some(members), Some(more)) = (case.as_object_mut(), more.as_object()) {
        members.extend(more.clone());
    }
    case.to_string().into_bytes()
}

fn json_of(outcome: &Outcome) -> Value {
    serde_json::from_str(&outcome.to_json()).expect("JSON")
}

async fn ask(house: &House, leaf: &Certificate, more: Value) -> Value {
    let answers = house.app.trust.answer(Arc::from([case(leaf, &more)])).await.expect("it is judged");
    json_of(&answers[0])
}

fn of_partner(house: &House, partner: &Partner) -> Certificate {
    let subject = [(oid::COUNTRY, "HK"), (oid::COMMON_NAME, "CHAN Tai Man")];
    partner.leaf(Asked { subject: &subject, policy: Some(POLICY), ..Asked::default() }, house.now())
}

#[tokio::test]
async fn a_program_is_told_what_a_sign_in_would_find() {
    let house = House::open().await;
    let partner = house.partner("a-partner", "HK", POLICY).await;
    let snapshot = house.app.trust.snapshot().await.expect("trust");
    let cross = snapshot.records[0].cross.clone().expect("the bridge has certified it");
    let own = |id: &str| {
        let found = snapshot.authorities.iter().find(|(row, _)| row.id == id);
        found.map(|(_, certificate)| certificate.clone()).expect("an authority of the ceremony")
    };
    for (what, leaf, code) in [
        ("somebody of the partner's", of_partner(&house, &partner), Value::Null),
        ("the bridge's certificate for the partner", cross, json!("trust_list_record")),
        ("the province's bridge", own(BRIDGE), json!("trust_list_record")),
        ("the province's issuing authority", own("gd-ca-p256"), json!("trust_list_record")),
    ] {
        let judged = house.app.trust.judge(&leaf, &[], Use::Any, house.now()).await;
        let told = ask(&house, &leaf, json!({})).await;
        assert_eq!((&told["valid"], &told["error"]["code"]), (&json!(judged.is_ok()), &code), "{what}: {told}");
        let refused = judged.err().map_or(Value::Null, |refusal| json!(refusal.code));
        assert_eq!(refused, code, "{what}");
    }
}

#[tokio::test]
async fn the_provinces_policy_must_hold_unless_the_case_names_others() {
    let house = House::open().await;
    let partner = house.partner("a-partner", "HK", POLICY).await;
    let leaf = of_partner(&house, &partner);
    let told = ask(&house, &leaf, json!({"explicit_policy": false})).await;
    assert!(told["valid"] == true && told["policies"].as_array().is_some_and(|all| all.len() == 1), "{told}");
    let other = ask(&house, &leaf, json!({"policies": ["1.2.3"], "explicit_policy": true})).await;
    assert_eq!(other["error"]["code"], "policy_not_permitted", "{other}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_batch_gives_its_turn_back_after_each_case() {
    let house = House::open().await;
    let partner = house.partner("a-partner", "HK", POLICY).await;
    let leaf = of_partner(&house, &partner);
    let long: Arc<[Vec<u8>]> = vec![case(&leaf, &json!({})); 1_000].into();
    let long: Vec<_> = (0..16)
        .map(|_| {
            let (trust, long) = (house.app.trust.clone(), long.clone());
            tokio::spawn(async move { trust.answer(long).await })
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let told = ask(&house, &leaf, json!({})).await;
    assert_eq!(told["valid"], true, "{told}");
    assert!(!long.iter().any(tokio::task::JoinHandle::is_finished), "sixteen batches of a thousand take longer");
    long.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_whose_time_is_used_up_is_told_so_case_by_case() {
    let house = Arc::new(House::open().await);
    let partner = house.partner("a-partner", "HK", POLICY).await;
    let leaf = of_partner(&house, &partner);
    let cases: Arc<[Vec<u8>]> = (0..1_000).map(|id| case(&leaf, &json!({"id": id}))).collect();
    // Time flies while they are judged.
    let done = Arc::new(AtomicBool::new(false));
    let flying = {
        let (house, done) = (house.clone(), done.clone());
        std::thread::spawn(move || {
            while !done.load(Ordering::Relaxed) {
                house.pass(11);
            }
        })
    };
    let begin = house.now();
    while house.now() == begin {
        std::thread::yield_now();
    }
    let answers = house.app.trust.answer(cases).await;
    done.store(true, Ordering::Relaxed);
    flying.join().expect("it flew");
    let told: Vec<Value> = answers.expect("they are answered").iter().map(json_of).collect();
    let exhausted = |told: &Value| told["error"]["code"] == "budget_exhausted";
    assert!(!exhausted(&told[0]) && exhausted(&told[999]), "{} {}", told[0], told[999]);
    assert!(told.iter().enumerate().all(|(id, told)| told["id"] == id), "each by its name");
}
