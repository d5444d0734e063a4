//! The engine's answer beside those of the peers.

use std::collections::BTreeSet;

use pki::path::{Valid, Verdict};
use serde::Deserialize;

use crate::case::{Answer, Case};
use crate::peer::Peer;

/// A peer that answers otherwise.
#[derive(Debug)]
pub(crate) struct Difference {
    pub(crate) peer: &'static str,
    pub(crate) they: They,
    /// `valid`, or the code of our refusal: where they accept, of their path.
    pub(crate) ours: &'static str,
    /// What our refusal is about: `leaf`, `CA` or `anchor`.
    pub(crate) about: &'static str,
    /// The peer's words, or the policies of both.
    pub(crate) theirs: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum They {
    /// A path that the engine refuses.
    Accept,
    /// A path that the engine accepts, and did not find. No rule can explain it.
    Find,
    /// No path, but handed the engine's they accept it.
    Miss,
    /// The engine's path, under other policies.
    Differ,
    /// The engine's path.
    Refuse,
}

/// Asks everybody. Where both refuse, it may be for different reasons: a case may have several faults.
pub(crate) fn compare(case: &Case, verdict: &Verdict, peers: &mut [Peer]) -> Vec<Difference> {
    let found = ask_all(peers, &case.question());
    match verdict {
        Ok(valid) => {
            let judged = ask_all(peers, &case.question_of(&valid.path));
            let both = peers.iter().zip(judged.iter().zip(&found));
            both.filter_map(|(peer, (judged, found))| about_a_valid_one(peer.name, valid, judged, found)).collect()
        }
        Err(_) => {
            let both = peers.iter().zip(&found);
            both.filter_map(|(peer, found)| about_an_invalid_one(peer.name, case, found)).collect()
        }
    }
}

/// They work at the same time.
fn ask_all(peers: &mut [Peer], question: &str) -> Vec<Answer> {
    peers.iter_mut().for_each(|peer| peer.ask(question));
    peers.iter_mut().map(Peer::answer).collect()
}

fn about_a_valid_one(peer: &'static str, valid: &Valid, judged: &Answer, found: &Answer) -> Option<Difference> {
    let ours: BTreeSet<_> = valid.policies.iter().map(ToString::to_string).collect();
    let (they, theirs) = match (judged, found) {
        (Answer::Invalid(why), _) => (They::Refuse, why.clone()),
        (_, Answer::Invalid(why)) => (They::Miss, why.clone()),
        (Answer::Valid { policies, .. }, _) if *policies != ours => {
            (They::Differ, format!("{policies:?}, not {ours:?}"))
        }
        _ => return None,
    };
    Some(Difference { peer, they, ours: "valid", about: "", theirs })
}

fn about_an_invalid_one(peer: &'static str, case: &Case, found: &Answer) -> Option<Difference> {
    let Answer::Valid { path: serials, .. } = found else {
        return None;
    };
    let (they, ours, about) = match case.judge_path(&case.path_of(serials)) {
        Ok(_) => (They::Find, "valid", ""),
        Err(refusal) => {
            let about = refusal.certificate.as_ref().map_or("", |certificate| case.place_of(certificate));
            (They::Accept, refusal.error.code(), about)
        }
    };
    Some(Difference { peer, they, ours, about, theirs: format!("{serials:?}") })
}
