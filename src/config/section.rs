//! The sections of the settings, field by field as in `config/default.toml`, and the contradictions among them.

use serde::Deserialize;

/// All settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Addresses and listeners.
    pub server: Server,
    /// Where everything is kept.
    pub database: Database,
    /// Where the master key comes from.
    pub custody: Custody,
    /// The certification authority.
    pub authority: Authority,
    /// The OpenID Provider.
    pub oidc: Oidc,
    /// Sessions and login attempts.
    pub login: Login,
    /// Outbound requests.
    pub fetch: Fetch,
    /// The log, and who may read the figures.
    pub telemetry: Telemetry,
}

/// Addresses and listeners.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// The issuer identifier.
    pub public_url: String,
    /// The mutual-TLS listener's address.
    pub mtls_url: String,
    /// The plain HTTP publication point.
    pub pki_url: String,
    /// Socket of the pages and of OpenID Connect.
    pub listen: std::net::SocketAddr,
    /// Socket of mutual TLS.
    pub listen_mtls: std::net::SocketAddr,
    /// Socket of `/pki/` over plain HTTP.
    pub listen_pki: std::net::SocketAddr,
    /// Certificate chain, a PEM file.
    pub tls_certificate: std::path::PathBuf,
    /// Private key, a PEM file.
    pub tls_key: std::path::PathBuf,
    /// Largest request body, bytes.
    pub max_body: usize,
    /// Longest handling of a request, seconds.
    pub request_timeout: u64,
}

/// Where everything is kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// Size of the pool.
    pub connections: u32,
}

/// Where the master key comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Custody {
    /// File of 64 hexadecimal digits.
    pub master_key_file: std::path::PathBuf,
    /// Environment variable with the same, which wins.
    pub master_key_variable: String,
}

/// The certification authority.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// The provincial policy OID.
    pub policy: String,
    /// Hours that a CRL counts.
    pub crl_lifetime: i64,
    /// Hours before its end at which the next is published.
    pub crl_overlap: i64,
    /// Directory of certificate profiles.
    pub profiles: std::path::PathBuf,
    /// Directory of identity profiles.
    pub identity_profiles: std::path::PathBuf,
}

/// The OpenID Provider; lifetimes in seconds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oidc {
    /// Of an authorization code.
    pub code_lifetime: i64,
    /// Of an access token.
    pub access_token_lifetime: i64,
    /// Of an ID token.
    pub id_token_lifetime: i64,
    /// Of a refresh token.
    pub refresh_token_lifetime: i64,
    /// From a key's publication to its first signature.
    pub signing_key_publish_before: i64,
    /// From a key's first signature to its last.
    pub signing_key_lifetime: i64,
    /// Attempts at a back-channel logout.
    pub logout_attempts: i64,
}

/// Sessions and login attempts; times in seconds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// A session's longest pause.
    pub session_idle: i64,
    /// A session's whole life.
    pub session_lifetime: i64,
    /// A login attempt's life.
    pub attempt_lifetime: i64,
    /// A challenge's life.
    pub challenge_lifetime: i64,
    /// Wrong codes per account, and wrong passwords per account and network, in the window.
    pub throttle_account: i64,
    /// Failures per network (an IPv4 address, a /64 of IPv6) in the window.
    pub throttle_address: i64,
    /// The window.
    pub throttle_window: i64,
    /// Highest level by passkey.
    pub level_passkey: i64,
    /// Highest level by a phone that is signed in.
    pub level_phone: i64,
    /// Longest pause of a session at a kiosk.
    pub kiosk_idle: i64,
    /// Whole life of a session at a kiosk.
    pub kiosk_lifetime: i64,
    /// Level of a company's login that gives a mandate.
    pub level_give_mandate: i64,
    /// Level of a person's login that takes one up.
    pub level_take_mandate: i64,
    /// Level of a login that may add and remove passkeys.
    pub level_add_passkey: i64,
    /// Highest level by password and TOTP.
    pub level_password: i64,
    /// Highest level by password and recovery code.
    pub level_recovery_code: i64,
    /// Highest level by certificate.
    pub level_certificate: i64,
}

/// Outbound requests.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fetch {
    /// Private origins that may be reached all the same.
    pub allow_private: Vec<String>,
    /// TLS roots, a PEM file.
    pub tls_roots: std::path::PathBuf,
    /// Largest answer, bytes.
    pub max_bytes: usize,
    /// Longest wait, seconds.
    pub timeout: u64,
}

