//! Checking SM2 signatures (GB/T 32918.2, GM/T 0003): reading keys and signatures here, the arithmetic in
//! `sm2-verify`.
//!
//! Keys that check much are prepared, which makes each check three times as fast and takes 32 KiB. What is prepared is
//! no more than [`PREPARED_KEYS`] for the whole process: whoever brings many keys drives out others, and no more.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};

use sm2::PublicKey;
use sm2::elliptic_curve::sec1::ToSec1Point;
use sm2_verify::{PreparedKey, Signature, SignerId, VerifyingKey};

use crate::encoding::{Input, positive};

/// The signer's id that GM/T 0009 §10 sets when nothing else was agreed.
pub(crate) const SM2_ID: &str = "1234567812345678";

/// Two megabytes; a province knows some dozens of CAs.
const PREPARED_KEYS: usize = 64;

/// To prepare a key takes as long as seven checks: it has to be seen so often that it will be seen again. Only good
/// signatures count, so that it is not for who makes up signatures to say whose key is prepared.
const SEEN_OFTEN: u32 = 8;

static DEFAULT_ID: LazyLock<Option<SignerId>> = LazyLock::new(|| SignerId::new(SM2_ID));

static PREPARED: Store = Store { capacity: PREPARED_KEYS, keys: Mutex::new(VecDeque::new()) };

/// A key, and how often it has checked a good signature since it was last prepared.
pub(super) struct Key {
    key: VerifyingKey,
    /// The point without compression, for ids other than the standard one.
    point: Box<[u8]>,
    seen: AtomicU32,
    prepared: Mutex<Weak<Prepared>>,
}

impl Key {
    /// Reads a point; `None` if it is not on the curve, or the one at infinity.
    pub(super) fn read(point: &[u8]) -> Option<Self> {
        let id = DEFAULT_ID.as_ref()?;
        let (key, point) = match VerifyingKey::from_uncompressed(id, point) {
            Some(key) => (key, point.into()),
            None => {
                let point = uncompressed(point)?;
                (VerifyingKey::from_uncompressed(id, &point)?, point)
            }
        };
        Some(Self { key, point, seen: AtomicU32::new(0), prepared: Mutex::default() })
    }

    /// SM2Signature ::= SEQUENCE { R INTEGER, S INTEGER } over SM3(Z ‖ message), where Z is of the id and the key; under
    /// the standard id if no others are listed.
    pub(super) fn verify_under(&self, ids: Option<&[SignerId]>, message: &[u8], signature: &[u8]) -> bool {
        let Some(signature) = read_signature(signature) else { return false };
        match ids {
            None => self.verify_digest(&self.key.digest(message), &signature),
            Some(ids) => ids.iter().any(|id| {
                let key = VerifyingKey::from_uncompressed(id, &self.point);
                key.is_some_and(|key| self.verify_digest(&key.digest(message), &signature))
            }),
        }
    }

    fn verify_digest(&self, digest: &[u8; 32], signature: &Signature) -> bool {
        if let Some(prepared) = self.prepared().upgrade() {
            prepared.used.store(true, Ordering::Relaxed);
            return prepared.key.verify_digest(digest, signature);
        }
        let good = self.key.verify_digest(digest, signature);
        if good {
            self.count();
        }
        good
    }

    fn count(&self) {
        if self.seen.fetch_add(1, Ordering::Relaxed) + 1 == SEEN_OFTEN {
            let prepared = Arc::new(Prepared { key: PreparedKey::new(self.key.clone()), used: AtomicBool::new(false) });
            *self.prepared() = Arc::downgrade(&prepared);
            self.seen.store(0, Ordering::Relaxed);
            PREPARED.keep(prepared);
        }
    }

    fn prepared(&self) -> MutexGuard<'_, Weak<Prepared>> {
        // Whoever panicked has left it as it was, or as it should be.
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The point of a compressed encoding, which hardly anybody uses.
fn uncompressed(point: &[u8]) -> Option<Box<[u8]>> {
    let point = PublicKey::from_sec1_bytes(point).ok()?.to_sec1_point(false);
    Some(point.as_bytes().into())
}

fn read_signature(der: &[u8]) -> Option<Signature> {
    let read = Input::all(der, |input| input.in_sequence(|input| Ok((input.integer()?, input.integer()?))));
    let (r, s) = read.ok()?;
    Signature::new(&unsigned(r)?, &unsigned(s)?)
}

/// 32 octets of an INTEGER that is above zero and not longer.
fn unsigned(content: &[u8]) -> Option<[u8; 32]> {
    let content = positive(content)?;
    let mut octets = [0; 32];
    octets.get_mut(32usize.checked_sub(content.len())?..)?.copy_from_slice(content);
    Some(octets)
}

/// A key that was prepared, and whether it was used since then, or since it was last looked at.
struct Prepared {
    key: PreparedKey,
    used: AtomicBool,
}

/// What holds the prepared keys: each key itself knows its own weakly, so that what is dropped here is gone.
struct Store {
    capacity: usize,
    keys: Mutex<VecDeque<Arc<Prepared>>>,
}

impl Store {
    /// Keeps one more. For it those go that nobody has, and if that is not enough, the first of the others that was not
    /// used since it was last looked at.
    fn keep(&self, prepared: Arc<Prepared>) {
        // Whoever panicked has left some keys too few.
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.retain(|key| Arc::weak_count(key) > 0);
        let mut to_look_at = keys.len();
        while keys.len() >= self.capacity {
            let Some(first) = keys.pop_front() else { break };
            if first.used.swap(false, Ordering::Relaxed) && to_look_at > 0 {
                keys.push_back(first);
            }
            to_look_at = to_look_at.saturating_sub(1);
        }
        keys.push_back(prepared);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding;
    use crate::key::{KeySpec, Signer, SoftwareKey};

    fn signer(fill: u8) -> SoftwareKey {
        SoftwareKey::generate(KeySpec::Sm2, &mut |octets| octets.fill(fill)).unwrap()
    }

    fn key(fill: u8) -> Key {
        Key::read(signer(fill).public_key().key_bits()).unwrap()
    }

    impl Key {
        fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
            self.verify_under(None, message, signature)
        }
    }

