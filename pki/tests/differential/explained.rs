//! The table of disagreements, `explained.toml`.

use std::fmt;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::case::Case;
use crate::compare::{Difference, They};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    #[serde(rename = "rule")]
    pub(crate) rules: Vec<Rule>,
}

/// A disagreement, and why it is not the engine's fault.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    peer: String,
    /// How they differ.
    they: They,
    /// The engine's answer: `valid`, or the code of its refusal.
    ours: String,
    /// What the engine's refusal is about.
    #[serde(default)]
    about: Option<String>,
    /// A part of what the peer says.
    #[serde(default)]
    theirs: String,
    /// What the case must have, each a whole trait or one up to its colon.
    #[serde(default)]
    when: Vec<String>,
    why: String,
    /// A case that shows it.
    pub(crate) case: u64,
    #[serde(skip)]
    pub(crate) explained: usize,
    /// The first case of this run that it explained.
    #[serde(skip)]
    first: u64,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { peer, they, ours, explained, first, why, .. } = self;
        write!(f, "{explained:5} {peer} {they:?} {ours}, as in case {first}: {why}")
    }
}

impl Table {
    pub(crate) fn read() -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential/explained.toml");
        toml::from_str(&fs::read_to_string(file).unwrap()).unwrap()
    }

    /// Whether a rule explains it; the rule counts it.
    pub(crate) fn explains(&mut self, difference: &Difference, case: &Case) -> bool {
        let rule = self.rules.iter_mut().find(|rule| rule.fits(difference, &case.traits));
        rule.map(|rule| rule.count(case.seed)).is_some()
    }
}

impl Rule {
    fn count(&mut self, case: u64) {
        self.first = if self.explained == 0 { case } else { self.first };
        self.explained += 1;
    }

    fn fits(&self, difference: &Difference, traits: &[String]) -> bool {
        let has = |wanted: &String| {
            traits.iter().any(|one| one == wanted || one.split_once(": ").is_some_and(|(what, _)| what == wanted))
        };
        self.peer == difference.peer
            && self.they == difference.they
            && difference.they != They::Find
            && self.ours == difference.ours
            && self.about.as_ref().is_none_or(|about| about == difference.about)
            && difference.theirs.contains(&self.theirs)
            && self.when.iter().all(has)
    }
}
