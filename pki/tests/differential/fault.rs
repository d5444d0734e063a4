//! What may be wrong with a certificate, or only odd: one line each.

use pki::certificate::extension::KeyUsage;

use crate::plan::{FLIPPABLE, Plan, keys};
use crate::shape::Hierarchy;
use crate::support::dice::Dice;

type Fault = fn(&mut Plan, &mut Dice);

const FAULTS: [(&str, Fault); 21] = [
    ("expired", |plan, dice| plan.until = -1 - dice.below(20) as i64),
    ("not yet valid", |plan, _| plan.from = 1),
    ("ends now", |plan, _| plan.until = 0),
    ("begins now", |plan, _| plan.from = 0),
    ("cA is false", |plan, _| plan.basic = Some((false, None))),
    ("no basicConstraints", |plan, _| plan.basic = None),
    ("path length", |plan, dice| plan.basic = plan.basic.map(|_| (true, Some(dice.below(3) as u32)))),
    ("path length of no CA", |plan, _| plan.basic = Some((false, Some(0)))),
    ("an end entity's cA", |plan, _| plan.basic = Some((true, None))),
    ("no keyCertSign", |plan, _| plan.usage = Some(KeyUsage::CRL_SIGN | KeyUsage::DIGITAL_SIGNATURE)),
    ("keyCertSign", |plan, _| plan.usage = Some(KeyUsage::KEY_CERT_SIGN)),
    ("no keyUsage", |plan, _| plan.usage = None),
    ("unknown critical extension", |plan, _| plan.unknown = Some(true)),
    ("unknown extension", |plan, _| plan.unknown = Some(false)),
    ("false signature", |plan, dice| plan.signer = (plan.signer + 1 + dice.below(keys().len() - 1)) % keys().len()),
    ("no authorityKeyIdentifier", |plan, _| plan.authority_key = None),
    ("false authorityKeyIdentifier", |plan, _| plan.authority_key = Some((plan.issuer.key + 1) % keys().len())),
    ("no subjectKeyIdentifier", |plan, _| plan.subject_key_id = false),
    ("no subject", |plan, _| plan.no_subject = true),
    ("issuer in other letters", |plan, _| plan.issuer_in_other_letters = true),
    ("other issuer", |plan, _| plan.issuer.number += 1),
];

/// Spoils some certificates, most often one.
pub(crate) fn spoil(grown: &mut Hierarchy, dice: &mut Dice) {
    for _ in 0..dice.pick(&[0, 0, 1, 1, 1, 2, 2, 3]) {
        let at = dice.below(grown.plans.len());
        let (name, fault) = dice.pick(&FAULTS);
        fault(&mut grown.plans[at], dice);
        grown.note(name, at);
    }
    if dice.one_in(10) {
        flip(grown, dice);
    }
}

/// Makes an extension critical that is not, or the other way round.
fn flip(grown: &mut Hierarchy, dice: &mut Dice) {
    let (at, kind) = (dice.below(grown.plans.len()), dice.pick(&FLIPPABLE));
    grown.plans[at].flipped.push(kind);
    let what = grown.plans[at].sign().and_then(|made| made.extensions().find(&kind).map(|found| found.critical));
    match what {
        Some(true) => grown.note(&format!("{kind} is critical"), at),
        Some(false) => grown.note(&format!("{kind} is not critical"), at),
        None => grown.plans[at].flipped.clear(),
    }
}
