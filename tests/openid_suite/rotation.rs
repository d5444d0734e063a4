//! `oidcc-server-rotate-keys` of the plan oidcc-dynamic-certification-test-plan, over rooms without a server: it is time that
//! turns the keys.

use std::collections::BTreeSet;

use crate::house::{DAY, House};

/// The module compares the key set before and after: a new key is there, and the old one still.
#[tokio::test]
async fn oidcc_server_rotate_keys() {
    let house = House::open().await;
    let kids = async || -> BTreeSet<String> {
        let set = house.app.provider.ring().await.expect("the keys").jwks(house.app.clock.now());
        let keys = set["keys"].as_array().expect("a set").clone();
        let kid = |key: &serde_json::Value| key["kid"].as_str().expect("each key has a name").to_owned();
        let kids: BTreeSet<String> = keys.iter().map(kid).collect();
        assert_eq!(kids.len(), keys.len(), "each name once");
        assert!(keys.iter().all(|key| key.get("d").is_none() && key["kty"] != "oct"), "public keys alone");
        kids
    };
    let before = kids().await;
    let mut after = before.clone();
    for _ in 0..400 {
        house.pass(DAY);
        house.app.provider.rotate_keys().await.expect("keys can be made");
        after = kids().await;
        if after != before {
            break;
        }
    }
    assert!(after.is_superset(&before) && after.len() > before.len(), "{before:?} {after:?}");
}
