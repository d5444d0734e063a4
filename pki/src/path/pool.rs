//! Certificates that paths are built from, indexed by name and by key identifier.
//!
//! Every name is hashed once, when its certificate comes in, and is a number from then on: a search compares
//! numbers. Names are told apart by the whole of their canonical form and hashed under a secret of the process, so
//! that nobody can make two of them meet.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use crate::{Certificate, Name};

/// Certificates that may lead to an anchor, indexed once and shared by as many validations as there are. Cheap to
/// clone. The few that came along with a leaf need not go in here: a request has
/// [`extra`](super::ValidationRequest::extra) for them.
#[derive(Clone, Default)]
pub struct Pool(Arc<Inner>);

#[derive(Default)]
struct Inner {
    certificates: Vec<Certificate>,
    index: Index,
}

static EMPTY: LazyLock<Pool> = LazyLock::new(Pool::default);

impl Pool {
    /// Indexes these certificates; one that stands twice is kept once.
    pub fn new(certificates: impl IntoIterator<Item = Certificate>) -> Self {
        let certificates: Vec<_> = certificates.into_iter().collect();
        let index = Index::new(certificates.iter(), &[]);
        Self(Arc::new(Inner { certificates, index }))
    }

    /// The pool without a certificate.
    pub fn empty() -> &'static Self {
        &EMPTY
    }

    /// The certificates, in the order in which they came.
    pub fn certificates(&self) -> &[Certificate] {
        &self.0.certificates
    }

    /// The certificates of a subject.
    pub fn named(&self, subject: &Name) -> impl Iterator<Item = &Certificate> {
        let number = self.0.index.number_of(subject);
        let places = number.map_or(&[][..], |name| self.0.index.named(name));
        places.iter().map(|place| &self.0.certificates[*place as usize])
    }

    pub(super) fn index(&self) -> &Index {
        &self.0.index
    }
}

impl FromIterator<Certificate> for Pool {
    fn from_iter<T: IntoIterator<Item = Certificate>>(certificates: T) -> Self {
        Self::new(certificates)
    }
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pool({} certificates)", self.certificates().len())
    }
}

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
    numbers: HashMap<Name, NameNumber>,
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
        let (once, own) = (once(certificates), first..index.end());
        index.by_key_id = in_order(once.clone(), |place| (index.subject_at(place), index.key_id_at(place)));
        index.by_subject = Runs::new(once.clone(), own.clone(), |place| index.subject_at(place));
        index.by_issuer = Runs::new(once, own, |place| index.issuer_at(place));
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
            self.numbers.insert(name.clone(), number);
            number
        })
    }

    /// One more than the last number given.
    pub(super) fn end(&self) -> NameNumber {
        self.first + self.numbers.len() as NameNumber
    }

    pub(super) fn number_of(&self, name: &Name) -> Option<NameNumber> {
        if self.numbers.is_empty() { None } else { self.numbers.get(name).copied() }
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

/// The first place of each certificate. Twins are brought together by the end of their signatures, which is a number
/// at random in all but forgeries; doubt is settled by the whole encoding.
fn once<'a>(certificates: impl Iterator<Item = &'a Certificate>) -> Vec<u32> {
    let end = |one: &Certificate| one.signature().last_chunk().map_or(0, |end| u64::from_be_bytes(*end));
    let mut ordered: Vec<_> = (0..).zip(certificates).map(|(place, one)| (end(one), place, one)).collect();
    ordered.sort_unstable_by(|(end, place, one), (other_end, other_place, other)| {
        end.cmp(other_end).then_with(|| one.der().cmp(other.der())).then(place.cmp(other_place))
    });
    ordered.dedup_by(|(end, _, one), (end_before, _, before)| end == end_before && one == before);
    ordered.into_iter().map(|(_, place, _)| place).collect()
}

/// Places in the order of a name of theirs, then in their own. To make such lists takes little more than their memory, as
/// they are made for the few certificates of each question.
#[derive(Default)]
struct Runs {
    places: Vec<u32>,
    /// Where those of each of the index's own names begin, and where the last of them ends. Names that have a number from
    /// elsewhere are lower, come first, and are few, or those of an index that is large itself.
    starts: Vec<u32>,
}

impl Runs {
    fn new(places: Vec<u32>, own: Range<NameNumber>, name_at: impl Fn(u32) -> NameNumber) -> Self {
        let places = in_order(places, &name_at);
        let mut starts = Vec::with_capacity(own.len() + 1);
        let mut at = 0;
        for name in own.start..=own.end {
            at += places[at..].iter().take_while(|place| name_at(**place) < name).count();
            starts.push(at as u32);
        }
        Self { places, starts }
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

fn in_order<K: Ord>(mut places: Vec<u32>, key_at: impl Fn(u32) -> K) -> Vec<u32> {
    places.sort_unstable_by(|one, other| key_at(*one).cmp(&key_at(*other)).then(one.cmp(other)));
    places
}

/// Where those of the places stand, which are in the order of their keys, that have this key.
fn equal<K: Ord>(places: &[u32], key: K, key_at: impl Fn(u32) -> K) -> Range<usize> {
    let begin = places.partition_point(|place| key_at(*place) < key);
    begin..begin + places[begin..].partition_point(|place| key_at(*place) == key)
}

#[cfg(test)]
mod tests {
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
    fn certificates_are_found_by_name_however_it_is_written_and_once_each() {
        let (one, other) = (certificate("Root", "Issuing"), certificate("Bridge", "Issuing"));
        let pool: Pool = [one.clone(), other.clone(), one.clone(), certificate("Root", "Else")].into_iter().collect();
        assert!(pool.named(&name("ISSUING ")).eq([&one, &other]));
        assert_eq!(pool.named(&name("Nobody")).count(), 0);
        assert_eq!(Pool::empty().named(&name("Issuing")).count(), 0);
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
