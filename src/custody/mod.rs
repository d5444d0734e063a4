//! Where private keys live: sealed in the database under a master key that is not; others get a [`Signer`], never a key.
//!
//! Sealing is AES-256-GCM with a random nonce and the purpose as associated data, so that a sealed value cannot be
//! moved to another place. From the master key come, each by HMAC with a label of its own: the sealing key, the key
//! of the blind index over identity numbers, of pairwise subjects, and of form tokens.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use pki::algorithm::SignatureAlgorithm;
use pki::key::{KeySpec, Signer, SoftwareKey};
use zeroize::Zeroizing;

use crate::clock::Micros;
use crate::store::{self, Connection, Store};

const NONCE: usize = 12;

/// Why a key could not be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The engine refused the key.
    #[error("key {id}: {source}")]
    Key {
        /// Which.
        id: String,
        /// Why.
        source: pki::Error,
    },
    /// There is no master key, or it is not one.
    #[error("master key: {0}")]
    Master(String),
    /// No such key.
    #[error("no key {0}")]
    Missing(String),
    /// The master key does not open it: another one sealed it, or it was changed.
    #[error("sealed value for {purpose} does not open with this master key")]
    Sealed {
        /// What it was sealed for.
        purpose: String,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// The keeper of keys.
pub struct Custody {
    sealing: LessSafeKey,
    index: hmac::Key,
    pairwise: hmac::Key,
    form: hmac::Key,
    opened: Mutex<HashMap<String, Arc<dyn Signer>>>,
}

impl std::fmt::Debug for Custody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Custody")
    }
}

/// A key that was made and is not yet recorded.
pub struct NewKey {
    /// Its id.
    pub id: String,
    /// Its signer.
    pub signer: Arc<dyn Signer>,
    purpose: String,
    algorithm: String,
    sealed: Vec<u8>,
}

impl NewKey {
    /// Records it, in the transaction of what it is for.
    ///
    /// # Errors
    /// The database's.
    pub async fn record(&self, connection: &mut Connection, now: Micros) -> store::Result<()> {
        store::sealed_key::insert(connection, &self.id, &self.purpose, &self.algorithm, &self.sealed, now).await
    }
}

impl Custody {
    /// Opens custody with the master key in the environment variable, else in the file.
    ///
    /// # Errors
    /// When neither holds 64 hexadecimal digits.
    pub fn open(settings: &crate::config::Custody) -> Result<Self, Error> {
        let text = match std::env::var(&settings.master_key_variable) {
            Ok(text) => Zeroizing::new(text),
            Err(_) => read_key_file(&settings.master_key_file)?,
        };
        Self::with_master_key(&text)
    }

    /// Opens custody with `hex`, 64 hexadecimal digits.
    ///
    /// # Errors
    /// When they are not.
    pub fn with_master_key(hex: &str) -> Result<Self, Error> {
        let bytes = Zeroizing::new(hex::decode(hex.trim()).map_err(|_| Error::Master("not hexadecimal".into()))?);
        if bytes.len() != 32 {
            return Err(Error::Master(format!("{} bytes, must be 32", bytes.len())));
        }
        let master = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
        let derive = |label: &str| hmac::sign(&master, label.as_bytes());
        let sealing = UnboundKey::new(&AES_256_GCM, derive("pearlbridge sealing v1").as_ref())
            .expect("HMAC-SHA-256 gives the 32 bytes that AES-256 takes");
        let key = |label: &str| hmac::Key::new(hmac::HMAC_SHA256, derive(label).as_ref());
        Ok(Self {
            sealing: LessSafeKey::new(sealing),
            index: key("pearlbridge index v1"),
            pairwise: key("pearlbridge pairwise v1"),
            form: key("pearlbridge form v1"),
            opened: Mutex::default(),
        })
    }

