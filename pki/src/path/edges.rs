//! Signatures that were verified before.
//!
//! A service sees the same certificates of CAs all day, and their signatures are most of what a path costs. What is
//! remembered is arithmetic, and nothing else: *this key has signed this certificate*. It is true for ever, whatever
//! happens to either; time, constraints, policies, algorithms and revocation are judged anew at each question.
//!
//! Both sides are known by the SHA-256 of their whole encoding, the signature included, so that no other key and no
//! other certificate can pass for them; an SM2 key also by the ids under which it was believed, so that what held under
//! one id does not count in a question that does not accept it.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::algorithm::{Sm2Ids, VerifyingKey};
use crate::{Certificate, Fingerprint};

/// A bounded memory of verified signatures, for many validations to share; only [`super::validate`] writes in it.
///
/// Only certificates of CAs are remembered, and only from paths that were found valid: leaves are too many, and who
/// brings certificates of his own making cannot drive out the others with them.
#[derive(Debug)]
pub struct VerifiedEdges {
    capacity: usize,
    generations: Mutex<Generations>,
}

/// The key that signed (with its ids), and the certificate that it signed.
type Edge = (Fingerprint, Fingerprint);

/// What was asked for since the young were last full, and what was before that. The old that are asked for are young
/// again; the others are forgotten together.
#[derive(Debug, Default)]
struct Generations {
    young: HashSet<Edge>,
    old: HashSet<Edge>,
}

impl VerifiedEdges {
    /// A memory for `capacity` signatures, at some 150 octets each.
    pub fn new(capacity: usize) -> Self {
        Self { capacity, generations: Mutex::default() }
    }

    /// Whether the key is known to have signed the certificate.
    pub(super) fn contain(&self, certificate: &Certificate, issuer: VerifyingKey<'_>) -> bool {
        if !certificate.is_ca() {
            return false;
        }
        let edge = edge(certificate, issuer);
        let mut generations = self.generations();
        if generations.young.contains(&edge) {
            return true;
        }
        let known = generations.old.remove(&edge);
        if known {
            generations.add(edge, self.capacity);
        }
        known
    }

    /// Remembers the signatures along a path (leaf first) that were verified, in SM2 under one of these ids.
    pub(super) fn remember(&self, path: &[Certificate], ids: &Sm2Ids) {
        for pair in path.windows(2).filter(|pair| pair[0].is_ca()) {
            let edge = edge(&pair[0], pair[1].public_key().under(ids));
            self.generations().add(edge, self.capacity);
        }
    }

    fn generations(&self) -> MutexGuard<'_, Generations> {
        // Whoever panicked has left two sets of true edges.
        self.generations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn add(&mut self, edge: Edge, capacity: usize) {
        if self.young.contains(&edge) {
            return;
        }
        if self.young.len() >= capacity.div_ceil(2) {
            self.old = std::mem::take(&mut self.young);
        }
        if capacity > 0 {
            self.young.insert(edge);
        }
    }
}

fn edge(certificate: &Certificate, issuer: VerifyingKey<'_>) -> Edge {
    (issuer.fingerprint(), certificate.fingerprint())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{KeySpec, Signer, SoftwareKey};
    use crate::{CertificateBuilder, Name, Serial, Time, oid};

    const STANDARD: Sm2Ids = Sm2Ids::standard();

    fn key(fill: u8) -> SoftwareKey {
        SoftwareKey::generate(KeySpec::EcdsaP256, &mut |octets| octets.fill(fill)).unwrap()
    }

    fn certificate(serial: u8, signer: &SoftwareKey, ca: bool) -> Certificate {
        let name = Name::from_attributes(&[(oid::COMMON_NAME, "Somebody")]);
        let (serial, validity) = (Serial::from_unsigned(&[serial]), (Time(0), Time(1)));
        CertificateBuilder::new(serial, name.clone(), name, validity, signer.public_key().clone())
            .basic_constraints(ca, None)
            .sign(signer)
            .unwrap()
    }

    #[test]
    fn an_edge_is_this_certificate_signed_by_this_key_and_no_other() {
        let (one, other, edges) = (key(1), key(2), VerifiedEdges::new(10));
        let (signed, twin) = (certificate(1, &one, true), certificate(1, &one, true));
        assert!(signed.tbs_der() == twin.tbs_der() && signed != twin, "the same content, another signature");
        edges.remember(&[signed.clone(), certificate(9, &one, true)], &STANDARD);
        assert!(edges.contain(&signed, one.public_key().into()));
        assert!(!edges.contain(&signed, other.public_key().into()));
        assert!(!edges.contain(&twin, one.public_key().into()));
    }

    #[test]
    fn leaves_are_not_remembered() {
        let (key, edges) = (key(1), VerifiedEdges::new(10));
        let path = [certificate(1, &key, false), certificate(2, &key, true)];
        edges.remember(&path, &STANDARD);
        assert!(!edges.contain(&path[0], key.public_key().into()));
        assert!(edges.generations().young.is_empty());
    }

    #[test]
    fn the_memory_is_bounded_and_keeps_what_is_asked_for() {
        let (key, edges) = (key(1), VerifiedEdges::new(8));
        let anchor = certificate(0, &key, true);
        let all: Vec<_> = (1..60).map(|serial| certificate(serial, &key, true)).collect();
        for certificate in &all {
            edges.remember(&[certificate.clone(), anchor.clone()], &STANDARD);
            assert!(edges.contain(&all[0], key.public_key().into()), "asked for each time");
            let generations = edges.generations();
            assert!(generations.young.len() + generations.old.len() <= 8);
        }
        let kept = all.iter().filter(|certificate| edges.contain(certificate, key.public_key().into())).count();
        assert!((2..=8).contains(&kept), "{kept}");
        let none = VerifiedEdges::new(0);
        none.remember(&all[..2], &STANDARD);
        assert!(!none.contain(&all[0], key.public_key().into()));
    }
}
