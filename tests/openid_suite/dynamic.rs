//! The plan oidcc-dynamic-certification-test-plan: what is in no other plan. Its oidcc-server-rotate-keys is in `rotation`.

crate::modules! {
    crate::module, "dynamic.mjs":
    oidcc_idtoken_rs256 = "oidcc-idtoken-rs256",
    oidcc_userinfo_rs256 = "oidcc-userinfo-rs256",
    oidcc_ensure_redirect_uri_in_authorization_request = "oidcc-ensure-redirect-uri-in-authorization-request",
    oidcc_redirect_uri_query_ok = "oidcc-redirect-uri-query-OK",
    oidcc_redirect_uri_query_mismatch = "oidcc-redirect-uri-query-mismatch",
    oidcc_redirect_uri_query_added = "oidcc-redirect-uri-query-added",
    oidcc_redirect_uri_regfrag = "oidcc-redirect-uri-regfrag",
    oidcc_registration_logo_uri = "oidcc-registration-logo-uri",
    oidcc_registration_policy_uri = "oidcc-registration-policy-uri",
    oidcc_registration_tos_uri = "oidcc-registration-tos-uri",
    oidcc_request_uri_unsigned = "oidcc-request-uri-unsigned",
    oidcc_request_uri_signed_rs256 = "oidcc-request-uri-signed-rs256",
    oidcc_ensure_client_assertion_with_iss_aud_succeeds = "oidcc-ensure-client-assertion-with-iss-aud-succeeds",
}

crate::modules! {
    crate::module_with_server, "dynamic.mjs":
    oidcc_registration_jwks_uri = "oidcc-registration-jwks-uri",
    oidcc_registration_sector_uri = "oidcc-registration-sector-uri",
    oidcc_registration_sector_bad = "oidcc-registration-sector-bad",
    oidcc_refresh_token_rp_key_rotation = "oidcc-refresh-token-rp-key-rotation",
}
