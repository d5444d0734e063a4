//! Where certificates stand in a list, by name, by key identifier and by issuer.
//!
//! A name is a number from then on: a search compares numbers. What numbers are given by is a hash of the name, under
//! a secret of the process ([`Name::keyed_hash`]). Should two names meet by chance, they share a number; so whoever
//! takes certificates by number compares the names themselves before he believes them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use crate::{Certificate, Name};

/// A name, numbered.
pub(super) type NameNumber = u32;

/// The first octets of a key identifier: all of it, if it is made as RFC 5280 §4.2.1.2 suggests.
type KeyIdStart = [u8; 20];

/// Where certificates stand in a list, by name, by key identifier and by issuer. Places are `u32`: four thousand
/// million certificates do not fit into a memory.
#[derive(Default)]
pub(super) struct Index {
    /// How many names other indexes had numbered before.
    first: NameNumber,
    numbers: HashMap<u64, NameNumber, BuildHasherDefault<AsItIs>>,
    /// Subject and issuer of each certificate.
    names: Vec<(NameNumber, NameNumber)>,
    key_ids: Vec<Option<KeyIdStart>>,
    by_subject: Runs,
    by_issuer: Runs,
    /// As `by_subject`, but those of a subject in the order of their key identifiers.
    by_key_id: Vec<u32>,
}

impl Index {
    /// Names that one of `before` knows keep their number.
    pub(super) fn new<'a>(certificates: impl Iterator<Item = &'a Certificate> + Clone, before: &[&Index]) -> Self {
        let first = before.last().map_or(0, |index| index.end());
        let mut index = Self { first, ..Self::default() };
        for certificate in certificates.clone() {
            let subject = index.enter(certificate.subject(), before);
            let issuer = index.enter(certificate.issuer(), before);
            index.names.push((subject, issuer));
            index.key_ids.push(certificate.extensions().subject_key_id.as_ref().map(|id| start_of(&id.0)));
        }
        let (once, own) = (once(&certificates.collect::<Vec<_>>()), first..index.end());
        index.by_subject = Runs::new(&once, own.clone(), |place| index.subject_at(place));
        index.by_issuer = Runs::new(&once, own, |place| index.issuer_at(place));
        index.by_key_id = index.by_subject.places.clone();
        for run in index.by_subject.runs() {
            let key = |place: &u32| (index.names[*place as usize].0, index.key_ids[*place as usize], *place);
            index.by_key_id[run].sort_unstable_by_key(key);
        }
        index
    }

    fn subject_at(&self, place: u32) -> NameNumber {
        self.names[place as usize].0
    }

    fn issuer_at(&self, place: u32) -> NameNumber {
        self.names[place as usize].1
    }

    fn key_id_at(&self, place: u32) -> Option<KeyIdStart> {
        self.key_ids[place as usize]
    }

    fn enter(&mut self, name: &Name, before: &[&Index]) -> NameNumber {
        let known = self.number_of(name).or_else(|| before.iter().find_map(|index| index.number_of(name)));
        known.unwrap_or_else(|| {
            let number = self.end();
            self.numbers.insert(name.keyed_hash(), number);
            number
        })
    }

    /// One more than the last number given.
    pub(super) fn end(&self) -> NameNumber {
        self.first + self.numbers.len() as NameNumber
    }

    pub(super) fn number_of(&self, name: &Name) -> Option<NameNumber> {
        self.numbers.get(&name.keyed_hash()).copied()
    }

    /// Subject and issuer of the certificate at a place.
    pub(super) fn names_at(&self, place: u32) -> (NameNumber, NameNumber) {
        self.names[place as usize]
    }

    /// The certificates of a subject.
    pub(super) fn named(&self, subject: NameNumber) -> &[u32] {
        &self.by_subject.places[self.subject_run(subject)]
    }

    fn subject_run(&self, subject: NameNumber) -> Range<usize> {
        self.by_subject.run(subject, self.first, |place| self.subject_at(place))
    }

    /// Those of them with this subjectKeyIdentifier (or one that begins like it), or without any.
    pub(super) fn keyed(&self, subject: NameNumber, key_id: Option<&[u8]>) -> &[u32] {
        let (run, key_id) = (&self.by_key_id[self.subject_run(subject)], key_id.map(start_of));
        &run[equal(run, key_id, |place| self.key_id_at(place))]
    }

    /// The certificates that bear the name of an issuer.
    pub(super) fn issued_by(&self, issuer: NameNumber) -> &[u32] {
        &self.by_issuer.places[self.by_issuer.run(issuer, self.first, |place| self.issuer_at(place))]
    }
}

fn start_of(key_id: &[u8]) -> KeyIdStart {
    let mut start = KeyIdStart::default();
    start.iter_mut().zip(key_id).for_each(|(start, octet)| *start = *octet);
    start
}

/// Takes a number that is a keyed hash already.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, octets: &[u8]) {
        octets.iter().for_each(|octet| self.0 = self.0.rotate_left(8) ^ u64::from(*octet));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