/// The log, and who may read the figures.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// Networks (CIDR) that `/metrics` answers.
    pub metrics_networks: Vec<String>,
    /// How the log is written.
    pub log: LogFormat,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// An object a line.
    Json,
}

impl Settings {
    /// The first contradiction: the field and what is wrong with it.
    pub(super) fn validate(&self) -> Result<(), (&'static str, String)> {
        let fail = |field, why: &str| Err((field, why.to_owned()));
        for (field, address) in
            [("server.public_url", &self.server.public_url), ("server.mtls_url", &self.server.mtls_url)]
        {
            if !address.starts_with("https://") || address.ends_with('/') {
                return fail(field, "must be an https:// address without a trailing slash");
            }
        }
        if !self.database.url.starts_with("sqlite:") && !self.database.url.starts_with("postgres") {
            return fail("database.url", "must begin with sqlite: or postgres://");
        }
        if !self.server.pki_url.starts_with("http") || self.server.pki_url.ends_with('/') {
            return fail("server.pki_url", "must be an http:// address without a trailing slash");
        }
        if self.server.mtls_url == self.server.public_url {
            return fail("server.mtls_url", "must not be server.public_url: mutual TLS has a listener of its own");
        }
        for (field, number) in self.positive() {
            if number < 1 {
                return fail(field, "must be at least 1");
            }
        }
        if self.database.connections == 0 {
            return fail("database.connections", "must be at least 1");
        }
        if self.authority.crl_overlap >= self.authority.crl_lifetime {
            return fail("authority.crl_overlap", "must be shorter than authority.crl_lifetime");
        }
        if self.login.session_idle > self.login.session_lifetime {
            return fail("login.session_idle", "must not be longer than login.session_lifetime");
        }
        if self.login.kiosk_idle > self.login.kiosk_lifetime {
            return fail("login.kiosk_idle", "must not be longer than login.kiosk_lifetime");
        }
        if pki::Oid::new(&self.authority.policy).is_err() {
            return fail("authority.policy", "is not an object identifier");
        }
        if let Some(wrong) = self.telemetry.metrics_networks.iter().find(|text| text.parse::<ipnet::IpNet>().is_err()) {
            return fail("telemetry.metrics_networks", &format!("{wrong:?} is not a network, such as 10.0.0.0/8"));
        }
        for (field, level) in [
            ("login.level_password", self.login.level_password),
            ("login.level_certificate", self.login.level_certificate),
            ("login.level_recovery_code", self.login.level_recovery_code),
            ("login.level_phone", self.login.level_phone),
            ("login.level_give_mandate", self.login.level_give_mandate),
            ("login.level_take_mandate", self.login.level_take_mandate),
            ("login.level_passkey", self.login.level_passkey),
            ("login.level_add_passkey", self.login.level_add_passkey),
        ] {
            if !(2..=5).contains(&level) {
                return fail(field, "must be a level from 2 to 5");
            }
        }
        Ok(())
    }

    /// The numbers that mean nothing at zero or below.
    fn positive(&self) -> [(&'static str, i64); 16] {
        let (oidc, login) = (&self.oidc, &self.login);
        [
            ("server.max_body", i64::try_from(self.server.max_body).unwrap_or(i64::MAX)),
            ("authority.crl_lifetime", self.authority.crl_lifetime),
            ("oidc.code_lifetime", oidc.code_lifetime),
            ("oidc.access_token_lifetime", oidc.access_token_lifetime),
            ("oidc.id_token_lifetime", oidc.id_token_lifetime),
            ("oidc.refresh_token_lifetime", oidc.refresh_token_lifetime),
            ("oidc.signing_key_lifetime", oidc.signing_key_lifetime),
            ("login.session_idle", login.session_idle),
            ("login.session_lifetime", login.session_lifetime),
            ("login.kiosk_idle", login.kiosk_idle),
            ("login.kiosk_lifetime", login.kiosk_lifetime),
            ("login.attempt_lifetime", login.attempt_lifetime),
            ("login.challenge_lifetime", login.challenge_lifetime),
            ("login.throttle_account", login.throttle_account),
            ("login.throttle_address", login.throttle_address),
            ("login.throttle_window", login.throttle_window),
        ]
    }
}
