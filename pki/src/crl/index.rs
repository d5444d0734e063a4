//! The entries of a CRL, found by issuer and serial number.
//!
//! A CRL may have a million entries. Nothing of them is kept but where they stand in its encoding, which is kept
//! anyway: four octets each in one table, and sixteen where the certificates of another issuer begin. Reading is linear
//! in the octets whatever order, number or length the entries have: the hash is keyed, so that nobody can choose serial
//! numbers that fall together.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Known;
use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

use super::entry::{Entry, Revoked};
use crate::encoding::{Asn1Result, Input, position, refuse};
use crate::{Name, Oid, Serial};

/// The shortest entry: a serial number of one octet and a UTCTime.
const SHORTEST_ENTRY: usize = 20;

/// Names of issuers that were read already, in their encoding: where they stand, and their hash.
type Issuers<'a> = HashMap<&'a [u8], (u32, u64)>;

/// How many of them are remembered at a time. An indirect CRL has a few, of which some may come again and again.
const MAX_ISSUERS: usize = 1_024;

/// Where the entries of a CRL stand in its encoding.
#[derive(Default)]
pub(super) struct Index {
    /// Where each entry begins, by the hash of its issuer and serial number.
    places: HashTable<u32>,
    /// Whose entries they are, in the order of the encoding; the first are the CRL issuer's own.
    runs: Vec<Run>,
    hasher: RandomState,
}

/// Entries in a row whose certificates have one issuer.
#[derive(Clone, Copy)]
struct Run {
    /// Where the first of them begins.
    begin: u32,
    /// Where the Name of the issuer begins.
    name: u32,
    name_hash: u64,
}

/// An entry that was read, and is not in the table yet.
struct Hashed<'a> {
    place: u32,
    serial: &'a [u8],
    /// The hash of its issuer's name.
    issuer: u64,
    hash: u64,
}

/// So many go into the table together: it is all over the memory, and the processor waits for several places at a time
/// when nothing else is done between them.
const AT_ONCE: usize = 64;

impl Index {
    /// Reads the entries, a part of `der` as is the Name of the CRL's `issuer`; and the first critical extension that
    /// is not known.
    pub(super) fn read(der: &[u8], entries: &[u8], issuer: &[u8]) -> Asn1Result<(Self, Option<Oid>)> {
        if u32::try_from(der.len()).is_err() {
            return refuse("more than 4 GiB");
        }
        let (mut index, mut unknown) = (Self::default(), None);
        let capacity = count(entries)?.min(entries.len() / SHORTEST_ENTRY);
        index.places = HashTable::with_capacity(capacity);
        let mut issuers = Issuers::default();
        index.turn_to(der, position(der, entries).start as u32, issuer, &mut issuers)?;
        let (mut rest, mut waiting) = (entries, Vec::with_capacity(AT_ONCE));
        while !rest.is_empty() {
            let raw;
            (raw, rest) = split(rest)?;
            let (place, entry) = (position(der, raw).start as u32, Entry::read(raw)?);
            // "If this extension is not present on the first entry in an indirect CRL, the certificate issuer defaults
            // to the CRL issuer. On subsequent entries … the certificate issuer for the entry is the same as that for
            // the preceding entry" (§5.3.3)
            if let Some(issuer) = entry.issuer {
                index.turn_to(der, place, issuer, &mut issuers)?;
            }
            waiting.push(index.hashed(place, entry.serial));
            if waiting.len() == AT_ONCE {
                index.add(der, &mut waiting);
            }
            unknown = unknown.or(entry.unknown_critical);
        }
        index.add(der, &mut waiting);
        index.runs.shrink_to_fit();
        Ok((index, unknown))
    }

