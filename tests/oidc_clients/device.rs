//! RFC 8628, as npm's openid-client asks and a person decides.

use serde_json::json;

use crate::script::{openid_client, register};

#[test]
fn a_device_is_let_in_by_the_person_who_compares_its_code_and_by_nobody_else() {
    let grant = ["--grant-type", "urn:ietf:params:oauth:grant-type:device_code", "--grant-type", "refresh_token"];
    let public = [grant.as_slice(), &["--auth-method", "none"]].concat();
    let kiosk = register("kiosk", &public);
    let demanding = register("kiosk-demanding", &[public.as_slice(), &["--acr", "4"]].concat());
    let other = register("no-kiosk", &["--redirect-uri", "http://localhost:8499/callback"]);
    openid_client("device.mjs", &json!([kiosk, other, demanding]));
}
