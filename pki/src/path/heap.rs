//! The heap of certificates that paths are built from: looked up by name, ordered by likelihood.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{Hash, Hasher};

use super::report::{Missing, MissingKind};
use super::validate::Rules;
use super::{TrustAnchor, ValidationRequest};
use crate::{Certificate, Name, Oid, oid};

/// The certificates to build from, by name.
pub(super) struct Heap<'a> {
    anchors: HashMap<&'a Name, Vec<&'a Certificate>>,
    intermediates: HashMap<&'a Name, Vec<&'a Certificate>>,
    /// How many certificates lie between a name and the nearest anchor; what is not in here leads to none.
    distance: HashMap<&'a Name, u32>,
}

/// A possible issuer.
pub(super) struct Candidate<'a> {
    pub(super) certificate: &'a Certificate,
    pub(super) is_anchor: bool,
}

/// Finds duplicates by their signature, which is short, and settles doubt by the whole encoding.
struct BySignature<'a>(&'a Certificate);

impl PartialEq for BySignature<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for BySignature<'_> {}

impl Hash for BySignature<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.signature().hash(state);
    }
}

impl<'a> Heap<'a> {
    pub(super) fn new(request: &'a ValidationRequest<'a>) -> Self {
        let anchors = by_subject(request.anchors.iter().map(TrustAnchor::certificate));
        let intermediates = by_subject(request.intermediates);
        let distance = distances(&anchors, request.intermediates);
        Self { anchors, intermediates, distance }
    }

    pub(super) fn is_anchor(&self, certificate: &Certificate) -> bool {
        self.anchors.get(certificate.subject()).is_some_and(|list| list.contains(&certificate))
    }

    /// All certificates of this subject, anchors first.
    pub(super) fn named(&self, subject: &Name) -> impl Iterator<Item = &'a Certificate> {
        let of = |map: &HashMap<&'a Name, Vec<&'a Certificate>>| map.get(subject).cloned().unwrap_or_default();
        of(&self.anchors).into_iter().chain(of(&self.intermediates))
    }

    /// Who may have issued the certificate. Anchors come first; then who has the key that the authorityKeyIdentifier
    /// names, is a CA and valid at the time, asserts a policy that is wanted, is nearer to an anchor, and is not
    /// self-issued (RFC 4158 §3.5).
    pub(super) fn issuers_of(&self, certificate: &Certificate, rules: &Rules<'_>) -> Vec<Candidate<'a>> {
        let name = certificate.issuer();
        let anchors = self.anchors.get(name).into_iter().flatten().map(|anchor| (*anchor, true));
        let below = self.intermediates.get(name).into_iter().flatten().map(|intermediate| (*intermediate, false));
        let mut ranked: Vec<_> = anchors
            .chain(below.filter(|(intermediate, _)| self.distance.contains_key(intermediate.issuer())))
            .map(|(issuer, is_anchor)| {
                let distance = if is_anchor { 0 } else { self.distance.get(issuer.issuer()).map_or(0, |far| far + 1) };
                let unlikely = !issuer.is_valid_at(rules.at) || !issuer.is_ca();
                let unwanted = !asserts_wanted(issuer, &rules.policies.initial_policy_set);
                (
                    (!names_key(certificate, issuer), unlikely, unwanted, distance, issuer.is_self_issued()),
                    issuer,
                    is_anchor,
                )
            })
            .collect();
        ranked.sort_by_key(|(rank, _, _)| *rank);
        ranked.into_iter().map(|(_, certificate, is_anchor)| Candidate { certificate, is_anchor }).collect()
    }

    /// Issuers that are named on the way up from the leaf and of whom there is no certificate at all.
    pub(super) fn missing_issuers(&self, leaf: &Certificate) -> Vec<Missing> {
        let (mut missing, mut seen, mut queue) = (Vec::new(), HashSet::new(), VecDeque::from([leaf.clone()]));
        while let Some(certificate) = queue.pop_front() {
            if !seen.insert(certificate.issuer().clone()) {
                continue;
            }
            let issuers: Vec<_> = self.named(certificate.issuer()).filter(|issuer| **issuer != certificate).collect();
            if issuers.is_empty() && !certificate.is_self_issued() {
                missing.push(missing_issuer(&certificate));
            }
            queue.extend(issuers.into_iter().cloned());
        }
        missing
    }
}

/// Whether the issuer has the key that the certificate names, or either says nothing.
fn names_key(certificate: &Certificate, issuer: &Certificate) -> bool {
    let wanted = certificate.extensions().authority_key_id.as_ref().and_then(|id| id.key_id.as_ref());
    let had = issuer.extensions().subject_key_id.as_ref().map(|id| &id.0);
    wanted.zip(had).is_none_or(|(wanted, had)| wanted == had)
}

/// Whether the certificate asserts a policy of the list or any policy; a list of any policy is asserted by everybody.
fn asserts_wanted(certificate: &Certificate, wanted: &[Oid]) -> bool {
    let any = |policies: &[Oid]| policies.is_empty() || policies.contains(&oid::ANY_POLICY);
    let asserted = certificate.extensions().policies.as_ref().map_or(&[][..], |policies| &policies.0);
    let mut asserted = asserted.iter().map(|listed| listed.policy);
    any(wanted) || asserted.any(|policy| policy == oid::ANY_POLICY || wanted.contains(&policy))
}

fn missing_issuer(certificate: &Certificate) -> Missing {
    let access = certificate.extensions().authority_info_access.as_ref();
    let uris = access.map(|access| access.ca_issuers().map(str::to_owned).collect()).unwrap_or_default();
    Missing { kind: MissingKind::Issuer, uris, issuer: certificate.issuer().clone() }
}

/// Groups by subject and drops what stands twice.
fn by_subject<'a>(certificates: impl IntoIterator<Item = &'a Certificate>) -> HashMap<&'a Name, Vec<&'a Certificate>> {
    let (mut map, mut seen): (HashMap<_, Vec<_>>, HashSet<_>) = (HashMap::new(), HashSet::new());
    for certificate in certificates {
        if seen.insert(BySignature(certificate)) {
            map.entry(certificate.subject()).or_default().push(certificate);
        }
    }
    map
}

/// Walks from the anchors down the names.
fn distances<'a>(
    anchors: &HashMap<&'a Name, Vec<&'a Certificate>>,
    intermediates: &'a [Certificate],
) -> HashMap<&'a Name, u32> {
    let mut issued: HashMap<&Name, Vec<&'a Certificate>> = HashMap::new();
    for certificate in intermediates {
        issued.entry(certificate.issuer()).or_default().push(certificate);
    }
    let mut distance: HashMap<&Name, u32> = anchors.keys().map(|name| (*name, 0)).collect();
    let mut queue: VecDeque<_> = anchors.keys().copied().collect();
    while let Some(name) = queue.pop_front() {
        let next = distance.get(name).map_or(0, |far| far + 1);
        for certificate in issued.get(name).into_iter().flatten() {
            distance.entry(certificate.subject()).or_insert_with(|| {
                queue.push_back(certificate.subject());
                next
            });
        }
    }
    distance
}
