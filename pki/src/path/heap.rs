//! The heap of certificates that one path is built from (anchors, the shared [`Pool`], what came along), ordered by
//! likelihood.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};

use super::index::{Index, NameNumber};
use super::policy_graph::InitialPolicies;
use super::report::{Missing, MissingKind};
use super::rules::Rules;
use super::search::{Id, id};
use super::{Pool, TrustAnchor, ValidationRequest};
use crate::{Certificate, Name, oid};

/// How many repositories are told of: a CA has one, and a heap may hold thousands of CAs.
const REPOSITORIES: usize = 8;

/// Anchors and certificates to build from, by name.
pub(super) struct Heap<'a> {
    anchors: Layer<&'a [TrustAnchor], Index>,
    pool: Layer<&'a [Certificate], &'a Index>,
    extra: Layer<&'a [Certificate], Index>,
    /// How many certificates lie between a name and the nearest anchor, and one; 0 is a name that leads to none.
    distance: Vec<u32>,
    /// Who asserts a policy of the request's: a certificate may list thousands, and is a candidate again and again.
    asserting: RefCell<HashMap<Id, bool>>,
}

/// A list and its index.
struct Layer<C, I> {
    certificates: C,
    index: I,
}

/// A possible issuer.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub(super) certificate: &'a Certificate,
    pub(super) is_anchor: bool,
    /// How many certificates lie between it and the nearest anchor; 0 is an anchor.
    pub(super) distance: u32,
}

/// Which candidates are asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyId {
    /// Those with the key that the authorityKeyIdentifier names, and those who do not say which key they have.
    Fits,
    /// Those who have another: a key identifier orders the search, and never forbids a path.
    Differs,
}

impl<'a> Heap<'a> {
    pub(super) fn new(request: &'a ValidationRequest<'a>) -> Self {
        let pool: &'a Pool = request.pool;
        let extra = Index::new(request.extra.iter(), &[pool.index()]);
        let anchors = Index::new(request.anchors.iter().map(TrustAnchor::certificate), &[pool.index(), &extra]);
        let mut heap = Self {
            anchors: Layer { certificates: request.anchors, index: anchors },
            pool: Layer { certificates: pool.certificates(), index: pool.index() },
            extra: Layer { certificates: request.extra, index: extra },
            distance: Vec::new(),
            asserting: RefCell::default(),
        };
        heap.distance = heap.distances();
        heap
    }

    /// Walks from the anchors down the names.
    fn distances(&self) -> Vec<u32> {
        let mut distance = vec![0; self.anchors.index.end() as usize];
        let mut queue = VecDeque::new();
        for anchor in 0..self.anchors.certificates.len() {
            let (name, _) = self.anchors.index.names_at(anchor as u32);
            if std::mem::replace(&mut distance[name as usize], 1) == 0 {
                queue.push_back(name);
            }
        }
        while let Some(name) = queue.pop_front() {
            let next = distance[name as usize] + 1;
            for index in [self.pool.index, &self.extra.index] {
                for place in index.issued_by(name) {
                    let (subject, _) = index.names_at(*place);
                    if distance[subject as usize] == 0 {
                        distance[subject as usize] = next;
                        queue.push_back(subject);
                    }
                }
            }
        }
        distance
    }

    /// How many names there are.
    pub(super) fn names(&self) -> usize {
        self.distance.len()
    }

    pub(super) fn number_of(&self, name: &Name) -> Option<NameNumber> {
        let indexes = [self.pool.index, &self.extra.index, &self.anchors.index];
        indexes.into_iter().find_map(|index| index.number_of(name))
    }

    /// The anchors, with the numbers of their names.
    pub(super) fn anchors(&self) -> impl Iterator<Item = (&'a Certificate, NameNumber)> {
        let certificates = self.anchors.certificates.iter().map(TrustAnchor::certificate);
        certificates.enumerate().map(|(place, anchor)| (anchor, self.anchors.index.names_at(place as u32).0))
    }

    pub(super) fn is_anchor(&self, certificate: &Certificate) -> bool {
        let anchors = self.anchors.certificates;
        let number = self.number_of(certificate.subject());
        let mut places = number.map_or(&[][..], |name| self.anchors.index.named(name)).iter();
        places.any(|place| anchors[*place as usize].certificate() == certificate)
    }

