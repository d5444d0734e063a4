//! Bringing connections in: TLS with its handshakes off the accept loop, and client certificates that prove possession.
//!
//! On the mutual-TLS listener every certificate is let in whose key signed the handshake, and none is asked whether it
//! is good: that is judged after the handshake, where evidence can be fetched and a refusal is a page.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use pki::algorithm::{Digest, SignatureAlgorithm};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::opening::Opening;

/// A handshake that takes longer is dropped.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// So long a client may take for the head of a request, and may idle between two.
const HEAD: Duration = Duration::from_secs(30);

/// So many connections a listener holds at once.
const CONNECTIONS: usize = 4096;

/// So long what is under way may take after the order to stop.
const GOODBYE: Duration = Duration::from_secs(2);

/// Who is at the other end.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Network address.
    pub address: SocketAddr,
    /// The certificates that the client showed, leaf first; empty when none was asked for or given.
    pub certificates: Arc<[Vec<u8>]>,
}

/// Serves `router` on `listener`, under TLS if there is a `config`, until `stop` resolves; then finishes what is under way,
/// for a moment.
pub async fn serve(
    listener: TcpListener,
    config: Option<ServerConfig>,
    router: Router,
    stop: impl Future<Output = ()>,
) {
    let acceptor = config.map(|config| TlsAcceptor::from(Arc::new(config)));
    let (graceful, places) = (GracefulShutdown::new(), Arc::new(Semaphore::new(CONNECTIONS)));
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, say: wait rather than spin.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        // Full: whoever comes is turned away at once, so that the rest is served.
        let Ok(place) = places.clone().try_acquire_owned() else { continue };
        let connection = connect(stream, address, acceptor.clone(), router.clone(), graceful.watcher());
        tokio::spawn(async move {
            connection.await;
            drop(place);
        });
    }
    // Browsers keep connections open: what idles is not waited for.
    let _ = tokio::time::timeout(GOODBYE, graceful.shutdown()).await;
}

async fn connect(
    stream: TcpStream,
    address: SocketAddr,
    acceptor: Option<TlsAcceptor>,
    router: Router,
    watcher: Watcher,
) {
    let _ = stream.set_nodelay(true);
    let Some(acceptor) = acceptor else {
        return converse(stream, Peer { address, certificates: Arc::from([]) }, router, watcher).await;
    };
    if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
        let peer = Peer { address, certificates: certificates_of(&stream) };
        converse(stream, peer, router, watcher).await;
    }
}

/// One connection's requests. Whoever does not begin, or does not finish the head of a request in time is dropped.
async fn converse<S>(stream: S, peer: Peer, router: Router, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(HEAD).keep_alive_timeout(HEAD);
    let router = router.layer(Extension(peer));
    let connection = builder
        .serve_connection_with_upgrades(TokioIo::new(Opening::new(stream, HEAD)), TowerToHyperService::new(router));
    // What goes wrong with a connection is the other side's affair; what goes wrong with a request is logged there.
    let _ = watcher.watch(connection.into_owned()).await;
}

fn certificates_of(stream: &TlsStream<TcpStream>) -> Arc<[Vec<u8>]> {
    let shown = stream.get_ref().1.peer_certificates().unwrap_or_default();
    shown.iter().map(|certificate| certificate.to_vec()).collect()
}

/// The TLS settings of a listener; with `mutual`, a client certificate is asked for.
///
/// # Errors
/// When certificate or key cannot be read or do not belong together.
pub fn server_config(
    certificate: &std::path::Path,
    key: &std::path::Path,
    mutual: bool,
) -> Result<ServerConfig, String> {
    let wrong = |path: &std::path::Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let chain = CertificateDer::pem_file_iter(certificate).map_err(|error| wrong(certificate, &error))?;
    let chain = chain.collect::<Result<Vec<_>, _>>().map_err(|error| wrong(certificate, &error))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, &error))?;
    let builder = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let builder = if mutual {
        builder.with_client_cert_verifier(Arc::new(PossessionOnly))
    } else {
        builder.with_no_client_auth()
    };
    let mut config = builder.with_single_cert(chain, private).map_err(|error| wrong(certificate, &error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    if mutual {
        // A resumed session would keep the certificate of the first: choosing another one must be possible.
        config.send_tls13_tickets = 0;
        config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
    } else {
        config.alpn_protocols.insert(0, b"h2".to_vec());
    }
    Ok(config)
}

/// Accepts every certificate whose key signed the handshake or that cannot be read, and also none.
#[derive(Debug)]
struct PossessionOnly;

impl PossessionOnly {
    fn verify(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        // What cannot be read proves nothing, and is let in to be told so: the page reads it in the same way.
        let Ok(leaf) = pki::Certificate::from_der(certificate) else {
            return Ok(HandshakeSignatureValid::assertion());
        };
        let invalid = || rustls::Error::InvalidCertificate(rustls::CertificateError::BadSignature);
        let algorithm = algorithm_of(signed.scheme).ok_or_else(invalid)?;
        leaf.public_key().verify(algorithm, message, signed.signature()).map_err(|_| invalid())?;
        Ok(HandshakeSignatureValid::assertion())
    }
}

impl ClientCertVerifier for PossessionOnly {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        // No hints: browsers would hide the partners' certificates.
        &[]
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verify(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verify(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        SCHEMES.iter().map(|(scheme, _)| *scheme).collect()
    }
}

const SCHEMES: [(SignatureScheme, SignatureAlgorithm); 10] = [
    (SignatureScheme::ECDSA_NISTP256_SHA256, SignatureAlgorithm::Ecdsa(Digest::Sha256)),
    (SignatureScheme::ECDSA_NISTP384_SHA384, SignatureAlgorithm::Ecdsa(Digest::Sha384)),
    (SignatureScheme::ECDSA_NISTP521_SHA512, SignatureAlgorithm::Ecdsa(Digest::Sha512)),
    (SignatureScheme::ED25519, SignatureAlgorithm::Ed25519),
    (SignatureScheme::RSA_PSS_SHA256, SignatureAlgorithm::RsaPss(Digest::Sha256)),
    (SignatureScheme::RSA_PSS_SHA384, SignatureAlgorithm::RsaPss(Digest::Sha384)),
    (SignatureScheme::RSA_PSS_SHA512, SignatureAlgorithm::RsaPss(Digest::Sha512)),
    (SignatureScheme::RSA_PKCS1_SHA256, SignatureAlgorithm::RsaPkcs1(Digest::Sha256)),
    (SignatureScheme::RSA_PKCS1_SHA384, SignatureAlgorithm::RsaPkcs1(Digest::Sha384)),
    (SignatureScheme::RSA_PKCS1_SHA512, SignatureAlgorithm::RsaPkcs1(Digest::Sha512)),
];

fn algorithm_of(scheme: SignatureScheme) -> Option<SignatureAlgorithm> {
    SCHEMES.iter().find(|(known, _)| *known == scheme).map(|(_, algorithm)| *algorithm)
}
