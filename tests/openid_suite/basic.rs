//! The plans oidcc-basic-certification-test-plan, oidcc-formpost-basic-certification-test-plan (the same modules, answered by a
//! form) and oidcc-config-certification-test-plan.

macro_rules! basic_plan {
    ($run:path) => {
        crate::modules! {
            $run, "basic.mjs":
            oidcc_server = "oidcc-server",
            oidcc_response_type_missing = "oidcc-response-type-missing",
            oidcc_idtoken_signature = "oidcc-idtoken-signature",
            oidcc_idtoken_unsigned = "oidcc-idtoken-unsigned",
            oidcc_userinfo_get = "oidcc-userinfo-get",
            oidcc_userinfo_post_header = "oidcc-userinfo-post-header",
            oidcc_userinfo_post_body = "oidcc-userinfo-post-body",
            oidcc_ensure_request_without_nonce_succeeds_for_code_flow = "oidcc-ensure-request-without-nonce-succeeds-for-code-flow",
            oidcc_scope_profile = "oidcc-scope-profile",
            oidcc_scope_email = "oidcc-scope-email",
            oidcc_scope_address = "oidcc-scope-address",
            oidcc_scope_phone = "oidcc-scope-phone",
            oidcc_scope_all = "oidcc-scope-all",
            oidcc_ensure_other_scope_order_succeeds = "oidcc-ensure-other-scope-order-succeeds",
            oidcc_display_page = "oidcc-display-page",
            oidcc_display_popup = "oidcc-display-popup",
            oidcc_prompt_login = "oidcc-prompt-login",
            oidcc_prompt_none_not_logged_in = "oidcc-prompt-none-not-logged-in",
            oidcc_prompt_none_logged_in = "oidcc-prompt-none-logged-in",
            oidcc_max_age_1 = "oidcc-max-age-1",
            oidcc_max_age_10000 = "oidcc-max-age-10000",
            oidcc_ensure_request_with_unknown_parameter_succeeds = "oidcc-ensure-request-with-unknown-parameter-succeeds",
            oidcc_id_token_hint = "oidcc-id-token-hint",
            oidcc_login_hint = "oidcc-login-hint",
            oidcc_ui_locales = "oidcc-ui-locales",
            oidcc_claims_locales = "oidcc-claims-locales",
            oidcc_ensure_request_with_acr_values_succeeds = "oidcc-ensure-request-with-acr-values-succeeds",
            oidcc_codereuse = "oidcc-codereuse",
            oidcc_codereuse_30seconds = "oidcc-codereuse-30seconds",
            oidcc_ensure_registered_redirect_uri = "oidcc-ensure-registered-redirect-uri",
            oidcc_ensure_post_request_succeeds = "oidcc-ensure-post-request-succeeds",
            oidcc_server_client_secret_post = "oidcc-server-client-secret-post",
            oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported = "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
            oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported = "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
            oidcc_claims_essential = "oidcc-claims-essential",
            oidcc_ensure_request_object_with_redirect_uri = "oidcc-ensure-request-object-with-redirect-uri",
            oidcc_refresh_token = "oidcc-refresh-token",
            oidcc_ensure_request_with_valid_pkce_succeeds = "oidcc-ensure-request-with-valid-pkce-succeeds",
        }
    };
}

basic_plan!(crate::module);

mod form_post {
    basic_plan!(crate::module_by_form);
}

crate::modules! {
    crate::module, "basic.mjs":
    oidcc_discovery_endpoint_verification = "oidcc-discovery-endpoint-verification",
}
