//! Who has revoked what, and by which CRLs: full, delta, indirect, partitioned, stale, of others.

#![allow(clippy::ptr_arg)] // All variations have one signature; some add a list.

use pki::certificate::extension::{DistributionPoint, KeyUsage};
use pki::crl::Reason;
use pki::name::GeneralName;

use crate::list::{ListPlan, place};
use crate::plan::Party;
use crate::shape::Hierarchy;
use crate::support::dice::Dice;

type Variation = fn(&mut Hierarchy, &mut Vec<ListPlan>, &mut Dice) -> Option<&'static str>;

const VARIATIONS: [Variation; 20] = [
    revoked,
    revoked,
    revoked,
    revoked_by_another,
    missing,
    stale,
    |_, lists, dice| change(lists, dice, "CRL of tomorrow", |list| list.from = 1),
    |_, lists, dice| change(lists, dice, "false signature of a CRL", |list| list.signer = (list.signer + 1) % 8),
    |_, lists, dice| change(lists, dice, "unknown critical extension of a CRL", |list| list.unknown = Some(true)),
    |_, lists, dice| change(lists, dice, "unknown extension of a CRL", |list| list.unknown = Some(false)),
    |_, lists, dice| change(lists, dice, "no authorityKeyIdentifier in a CRL", |list| list.key_id = false),
    |_, lists, dice| change(lists, dice, "CRL of end entities", |list| list.scope().only_user_certs = true),
    |_, lists, dice| change(lists, dice, "CRL of CAs", |list| list.scope().only_ca_certs = true),
    |_, lists, dice| {
        change(lists, dice, "CRL of attribute certificates", |list| list.scope().only_attribute_certs = true)
    },
    newer,
    placed,
    by_reasons,
    delta,
    indirect,
    no_crl_sign,
];

const REASONS: [Option<Reason>; 4] =
    [None, Some(Reason::KeyCompromise), Some(Reason::Superseded), Some(Reason::CertificateHold)];

/// keyCompromise and cACompromise; and all the others of ReasonFlags.
const COMPROMISE: u16 = 0b110;
const OTHERS: u16 = 0b1_1111_1000;

/// A CRL of everybody who has issued anything, with some variations.
pub(crate) fn lists(grown: &mut Hierarchy, dice: &mut Dice) -> Vec<ListPlan> {
    let mut issuers: Vec<Party> = Vec::new();
    for plan in &grown.plans {
        if !issuers.contains(&plan.issuer) {
            issuers.push(plan.issuer);
        }
    }
    let mut lists = issuers.into_iter().map(ListPlan::new).collect();
    for _ in 0..dice.pick(&[0, 1, 1, 1, 2, 2, 3]) {
        let vary = dice.pick(&VARIATIONS);
        if let Some(what) = vary(grown, &mut lists, dice) {
            grown.traits.push(what.to_owned());
        }
    }
    grown.traits.push("CRLs".into());
    dice.shuffle(&mut lists);
    lists
}

fn change(
    lists: &mut [ListPlan],
    dice: &mut Dice,
    what: &'static str,
    with: impl FnOnce(&mut ListPlan),
) -> Option<&'static str> {
    let at = dice.below(lists.len().max(1));
    lists.get_mut(at).map(|list| {
        with(list);
        what
    })
}

/// A certificate, most often the leaf.
fn somebody(grown: &Hierarchy, dice: &mut Dice) -> usize {
    if dice.one_in(2) { grown.leaf } else { dice.below(grown.plans.len()) }
}

/// The list of the one who has issued the certificate.
fn list_for<'l>(grown: &Hierarchy, lists: &'l mut [ListPlan], at: usize) -> Option<&'l mut ListPlan> {
    lists.iter_mut().find(|list| list.issuer == grown.plans[at].issuer)
}

fn revoked(grown: &mut Hierarchy, lists: &mut Vec<ListPlan>, dice: &mut Dice) -> Option<&'static str> {
    let (at, reason) = (somebody(grown, dice), dice.pick(&REASONS));
    list_for(grown, lists, at)?.entries.push((grown.plans[at].serial(), reason, None));
    grown.note("revoked", at);
    None
}

/// Somebody else has the serial number on his list.
fn revoked_by_another(grown: &mut Hierarchy, lists: &mut Vec<ListPlan>, dice: &mut Dice) -> Option<&'static str> {
    let (at, which) = (somebody(grown, dice), dice.below(lists.len().max(1)));
    let list = lists.get_mut(which).filter(|list| list.issuer.name() != grown.plans[at].issuer.name())?;
    list.entries.push((grown.plans[at].serial(), None, None));
    Some("serial number on another's CRL")
}

fn missing(_: &mut Hierarchy, lists: &mut Vec<ListPlan>, dice: &mut Dice) -> Option<&'static str> {
    let which = dice.below(lists.len().max(1));
    (which < lists.len()).then(|| lists.remove(which))?;
    Some("missing CRL")
}

fn stale(_: &mut Hierarchy, lists: &mut Vec<ListPlan>, dice: &mut Dice) -> Option<&'static str> {
    change(lists, dice, "stale CRL", |list| (list.from, list.until) = (-9, -1))
}

