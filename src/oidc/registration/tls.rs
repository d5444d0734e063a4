//! The certificate of a client that authenticates by mutual TLS.

use pki::Name;

use super::{Result, invalid};
use crate::store::client::{AuthMethod, Client, Security};
use crate::store::{self, Connection};

/// As long as a name may be.
const LONGEST: usize = 1024;

/// RFC 8705 §2.1.2: "A client using the tls_client_auth authentication method MUST use exactly one of the below metadata
/// parameters".
pub(super) fn check(client: &Client) -> Result<()> {
    let fields = fields(&client.security);
    let named: Vec<_> = fields.into_iter().filter_map(|(field, value)| Some((field, value?))).collect();
    let by_chain = client.auth_method == AuthMethod::TlsClient;
    if !by_chain && client.security.tls_client_auth_authority.is_some() {
        return invalid("tls_client_auth_authority", "is for clients with tls_client_auth alone".to_owned());
    }
    match named[..] {
        [] if by_chain => invalid(
            "tls_client_auth_subject_dn",
            "or one of tls_client_auth_san_… is needed: whose certificate".to_owned(),
        ),
        [] => Ok(()),
        [(field, _)] if !by_chain => invalid(field, "is for clients with tls_client_auth alone".to_owned()),
        [(field, value)] => check_name(field, value),
        [(field, _), ..] => invalid(field, "stands beside another: one of them names the certificate".to_owned()),
    }
}

/// A name counts under the authority that is registered with it, which must be there (a partner's authority may issue any
/// name that it likes).
pub(super) async fn check_authority(connection: &mut Connection, client: &Client) -> Result<()> {
    let Some(id) = &client.security.tls_client_auth_authority else { return Ok(()) };
    let listed = store::trust_record::find(connection, id).await?.is_some();
    let own = store::authority::find(connection, id).await?.is_some_and(|authority| authority.role == "issuing");
    match listed || own {
        true => Ok(()),
        false => invalid(
            "tls_client_auth_authority",
            format!("{id:?} is no record of the trust list, and no issuing authority of the province"),
        ),
    }
}

fn fields(security: &Security) -> [(&'static str, Option<&str>); 5] {
    [
        ("tls_client_auth_subject_dn", security.tls_client_auth_subject_dn.as_deref()),
        ("tls_client_auth_san_dns", security.tls_client_auth_san_dns.as_deref()),
        ("tls_client_auth_san_email", security.tls_client_auth_san_email.as_deref()),
        ("tls_client_auth_san_ip", security.tls_client_auth_san_ip.as_deref()),
        ("tls_client_auth_san_uri", security.tls_client_auth_san_uri.as_deref()),
    ]
}

fn check_name(field: &'static str, value: &str) -> Result<()> {
    if value.is_empty() || value.len() > LONGEST || value.chars().any(char::is_control) {
        return invalid(field, format!("is not 1 to {LONGEST} printable characters"));
    }
    match field {
        "tls_client_auth_subject_dn" => match Name::parse(value) {
            Ok(name) if !name.is_empty() => Ok(()),
            Ok(_) => invalid(field, "is empty".to_owned()),
            Err(error) => invalid(field, format!("is no name as RFC 4514 writes it: {error}")),
        },
        "tls_client_auth_san_ip" if value.parse::<std::net::IpAddr>().is_err() => {
            invalid(field, format!("{value:?} is no network address"))
        }
        _ => Ok(()),
    }
}
