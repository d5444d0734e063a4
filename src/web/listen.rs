//! Bringing connections in: TLS with its handshakes off the accept loop, and client certificates that prove possession.
//!
//! On the mutual-TLS listener every certificate is let in whose key signed the handshake, and none is asked whether it
//! is good: that is judged after the handshake, where evidence can be fetched and a refusal is a page.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use pki::algorithm::{Digest, SignatureAlgorithm};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A handshake that takes longer is dropped.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// So many finished handshakes wait to be served.
const WAITING: usize = 256;

/// Who is at the other end.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Network address.
    pub address: SocketAddr,
    /// The certificates that the client showed, leaf first; empty when none was asked for or given.
    pub certificates: Arc<[Vec<u8>]>,
}

/// A listener whose connections have finished their TLS handshake.
pub struct TlsListener {
    connections: mpsc::Receiver<(TlsStream<TcpStream>, Peer)>,
    address: SocketAddr,
}

impl TlsListener {
    /// Starts accepting on `listener`.
    ///
    /// # Errors
    /// When the socket has no address.
    pub fn start(listener: TcpListener, config: ServerConfig) -> std::io::Result<Self> {
        let address = listener.local_addr()?;
        let (sender, connections) = mpsc::channel(WAITING);
        tokio::spawn(accept(listener, TlsAcceptor::from(Arc::new(config)), sender));
        Ok(Self { connections, address })
    }
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, sender: mpsc::Sender<(TlsStream<TcpStream>, Peer)>) {
    while !sender.is_closed() {
        let (stream, address) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, say: wait rather than spin.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let (acceptor, sender) = (acceptor.clone(), sender.clone());
        tokio::spawn(async move {
            let _ = stream.set_nodelay(true);
            if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                let peer = Peer { address, certificates: certificates_of(&stream) };
                let _ = sender.send((stream, peer)).await;
            }
        });
    }
}

fn certificates_of(stream: &TlsStream<TcpStream>) -> Arc<[Vec<u8>]> {
    let shown = stream.get_ref().1.peer_certificates().unwrap_or_default();
    shown.iter().map(|certificate| certificate.to_vec()).collect()
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = Peer;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.connections.recv().await {
            Some(connection) => connection,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        Ok(Peer { address: self.address, certificates: Arc::from([]) })
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        stream.remote_addr().clone()
    }
}

impl Connected<IncomingStream<'_, TcpListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        Self { address: *stream.remote_addr(), certificates: Arc::from([]) }
    }
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
