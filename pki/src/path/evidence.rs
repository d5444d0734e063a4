//! CRLs and OCSP responses that came with a question, the newest first, and what was found out about them.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::rc::Rc;

use super::crl_scope::{Place, Point, magnitude};
use super::ocsp::Responses;
use super::search::Id;
use crate::{CertificateList, Name, OcspResponse, Time};

/// CRLs and OCSP responses, and what was found out about them.
pub(super) struct Evidence<'a> {
    pub(super) crls: HashMap<&'a Name, Vec<&'a CertificateList>>,
    pub(super) deltas: HashMap<&'a Name, Vec<&'a CertificateList>>,
    /// The distribution points of certificates, and those that CRLs are of.
    pub(super) points: HashMap<Id, Rc<[Point]>>,
    pub(super) places: HashMap<Id, Option<Rc<Place>>>,
    /// Whether a CRL is signed by the key of a certificate.
    pub(super) signatures: HashMap<(Id, Id), bool>,
    /// Whether a CRL issuer leads to an anchor, at a time, while those others are in progress.
    pub(super) issuers: HashMap<(Id, Id, Time, Vec<Id>), bool>,
    /// CRL issuers being looked into: while that goes on, their own CRLs are taken as theirs.
    pub(super) in_progress: Vec<Id>,
    pub(super) ocsp: Responses<'a>,
}

impl<'a> Evidence<'a> {
    pub(super) fn new(crls: &'a [CertificateList], ocsp: &'a [OcspResponse]) -> Self {
        let [mut complete, mut deltas]: [HashMap<_, Vec<_>>; 2] = Default::default();
        for crl in crls {
            let by_issuer = if crl.delta_base().is_some() { &mut deltas } else { &mut complete };
            by_issuer.entry(crl.issuer()).or_default().push(crl);
        }
        complete.values_mut().for_each(|list| list.sort_by(|one, other| compare_age(other, one)));
        Self {
            crls: complete,
            deltas,
            points: HashMap::new(),
            places: HashMap::new(),
            signatures: HashMap::new(),
            issuers: HashMap::new(),
            in_progress: Vec::new(),
            ocsp: Responses::new(ocsp),
        }
    }
}

/// The newest speaks first: of two that are both in date it knows more. Two of one second differ in their numbers
/// (§5.2.3). What the order of the heap is does not matter.
fn compare_age<'c>(one: &'c CertificateList, other: &'c CertificateList) -> Ordering {
    let age = |crl: &'c CertificateList| (crl.this_update(), magnitude(crl.number()));
    age(one).cmp(&age(other)).then_with(|| one.der().cmp(other.der()))
}

/// Of two delta CRLs the one with the higher number knows all that the other does.
pub(super) fn compare_number(one: &CertificateList, other: &CertificateList) -> Ordering {
    magnitude(one.number()).cmp(&magnitude(other.number())).then_with(|| compare_age(one, other))
}

/// Whether neither of two lists of one issuer is the newer. No CA makes two of one number and time that differ; *which
/// is believed, if there are?* Whichever says that the certificate is revoked.
pub(super) fn is_of_one_age(one: &CertificateList, other: &CertificateList) -> bool {
    let age = (one.this_update(), magnitude(one.number()));
    one.issuer() == other.issuer() && age == (other.this_update(), magnitude(other.number()))
}
