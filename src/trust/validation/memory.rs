//! What recurs from case to case: certificates and CRLs are read once, pools indexed once, signatures between CAs and
//! those of CRLs verified once.
//!
//! A text is known by its SHA-256, so that what is remembered of one text is never taken for another. All of it is
//! bounded: what was not asked for lately makes room.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use pki::path::{Pool, VerifiedEdges};
use pki::{Certificate, CertificateList, Error, Fingerprint};

use super::case::Text;
use crate::pem;

/// Octets of DER that are remembered of certificates; read, they take some three times as much.
const CERTIFICATES: usize = 8 << 20;

/// Octets of DER that are remembered of CRLs, at about the same factor.
const CRLS: usize = 32 << 20;

/// Certificates that stand in remembered pools.
const POOLED: usize = 50_000;

/// Signatures that are remembered, in 600 kB.
const EDGES: usize = 4_096;

/// A memory that many threads share.
#[derive(Debug)]
pub struct Memory {
    certificates: Shelf<Contents<Certificate>>,
    crls: Shelf<Contents<CertificateList>>,
    pools: Shelf<Pooled>,
    /// Signatures that were verified before.
    pub edges: VerifiedEdges,
}

/// The certificates of several texts, indexed, and what was passed over.
#[derive(Debug)]
pub(super) struct Pooled {
    pub(super) pool: Pool,
    pub(super) notes: Vec<String>,
}

/// What was found in a text. What could not be read is passed over, as it can prove nothing; the answer mentions it.
#[derive(Clone, Debug)]
pub struct Contents<T> {
    /// In its order.
    pub found: Vec<T>,
    /// What was not, and why.
    pub passed_over: Vec<String>,
}

impl<T> Default for Contents<T> {
    fn default() -> Self {
        Self { found: Vec::new(), passed_over: Vec::new() }
    }
}

impl<T> Contents<T> {
    /// Adds what was read of `der`, or a note that it could not be.
    pub fn add(&mut self, der: &[u8], read: impl FnOnce(&[u8]) -> Result<T, Error>) {
        match read(der) {
            Ok(value) => self.found.push(value),
            Err(why) => {
                let fingerprint = Fingerprint::of(der);
                self.passed_over.push(format!("was passed over ({fingerprint}: {why}, {})", why.code()));
            }
        }
    }

    /// What was passed over, as `what` it was brought.
    pub fn notes<'a>(&'a self, what: &'a str) -> impl Iterator<Item = String> + 'a {
        self.passed_over.iter().map(move |note| format!("{what} {note}"))
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            certificates: Shelf::new(CERTIFICATES),
            crls: Shelf::new(CRLS),
            pools: Shelf::new(POOLED),
            edges: VerifiedEdges::new(EDGES),
        }
    }
}

impl Memory {
    /// The certificates in a text.
    pub(super) fn certificates(&self, text: &str) -> Result<Arc<Contents<Certificate>>, String> {
        self.certificates.of(text, || read(pem::certificates_in_text(text)?, Certificate::from_der))
    }

    /// The CRLs in a text.
    pub(super) fn crls(&self, text: &str) -> Result<Arc<Contents<CertificateList>>, String> {
        self.crls.of(text, || read(pem::crls_in_text(text)?, CertificateList::from_der))
    }