/// The first place of each certificate, in order. Twins are brought together by their marks; doubt, which forgers can
/// sow, is settled by the whole encoding.
fn once(certificates: &[&Certificate]) -> Vec<u32> {
    let mut marked: Vec<_> = (0..).zip(certificates).map(|(place, one)| (one.mark(), place)).collect();
    marked.sort_unstable();
    let mut is_twin = vec![false; certificates.len()];
    for doubtful in marked.chunk_by_mut(|one, other| one.0 == other.0).filter(|chunk| chunk.len() > 1) {
        let at = |place: u32| certificates[place as usize];
        doubtful.sort_unstable_by(|(_, one), (_, other)| at(*one).der().cmp(at(*other).der()).then(one.cmp(other)));
        for pair in doubtful.windows(2) {
            is_twin[pair[1].1 as usize] = at(pair[0].1) == at(pair[1].1);
        }
    }
    (0..).zip(is_twin).filter(|(_, is_twin)| !is_twin).map(|(place, _)| place).collect()
}

/// Places in the order of a name of theirs, then in their own. To make such lists takes little more than their memory, as
/// they are made for the few certificates of each question, and for as many as a stranger brings along.
#[derive(Default)]
struct Runs {
    places: Vec<u32>,
    /// Where those of each of the index's own names begin, and where the last of them ends. Names that have a number from
    /// elsewhere are lower, come first, and are few, or those of an index that is large itself.
    starts: Vec<u32>,
}

impl Runs {
    /// Of places in their order.
    fn new(places: &[u32], own: Range<NameNumber>, name_at: impl Fn(u32) -> NameNumber) -> Self {
        let mut sorted: Vec<_> = places.iter().copied().filter(|place| name_at(*place) < own.start).collect();
        sorted.sort_unstable_by_key(|place| (name_at(*place), *place));
        // How many there are of each own name, then where each begins, then where its next one goes.
        let mut starts = vec![0; own.len() + 1];
        let own_name = |place: u32| name_at(place).checked_sub(own.start).map(|name| name as usize);
        places.iter().filter_map(|place| own_name(*place)).for_each(|name| starts[name] += 1);
        let mut begin = sorted.len() as u32;
        for start in &mut starts {
            begin += std::mem::replace(start, begin);
        }
        sorted.resize(places.len(), 0);
        let mut next = starts.clone();
        for place in places {
            if let Some(name) = own_name(*place) {
                sorted[next[name] as usize] = *place;
                next[name] += 1;
            }
        }
        Self { places: sorted, starts }
    }

    /// Where those of names from elsewhere stand, all together, then those of each own name.
    fn runs(&self) -> impl Iterator<Item = Range<usize>> {
        let foreign = 0..self.starts.first().map_or(0, |start| *start as usize);
        let own = self.starts.windows(2).map(|pair| pair[0] as usize..pair[1] as usize);
        std::iter::once(foreign).chain(own)
    }

    /// Where those of a name stand; `first` is the first of the index's own names.
    fn run(&self, name: NameNumber, first: NameNumber, name_at: impl Fn(u32) -> NameNumber) -> Range<usize> {
        let start = |at: u32| self.starts.get(at as usize).map_or(self.places.len(), |start| *start as usize);
        match name.checked_sub(first) {
            Some(own) => start(own)..start(own + 1),
            None => equal(&self.places[..start(0)], name, name_at),
        }
    }
}

/// Where those of the places stand, which are in the order of their keys, that have this key.
fn equal<K: Ord>(places: &[u32], key: K, key_at: impl Fn(u32) -> K) -> Range<usize> {
    let begin = places.partition_point(|place| key_at(*place) < key);
    begin..begin + places[begin..].partition_point(|place| key_at(*place) == key)
}

#[cfg(test)]
mod tests {
    use super::super::Pool;
    use super::*;
    use crate::key::{KeySpec, Signer, SoftwareKey};
    use crate::{CertificateBuilder, Serial, Time, oid};

    fn name(common: &str) -> Name {
        Name::from_attributes(&[(oid::COMMON_NAME, common)])
    }

    fn certificate(issuer: &str, subject: &str) -> Certificate {
        let key = SoftwareKey::generate(KeySpec::EcdsaP256, &mut |octets| octets.fill(7)).unwrap();
        let (serial, validity) = (Serial::from_unsigned(&[1; 16]), (Time(0), Time(1)));
        CertificateBuilder::new(serial, name(issuer), name(subject), validity, key.public_key().clone())
            .subject_key_id()
            .sign(&key)
            .unwrap()
    }

    #[test]
    fn a_second_index_keeps_the_numbers_of_the_first() {
        let pool = Pool::new([certificate("Root", "Issuing")]);
        let extra = [certificate("Issuing", "Below"), certificate("Root", "Issuing")];
        let index = Index::new(extra.iter(), &[pool.index()]);
        assert_eq!(index.names_at(0).1, pool.index().names_at(0).0);
        assert_eq!(index.names_at(1), pool.index().names_at(0));
        assert_eq!((pool.index().end(), index.end()), (2, 3));
        let (issuing, key_id) = (index.names_at(1).0, extra[1].public_key().key_identifier());
        assert_eq!(index.keyed(issuing, Some(&key_id)), [1]);
        assert!(index.keyed(issuing, None).is_empty());
    }
}
