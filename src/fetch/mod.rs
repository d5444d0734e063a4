//! Outbound HTTP: for CRLs and issuers that are missing, for logout tokens, for the halls' calls to their provider.
//!
//! A private address is refused unless its exact origin is on the allow-list (an attacker's certificate may name any
//! URL), redirects are not followed, an answer is cut at a size and a time. The check is made on the addresses that
//! the connection then uses, so that a name cannot change between the two.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Why something could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address is not one that may be asked.
    #[error("{url} may not be fetched: {why}")]
    Forbidden {
        /// The address.
        url: String,
        /// Which rule it breaks.
        why: &'static str,
    },
    /// The other side did not answer, or not in HTTP.
    #[error("{url}: {why}")]
    Failed {
        /// The address.
        url: String,
        /// What happened instead.
        why: String,
    },
    /// The other side answered with a status that is not 200.
    #[error("{url}: status {status}")]
    Status {
        /// The address.
        url: String,
        /// Which.
        status: http::StatusCode,
    },
    /// The answer is longer than allowed.
    #[error("{url}: the answer is longer than {limit} bytes")]
    TooLarge {
        /// The address.
        url: String,
        /// The limit.
        limit: usize,
    },
    /// The client could not be set up.
    #[error("outbound TLS: {0}")]
    Setup(String),
}

/// The outbound client.
#[derive(Clone, Debug)]
pub struct Fetcher {
    public: reqwest::Client,
    private: reqwest::Client,
    allow_private: Arc<[String]>,
    max_bytes: usize,
    tally: Arc<Tally>,
}

/// Outbound requests by what came of them, since the process began.
#[derive(Debug, Default)]
struct Tally {
    answered: AtomicU64,
    failed: AtomicU64,
    forbidden: AtomicU64,
    too_large: AtomicU64,
}

impl Fetcher {
    /// A client that trusts the TLS roots in `roots` (DER).
    ///
    /// # Errors
    /// When the roots are not certificates.
    pub fn new(settings: &crate::config::Fetch, roots: &[Vec<u8>]) -> Result<Self, Error> {
        let client = |guarded: bool| {
            let mut builder = reqwest::Client::builder()
                .use_preconfigured_tls(tls_client(roots)?)
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .timeout(Duration::from_secs(settings.timeout))
                .pool_idle_timeout(Duration::from_secs(30))
                .user_agent(concat!("pearlbridge/", env!("CARGO_PKG_VERSION")));
            if guarded {
                builder = builder.dns_resolver(Arc::new(PublicOnly));
            }
            builder.build().map_err(|error| Error::Setup(error.to_string()))
        };
        Ok(Self {
            public: client(true)?,
            private: client(false)?,
            allow_private: settings.allow_private.clone().into(),
            max_bytes: settings.max_bytes,
            tally: Arc::default(),
        })
    }

    /// GET `url`: the body, if the answer is 200.
    ///
    /// # Errors
    /// As [`Error`] lists.
    pub async fn get(&self, url: &str) -> Result<Vec<u8>, Error> {
        let request = http::Request::get(url).body(Vec::new()).map_err(|error| failed(url, &error))?;
        let response = self.send(request).await?;
        if response.status() != http::StatusCode::OK {
            return Err(Error::Status { url: url.to_owned(), status: response.status() });
        }
        Ok(response.into_body())
    }

    /// Asks the OCSP responder at `url` (RFC 6960 §A.1): by GET where that is short enough for caches on the way to
    /// answer (RFC 5019 §5: 255 bytes in all), and by POST where it is not, or where the responder does not know GET.
    ///
    /// # Errors
    /// As [`Error`] lists.
    pub async fn ask_ocsp(&self, url: &str, request: &[u8]) -> Result<Vec<u8>, Error> {
        let short = format!("{}/{}", url.trim_end_matches('/'), in_path(request));
        if short.len() <= 255 && !url.contains(['?', '#']) {
            let get = http::Request::get(&short).header(http::header::ACCEPT, OCSP_RESPONSE);
            let response = self.send(get.body(Vec::new()).map_err(|error| failed(url, &error))?).await?;
            if response.status() == http::StatusCode::OK {
                return Ok(response.into_body());
            }
        }
        let post = http::Request::post(url)
            .header(http::header::CONTENT_TYPE, "application/ocsp-request")
            .header(http::header::ACCEPT, OCSP_RESPONSE);
        let response = self.send(post.body(request.to_vec()).map_err(|error| failed(url, &error))?).await?;
        if response.status() != http::StatusCode::OK {
            return Err(Error::Status { url: url.to_owned(), status: response.status() });
        }
        Ok(response.into_body())
    }

