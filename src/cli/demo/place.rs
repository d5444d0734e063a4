//! Where the demonstration lives: its folder, its ports, its TLS certificate, its settings.

use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};

use crate::cli::{Done, Failure, open};
use crate::custody;

const DEFAULT_PORT: u16 = 8443;

/// The folder and the first port.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) directory: PathBuf,
    pub(super) base_port: u16,
}

impl Place {
    /// `PEARLBRIDGE_DATA` and `PEARLBRIDGE_BASE_PORT`.
    pub(super) fn from_environment() -> Result<Self, Failure> {
        let base_port = match std::env::var("PEARLBRIDGE_BASE_PORT") {
            Err(_) => DEFAULT_PORT,
            Ok(text) => text
                .parse()
                .map_err(|_| Failure::Unreadable(format!("PEARLBRIDGE_BASE_PORT: {text:?} is not a port")))?,
        };
        Ok(Self { directory: open::demonstration_directory(), base_port })
    }

    /// A port by its distance from the first.
    pub(super) fn port(&self, offset: u16) -> u16 {
        self.base_port.saturating_add(offset)
    }

    /// The https address of a port.
    pub(super) fn url(&self, offset: u16) -> String {
        format!("https://localhost:{}", self.port(offset))
    }

    pub(super) fn settings_file(&self) -> PathBuf {
        open::demonstration_settings(&self.directory)
    }

    pub(super) fn tls_root(&self) -> PathBuf {
        self.directory.join("tls-root.pem")
    }

    pub(super) fn description(&self) -> PathBuf {
        self.directory.join("demo.json")
    }

    /// Folder, master key, TLS certificate and settings; what is there is left, but for the settings, which follow the
    /// ports.
    pub(super) fn prepare(&self) -> Done {
        let people = self.directory.join("people");
        std::fs::create_dir_all(&people).map_err(|error| Failure::unreadable(&people, error))?;
        let master = self.directory.join("master.key");
        custody::create_master_key(&master).map_err(|error| Failure::unreadable(&master, error))?;
        if !self.directory.join("tls.pem").exists() {
            self.create_tls()?;
        }
        write(&self.settings_file(), self.settings().as_bytes())
    }

    fn settings(&self) -> String {
        let at = |file: &str| self.directory.join(file).display().to_string();
        let port = |offset| self.port(offset);
        format!(
            "# Written at each start of the demonstration.\n\
             [server]\npublic_url = \"{issuer}\"\nmtls_url = \"{mtls}\"\npki_url = \"http://localhost:{pki}\"\n\
             listen = \"127.0.0.1:{p0}\"\nlisten_mtls = \"127.0.0.1:{p1}\"\nlisten_pki = \"127.0.0.1:{pki}\"\n\
             tls_certificate = {tls:?}\ntls_key = {key:?}\n\n\
             [database]\nurl = {database:?}\n\n\
             [custody]\nmaster_key_file = {master:?}\n\n\
             [fetch]\ntls_roots = {roots:?}\nallow_private = [\"{issuer}\", \"{window}\", \"{city}\", \"http://localhost:{pki}\"]\n",
            issuer = self.url(0),
            mtls = self.url(1),
            window = self.url(8),
            city = self.url(9),
            pki = port(10),
            p0 = port(0),
            p1 = port(1),
            tls = at("tls.pem"),
            key = at("tls.key"),
            database = std::env::var("PEARLBRIDGE_DEMO_DATABASE")
                .unwrap_or_else(|_| format!("sqlite:{}", at("pearlbridge.db"))),
            master = at("master.key"),
            roots = at("tls-root.pem"),
        )
    }

    /// A TLS root of the demonstration's own, and a certificate for this machine's names under it. The certificate is
    /// written last: it says that the other files are there.
    fn create_tls(&self) -> Done {
        let root_key = KeyPair::generate().map_err(Failure::no)?;
        let mut root = CertificateParams::default();
        root.distinguished_name.push(DnType::CommonName, "Pearlbridge demonstration TLS root");
        root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let root_certificate = root.self_signed(&root_key).map_err(Failure::no)?;
        let key = KeyPair::generate().map_err(Failure::no)?;
        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let mut server = CertificateParams::new(names).map_err(Failure::no)?;
        server.distinguished_name.push(DnType::CommonName, "localhost");
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        server.use_authority_key_identifier_extension = true;
        let certificate = server.signed_by(&key, &Issuer::from_params(&root, &root_key)).map_err(Failure::no)?;
        write(&self.tls_root(), root_certificate.pem().as_bytes())?;
        write_secret(&self.directory.join("tls.key"), key.serialize_pem().as_bytes())?;
        write(&self.directory.join("tls.pem"), certificate.pem().as_bytes())
    }
}

/// Writes a file whole: beside it first, then in its place.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Done {
    let beside = path.with_extension("new");
    let written = std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|error| Failure::unreadable(path, error))
}

/// Writes a file that its owner alone may read.
pub(super) fn write_secret(path: &Path, bytes: &[u8]) -> Done {
    use std::os::unix::fs::PermissionsExt as _;
    let beside = path.with_extension("new");
    let written = std::fs::write(&beside, b"")
        .and_then(|()| std::fs::set_permissions(&beside, std::fs::Permissions::from_mode(0o600)))
        .and_then(|()| std::fs::write(&beside, bytes))
        .and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|error| Failure::unreadable(path, error))
}
