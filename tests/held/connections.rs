//! Whoever opens connections and says nothing, or half a word, makes nobody else wait, and is dropped.

use std::sync::Arc;
use std::time::Duration;

use pearlbridge::clock::{Clock, SECOND};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::demo;
use crate::support::browser::Browser;

/// The deadline for a request's head is thirty seconds.
const PATIENCE: Duration = Duration::from_secs(50);

fn connector(protocol: &str) -> TlsConnector {
    let mut roots = rustls::RootCertStore::empty();
    let root = CertificateDer::from_pem_file(&demo().description.ca_file).expect("a certificate");
    roots.add(root).expect("a root");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let mut config = builder.expect("the versions are known").with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = if protocol.is_empty() { Vec::new() } else { vec![protocol.as_bytes().to_vec()] };
    TlsConnector::from(Arc::new(config))
}

async fn connect(connector: &TlsConnector, beginning: &[u8]) -> TlsStream<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", demo().base_port)).await.expect("it listens");
    let name = ServerName::try_from("localhost").expect("a name");
    let mut stream = connector.connect(name, stream).await.expect("TLS");
    stream.write_all(beginning).await.expect("it takes the beginning");
    stream.flush().await.expect("it takes the beginning");
    stream
}

#[tokio::test]
async fn two_hundred_half_requests_do_not_keep_health_from_being_told() {
    let connector = connector("http/1.1");
    let mut held = Vec::new();
    for _ in 0..200 {
        held.push(connect(&connector, b"GET /healthz HT").await);
    }
    // And as many that do not even finish the handshake.
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(TcpStream::connect(("127.0.0.1", demo().base_port)).await.expect("it listens"));
    }
    let began = Clock::System.now();
    let browser = Browser::new(demo());
    for _ in 0..5 {
        let health = browser.get(format!("{}/healthz", demo().description.issuer)).expect(200);
        assert_eq!(health.body, "ok\n");
    }
    assert!(Clock::System.now() - began < 5 * SECOND, "it takes {} µs", Clock::System.now() - began);
    drop((held, silent));
}

#[tokio::test]
async fn who_does_not_finish_a_requests_head_is_dropped() {
    let beginnings: [(&str, &[u8]); 7] = [
        ("http/1.1", b"GET /healthz HT"),
        ("http/1.1", b"GET /healthz HTTP/1.1\r\nHost: local"),
        ("http/1.1", b""),
        ("", b""),
        ("", b"PRI * HTTP/2"),
        ("h2", b"PRI * HTTP/2"),
        ("h2", b""),
    ];
    let drops = beginnings.map(|(protocol, beginning)| async move {
        let mut stream = connect(&connector(protocol), beginning).await;
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
        ended.err().map(|_| (protocol, String::from_utf8_lossy(beginning).into_owned()))
    });
    let held: Vec<_> = futures_util::future::join_all(drops).await.into_iter().flatten().collect();
    assert!(held.is_empty(), "these are held on: {held:?}");
}