    /// All certificates of this subject, anchors first.
    pub(super) fn named(&self, subject: &Name) -> impl Iterator<Item = &'a Certificate> {
        let members = self.number_of(subject).into_iter().flat_map(|name| self.members(name));
        members.map(|(certificate, _)| certificate).filter(move |member| member.subject() == subject)
    }

    /// All certificates of a subject, anchors first, with the numbers of their issuers.
    fn members(&self, subject: NameNumber) -> impl Iterator<Item = (&'a Certificate, NameNumber)> {
        let (anchors, pool, extra) = (&self.anchors, &self.pool, &self.extra);
        let of_anchors = anchors
            .index
            .named(subject)
            .iter()
            .map(|place| (anchors.certificates[*place as usize].certificate(), anchors.index.names_at(*place).1));
        let of_pool = pool.index.named(subject).iter();
        let of_pool = of_pool.map(|place| (&pool.certificates[*place as usize], pool.index.names_at(*place).1));
        let of_extra = extra.index.named(subject).iter();
        let of_extra = of_extra.map(|place| (&extra.certificates[*place as usize], extra.index.names_at(*place).1));
        of_anchors.chain(of_pool).chain(of_extra)
    }

    /// All certificates but the anchors that bear the name of this issuer, with the numbers of their subjects.
    pub(super) fn issued_by(&self, issuer: NameNumber) -> impl Iterator<Item = (&'a Certificate, NameNumber)> {
        let (pool, extra) = (&self.pool, &self.extra);
        let of_pool = pool.index.issued_by(issuer).iter();
        let of_pool = of_pool.map(|place| (&pool.certificates[*place as usize], pool.index.names_at(*place).0));
        let of_extra = extra.index.issued_by(issuer).iter();
        of_pool.chain(of_extra.map(|place| (&extra.certificates[*place as usize], extra.index.names_at(*place).0)))
    }

    /// The same by name.
    pub(super) fn below(&self, issuer: &Name) -> impl Iterator<Item = &'a Certificate> {
        let below = self.number_of(issuer).into_iter().flat_map(|name| self.issued_by(name));
        below.map(|(certificate, _)| certificate).filter(move |one| one.issuer() == issuer)
    }

    /// Who may have issued the certificate. First comes who is a CA and valid at the time, asserts a policy that is
    /// wanted, is nearer to an anchor (most of all an anchor), and is not self-issued (RFC 4158 §3.5); among equals
    /// the one that is valid longest. The order does not depend on the order of the heap.
    pub(super) fn issuers_of(&self, certificate: &Certificate, rules: &Rules<'_>, key_id: KeyId) -> Vec<Candidate<'a>> {
        let Some(name) = self.number_of(certificate.issuer()) else { return Vec::new() };
        let mut found = self.candidates(name, wanted_key_id(certificate), key_id);
        // §6.1.3 (a)(4): "The certificate issuer name is the working_issuer_name"; that the numbers agree is not enough.
        found.retain(|candidate| candidate.certificate.subject() == certificate.issuer());
        found.sort_by_cached_key(|candidate| {
            let issuer = candidate.certificate;
            let unlikely = !issuer.is_valid_at(rules.at) || !issuer.is_ca();
            let rank = (
                unlikely,
                !self.asserts_wanted(issuer, &rules.initial_policies),
                candidate.distance,
                issuer.is_self_issued(),
            );
            (rank, Reverse(issuer.not_after()), issuer.signature())
        });
        found.dedup_by(|one, other| one.is_anchor == other.is_anchor && one.certificate == other.certificate);
        found
    }

    /// Whether the certificate asserts a policy of the list or any policy; a list of any policy is asserted by everybody.
    /// There is one other list in a search, the request's: what is remembered is of that.
    fn asserts_wanted(&self, certificate: &Certificate, wanted: &InitialPolicies) -> bool {
        *wanted == InitialPolicies::Any
            || *self.asserting.borrow_mut().entry(id(certificate)).or_insert_with(|| asserts(certificate, wanted))
    }

    fn candidates(&self, name: NameNumber, wanted: Option<&[u8]>, key_id: KeyId) -> Vec<Candidate<'a>> {
        let mut found = Vec::new();
        let (anchors, pool, extra) = (&self.anchors, &self.pool, &self.extra);
        for place in places(&anchors.index, name, wanted, key_id) {
            let certificate = anchors.certificates[place as usize].certificate();
            found.push(Candidate { certificate, is_anchor: true, distance: 0 });
        }
        for (certificates, index) in [(pool.certificates, pool.index), (extra.certificates, &extra.index)] {
            for place in places(index, name, wanted, key_id) {
                let distance = self.distance[index.names_at(place).1 as usize];
                let certificate = &certificates[place as usize];
                if distance > 0 {
                    found.push(Candidate { certificate, is_anchor: false, distance });
                }
            }
        }
        found.retain(|candidate| differs(candidate.certificate, wanted) == (key_id == KeyId::Differs));
        found
    }

    /// Issuers that are named on the way up from the leaf and of whom there is no certificate at all. Where a certificate
    /// does not say where its issuer's is, it may be where those above publish what they have issued.
    pub(super) fn missing_issuers(&self, leaf: &Certificate) -> Vec<Missing> {
        let mut missing = self.unknown_issuers(leaf);
        if missing.iter().any(|one| one.uris.is_empty()) {
            let repositories = self.repositories();
            missing.iter_mut().filter(|one| one.uris.is_empty()).for_each(|one| one.uris.clone_from(&repositories));
        }
        missing
    }

    /// RFC 5280 §4.2.2.2: "The id-ad-caRepository OID is used when the subject is a CA that publishes certificates it
    /// issues in a repository." Of anchors, and of CAs whose name leads to one, the nearest to an anchor first.
    fn repositories(&self) -> Vec<String> {
        let mut found: Vec<(u32, &str)> = Vec::new();
        let mut take = |certificate: &'a Certificate, distance: u32| {
            let access = certificate.extensions().subject_info_access.as_ref();
            found.extend(access.into_iter().flat_map(|access| access.ca_repository()).map(|uri| (distance, uri)));
        };
        self.anchors().for_each(|(anchor, _)| take(anchor, 0));
        for (certificates, index) in
            [(self.pool.certificates, self.pool.index), (self.extra.certificates, &self.extra.index)]
        {
            for (certificate, place) in certificates.iter().zip(0..) {
                let distance = self.distance[index.names_at(place).1 as usize];
                if distance > 0 && certificate.is_ca() {
                    take(certificate, distance);
                }
            }
        }
        found.sort_unstable();
        let mut uris: Vec<String> = Vec::new();
        for (_, uri) in found {
            if uris.len() < REPOSITORIES && !uris.iter().any(|known| known == uri) {
                uris.push(uri.to_owned());
            }
        }
        uris
    }

    fn unknown_issuers(&self, leaf: &Certificate) -> Vec<Missing> {
        let mut missing: Vec<Missing> = Vec::new();
        let (mut seen, mut queue) = (vec![false; self.names()], VecDeque::new());
        queue.push_back((leaf, self.number_of(leaf.issuer())));
        while let Some((certificate, issuer)) = queue.pop_front() {
            if issuer.is_some_and(|name| std::mem::replace(&mut seen[name as usize], true)) {
                continue;
            }
            let issuers = issuer.into_iter().flat_map(|name| self.members(name));
            let mut issuers = issuers.filter(|(issuer, _)| *issuer != certificate).peekable();
            if issuers.peek().is_none() && !certificate.is_self_issued() {
                missing.push(missing_issuer(certificate));
            }
            let unseen = issuers.filter(|(_, above)| !seen[*above as usize]);
            queue.extend(unseen.map(|(issuer, above)| (issuer, Some(above))));
        }
        missing
    }
}

