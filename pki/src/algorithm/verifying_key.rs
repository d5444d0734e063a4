//! A public key with the ids under which it may have signed, if it is an SM2 key.
//!
//! SM2 signs over the signer's id as well (GB/T 32918.2 §5.5). GM/T 0009 §10 sets one where nothing else was agreed, and
//! that is what signatures are checked under. Some issuers sign under another, or under an empty one, as OpenSSL before 4.0
//! does when it is not told; nothing in a certificate says so. Who knows of such an issuer says so in the
//! [`AlgorithmPolicy`](super::AlgorithmPolicy).

use std::sync::Arc;

use sm2_verify::SignerId;

use super::sm2::SM2_ID;
use super::{KeyAlgorithm, PublicKey, SignatureAlgorithm};
use crate::{Error, Fingerprint};

/// Each costs as much as a signature where none fits.
const MOST: usize = 4;

/// The ids under which SM2 signatures are accepted, in the order in which they are tried; one to four of them.
#[derive(Debug, Clone, Default)]
pub struct Sm2Ids(Option<Arc<Listed>>);

#[derive(Debug)]
struct Listed {
    texts: Vec<String>,
    ids: Vec<SignerId>,
    fingerprint: Fingerprint,
}

impl Sm2Ids {
    /// `1234567812345678` alone (GM/T 0009 §10).
    pub const fn standard() -> Self {
        Self(None)
    }

    /// These and no others; the standard one among them only if it is listed. One may be empty.
    ///
    /// # Errors
    /// There is none, there are more than four, or one is longer than the 8191 octets of which the length can be written.
    pub fn new(texts: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut listed: Vec<String> = Vec::new();
        for text in texts {
            if !listed.contains(&text) {
                listed.push(text);
            }
        }
        match &listed[..] {
            [] => return Err("no SM2 id is listed".into()),
            [only] if only == SM2_ID => return Ok(Self::standard()),
            many if many.len() > MOST => return Err(format!("{} SM2 ids are listed, {MOST} may be", many.len())),
            _ => {}
        }
        let read = |text: &String| SignerId::new(text).ok_or_else(|| "an SM2 id of more than 8191 octets".to_owned());
        let ids = listed.iter().map(read).collect::<Result<_, _>>()?;
        let fingerprint = fingerprint(&listed);
        Ok(Self(Some(Arc::new(Listed { texts: listed, ids, fingerprint }))))
    }

    /// The ids.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let listed = self.0.as_ref();
        let standard = listed.is_none().then_some(SM2_ID);
        standard.into_iter().chain(listed.into_iter().flat_map(|listed| listed.texts.iter().map(String::as_str)))
    }

    /// The ids to be tried; `None` for the standard one alone.
    pub(super) fn listed(&self) -> Option<&[SignerId]> {
        self.0.as_ref().map(|listed| &listed.ids[..])
    }
}

impl PartialEq for Sm2Ids {
    fn eq(&self, other: &Self) -> bool {
        self.texts().eq(other.texts())
    }
}

impl Eq for Sm2Ids {}

/// Of the ids in whatever order, each with its length before it.
fn fingerprint(texts: &[String]) -> Fingerprint {
    let mut sorted: Vec<_> = texts.iter().collect();
    sorted.sort_unstable();
    let framed = sorted.iter().flat_map(|text| [&(text.len() as u64).to_be_bytes(), text.as_bytes()].concat());
    Fingerprint::of(&framed.collect::<Vec<_>>())
}

static STANDARD: Sm2Ids = Sm2Ids::standard();

/// A key that signatures are checked with. A plain `&PublicKey` is one under the standard SM2 id.
#[derive(Debug, Clone, Copy)]
pub struct VerifyingKey<'k> {
    key: &'k PublicKey,
    ids: &'k Sm2Ids,
}

impl<'k> From<&'k PublicKey> for VerifyingKey<'k> {
    fn from(key: &'k PublicKey) -> Self {
        key.under(&STANDARD)
    }
}

impl PublicKey {
    /// This key, under these ids if it is an SM2 key.
    pub fn under<'k>(&'k self, ids: &'k Sm2Ids) -> VerifyingKey<'k> {
        VerifyingKey { key: self, ids }
    }
}

impl VerifyingKey<'_> {
    /// Checks a signature over `message`.
    pub fn verify(self, algorithm: SignatureAlgorithm, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        self.key.check(algorithm, message, signature, self.ids)
    }

    /// The key and, where they matter and are not the standard one, the ids: what is remembered of a signature under one
    /// list of ids is never taken for what holds under another.
    pub(crate) fn fingerprint(self) -> Fingerprint {
        match &self.ids.0 {
            Some(listed) if self.key.algorithm() == KeyAlgorithm::Sm2 => {
                Fingerprint::of(&[*self.key.fingerprint().as_bytes(), *listed.fingerprint.as_bytes()].concat())
            }
            _ => self.key.fingerprint(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{KeySpec, Signer, SoftwareKey};

    fn ids(texts: &[&str]) -> Sm2Ids {
        Sm2Ids::new(texts.iter().map(ToString::to_string)).unwrap()
    }

    #[test]
    fn lists_are_bounded_and_the_standard_one_is_known() {
        assert_eq!(ids(&[SM2_ID, SM2_ID]), Sm2Ids::standard());
        assert_eq!(Sm2Ids::standard().texts().collect::<Vec<_>>(), [SM2_ID]);
        assert_eq!(ids(&["", "a"]).texts().collect::<Vec<_>>(), ["", "a"]);
        for bad in [vec![], vec!["x".repeat(8192)], ["a", "b", "c", "d", "e"].map(String::from).to_vec()] {
            assert!(Sm2Ids::new(bad).is_err());
        }
    }

    #[test]
    fn keys_under_other_ids_are_other_keys_where_ids_matter() {
        let [sm2, other_kind] = [KeySpec::Sm2, KeySpec::EcdsaP256]
            .map(|spec| SoftwareKey::generate(spec, &mut |octets| octets.fill(7)).unwrap());
        let fingerprint = |key: &SoftwareKey, ids: &Sm2Ids| key.public_key().under(ids).fingerprint();
        let lists = [Sm2Ids::standard(), ids(&[""]), ids(&["a"]), ids(&["a", ""]), ids(&["a", SM2_ID])];
        for (at, one) in lists.iter().enumerate() {
            for other in &lists[at + 1..] {
                assert_ne!(fingerprint(&sm2, one), fingerprint(&sm2, other));
                assert_eq!(fingerprint(&other_kind, one), fingerprint(&other_kind, other));
            }
        }
        assert_eq!(fingerprint(&sm2, &ids(&["", "a"])), fingerprint(&sm2, &ids(&["a", ""])));
    }
}
