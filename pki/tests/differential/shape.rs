//! Who has certified whom: chains, bridges, meshes, loops, cross-signed twins, rolled keys; all without fault.

use crate::plan::{Party, Plan, keys};
use crate::support::dice::Dice;

/// A hierarchy in the making.
pub(crate) struct Hierarchy {
    pub(crate) plans: Vec<Plan>,
    pub(crate) leaf: usize,
    /// Those of `plans` that are trusted.
    pub(crate) anchors: Vec<usize>,
    /// What is peculiar about it.
    pub(crate) traits: Vec<String>,
    parties: usize,
    keys: usize,
}

type Shape = fn(&mut Hierarchy, &mut Dice);

const SHAPES: [(&str, Shape); 8] = [
    ("chain", chain),
    ("bridge", bridge),
    ("mesh", mesh),
    ("loop", circle),
    ("twins", twins),
    ("rolled keys", rolled_keys),
    ("self-issued", self_issued),
    ("two roots", two_roots),
];

impl Hierarchy {
    /// Half of them are mere chains.
    pub(crate) fn grow(dice: &mut Dice) -> Self {
        let mut grown =
            Self { plans: Vec::new(), leaf: 0, anchors: Vec::new(), traits: Vec::new(), parties: 0, keys: 0 };
        let (name, shape) = if dice.one_in(2) { SHAPES[0] } else { dice.pick(&SHAPES) };
        shape(&mut grown, dice);
        grown.traits.push(name.to_owned());
        if dice.one_in(12) {
            grown.trust_an_intermediate(dice);
        }
        grown
    }

    pub(crate) fn party(&mut self, dice: &mut Dice) -> Party {
        let country = if dice.one_in(4) { "HK" } else { "CN" };
        self.parties += 1;
        Party { country, number: self.parties, key: self.key() }
    }

    /// A key that nobody has yet, while there are any.
    pub(crate) fn key(&mut self) -> usize {
        self.keys += 1;
        self.keys % keys().len()
    }

    pub(crate) fn certify(&mut self, issuer: Party, subject: Party) -> usize {
        self.plans.push(Plan::ca(self.plans.len(), issuer, subject));
        self.plans.len() - 1
    }

    fn root(&mut self, dice: &mut Dice) -> Party {
        let party = self.party(dice);
        let at = self.certify(party, party);
        self.anchors.push(at);
        party
    }

    /// A root that nobody trusts.
    fn other_root(&mut self, dice: &mut Dice) -> Party {
        let party = self.root(dice);
        self.anchors.pop();
        party
    }

    /// So many CAs below one another; the last of them.
    fn line(&mut self, mut above: Party, length: usize, dice: &mut Dice) -> Party {
        for _ in 0..length {
            let below = self.party(dice);
            self.certify(above, below);
            above = below;
        }
        above
    }

    pub(crate) fn end_entity(&mut self, issuer: Party, dice: &mut Dice) -> usize {
        let subject = self.party(dice);
        self.plans.push(Plan::end_entity(self.plans.len(), issuer, subject));
        self.plans.len() - 1
    }

    fn finish(&mut self, above: Party, length: usize, dice: &mut Dice) {
        let issuing = self.line(above, length, dice);
        self.leaf = self.end_entity(issuing, dice);
    }

    fn trust_an_intermediate(&mut self, dice: &mut Dice) {
        let intermediates: Vec<_> = (0..self.plans.len()).filter(|at| self.plans[*at].is_ca()).collect();
        self.anchors = vec![dice.pick(&intermediates)];
        self.traits.push("an intermediate is trusted".into());
    }
}

fn chain(grown: &mut Hierarchy, dice: &mut Dice) {
    let root = grown.root(dice);
    let length = dice.below(4);
    grown.finish(root, length, dice);
}