/// Where the candidates stand, with others among them.
fn places(index: &Index, name: NameNumber, wanted: Option<&[u8]>, key_id: KeyId) -> impl Iterator<Item = u32> {
    let lists = match (wanted, key_id) {
        (Some(_), KeyId::Fits) => [index.keyed(name, wanted), index.keyed(name, None)],
        (None, KeyId::Differs) => [&[][..], &[]],
        _ => [index.named(name), &[]],
    };
    lists.into_iter().flatten().copied()
}

fn wanted_key_id(certificate: &Certificate) -> Option<&[u8]> {
    certificate.extensions().authority_key_id.as_ref().and_then(|id| id.key_id.as_deref())
}

/// Whether the issuer says that it has another key than the one wanted.
fn differs(issuer: &Certificate, wanted: Option<&[u8]>) -> bool {
    let had = issuer.extensions().subject_key_id.as_ref().map(|id| &id.0[..]);
    wanted.zip(had).is_some_and(|(wanted, had)| wanted != had)
}

fn asserts(certificate: &Certificate, wanted: &InitialPolicies) -> bool {
    let asserted = certificate.extensions().policies.as_ref().map_or(&[][..], |policies| &policies.0);
    let mut asserted = asserted.iter().map(|listed| listed.policy);
    asserted.any(|policy| policy == oid::ANY_POLICY || wanted.contains(&policy))
}

fn missing_issuer(certificate: &Certificate) -> Missing {
    let access = certificate.extensions().authority_info_access.as_ref();
    let uris = access.map(|access| access.ca_issuers().map(str::to_owned).collect()).unwrap_or_default();
    Missing { kind: MissingKind::Issuer, uris, issuer: certificate.issuer().clone(), ask: None }
}