    fn prepared(key: &Key) -> Arc<Prepared> {
        let prepared = Prepared { key: PreparedKey::new(key.key.clone()), used: AtomicBool::new(false) };
        let prepared = Arc::new(prepared);
        *key.prepared() = Arc::downgrade(&prepared);
        prepared
    }

    #[test]
    fn a_key_is_prepared_after_some_good_signatures_and_judges_as_before() {
        let (signer, key) = (signer(1), key(1));
        let signature = signer.sign(b"message").unwrap();
        for _ in 0..20 {
            assert!(!key.verify(b"massage", &signature));
        }
        for _ in 0..SEEN_OFTEN {
            assert!(key.prepared().upgrade().is_none());
            assert!(key.verify(b"message", &signature));
        }
        assert!(key.prepared().upgrade().is_some());
        assert!(key.verify(b"message", &signature) && !key.verify(b"massage", &signature));
    }

    #[test]
    fn the_store_is_bounded_and_keeps_what_is_used() {
        let store = Store { capacity: 4, keys: Mutex::default() };
        let keys: Vec<Key> = (1..12).map(key).collect();
        for key in &keys {
            store.keep(prepared(key));
            let first = keys[0].prepared().upgrade().expect("it is used all the time");
            first.used.store(true, Ordering::Relaxed);
            assert!(store.keys.lock().unwrap().len() <= 4);
        }
        let kept = keys.iter().filter(|key| key.prepared().upgrade().is_some()).count();
        assert_eq!(kept, 4);
        let gone = key(100);
        store.keep(prepared(&gone));
        drop(gone);
        store.keep(prepared(&keys[1]));
        assert!(store.keys.lock().unwrap().iter().all(|key| Arc::weak_count(key) > 0), "nobody has the key any more");
    }

    #[test]
    fn compressed_points_are_read_as_before() {
        let point = signer(1).public_key().key_bits().to_vec();
        let compressed = |tag: u8| [&[tag], &point[1..33]].concat();
        let signature = signer(1).sign(b"message").unwrap();
        let own = 2 + (point[64] & 1);
        assert!(Key::read(&compressed(own)).unwrap().verify(b"message", &signature));
        assert!(!Key::read(&compressed(own ^ 1)).unwrap().verify(b"message", &signature));
        assert!([&[0][..], &[], &compressed(6), &compressed(4)].iter().all(|octets| Key::read(octets).is_none()));
    }

    /// What OpenSSL and RustCrypto take for a signature, and nothing else.
    #[test]
    fn signatures_are_read_as_strictly_as_rustcrypto_reads_them() {
        let integer = |content: &[u8]| encoding::tlv(der::Tag::Integer, content);
        let contents: [&[u8]; 9] =
            [&[], &[0], &[1], &[0x7f], &[0x80], &[0, 0x80], &[0, 1], &[0x7f; 32], &[&[0; 2][..], &[0xff; 31]].concat()];
        let long: [&[u8]; 3] = [&[1; 33], &[&[0][..], &[0x80; 32]].concat(), &[&[0][..], &[0xff; 32]].concat()];
        let all: Vec<&[u8]> = contents.into_iter().chain(long).collect();
        for (r, s) in all.iter().flat_map(|r| all.iter().map(move |s| (r, s))) {
            let good = encoding::sequence(&[&integer(r), &integer(s)]);
            let more = encoding::sequence(&[&integer(r), &integer(s), &integer(&[1])]);
            let trailing = [&good[..], &[0]].concat();
            let long_form = [&[0x30, 0x81, (good.len() - 2) as u8], &good[2..]].concat();
            for der in [good, more, trailing, long_form] {
                let theirs = sm2::dsa::Signature::from_der(&der).ok();
                let theirs = theirs.and_then(|read| Signature::new(&read.r_bytes().into(), &read.s_bytes().into()));
                assert_eq!(read_signature(&der), theirs, "{der:x?}");
            }
        }
    }
}
