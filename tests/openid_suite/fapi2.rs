//! The plan fapi2-security-profile-final-test-plan, with private_key_jwt, DPoP and OpenID Connect. What needs time to pass is
//! over rooms without a server: `fapi2-security-profile-final-par-attempt-to-use-expired-request_uri` and
//! `fapi2-security-profile-final-ensure-token-endpoint-fails-with-expired-auth-code` are in `expiry`.

use std::sync::OnceLock;

use pearlbridge::oidc::jose::{Algorithm, jwk};
use pki::key::{Signer as _, SoftwareKey};
use serde_json::{Value, json};

use crate::script::register;

/// Two clients that the operator holds to the profile, each with a key.
fn clients() -> &'static [Value; 2] {
    static CLIENTS: OnceLock<[Value; 2]> = OnceLock::new();
    CLIENTS.get_or_init(|| ["fapi-first", "fapi-second"].map(client))
}

fn client(id: &str) -> Value {
    let key =
        SoftwareKey::generate(Algorithm::Ps256.key_spec(), &mut pearlbridge::rng::fill).expect("a key can be made");
    let file = crate::demo().directory.join(format!("{id}.jwk"));
    // Without `alg`: that RS256 is refused is not the key's doing.
    let mut public = jwk(key.public_key(), Algorithm::Ps256, "signing");
    public.as_object_mut().expect("a key is an object").remove("alg");
    std::fs::write(&file, public.to_string()).expect("it can be written");
    let held = ["--fapi", "true", "--redirect-uri", "https://localhost:8499/callback", "--jwks"];
    let scope = ["--scope", "openid profile offline_access"];
    let client = register(id, &[held.as_slice(), &[file.to_str().expect("a path")], &scope].concat());
    json!({"client": client, "pem": pem::encode(&pem::Pem::new("PRIVATE KEY", key.to_pkcs8_der().as_slice()))})
}

/// Runs a module with the two clients.
fn module(script: &str, name: &str) {
    crate::run(script, name, json!({"clients": clients()}));
}

