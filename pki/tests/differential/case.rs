//! A case: what is asked, what is handed over, and what the engine answers.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use pki::algorithm::AlgorithmPolicy;
use pki::certificate::extension::KeyUsage;
use pki::path::{self, PolicyInputs, RevocationMode, TrustAnchor, ValidationRequest, Verdict};
use pki::{Certificate, CertificateList, oid};

use crate::list::ListPlan;
use crate::plan::Plan;
use crate::shape::Hierarchy;
use crate::support::NOW;
use crate::support::dice::Dice;
use crate::{fault, names, policies, revoke};

static ALGORITHMS: AlgorithmPolicy = AlgorithmPolicy::dated();

/// A peer's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Valid, by this path from the leaf to the anchor, of serial numbers, under these policies of the anchor's domain.
    Valid { policies: BTreeSet<String>, path: Vec<usize> },
    /// Invalid, in the words of who says so.
    Invalid(String),
}

pub(crate) struct Case {
    pub(crate) seed: u64,
    /// What is peculiar about it.
    pub(crate) traits: Vec<String>,
    /// In the order of their serial numbers, from 1.
    certificates: Vec<Certificate>,
    leaf: Certificate,
    heap: Vec<Certificate>,
    anchors: Vec<TrustAnchor>,
    crls: Option<Vec<CertificateList>>,
    policies: PolicyInputs,
    plans: (Vec<Plan>, Vec<ListPlan>),
}

impl Case {
    /// `None` if something came out that the engine would not even read.
    pub(crate) fn grow(seed: u64) -> Option<Self> {
        let mut dice = Dice::new(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let mut grown = Hierarchy::grow(&mut dice);
        let policies = if dice.one_in(2) { policies::spread(&mut grown, &mut dice) } else { PolicyInputs::default() };
        if dice.one_in(3) {
            names::constrain(&mut grown, &mut dice);
        }
        fault::spoil(&mut grown, &mut dice);
        let lists = dice.one_in(3).then(|| revoke::lists(&mut grown, &mut dice));
        grown.note_sums(&policies);
        let certificates = grown.plans.iter().map(Plan::sign).collect::<Option<Vec<_>>>()?;
        let crls = lists.as_ref().map(|lists| lists.iter().map(ListPlan::sign).collect::<Option<Vec<_>>>());
        let mut heap = certificates.clone();
        heap.remove(grown.leaf);
        dice.shuffle(&mut heap);
        Some(Self {
            seed,
            leaf: certificates[grown.leaf].clone(),
            heap,
            anchors: grown.anchors.iter().map(|at| TrustAnchor::new(certificates[*at].clone())).collect(),
            certificates,
            crls: match crls {
                Some(signed) => Some(signed?),
                None => None,
            },
            policies,
            traits: grown.traits,
            plans: (grown.plans, lists.unwrap_or_default()),
        })
    }

    pub(crate) fn judge(&self) -> Verdict {
        self.judge_by(&self.heap, &self.anchors)
    }

    /// What the engine says of this path and no other.
    pub(crate) fn judge_path(&self, path: &[Certificate]) -> Verdict {
        let anchors = path.last().cloned().map(TrustAnchor::new);
        self.judge_by(&[path, &self.aside(path)].concat(), anchors.as_slice())
    }

    fn judge_by(&self, heap: &[Certificate], anchors: &[TrustAnchor]) -> Verdict {
        let mut request = ValidationRequest::new(&self.leaf, heap, anchors, NOW, &ALGORITHMS);
        request.policies = self.policies.clone();
        if let Some(crls) = &self.crls {
            (request.revocation, request.crls) = (RevocationMode::Require, crls);
        }
        path::validate(&request)
    }

    /// The certificates with these serial numbers.
    pub(crate) fn path_of(&self, serials: &[usize]) -> Vec<Certificate> {
        serials.iter().map(|serial| self.certificates[serial - 1].clone()).collect()
    }

    /// Whose a certificate is: the leaf's, an anchor's or another's.
    pub(crate) fn place_of(&self, certificate: &Certificate) -> &'static str {
        match () {
            () if *certificate == self.leaf => "leaf",
            () if self.anchors.iter().any(|anchor| anchor.certificate() == certificate) => "anchor",
            () => "CA",
        }
    }

    /// Who has signed CRLs, beside those on the path. Who may sign them there needs no other certificate.
    fn aside(&self, path: &[Certificate]) -> Vec<Certificate> {
        let crls = self.crls.as_deref().unwrap_or_default();
        let signs = |one: &Certificate| crls.iter().any(|crl| crl.verify_signature(one.public_key()).is_ok());
        let may_sign =
            |one: &Certificate| one.extensions().key_usage.is_none_or(|usage| usage.contains(KeyUsage::CRL_SIGN));
        let is_there = |one: &Certificate| {
            let mut same = path.iter().filter(|other| other.public_key() == one.public_key());
            same.any(|other| other == one || (other.subject() == one.subject() && may_sign(other)))
        };
        self.heap.iter().filter(|one| signs(one) && !is_there(one)).cloned().collect()
    }

    /// The question for a peer who looks for a path himself.
    pub(crate) fn question(&self) -> String {
        let anchors: Vec<_> = self.anchors.iter().map(TrustAnchor::certificate).cloned().collect();
        self.line("find", std::slice::from_ref(&self.leaf), &self.heap, &anchors)
    }

    /// The question about this path (leaf first, anchor last) and no other.
    pub(crate) fn question_of(&self, path: &[Certificate]) -> String {
        let (below, anchor) = path.split_at(path.len() - 1);
        self.line("judge", below, &self.aside(path), anchor)
    }

    /// Fields parted by tabs, lists by commas: mode, time, flags, policies, path, heap, anchors, CRLs.
    fn line(&self, mode: &str, path: &[Certificate], heap: &[Certificate], anchors: &[Certificate]) -> String {
        let of = |list: &[Certificate]| list.iter().map(|one| hex(one.der())).collect::<Vec<_>>().join(",");
        let crls = self.crls.as_deref().unwrap_or_default();
        let crls: Vec<_> = crls.iter().map(|crl| hex(crl.der())).collect();
        let flags = [
            (self.policies.explicit, 'e'),
            (self.policies.inhibit_mapping, 'm'),
            (self.policies.inhibit_any, 'a'),
            (self.crls.is_some(), 'r'),
        ];
        let flags: String = flags.into_iter().filter_map(|(set, letter)| set.then_some(letter)).collect();
        let asked = self.policies.initial_policy_set.iter().filter(|policy| **policy != oid::ANY_POLICY);
        let asked: Vec<_> = asked.map(ToString::to_string).collect();
        let fields = [
            mode.to_owned(),
            NOW.0.to_string(),
            flags,
            asked.join(","),
            of(path),
            of(heap),
            of(anchors),
            crls.join(","),
        ];
        fields.join("\t")
    }

    /// For who looks into a disagreement.
    pub(crate) fn story(&self) -> String {
        let mut story = format!("case {}: {:?}\nasked: {:?}\n", self.seed, self.traits, self.policies);
        for plan in &self.plans.0 {
            let _ = writeln!(story, "{plan}");
        }
        for list in &self.plans.1 {
            let _ = writeln!(story, "{list:?}");
        }
        story
    }
}

fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(octets.len() * 2), |mut text, octet| {
        let _ = write!(text, "{octet:02x}");
        text
    })
}
