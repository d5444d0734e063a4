//! Mutual TLS (RFC 8705): a client proves who it is by the key of its certificate, which signed the handshake, and its tokens
//! may be bound to that certificate. Where the chain of a certificate is judged: `docs/decisions/0010`.
//!
//! | method | whose certificate it is |
//! |---|---|
//! | `tls_client_auth` (§2.1) | the subject or the one alternative name that is registered, in a certificate that `trust` judges good, as it does one of a login, from the authority that is registered with the name |
//! | `self_signed_tls_client_auth` (§2.2) | one that stands in the client's own keys (`x5c`), whoever signed it |

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::name::GeneralName;
use pki::{Certificate, Name};

use super::Credentials;
use crate::oidc::{Error, Provider, Result};
use crate::store::binding::Binding;
use crate::store::client::{AuthMethod, Client, Security};
use crate::trust::{Accepted, OWN_SCHEME, Use};

/// The certificate that was shown in the handshake. One that cannot be read is none: nothing was proved by its key.
pub(in crate::oidc) fn shown(certificates: &[Vec<u8>]) -> Option<Certificate> {
    certificates.first().and_then(|der| Certificate::from_der(der).ok())
}

/// `x5t#S256` (§3.1, RFC 7515 §4.1.8).
pub(in crate::oidc) fn thumbprint(certificate: &Certificate) -> String {
    crate::id::base64url(certificate.fingerprint().as_bytes())
}

impl Provider {
    /// The client, if the certificate of the connection is its own.
    pub(super) async fn check_certificate(&self, client: Client, certificates: &[Vec<u8>]) -> Result<Client> {
        let leaf = shown(certificates).ok_or(Error::InvalidClient("the client certificate cannot be read"))?;
        match client.auth_method {
            AuthMethod::TlsClient => self.check_chain(&client, &leaf, certificates).await?,
            AuthMethod::SelfSignedTls => self.check_own(&client, &leaf).await?,
            // A public client shows one to bind its tokens to (§4).
            AuthMethod::None => {}
            _ => return Err(Error::InvalidClient("the client is registered with another way of authentication")),
        }
        Ok(client)
    }

    /// The name is looked at first, which costs nothing.
    async fn check_chain(&self, client: &Client, leaf: &Certificate, certificates: &[Vec<u8>]) -> Result<()> {
        if !is_named(&client.security, leaf) {
            return Err(Error::InvalidClient("the client certificate is in another name than the one registered"));
        }
        // What else came along only helps to find a path.
        let chain: Vec<_> = certificates.iter().skip(1).filter_map(|der| Certificate::from_der(der).ok()).collect();
        match self.trust.judge(leaf, &chain, Use::Login, self.clock.now_seconds()).await {
            Ok(accepted) if is_issued_as_registered(&client.security, &accepted) => Ok(()),
            Ok(accepted) => {
                tracing::info!(client = %client.id, authority = accepted.ca, "client certificate of another authority");
                Err(Error::InvalidClient("the client certificate is from another authority than the one registered"))
            }
            Err(refusal) => {
                tracing::info!(client = %client.id, reason = refusal.reason.code(), detail = %refusal, "client certificate refused");
                Err(Error::InvalidClient(
                    "the client certificate is not judged good: its issuer, its status or its period",
                ))
            }
        }
    }

    /// Nobody vouches for it, so that no chain is built (§2.2); its period counts all the same.
    async fn check_own(&self, client: &Client, leaf: &Certificate) -> Result<()> {
        if !leaf.is_valid_at(self.clock.now_seconds()) {
            return Err(Error::InvalidClient("the client certificate has expired, or is not valid yet"));
        }
        match self.holds_certificate(client, &STANDARD.encode(leaf.der())).await? {
            true => Ok(()),
            false => Err(Error::InvalidClient("the client certificate is none of the client's keys (x5c)")),
        }
    }

    /// What the tokens of a request are bound to: the key of its proof (RFC 9449), its certificate, both, or nothing.
    ///
    /// # Errors
    /// Where the client is registered to bind its tokens and does not show what to; the proof's.
    pub(in crate::oidc) async fn binding(&self, client: &Client, credentials: &Credentials) -> Result<Binding> {
        let jkt = self.bound_to(client, credentials.proof.as_ref(), client.security.dpop_bound_access_tokens).await?;
        if !client.security.tls_client_certificate_bound_access_tokens {
            return Ok(Binding { jkt, x5t: None });
        }
        let leaf = shown(&credentials.certificates).ok_or_else(|| {
            Error::InvalidRequest(
                "the client is registered to bind its tokens to its certificate: come by mtls_endpoint_aliases with it"
                    .to_owned(),
            )
        })?;
        Ok(Binding { jkt, x5t: Some(thumbprint(&leaf)) })
    }
}

