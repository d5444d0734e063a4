//! The plans for RP-Initiated, Back-Channel and Front-Channel Logout, and for Session Management.

crate::modules! {
    crate::module, "logout.mjs":
    oidcc_rp_initiated_logout_discovery_endpoint_verification = "oidcc-rp-initiated-logout-discovery-endpoint-verification",
    oidcc_rp_initiated_logout = "oidcc-rp-initiated-logout",
    oidcc_rp_initiated_logout_bad_post_logout_redirect_uri = "oidcc-rp-initiated-logout-bad-post-logout-redirect-uri",
    oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri = "oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri",
    oidcc_rp_initiated_logout_modified_id_token_hint = "oidcc-rp-initiated-logout-modified-id-token-hint",
    oidcc_rp_initiated_logout_bad_id_token_hint = "oidcc-rp-initiated-logout-bad-id-token-hint",
    oidcc_rp_initiated_logout_no_id_token_hint = "oidcc-rp-initiated-logout-no-id-token-hint",
    oidcc_rp_initiated_logout_no_params = "oidcc-rp-initiated-logout-no-params",
    oidcc_rp_initiated_logout_no_post_logout_redirect_uri = "oidcc-rp-initiated-logout-no-post-logout-redirect-uri",
    oidcc_rp_initiated_logout_no_state = "oidcc-rp-initiated-logout-no-state",
    oidcc_rp_initiated_logout_only_state = "oidcc-rp-initiated-logout-only-state",
    oidcc_backchannel_logout_discovery_endpoint_verification = "oidcc-backchannel-logout-discovery-endpoint-verification",
    oidcc_frontchannel_logout_discovery_endpoint_verification = "oidcc-frontchannel-logout-discovery-endpoint-verification",
    oidcc_frontchannel_rp_initiated_logout = "oidcc-frontchannel-rp-initiated-logout",
    oidcc_session_management_discovery_endpoint_verification = "oidcc-session-management-discovery-endpoint-verification",
    oidcc_session_management_rp_initiated_logout = "oidcc-session-management-rp-initiated-logout",
}

crate::modules! {
    crate::module_with_server, "logout.mjs":
    oidcc_backchannel_rp_initiated_logout = "oidcc-backchannel-rp-initiated-logout",
}