fn bridge(grown: &mut Hierarchy, dice: &mut Dice) {
    let (ours, bridge, theirs) = (grown.root(dice), grown.party(dice), grown.other_root(dice));
    for (issuer, subject) in [(ours, bridge), (bridge, ours), (theirs, bridge), (bridge, theirs)] {
        grown.certify(issuer, subject);
    }
    let length = dice.below(3);
    grown.finish(theirs, length, dice);
}

fn mesh(grown: &mut Hierarchy, dice: &mut Dice) {
    let mut parties = vec![grown.root(dice)];
    for _ in 0..2 + dice.below(3) {
        parties.push(grown.other_root(dice));
    }
    for issuer in &parties {
        for subject in &parties {
            if issuer != subject && dice.one_in(2) {
                grown.certify(*issuer, *subject);
            }
        }
    }
    let (last, length) = (parties[parties.len() - 1], dice.below(2));
    grown.finish(last, length, dice);
}

/// A circle of CAs, into which a way from the root leads, or none.
fn circle(grown: &mut Hierarchy, dice: &mut Dice) {
    let root = grown.root(dice);
    let parties: Vec<_> = (0..2 + dice.below(3)).map(|_| grown.party(dice)).collect();
    for (at, issuer) in parties.iter().enumerate() {
        grown.certify(*issuer, parties[(at + 1) % parties.len()]);
    }
    if !dice.one_in(6) {
        let entry = dice.pick(&parties);
        grown.certify(root, entry);
    }
    let exit = dice.pick(&parties);
    grown.finish(exit, 0, dice);
}

/// One CA on the way has two certificates, of one issuer.
fn twins(grown: &mut Hierarchy, dice: &mut Dice) {
    let root = grown.root(dice);
    let length = 1 + dice.below(3);
    grown.finish(root, length, dice);
    let twin = 1 + dice.below(length);
    let (issuer, subject) = (grown.plans[twin].issuer, grown.plans[twin].subject);
    grown.certify(issuer, subject);
}

/// A CA with an old key and a new one, which bear each other out or do not (RFC 4210 §4.4).
fn rolled_keys(grown: &mut Hierarchy, dice: &mut Dice) {
    let root = grown.root(dice);
    let old = grown.line(root, 1 + dice.below(2), dice);
    let new = Party { key: grown.key(), ..old };
    let above = grown.plans[grown.plans.len() - 1].issuer;
    for (issuer, subject) in [(above, new), (old, new), (new, old)] {
        if dice.one_in(2) {
            grown.certify(issuer, subject);
        }
    }
    let (issuing, length) = (dice.pick(&[old, new]), dice.below(2));
    grown.finish(issuing, length, dice);
}

/// A chain in which a CA has certified its own new key.
fn self_issued(grown: &mut Hierarchy, dice: &mut Dice) {
    let root = grown.root(dice);
    let (before, after) = (dice.below(3), dice.below(2));
    let old = grown.line(root, before, dice);
    let new = Party { key: grown.key(), ..old };
    grown.certify(old, new);
    grown.finish(new, after, dice);
    if dice.one_in(4) {
        // The last of all may be self-issued as well.
        let issuer = grown.plans[grown.leaf].issuer;
        grown.plans[grown.leaf].subject = Party { key: grown.key(), ..issuer };
        grown.traits.push("self-issued leaf".into());
    }
}

/// One CA below two roots, of which both are trusted, or one.
fn two_roots(grown: &mut Hierarchy, dice: &mut Dice) {
    let (one, other) = (grown.root(dice), grown.root(dice));
    let (length, below) = (dice.below(2), dice.below(2));
    let above = grown.line(other, length, dice);
    grown.finish(one, 1 + below, dice);
    let first = grown.plans.iter().find(|plan| plan.issuer == one && plan.subject != one);
    if let Some(subject) = first.map(|plan| plan.subject) {
        grown.certify(above, subject);
    }
    if dice.one_in(3) {
        grown.anchors.remove(0);
    }
}
