//! Who bears a name (docs/decisions/0008): of two keys of one name under one anchor, which are the authority's that has issued
//! a certificate, and which are a stranger's.
//!
//! RFC 5280 §6.3.3 (f) wants of a CRL issuer that its path ends at the anchor of the certificate's, and no more: under an
//! anchor of many CAs that do not trust one another, any of them could certify a key in another's name. So the name must
//! come from the same hands: what stands above on the path shows whose.

use super::revocation::Subject;
use super::search::{Goal, Search};
use crate::{Certificate, CertificateList, Error, Name, Time};

/// How many changes of key may lie between a signer and the keys on the path.
const CHANGES_OF_KEY: usize = 2;

/// A list whose signer is looked for: of whom, on which path, and at what time the signer is judged.
pub(super) struct Signing<'s, 'a> {
    pub(super) crl: &'a CertificateList,
    pub(super) subject: Subject<'s>,
    pub(super) goal: &'s Goal<'a>,
    pub(super) time: Time,
}

impl<'a> Search<'a> {
    /// Whether the signer bears the name of the list's issuer by right. A name that nobody above on the path bears (of the
    /// issuer of an indirect CRL) is that of whoever leads to the anchor.
    pub(super) fn bears_the_name(&mut self, signer: &Certificate, list: &Signing<'_, 'a>) -> Result<bool, Error> {
        let hands = hands(list.subject.above(), list.crl.issuer());
        Ok(hands.is_empty() || self.is_from(hands, signer, list, CHANGES_OF_KEY)?)
    }

    fn is_from(
        &mut self,
        hands: &[Certificate],
        signer: &Certificate,
        list: &Signing<'_, 'a>,
        changes: usize,
    ) -> Result<bool, Error> {
        let name = list.crl.issuer();
        if hands.iter().any(|own| own.subject() == name && own.public_key() == signer.public_key()) {
            return Ok(true);
        }
        for hand in hands {
            if self.has_certified(hand, signer)? {
                return Ok(true);
            }
        }
        if changes == 0 || signer.issuer() != name {
            return Ok(false);
        }
        self.is_from_another_key(hands, signer, list, changes)
    }

    /// Whether another key of the name has certified the signer, that is from these hands itself and holds.
    fn is_from_another_key(
        &mut self,
        hands: &[Certificate],
        signer: &Certificate,
        list: &Signing<'_, 'a>,
        changes: usize,
    ) -> Result<bool, Error> {
        let others: Vec<_> = self.heap.named(list.crl.issuer()).filter(|other| other.is_ca()).cloned().collect();
        for other in others.iter().filter(|other| other.public_key() != signer.public_key()) {
            if self.has_certified(other, signer)?
                && self.is_from(hands, other, list, changes - 1)?
                && self.is_trusted_signer(other, list)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn has_certified(&mut self, issuer: &Certificate, subject: &Certificate) -> Result<bool, Error> {
        // Of a key without its parameters nothing is known before the path is whole.
        let may_have = issuer.subject() == subject.issuer() && !issuer.public_key().inherits_parameters();
        Ok(may_have && names_key(subject, issuer) && self.check_edge(subject, issuer)?.is_ok())
    }
}

/// Those above who bear the name, the nearest first, and whoever has certified the last of them.
fn hands<'p>(above: &'p [Certificate], name: &Name) -> &'p [Certificate] {
    let first = above.iter().position(|one| one.subject() == name).unwrap_or(above.len());
    let run = above[first..].iter().take_while(|one| one.subject() == name).count();
    match run {
        0 => &[],
        run => &above[first..(first + run + 1).min(above.len())],
    }
}

/// Whether the key identifiers let the one have signed the other: a signature is dearer to check.
fn names_key(subject: &Certificate, issuer: &Certificate) -> bool {
    let wanted = subject.extensions().authority_key_id.as_ref().and_then(|id| id.key_id.as_ref());
    let had = issuer.extensions().subject_key_id.as_ref().map(|id| &id.0);
    wanted.zip(had).is_none_or(|(wanted, had)| wanted == had)
}