/// §2.1.2: the registered subject, or the one alternative name, compared by its kind.
fn is_named(security: &Security, leaf: &Certificate) -> bool {
    if let Some(subject) = &security.tls_client_auth_subject_dn {
        return Name::parse(subject).is_ok_and(|name| !name.is_empty() && name.matches(leaf.subject()));
    }
    let names = leaf.extensions().subject_alt_names.as_ref().map(|names| names.0.as_slice()).unwrap_or_default();
    let address = security.tls_client_auth_san_ip.as_deref().and_then(octets);
    names.iter().any(|name| match name {
        GeneralName::Dns(dns) => {
            security.tls_client_auth_san_dns.as_ref().is_some_and(|wanted| wanted.eq_ignore_ascii_case(dns))
        }
        GeneralName::Uri(uri) => security.tls_client_auth_san_uri.as_ref() == Some(uri),
        GeneralName::Email(mailbox) => security.tls_client_auth_san_email.as_ref() == Some(mailbox),
        GeneralName::Ip(octets) => address.as_ref() == Some(octets),
        _ => false,
    })
}

/// RFC 8705 §7.4: "an attacker could try to impersonate a client using a certificate with the same subject (DN or SAN) but
/// issued by a different CA that the authorization server trusts". The one that is registered with the name, else the
/// province's own alone: partners are recognised for people.
fn is_issued_as_registered(security: &Security, accepted: &Accepted) -> bool {
    match &security.tls_client_auth_authority {
        Some(authority) => *authority == accepted.ca,
        None => accepted.scheme == OWN_SCHEME,
    }
}

fn octets(address: &str) -> Option<Vec<u8>> {
    match address.parse().ok()? {
        std::net::IpAddr::V4(address) => Some(address.octets().to_vec()),
        std::net::IpAddr::V6(address) => Some(address.octets().to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use pki::certificate::CertificateBuilder;
    use pki::key::{KeySpec, Signer as _, SoftwareKey};
    use pki::{Serial, Time, oid};

    use super::*;

    fn leaf() -> Certificate {
        let key = SoftwareKey::generate(KeySpec::EcdsaP256, &mut crate::rng::fill).unwrap();
        let name = Name::from_attributes(&[(oid::COUNTRY, "CN"), (oid::COMMON_NAME, "Records Office")]);
        let names = [
            GeneralName::Dns("records.example".into()),
            GeneralName::Uri("urn:gd:records".into()),
            GeneralName::Email("records@gd.example".into()),
            GeneralName::Ip(vec![192, 0, 2, 7]),
        ];
        let times = (Time(0), Time(1));
        let builder =
            CertificateBuilder::new(Serial::from_unsigned(&[1]), name.clone(), name, times, key.public_key().clone());
        builder.subject_alt_names(names).sign(&key).unwrap()
    }

    #[test]
    fn a_name_counts_under_the_authority_that_is_registered_else_under_the_provinces_own() {
        let accepted = |scheme: &str, ca: &str| Accepted {
            leaf: leaf(),
            path: Vec::new(),
            record: None,
            scheme: scheme.to_owned(),
            ca: ca.to_owned(),
            level: 2,
        };
        let (own, listed) = (accepted(OWN_SCHEME, "gd-ca"), accepted("hk-ecert", "hk-personal"));
        let registered = |authority: Option<&str>| Security {
            tls_client_auth_authority: authority.map(str::to_owned),
            ..Security::default()
        };
        for (authority, by_own, by_listed) in [
            (None, true, false),
            (Some("gd-ca"), true, false),
            (Some("hk-personal"), false, true),
            (Some("mo-qualified"), false, false),
        ] {
            let security = registered(authority);
            let told = (is_issued_as_registered(&security, &own), is_issued_as_registered(&security, &listed));
            assert_eq!(told, (by_own, by_listed), "{authority:?}");
        }
    }

    #[test]
    fn a_certificate_is_known_by_the_one_name_that_is_registered() {
        let (leaf, some) = (leaf(), |text: &str| Some(text.to_owned()));
        let none = Security::default;
        for (named, security) in [
            (true, Security { tls_client_auth_subject_dn: some("CN=records office,C=CN"), ..none() }),
            (false, Security { tls_client_auth_subject_dn: some("CN=Records Office"), ..none() }),
            (false, Security { tls_client_auth_subject_dn: some(""), ..none() }),
            (true, Security { tls_client_auth_san_dns: some("Records.example"), ..none() }),
            (false, Security { tls_client_auth_san_dns: some("example"), ..none() }),
            (false, Security { tls_client_auth_san_dns: some("urn:gd:records"), ..none() }),
            (true, Security { tls_client_auth_san_uri: some("urn:gd:records"), ..none() }),
            (true, Security { tls_client_auth_san_email: some("records@gd.example"), ..none() }),
            (true, Security { tls_client_auth_san_ip: some("192.0.2.7"), ..none() }),
            (false, Security { tls_client_auth_san_ip: some("192.0.2.8"), ..none() }),
            (false, none()),
        ] {
            assert_eq!(is_named(&security, &leaf), named, "{security:?}");
        }
    }
}