crate::modules! {
    module, "fapi2.mjs":
    fapi2_security_profile_final_discovery_end_point_verification =
        "fapi2-security-profile-final-discovery-end-point-verification",
    fapi2_security_profile_final_happy_flow =
        "fapi2-security-profile-final-happy-flow",
    fapi2_security_profile_final_user_rejects_authentication =
        "fapi2-security-profile-final-user-rejects-authentication",
    fapi2_security_profile_final_ensure_authorization_request_without_state_success =
        "fapi2-security-profile-final-ensure-authorization-request-without-state-success",
    fapi2_security_profile_final_ensure_authorization_request_without_nonce_success =
        "fapi2-security-profile-final-ensure-authorization-request-without-nonce-success",
    fapi2_security_profile_final_ensure_authorization_request_with_64_char_nonce_success =
        "fapi2-security-profile-final-ensure-authorization-request-with-64-char-nonce-success",
    fapi2_security_profile_final_ensure_other_scope_order_succeeds =
        "fapi2-security-profile-final-ensure-other-scope-order-succeeds",
    fapi2_security_profile_final_test_claims_parameter_identity_claims =
        "fapi2-security-profile-final-test-claims-parameter-identity-claims",
    fapi2_security_profile_final_access_token_type_header_case_sensitivity =
        "fapi2-security-profile-final-access-token-type-header-case-sensitivity",
    fapi2_security_profile_final_check_dpop_proof_nbf_exp =
        "fapi2-security-profile-final-check-dpop-proof-nbf-exp",
    fapi2_security_profile_final_ensure_dpopproof_with_iat_10seconds_before_succeeds =
        "fapi2-security-profile-final-ensure-dpopproof-with-iat-10seconds-before-succeeds",
    fapi2_security_profile_final_ensure_dpopproof_with_iat_10seconds_after_succeeds =
        "fapi2-security-profile-final-ensure-dpopproof-with-iat-10seconds-after-succeeds",
    fapi2_security_profile_final_ensure_mismatched_dpop_jkt_fails =
        "fapi2-security-profile-final-ensure-mismatched-dpop-jkt-fails",
    fapi2_security_profile_final_ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt =
        "fapi2-security-profile-final-ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt",
    fapi2_security_profile_final_ensure_token_endpoint_fails_with_mismatched_dpop_jkt =
        "fapi2-security-profile-final-ensure-token-endpoint-fails-with-mismatched-dpop-jkt",
    fapi2_security_profile_final_ensure_dpopproof_at_par_endpoint_binding_success =
        "fapi2-security-profile-final-ensure-dpopproof-at-par-endpoint-binding-success",
    fapi2_security_profile_final_ensure_dpop_auth_code_binding_success =
        "fapi2-security-profile-final-ensure-dpop-auth-code-binding-success",
    fapi2_security_profile_final_ensure_different_nonce_inside_and_outside_request_object =
        "fapi2-security-profile-final-ensure-different-nonce-inside-and-outside-request-object",
    fapi2_security_profile_final_ensure_different_state_inside_and_outside_request_object =
        "fapi2-security-profile-final-ensure-different-state-inside-and-outside-request-object",
    fapi2_security_profile_final_ensure_authorization_request_with_long_nonce =
        "fapi2-security-profile-final-ensure-authorization-request-with-long-nonce",
    fapi2_security_profile_final_ensure_authorization_request_with_long_state =
        "fapi2-security-profile-final-ensure-authorization-request-with-long-state",
    fapi2_security_profile_final_state_only_outside_request_object_not_used =
        "fapi2-security-profile-final-state-only-outside-request-object-not-used",
    fapi2_security_profile_final_ensure_request_object_without_redirect_uri_fails =
        "fapi2-security-profile-final-ensure-request-object-without-redirect-uri-fails",
    fapi2_security_profile_final_plain_fapi_tolerate_unregistered_redirect_uri =
        "fapi2-security-profile-final-plain-fapi-tolerate-unregistered-redirect-uri",
    fapi2_security_profile_final_ensure_unsigned_authorization_request_without_using_par_fails =
        "fapi2-security-profile-final-ensure-unsigned-authorization-request-without-using-par-fails",
    fapi2_security_profile_final_ensure_redirect_uri_in_authorization_request =
        "fapi2-security-profile-final-ensure-redirect-uri-in-authorization-request",
    fapi2_security_profile_final_ensure_response_type_code_idtoken_fails =
        "fapi2-security-profile-final-ensure-response-type-code-idtoken-fails",
    fapi2_security_profile_final_ensure_response_type_token_fails =
        "fapi2-security-profile-final-ensure-response-type-token-fails",
    fapi2_security_profile_final_ensure_client_id_in_token_endpoint =
        "fapi2-security-profile-final-ensure-client-id-in-token-endpoint",
    fapi2_security_profile_final_ensure_holder_of_key_required =
        "fapi2-security-profile-final-ensure-holder-of-key-required",
    fapi2_security_profile_final_ensure_authorization_code_is_bound_to_client =
        "fapi2-security-profile-final-ensure-authorization-code-is-bound-to-client",
    fapi2_security_profile_final_attempt_reuse_authorization_code_after_one_second =
        "fapi2-security-profile-final-attempt-reuse-authorization-code-after-one-second",
    fapi2_security_profile_final_ensure_signed_client_assertion_with_rs256_fails =
        "fapi2-security-profile-final-ensure-signed-client-assertion-with-RS256-fails",
    fapi2_security_profile_final_ensure_client_assertion_in_token_endpoint =
        "fapi2-security-profile-final-ensure-client-assertion-in-token-endpoint",
    fapi2_security_profile_final_ensure_client_assertion_with_exp_is_5_minutes_in_past_fails =
        "fapi2-security-profile-final-ensure-client-assertion-with-exp-is-5-minutes-in-past-fails",
    fapi2_security_profile_final_ensure_client_assertion_with_wrong_aud_fails =
        "fapi2-security-profile-final-ensure-client-assertion-with-wrong-aud-fails",
    fapi2_security_profile_final_ensure_client_assertion_with_no_sub_fails =
        "fapi2-security-profile-final-ensure-client-assertion-with-no-sub-fails",
    fapi2_security_profile_final_dpop_negative_tests =
        "fapi2-security-profile-final-dpop-negative-tests",
    fapi2_security_profile_final_refresh_token =
        "fapi2-security-profile-final-refresh-token",
    fapi2_security_profile_final_par_ensure_reused_request_uri_prior_to_auth_completion_succeeds =
        "fapi2-security-profile-final-par-ensure-reused-request-uri-prior-to-auth-completion-succeeds",
    fapi2_security_profile_final_par_attempt_reuse_request_uri =
        "fapi2-security-profile-final-par-attempt-reuse-request_uri",
    fapi2_security_profile_final_par_attempt_to_use_request_uri_for_different_client =
        "fapi2-security-profile-final-par-attempt-to-use-request_uri-for-different-client",
    fapi2_security_profile_final_par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted =
        "fapi2-security-profile-final-par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted",
    fapi2_security_profile_final_par_ensure_jwt_client_assertions_nbf_over_60_seconds_in_the_future_fails =
        "fapi2-security-profile-final-par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails",
    fapi2_security_profile_final_par_authorization_request_containing_request_uri_form_param =
        "fapi2-security-profile-final-par-authorization-request-containing-request_uri-form-param",
    fapi2_security_profile_final_par_attempt_invalid_http_method =
        "fapi2-security-profile-final-par-attempt-invalid-http-method",
    fapi2_security_profile_final_par_ensure_pkce_required =
        "fapi2-security-profile-final-par-ensure-pkce-required",
    fapi2_security_profile_final_ensure_pkce_code_verifier_required =
        "fapi2-security-profile-final-ensure-pkce-code-verifier-required",
    fapi2_security_profile_final_incorrect_pkce_code_verifier_rejected =
        "fapi2-security-profile-final-incorrect-pkce-code-verifier-rejected",
    fapi2_security_profile_final_par_plain_pkce_rejected =
        "fapi2-security-profile-final-par-plain-pkce-rejected",
    fapi2_security_profile_final_par_without_duplicate_parameters =
        "fapi2-security-profile-final-par-without-duplicate-parameters",
    fapi2_security_profile_final_par_test_array_as_audience_fails =
        "fapi2-security-profile-final-par-test-array-as-audience-fails",
    fapi2_security_profile_final_par_test_par_endpoint_url_as_audience_fails =
        "fapi2-security-profile-final-par-test-par-endpoint-url-as-audience-fails",
    fapi2_security_profile_final_par_test_token_endpoint_url_as_audience_fails =
        "fapi2-security-profile-final-par-test-token-endpoint-url-as-audience-fails",
}
