//! Certificate policies, mappings and what constrains them, and which policies are asked for.

use pki::path::PolicyInputs;
use pki::{Oid, oid};

use crate::plan::Plan;
use crate::shape::Hierarchy;
use crate::support::dice::Dice;

const POLICIES: [Oid; 3] = [
    Oid::new_unwrap("1.3.6.1.4.1.32473.1"),
    Oid::new_unwrap("1.3.6.1.4.1.32473.2"),
    Oid::new_unwrap("1.3.6.1.4.1.32473.3"),
];

/// Gives every certificate policies, most often such that something is left at the end, and asks for some.
pub(crate) fn spread(grown: &mut Hierarchy, dice: &mut Dice) -> PolicyInputs {
    for at in 0..grown.plans.len() {
        let is_anchor = grown.anchors.contains(&at);
        // What a trusted certificate says of policies binds with few validators: that is tried, but not all the time.
        if is_anchor && !dice.one_in(8) {
            continue;
        }
        let before = grown.plans[at].clone();
        assert_policies(&mut grown.plans[at], dice);
        if grown.plans[at].is_ca() {
            constrain(&mut grown.plans[at], dice);
        }
        if is_anchor && differs(&before, &grown.plans[at]) {
            grown.note("policies", at);
        }
    }
    grown.traits.push("policies".into());
    ask(dice)
}

fn differs(one: &Plan, other: &Plan) -> bool {
    let limits = |plan: &Plan| (plan.require_explicit, plan.inhibit_mapping, plan.inhibit_any);
    one.policies != other.policies || limits(one) != limits(other)
}

fn assert_policies(plan: &mut Plan, dice: &mut Dice) {
    plan.policies = match dice.below(10) {
        0 => Vec::new(),
        1 | 2 => vec![oid::ANY_POLICY],
        3 => [&dice.some(&POLICIES)[..], &[oid::ANY_POLICY]].concat(),
        4 => dice.some(&POLICIES),
        5 | 6 => POLICIES[..2].to_vec(),
        _ => POLICIES.to_vec(),
    };
}

fn constrain(plan: &mut Plan, dice: &mut Dice) {
    if dice.one_in(4) {
        let mapping = |dice: &mut Dice| (dice.pick(&POLICIES), dice.pick(&POLICIES));
        plan.mappings = (0..1 + dice.below(3)).map(|_| mapping(dice)).collect();
        plan.mappings.sort();
        plan.mappings.dedup();
    }
    if dice.one_in(24) {
        plan.mappings.push((oid::ANY_POLICY, POLICIES[0]));
    }
    let mut limit = |times| dice.one_in(times).then(|| dice.below(3) as u32);
    (plan.require_explicit, plan.inhibit_mapping, plan.inhibit_any) = (limit(6), limit(8), limit(8));
}

fn ask(dice: &mut Dice) -> PolicyInputs {
    let initial_policy_set = match dice.below(4) {
        0 => vec![POLICIES[0]],
        1 => POLICIES[..2].to_vec(),
        _ => vec![oid::ANY_POLICY],
    };
    PolicyInputs {
        initial_policy_set,
        explicit: dice.one_in(3),
        inhibit_mapping: dice.one_in(8),
        inhibit_any: dice.one_in(8),
    }
}