    /// Outbound requests since the process began, by what came of them: whichever status an answer had.
    pub fn tally(&self) -> [(&'static str, u64); 4] {
        let Tally { answered, failed, forbidden, too_large } = &*self.tally;
        [("answered", answered), ("failed", failed), ("forbidden", forbidden), ("too_large", too_large)]
            .map(|(outcome, count)| (outcome, count.load(Ordering::Relaxed)))
    }

    /// Sends any request and reads the whole answer.
    ///
    /// # Errors
    /// As [`Error`] lists.
    pub async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, Error> {
        let outcome = self.exchange(request).await;
        let count = match &outcome {
            Ok(_) | Err(Error::Status { .. }) => &self.tally.answered,
            Err(Error::Forbidden { .. }) => &self.tally.forbidden,
            Err(Error::TooLarge { .. }) => &self.tally.too_large,
            Err(Error::Failed { .. } | Error::Setup(_)) => &self.tally.failed,
        };
        count.fetch_add(1, Ordering::Relaxed);
        outcome
    }

    async fn exchange(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, Error> {
        let url = request.uri().to_string();
        let client = self.client_for(&url)?;
        let request = reqwest::Request::try_from(request).map_err(|error| failed(&url, &error))?;
        let mut response = client.execute(request).await.map_err(|error| failed(&url, &error))?;
        let mut builder = http::Response::builder().status(response.status());
        if let Some(headers) = builder.headers_mut() {
            headers.clone_from(response.headers());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failed(&url, &error))? {
            if body.len() + chunk.len() > self.max_bytes {
                return Err(Error::TooLarge { url, limit: self.max_bytes });
            }
            body.extend_from_slice(&chunk);
        }
        builder.body(body).map_err(|error| failed(&url, &error))
    }

    fn client_for(&self, url: &str) -> Result<&reqwest::Client, Error> {
        let forbidden = |why| Error::Forbidden { url: url.to_owned(), why };
        let parsed = url::Url::parse(url).map_err(|_| forbidden("it is not a URL"))?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(forbidden("only http and https are fetched"));
        }
        if self.allow_private.contains(&parsed.origin().ascii_serialization()) {
            return Ok(&self.private);
        }
        let literal = match parsed.host() {
            Some(url::Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(url::Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            _ => None,
        };
        if literal.is_some_and(|address| !is_public(address)) {
            return Err(forbidden("it is a private address, and its origin is not in fetch.allow_private"));
        }
        Ok(&self.public)
    }
}

const OCSP_RESPONSE: &str = "application/ocsp-response";

/// "url-encoding of base-64 encoding of the DER encoding of the OCSPRequest" (RFC 6960 §A.1)
fn in_path(request: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(request);
    text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

fn failed(url: &str, error: &dyn std::error::Error) -> Error {
    let mut why = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        why = format!("{why}: {cause}");
        source = cause.source();
    }
    Error::Failed { url: url.to_owned(), why }
}

fn tls_client(roots: &[Vec<u8>]) -> Result<rustls::ClientConfig, Error> {
    let mut store = rustls::RootCertStore::empty();
    for root in roots {
        store.add(root.clone().into()).map_err(|error| Error::Setup(error.to_string()))?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Setup(error.to_string()))?;
    Ok(config.with_root_certificates(store).with_no_client_auth())
}

/// Resolves names to public addresses only.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let public: Vec<SocketAddr> = found.into_iter().filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err("the name leads to no public address".into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether an address belongs to the public internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let reserved = a == 0 || a >= 240 || (a == 198 && (b == 18 || b == 19)) || (a == 192 && b == 0);
            !(v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast() || shared || reserved)
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_public(IpAddr::V4(v4)),
            None => v6.segments()[0] & 0xe000 == 0x2000,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fetcher(allow: &[&str]) -> Fetcher {
        let settings = crate::config::Fetch {
            allow_private: allow.iter().map(ToString::to_string).collect(),
            tls_roots: "roots.pem".into(),
            max_bytes: 10,
            timeout: 1,
        };
        Fetcher::new(&settings, &[]).unwrap()
    }

    #[test]
    fn a_private_address_is_refused_unless_its_origin_is_allowed() {
        let fetcher = fetcher(&["http://127.0.0.1:8453"]);
        assert!(fetcher.client_for("http://127.0.0.1:8453/pki/x.crl").is_ok());
        for url in [
            "http://127.0.0.1:8454/",
            "http://10.0.0.1/",
            "http://[::1]/",
            "http://[::ffff:192.168.1.1]/",
            "http://169.254.169.254/",
            "file:///etc/passwd",
            "gopher://x/",
        ] {
            assert!(matches!(fetcher.client_for(url), Err(Error::Forbidden { .. })), "{url}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_to_a_private_address_is_refused() {
        let error = fetcher(&[]).get("http://localhost:9/").await.unwrap_err();
        assert!(error.to_string().contains("no public address"), "{error}");
    }
}