    /// Seals `plain` for `purpose`.
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Vec<u8> {
        let nonce = crate::rng::bytes::<NONCE>();
        let mut body = plain.to_vec();
        self.sealing
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(purpose.as_bytes()), &mut body)
            .expect("AES-GCM seals anything under 64 GiB");
        [nonce.as_slice(), &body].concat()
    }

    /// Opens what was sealed for `purpose`.
    ///
    /// # Errors
    /// When it was sealed by another key or for another purpose, or was changed.
    pub fn unseal(&self, purpose: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let failed = || Error::Sealed { purpose: purpose.to_owned() };
        let (nonce, body) = sealed.split_at_checked(NONCE).ok_or_else(failed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| failed())?;
        let mut body = Zeroizing::new(body.to_vec());
        let length =
            self.sealing.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut body).map_err(|_| failed())?.len();
        body.truncate(length);
        Ok(body)
    }

    /// The blind index of an identity number: finds equal numbers without telling them.
    pub fn index(&self, kind: &str, number: &str) -> Vec<u8> {
        hmac::sign(&self.index, format!("{kind}:{number}").as_bytes()).as_ref().to_vec()
    }

    /// The pairwise subject of a person in a sector (OpenID Connect Core §8.1).
    pub fn pairwise_subject(&self, sector: &str, person_id: &str) -> String {
        crate::id::base64url(hmac::sign(&self.pairwise, format!("{sector}\n{person_id}").as_bytes()).as_ref())
    }

    /// The token that forms of this browser carry.
    pub fn form_token(&self, browser: &str) -> String {
        crate::id::base64url(hmac::sign(&self.form, browser.as_bytes()).as_ref())
    }

    /// What proves that it was given in a step of time, for a use: nothing is kept of it.
    pub fn time_token(&self, label: &str, step: i64) -> String {
        crate::id::base64url(hmac::sign(&self.form, format!("time\n{label}\n{step}").as_bytes()).as_ref())
    }

    /// A secret that follows from the master key and a label: for the demonstration, which remembers nothing.
    pub fn derived(&self, label: &str) -> String {
        crate::id::base64url(hmac::sign(&self.form, format!("derived\n{label}").as_bytes()).as_ref())
    }

    /// Makes a key for `purpose`; it counts once it is recorded.
    ///
    /// # Errors
    /// When the algorithm's generator fails.
    pub fn generate(&self, purpose: &str, spec: KeySpec) -> Result<NewKey, Error> {
        let id = crate::id::new_id();
        let key = SoftwareKey::generate(spec, &mut crate::rng::fill)
            .map_err(|source| Error::Key { id: id.clone(), source })?;
        let sealed = self.seal(&sealing_purpose(&id), &key.to_pkcs8_der());
        let algorithm = key.public_key().algorithm().to_string();
        Ok(NewKey { id, signer: Arc::new(key), purpose: purpose.to_owned(), algorithm, sealed })
    }

    /// The signer of key `id`; opened once, then kept.
    ///
    /// # Errors
    /// When there is no such key, or the master key does not open it.
    pub async fn signer(&self, store: &Store, id: &str) -> Result<Arc<dyn Signer>, Error> {
        if let Some(signer) = self.opened().get(id) {
            return Ok(signer.clone());
        }
        let signer: Arc<dyn Signer> = Arc::new(self.open_key(store, id).await?);
        self.opened().insert(id.to_owned(), signer.clone());
        Ok(signer)
    }

    /// The signer of key `id` by another algorithm than the usual one of its kind; opened anew each time.
    ///
    /// # Errors
    /// As [`Custody::signer`].
    pub async fn signer_by(
        &self,
        store: &Store,
        id: &str,
        algorithm: SignatureAlgorithm,
    ) -> Result<Arc<dyn Signer>, Error> {
        let usual = self.signer(store, id).await?;
        if usual.algorithm() == algorithm {
            return Ok(usual);
        }
        Ok(Arc::new(self.open_key(store, id).await?.with_algorithm(algorithm)))
    }

    async fn open_key(&self, store: &Store, id: &str) -> Result<SoftwareKey, Error> {
        let sealed = store::sealed_key::find(&mut *store.read().await?, id).await?;
        let sealed = sealed.ok_or_else(|| Error::Missing(id.to_owned()))?;
        let pkcs8 = self.unseal(&sealing_purpose(id), &sealed)?;
        SoftwareKey::from_pkcs8_der(&pkcs8).map_err(|source| Error::Key { id: id.to_owned(), source })
    }

    fn opened(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<dyn Signer>>> {
        self.opened.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Writes a new random master key to `path`, readable by its owner alone; an existing file is left as it is.
///
/// # Errors
/// The system's.
pub fn create_master_key(path: &Path) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let hex = Zeroizing::new(hex::encode(crate::rng::bytes::<32>()));
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => {
            file.write_all(hex.as_bytes())?;
            file.sync_all()
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

fn read_key_file(path: &Path) -> Result<Zeroizing<String>, Error> {
    std::fs::read_to_string(path)
        .map(Zeroizing::new)
        .map_err(|error| Error::Master(format!("{}: {error}", path.display())))
}

fn sealing_purpose(id: &str) -> String {
    format!("private key {id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn custody() -> Custody {
        Custody::with_master_key(&"ab".repeat(32)).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_for_the_same_purpose_only() {
        let sealed = custody().seal("a", b"secret");
        assert_eq!(custody().unseal("a", &sealed).unwrap().as_slice(), b"secret");
        assert!(custody().unseal("b", &sealed).is_err());
    }

    #[test]
    fn a_changed_or_short_value_does_not_open() {
        let mut sealed = custody().seal("a", b"secret");
        *sealed.last_mut().unwrap() ^= 1;
        assert!(custody().unseal("a", &sealed).is_err());
        assert!(custody().unseal("a", &[1, 2, 3]).is_err());
    }

    #[test]
    fn a_subject_is_the_same_within_a_sector_and_another_in_the_next() {
        let custody = custody();
        assert_eq!(custody.pairwise_subject("a", "p"), custody.pairwise_subject("a", "p"));
        assert_ne!(custody.pairwise_subject("a", "p"), custody.pairwise_subject("b", "p"));
    }

    #[test]
    fn a_short_master_key_is_refused() {
        assert!(Custody::with_master_key("abcd").is_err());
    }
}