    /// From `begin` on the entries are those of `issuer`.
    fn turn_to<'a>(&mut self, der: &[u8], begin: u32, issuer: &'a [u8], known: &mut Issuers<'a>) -> Asn1Result<()> {
        if self.runs.last().is_some_and(|run| element_at(der, run.name) == Some(issuer)) {
            return Ok(());
        }
        if known.len() >= MAX_ISSUERS {
            known.clear();
        }
        let (name, name_hash) = match known.entry(issuer) {
            Known::Occupied(known) => *known.get(),
            Known::Vacant(free) => {
                let name_hash = self.hasher.hash_one(Name::read(issuer)?);
                *free.insert((position(der, issuer).start as u32, name_hash))
            }
        };
        self.runs.push(Run { begin, name, name_hash });
        Ok(())
    }

    /// An entry of the last run.
    fn hashed<'a>(&self, place: u32, serial: &'a [u8]) -> Hashed<'a> {
        let issuer = self.runs.last().map_or(0, |run| run.name_hash);
        Hashed { place, serial, issuer, hash: self.hasher.hash_one((issuer, serial)) }
    }

    /// Of two entries of one certificate the later counts.
    fn add(&mut self, der: &[u8], waiting: &mut Vec<Hashed<'_>>) {
        let Self { places, runs, hasher } = self;
        let issuer_at = |place| run_of(runs, place).map_or(0, |run| run.name_hash);
        let hash_of = |other: &u32| hasher.hash_one((issuer_at(*other), serial_at(der, *other).unwrap_or_default()));
        for Hashed { place, serial, issuer, hash } in waiting.drain(..) {
            let is_same = |other: &u32| serial_at(der, *other) == Some(serial) && issuer_at(*other) == issuer;
            *places.entry(hash, is_same, hash_of).or_insert(place).get_mut() = place;
        }
    }

    /// What the entry of a certificate says.
    pub(super) fn find(&self, der: &[u8], issuer: &Name, serial: &Serial) -> Option<Revoked> {
        let (serial, name_hash) = (serial.content(), self.hasher.hash_one(issuer));
        let is_of = |run: &Run| run.name_hash == name_hash && is_name_at(der, run.name, issuer);
        let is_it =
            |place: &u32| serial_at(der, *place) == Some(serial) && run_of(&self.runs, *place).is_some_and(is_of);
        let place = self.places.find(self.hasher.hash_one((name_hash, serial)), is_it)?;
        Some(Entry::read(element_at(der, *place)?).ok()?.revoked)
    }

    /// How many octets the table and the runs take.
    pub(super) fn octets(&self) -> usize {
        self.places.allocation_size() + self.runs.capacity() * size_of::<Run>()
    }

    /// How many certificates are listed.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }
}

fn count(mut entries: &[u8]) -> Asn1Result<usize> {
    let mut count = 0;
    while !entries.is_empty() {
        entries = split(entries)?.1;
        count += 1;
    }
    Ok(count)
}

/// The first element, and what comes after it. Nearly all are a SEQUENCE with a length of one octet.
fn split(elements: &[u8]) -> Asn1Result<(&[u8], &[u8])> {
    let length = match elements {
        [0x30, length @ ..=0x7f, ..] => 2 + usize::from(*length),
        _ => Input::new(elements)?.raw()?.len(),
    };
    elements.split_at_checked(length).map_or_else(|| refuse("an entry that is cut off"), Ok)
}

/// The last run that begins no later.
fn run_of(runs: &[Run], place: u32) -> Option<&Run> {
    match runs {
        // A CRL that is not indirect.
        [only] => Some(only),
        runs => runs[..runs.partition_point(|run| run.begin <= place)].last(),
    }
}

/// The element that begins at a place; it was read there once.
fn element_at(der: &[u8], place: u32) -> Option<&[u8]> {
    Input::new(der.get(place as usize..)?).ok()?.raw().ok()
}

fn serial_at(der: &[u8], place: u32) -> Option<&[u8]> {
    match der.get(place as usize..)? {
        [0x30, ..=0x7f, 2, length @ ..=0x7f, rest @ ..] => rest.get(..usize::from(*length)),
        other => Input::new(other).ok()?.sequence().ok()?.integer().ok(),
    }
}

/// Nearly always it is written in the same octets.
fn is_name_at(der: &[u8], place: u32, name: &Name) -> bool {
    let is_it = |octets: &[u8]| octets == name.der() || Name::read(octets).is_ok_and(|read| read == *name);
    element_at(der, place).is_some_and(is_it)
}