/// A second complete CRL, younger than the first.
fn newer(grown: &mut Hierarchy, lists: &mut Vec<ListPlan>, dice: &mut Dice) -> Option<&'static str> {
    let at = somebody(grown, dice);
    let mut list = list_for(grown, lists, at)?.clone();
    // Two of one number that say different things should not be.
    let number = lists.iter().filter(|other| other.issuer == list.issuer).map(|other| other.number).max();
    (list.from, list.number) = (0, number? + 1);
    match list.entries.is_empty() {
        true => list.entries.push((grown.plans[at].serial(), dice.pick(&REASONS), None)),
        false => list.entries.clear(),
    }
    lists.push(list);
    Some("newer CRL")
}

/// A certificate that names a place, and a CRL for that place or another.
fn placed(grown: &mut Hierarchy, lists: &mut Vec<ListPlan>, dice: &mut Dice) -> Option<&'static str> {
    let at = somebody(grown, dice);
    let point = DistributionPoint { name: place(0), reasons: None, crl_issuer: Vec::new() };
    grown.plans[at].points.push(point);
    let name = if dice.one_in(4) { place(9) } else { place(0) };
    list_for(grown, lists, at)?.scope().name = name;
    Some("CRL for a place")
}

/// The CRL in two parts, of which one may be missing, and may list the certificate.
fn by_reasons(grown: &mut Hierarchy, lists: &mut Vec<ListPlan>, dice: &mut Dice) -> Option<&'static str> {
    let at = somebody(grown, dice);
    if dice.one_in(2) {
        let points = [(0, COMPROMISE), (1, OTHERS)];
        let point =
            |(part, reasons)| DistributionPoint { name: place(part), reasons: Some(reasons), crl_issuer: vec![] };
        grown.plans[at].points.extend(points.map(point));
    }
    let (serial, is_revoked, is_missing) = (grown.plans[at].serial(), dice.one_in(3), dice.one_in(3));
    let list = list_for(grown, lists, at)?;
    let mut other = list.clone();
    list.scope().only_some_reasons = Some(COMPROMISE);
    other.scope().only_some_reasons = Some(OTHERS);
    if is_revoked {
        other.entries.push((serial, Some(Reason::Superseded), None));
    }
    if !is_missing {
        lists.push(other);
    }
    Some("CRLs by reasons")
}

/// A delta CRL, announced most often, on the base or another, which revokes, takes back, or says nothing.
fn delta(grown: &mut Hierarchy, lists: &mut Vec<ListPlan>, dice: &mut Dice) -> Option<&'static str> {
    let at = somebody(grown, dice);
    let (serial, issuer) = (grown.plans[at].serial(), grown.plans[at].issuer);
    let announced = !dice.one_in(4);
    let complete = list_for(grown, lists, at)?;
    let mut delta = complete.clone();
    (delta.entries, delta.number, delta.from) = (Vec::new(), 6 + dice.below(2) as u64, 0);
    delta.base = Some(4 + dice.below(3) as u64);
    complete.freshest = announced;
    match dice.below(3) {
        0 => delta.entries.push((serial, dice.pick(&REASONS), None)),
        1 => {
            complete.entries.push((serial.clone(), Some(Reason::CertificateHold), None));
            delta.entries.push((serial, Some(Reason::RemoveFromCrl), None));
        }
        _ => {}
    }
    lists.push(delta);
    for plan in grown.plans.iter_mut().filter(|plan| plan.issuer == issuer) {
        plan.freshest = announced;
    }
    Some(if announced { "delta CRL" } else { "delta CRL that nobody announces" })
}

/// Another signs in the CA's place, certified by it.
fn indirect(grown: &mut Hierarchy, lists: &mut Vec<ListPlan>, dice: &mut Dice) -> Option<&'static str> {
    let at = somebody(grown, dice);
    let (issuer, serial) = (grown.plans[at].issuer, grown.plans[at].serial());
    let signer = grown.end_entity(issuer, dice);
    grown.plans[signer].usage = Some(KeyUsage::CRL_SIGN);
    let mut list = ListPlan::new(grown.plans[signer].subject);
    let crl_issuer = vec![GeneralName::Directory(list.issuer.name())];
    grown.plans[at].points.push(DistributionPoint { name: place(7), reasons: None, crl_issuer });
    (list.scope().name, list.scope().indirect) = (place(7), !dice.one_in(6));
    if dice.one_in(2) {
        let of = if dice.one_in(4) { None } else { Some(issuer) };
        list.entries.push((serial, Some(Reason::Superseded), of));
    }
    lists.push(list);
    if dice.one_in(2) {
        // Then nothing but the indirect one speaks of the certificate, but something must speak of the CRL issuer.
        grown.plans[signer].points.push(DistributionPoint { name: place(8), reasons: None, crl_issuer: vec![] });
        list_for(grown, lists, at)?.scope().name = place(8);
    }
    Some("indirect CRL")
}

fn no_crl_sign(grown: &mut Hierarchy, _: &mut Vec<ListPlan>, dice: &mut Dice) -> Option<&'static str> {
    let at = dice.below(grown.plans.len());
    let plan = grown.plans.get_mut(at).filter(|plan| plan.is_ca())?;
    plan.usage = Some(KeyUsage::KEY_CERT_SIGN);
    grown.note("no cRLSign", at);
    None
}
