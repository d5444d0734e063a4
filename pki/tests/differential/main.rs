//! Generated hierarchies, judged by the engine, by OpenSSL and by the JDK's PKIX.
//!
//! Each case grows from its number alone: who has certified whom ([`shape`]), policies, names and their constraints,
//! faults, CRLs. Where a peer answers otherwise, a rule of `explained.toml` must say why, and name a case that shows it;
//! a rule that explains nothing any more fails as well.
//!
//! `DIFFERENTIAL_CASES` is how many cases are tried, beside those of the table, and `DIFFERENTIAL_SEED` the number of the
//! first. What came of the long runs is in `docs/conformance/differential.md`.

#![allow(clippy::unwrap_used, clippy::panic)] // In a test, to panic is to fail.

mod case;
mod compare;
mod explained;
mod fault;
mod list;
mod names;
mod peer;
mod plan;
mod policies;
mod revoke;
mod shape;
#[path = "../support/mod.rs"]
mod support;
mod traits;

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;

use case::Case;
use compare::{Difference, They, compare};
use explained::Table;
use peer::Peer;

/// So many cases take a few seconds.
const CASES: u64 = 1_000;

/// How many disagreements of a kind are told of in full.
const TOLD: usize = 3;

fn number(variable: &str, default: u64) -> u64 {
    env::var(variable).map_or(default, |text| text.parse().unwrap())
}

/// What came out how often, and what nobody has explained.
#[derive(Default)]
struct Outcome {
    cases: usize,
    answers: BTreeMap<&'static str, usize>,
    unexplained: BTreeMap<String, usize>,
    stories: Vec<String>,
}

impl Outcome {
    fn try_case(&mut self, case: &Case, peers: &mut [Peer], table: &mut Table) {
        let verdict = case.judge();
        self.cases += 1;
        *self.answers.entry(support::code(&verdict)).or_default() += 1;
        let differences = compare(case, &verdict, peers);
        for difference in differences.iter().filter(|difference| !table.explains(difference, case)) {
            let Difference { peer, they, ours, about, theirs } = difference;
            let told = if *they == They::Accept { "" } else { theirs };
            let count = self.unexplained.entry(format!("{peer} {they:?} {ours} {about} {told}")).or_default();
            *count += 1;
            if *count <= TOLD {
                let ours = verdict.as_ref().map_or_else(|invalid| invalid.error.to_string(), |_| "valid".into());
                self.stories.push(format!("{difference:?}\nwe say: {ours}\n{}", case.story()));
            }
        }
    }

    fn told(&self, table: &Table) -> String {
        let mut text = format!("{} cases: {:#?}\n", self.cases, self.answers);
        for rule in &table.rules {
            let _ = writeln!(text, "{rule}");
        }
        for (kind, count) in &self.unexplained {
            let _ = writeln!(text, "{count:5} unexplained: {kind}");
        }
        text
    }
}

#[test]
fn every_disagreement_with_openssl_and_java_is_explained() {
    let (first, count) = (number("DIFFERENTIAL_SEED", 1), number("DIFFERENTIAL_CASES", CASES));
    let (mut table, mut outcome) = (Table::read(), Outcome::default());
    let mut peers = [Peer::openssl(), Peer::java()];
    let shown: Vec<_> = table.rules.iter().map(|rule| rule.case).collect();
    for case in shown.into_iter().chain(first..first + count).filter_map(Case::grow) {
        outcome.try_case(&case, &mut peers, &mut table);
    }
    let told = outcome.told(&table);
    println!("{told}");
    assert!(outcome.stories.is_empty(), "{}{told}", outcome.stories.join("\n"));
    let idle: Vec<_> = table.rules.iter().filter(|rule| rule.explained == 0).collect();
    assert!(idle.is_empty(), "rules that explain nothing any more: {idle:#?}");
}
