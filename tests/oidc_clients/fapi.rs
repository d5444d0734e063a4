//! FAPI 2.0 Security Profile, as npm's openid-client does it with `private_key_jwt`, PAR and DPoP.

use pearlbridge::oidc::jose::Algorithm;

use crate::assertions::client_with_key;
use crate::script::openid_client;

#[test]
fn a_client_that_is_held_to_fapi_signs_in_by_it_and_in_no_other_way() {
    let held = ["--fapi", "true", "--redirect-uri", "https://localhost:8499/callback"];
    let asks = ["--scope", "openid profile offline_access", "--auth-signing-alg", "ES256"];
    openid_client("fapi.mjs", &client_with_key("fapi", Algorithm::Es256, &[held, asks].concat()));
}