    /// The certificates of a list of texts. A text that is unreadable is an error, with its place.
    pub(super) fn pool(&self, texts: &[Text<'_>]) -> Result<Arc<Pooled>, (usize, String)> {
        let digests: Vec<u8> = texts.iter().flat_map(|text| *Fingerprint::of(text.as_bytes()).as_bytes()).collect();
        let key = Fingerprint::of(&digests);
        if let Some(known) = self.pools.find(&key) {
            return Ok(known);
        }
        let mut all = Contents::default();
        for (at, text) in texts.iter().enumerate() {
            let contents = self.certificates(text).map_err(|why| (at, why))?;
            all.found.extend_from_slice(&contents.found);
            all.passed_over.extend(contents.notes("an intermediate"));
        }
        let weight = all.found.len();
        let pooled = Pooled { pool: Pool::new(all.found), notes: all.passed_over };
        Ok(self.pools.keep(key, pooled, weight))
    }
}

/// Reads what stood in a text, and says how many octets it was.
fn read<T>(ders: Vec<Vec<u8>>, one: impl Fn(&[u8]) -> Result<T, Error>) -> Result<(Contents<T>, usize), String> {
    let mut contents = Contents::default();
    ders.iter().for_each(|der| contents.add(der, &one));
    Ok((contents, ders.iter().map(Vec::len).sum()))
}

/// A bounded map in two generations: what is asked for is young again; the rest is forgotten together.
#[derive(Debug)]
struct Shelf<T> {
    capacity: usize,
    generations: Mutex<Generations<T>>,
}

#[derive(Debug)]
struct Generations<T> {
    young: HashMap<Fingerprint, (Arc<T>, usize)>,
    old: HashMap<Fingerprint, (Arc<T>, usize)>,
    /// Of the young.
    weight: usize,
}

impl<T> Shelf<T> {
    fn new(capacity: usize) -> Self {
        let generations = Generations { young: HashMap::new(), old: HashMap::new(), weight: 0 };
        Self { capacity, generations: Mutex::new(generations) }
    }

    /// What is known of a text, else what `read` says of it and how much it weighs.
    fn of(&self, text: &str, read: impl FnOnce() -> Result<(T, usize), String>) -> Result<Arc<T>, String> {
        let key = Fingerprint::of(text.as_bytes());
        match self.find(&key) {
            Some(known) => Ok(known),
            None => read().map(|(value, weight)| self.keep(key, value, weight)),
        }
    }

    fn find(&self, key: &Fingerprint) -> Option<Arc<T>> {
        // Whoever panicked has left two maps of true values.
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((value, _)) = generations.young.get(key) {
            return Some(value.clone());
        }
        let (value, weight) = generations.old.remove(key)?;
        generations.add(*key, value.clone(), weight, self.capacity);
        Some(value)
    }

    fn keep(&self, key: Fingerprint, value: T, weight: usize) -> Arc<T> {
        let value = Arc::new(value);
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        generations.add(key, value.clone(), weight, self.capacity);
        value
    }
}

impl<T> Generations<T> {
    /// One that weighs more than all of the room is kept all the same: it may be the one CRL of the whole batch.
    fn add(&mut self, key: Fingerprint, value: Arc<T>, weight: usize, capacity: usize) {
        // A value without weight would never make room.
        let weight = weight.max(1);
        if self.weight + weight > capacity / 2 {
            self.old = std::mem::take(&mut self.young);
            self.weight = 0;
        }
        if self.young.insert(key, (value, weight)).is_none() {
            self.weight += weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(at: usize) -> String {
        format!("text {at}")
    }

    #[test]
    fn what_is_asked_for_stays_and_the_rest_is_forgotten() {
        let shelf = Shelf::new(8);
        let (mut read, mut asked) = (0, 0);
        for at in 1..100 {
            shelf.of(&text(at), || Ok((at, 1))).unwrap();
            asked += 1;
            shelf.of(&text(0), || Ok(((read += 1, 0).1, 1))).unwrap();
            let generations = shelf.generations.lock().unwrap();
            assert!(generations.young.len() + generations.old.len() <= 8);
        }
        assert_eq!((read, asked), (1, 99), "read once, asked for each time");
        assert!(shelf.find(&Fingerprint::of(text(1).as_bytes())).is_none());
    }

    #[test]
    fn what_outweighs_the_room_is_kept_alone_and_what_is_unreadable_not_at_all() {
        let shelf = Shelf::new(8);
        shelf.of("big", || Ok((1, 1000))).unwrap();
        assert_eq!(*shelf.of("big", || Err("read again".into())).unwrap(), 1);
        assert!(shelf.of("bad", || Err("bad".into())).is_err());
        assert_eq!(*shelf.of("bad", || Ok((2, 1))).unwrap(), 2);
    }
}
