//! The load: connections that are kept open, each doing one exchange after another and looking at each answer.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures time")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, LOCATION};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::Exchange;
use super::server::{REDIRECT_URI, Server};

/// A verifier of RFC 7636 appendix B, and its challenge.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// All connections to one server.
pub(super) struct Load<'s> {
    server: &'s Server,
    authorize: String,
    redeem: String,
    browsers: Vec<Browser>,
}

struct Browser {
    connection: SendRequest<Full<Bytes>>,
    cookie: String,
    /// What it asks about.
    token: String,
}

/// What came of a turn.
pub(super) struct Run {
    /// Seconds that each exchange took.
    latencies: Vec<f64>,
    /// Seconds on the wall.
    elapsed: f64,
    /// Seconds of the processor that the server took.
    processor: f64,
}

impl<'s> Load<'s> {
    /// Opens all connections.
    pub(super) async fn open(server: &'s Server) -> Self {
        let redirect_uri = REDIRECT_URI.replace(':', "%3A").replace('/', "%2F");
        let authorize = format!(
            "{}?client_id=bench&response_type=code&scope=openid%20profile&redirect_uri={redirect_uri}&state=a-state-of-some-length\
             &nonce=a-nonce-of-some-length&code_challenge={CHALLENGE}&code_challenge_method=S256",
            server.authorize
        );
        let redeem =
            format!("grant_type=authorization_code&redirect_uri={redirect_uri}&code_verifier={VERIFIER}&code=");
        let connector = TlsConnector::from(Arc::new(trusting(&server.root())));
        let mut load = Self { server, authorize, redeem, browsers: Vec::new() };
        for cookie in server.cookies.clone() {
            let connection = connect(&connector, server.port).await;
            load.browsers.push(Browser { connection, cookie, token: String::new() });
        }
        load
    }

    /// Does one exchange after another on every connection for so long.
    pub(super) async fn run(&mut self, exchange: Exchange, time: Duration) -> Run {
        let mut browsers = std::mem::take(&mut self.browsers);
        if exchange == Exchange::Introspection && browsers[0].token.is_empty() {
            for browser in &mut browsers {
                browser.token = self.flow(browser).await;
            }
        }
        let (processor, begin) = (self.server.processor(), Instant::now());
        let work = browsers.iter_mut().map(|browser| self.work(browser, exchange, begin + time));
        let latencies = join_all(work).await.concat();
        let elapsed = begin.elapsed().as_secs_f64();
        self.browsers = browsers;
        Run { latencies, elapsed, processor: (self.server.processor() - processor).as_secs_f64() }
    }

    async fn work(&self, browser: &mut Browser, exchange: Exchange, until: Instant) -> Vec<f64> {
        let mut latencies = Vec::new();
        while Instant::now() < until {
            let begin = Instant::now();
            match exchange {
                Exchange::Flow => drop(self.flow(browser).await),
                Exchange::Introspection => self.introspect(browser).await,
                Exchange::ClientCredentials => self.client_credentials(browser).await,
            }
            latencies.push(begin.elapsed().as_secs_f64());
        }
        latencies
    }

    /// Gives the access token.
    async fn flow(&self, browser: &mut Browser) -> String {
        let request = Request::get(&self.authorize).header(HOST, "localhost").header(COOKIE, &browser.cookie);
        let answer = send(browser, request.body(Full::default()).expect("a request")).await;
        let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok()).expect("the browser is sent on");
        let code = to.split_once("code=").expect("there is a code in the address").1;
        let body = format!("{}{}", self.redeem, code.split('&').next().unwrap_or_default());
        let tokens = self.post(browser, self.server.token, body).await;
        assert!(tokens["id_token"].is_string(), "{tokens}");
        tokens["access_token"].as_str().expect("there is an access token").to_owned()
    }

    async fn introspect(&self, browser: &mut Browser) {
        let body = format!("token={}", browser.token);
        let answer = self.post(browser, self.server.introspect, body).await;
        assert_eq!(answer["active"], true, "{answer}");
    }

    async fn client_credentials(&self, browser: &mut Browser) {
        let body = "grant_type=client_credentials&scope=records%3Aread".to_owned();
        let answer = self.post(browser, self.server.token, body).await;
        assert!(answer["access_token"].is_string(), "{answer}");
    }

    async fn post(&self, browser: &mut Browser, path: &str, body: String) -> Value {
        let request = Request::post(path).header(HOST, "localhost").header(AUTHORIZATION, &self.server.authorization);
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = send(browser, request.body(body.into()).expect("a request")).await;
        serde_json::from_slice(answer.body()).expect("the answer is JSON")
    }
}

impl Run {
    pub(super) fn count(&self) -> usize {
        self.latencies.len()
    }

    pub(super) fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed
    }

    /// Milliseconds, over all turns.
    pub(super) fn p99(runs: &[Self]) -> f64 {
        let mut all: Vec<f64> = runs.iter().flat_map(|run| run.latencies.iter().copied()).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() * 99 / 100] * 1000.0
    }

    pub(super) fn per_processor_second(runs: &[Self]) -> f64 {
        let made: usize = runs.iter().map(Self::count).sum();
        made as f64 / runs.iter().map(|run| run.processor).sum::<f64>()
    }
}

async fn send(browser: &mut Browser, request: Request<Full<Bytes>>) -> Response<Bytes> {
    browser.connection.ready().await.expect("the server keeps its connections");
    let (head, body) = browser.connection.send_request(request).await.expect("the server answers").into_parts();
    Response::from_parts(head, body.collect().await.expect("the answer is whole").to_bytes())
}

async fn connect(connector: &TlsConnector, port: u16) -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("the server listens");
    stream.set_nodelay(true).expect("a socket");
    let name = ServerName::try_from("localhost").expect("a name");
    let stream = connector.connect(name, stream).await.expect("the server has its certificate");
    let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("the server speaks HTTP/1.1");
    tokio::spawn(connection);
    sender
}

fn trusting(root: &Path) -> ClientConfig {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(root).expect("the root is there")).expect("it is a root");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    builder.expect("the provider has TLS 1.3").with_root_certificates(roots).with_no_client_auth()
}
