//! Certificates of issuers that are missing, for who brings a leaf alone: fetched where the certificate below says that
//! they are (RFC 5280 §4.2.2.1: one DER certificate or a certs-only CMS message, which of the two its content tells), or
//! where the CAs above publish what they have issued (§4.2.2.2).
//!
//! As with lists ([`super::evidence`]), nothing is asked for but on behalf of a certificate that a known authority signed;
//! and only at addresses that such a certificate names: this one, those that we trust, and what was fetched for it and
//! fits. What strangers bring along names none. Of an answer counts what has signed such a certificate; it is believed no
//! more than what came with the question: the engine judges it, for this question alone.
//!
//! What came is remembered in memory for an hour, what did not for half a minute: other processes may ask as well.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use pki::Certificate;
use pki::path::{Missing, MissingKind};

use super::lately::{PAUSE, What};
use super::signer::certificates_in;
use super::{Snapshot, Trust};
use crate::clock::{HOUR, Micros};
use crate::fetch;

/// At most so many addresses are asked for one request, whatever it holds: a certificate may name as many as it likes.
pub(super) const ADDRESSES: usize = 8;

/// So many of those that are named are looked at.
const NAMED: usize = 32;

/// So many times it is asked who is above what came. Bridges lie one or two behind another.
pub(super) const STEPS: usize = 4;

/// An answer that is longer counts as none: certificates have a few KB, and few of them are above another.
const LARGEST: usize = 256 * 1024;

/// So many addresses are remembered, in a few KB each.
const REMEMBERED: usize = 64;

/// At most so many signatures are checked for one answer.
const SIGNATURES: usize = 32;

/// What was fetched for one certificate, and what could not be.
#[derive(Clone, Debug, Default)]
pub(super) struct Help {
    /// Certificates from below upwards, each of which has signed one before it, or one that is known.
    pub(super) certificates: Vec<Certificate>,
    /// Which addresses gave nothing, and why: for who asks.
    pub(super) notes: Vec<String>,
    asked: Vec<String>,
}

type Answer = Result<Arc<[Certificate]>, Arc<str>>;

/// What came from where, and when.
#[derive(Debug, Default)]
pub(super) struct Answers(Mutex<HashMap<String, (Micros, Answer)>>);

impl Answers {
    fn get(&self, uri: &str, now: Micros) -> Option<Answer> {
        let answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, answer) = answers.get(uri)?;
        is_fresh(*at, answer, now).then(|| answer.clone())
    }

    fn keep(&self, uri: &str, now: Micros, answer: Answer) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= REMEMBERED {
            answers.retain(|_, (at, answer)| is_fresh(*at, answer, now));
        }
        if answers.len() >= REMEMBERED {
            answers.clear();
        }
        answers.insert(uri.to_owned(), (now, answer));
    }
}

fn is_fresh(at: Micros, answer: &Answer, now: Micros) -> bool {
    let life = if answer.is_ok() { HOUR } else { PAUSE };
    (0..life).contains(&(now - at))
}

impl Trust {
    /// One step up from `leaf`, which a known authority has signed. Whether there is anything new to judge by, or to tell.
    pub(super) async fn seek_issuers(
        &self,
        snapshot: &Snapshot,
        leaf: &Certificate,
        missing: &[Missing],
        help: &mut Help,
        allowance: &mut usize,
    ) -> bool {
        let before = (help.certificates.len(), help.notes.len());
        for uri in self.addresses(snapshot, leaf, missing, help) {
            let answer = match self.issuers.get(&uri, self.clock.now()) {
                Some(known) => known,
                None if *allowance == 0 => {
                    help.notes.push(format!("{uri}: no more than {ADDRESSES} addresses are asked for one request"));
                    help.asked.push(uri);
                    break;
                }
                None => {
                    *allowance -= 1;
                    self.issuers_at(&uri).await
                }
            };
            match answer {
                Ok(answer) => take(snapshot, leaf, &uri, &answer, help),
                Err(why) => help.notes.push(why.to_string()),
            }
            help.asked.push(uri);
        }
        before != (help.certificates.len(), help.notes.len())
    }

    /// Where the missing issuers may be, as those say who may: each address once for one certificate.
    fn addresses(&self, snapshot: &Snapshot, leaf: &Certificate, missing: &[Missing], help: &Help) -> Vec<String> {
        let wanted = missing.iter().filter(|item| item.kind == MissingKind::Issuer).flat_map(|item| &item.uris);
        let mut addresses: Vec<String> = Vec::new();
        for uri in wanted.take(NAMED) {
            // Our own certificates are in the snapshot already; and directories are not asked.
            let is_http =
                uri.split_once("://").is_some_and(|(scheme, _)| scheme.to_ascii_lowercase().starts_with("http"));
            let is_foreign = is_http && !uri.starts_with(&self.pki_url);
            let is_new = !help.asked.contains(uri) && !addresses.contains(uri);
            if is_foreign && is_new && speakers(snapshot, leaf, help).any(|speaker| names(speaker, uri)) {
                addresses.push(uri.clone());
            }
        }
        addresses
    }

    async fn issuers_at(&self, uri: &str) -> Answer {
        let fetched = self.lately.once(What::Issuer(uri.to_owned()), self.fetch_issuers(uri)).await;
        let meanwhile = || self.issuers.get(uri, self.clock.now());
        fetched.or_else(meanwhile).unwrap_or_else(|| Err(format!("{uri} was asked a moment ago").into()))
    }

    async fn fetch_issuers(&self, uri: &str) -> Answer {
        let answer: Answer = match self.fetch.get(uri).await {
            Ok(octets) if octets.len() > LARGEST => Err(format!("{uri}: more than {LARGEST} bytes").into()),
            Ok(octets) => Ok(certificates_in(&octets).into()),
            Err(error) => {
                tracing::warn!(uri, %error, "the certificate of an issuer could not be had");
                Err(told(uri, &error).into())
            }
        };
        self.issuers.keep(uri, self.clock.now(), answer.clone());
        answer
    }
}

/// What is said of a failure to who asks; how a connection failed is the operator's to know.
fn told(uri: &str, error: &fetch::Error) -> String {
    match error {
        fetch::Error::Failed { .. } => format!("{uri} does not answer"),
        other => other.to_string(),
    }
}

/// Whose word on addresses counts.
fn speakers<'s>(
    snapshot: &'s Snapshot,
    leaf: &'s Certificate,
    help: &'s Help,
) -> impl Iterator<Item = &'s Certificate> {
    let trusted = snapshot.known_authorities().chain(snapshot.pool.certificates());
    std::iter::once(leaf).chain(&help.certificates).chain(trusted)
}

fn names(speaker: &Certificate, uri: &str) -> bool {
    let extensions = speaker.extensions();
    let (below, above) = (extensions.authority_info_access.as_ref(), extensions.subject_info_access.as_ref());
    below.is_some_and(|access| access.ca_issuers().any(|one| one == uri))
        || above.is_some_and(|access| access.ca_repository().any(|one| one == uri))
}

/// Takes what has signed a certificate that counts, and what has signed that; says so if there is nothing of the kind.
fn take(snapshot: &Snapshot, leaf: &Certificate, uri: &str, answer: &[Certificate], help: &mut Help) {
    let (mut left, mut allowance): (Vec<&Certificate>, _) = (answer.iter().collect(), SIGNATURES);
    let mut fits = |one: &Certificate, help: &Help| {
        let mut below = speakers(snapshot, leaf, help);
        below.any(|below| may_have_issued(one, below) && has_signed(one, below, &mut allowance))
    };
    let before = left.len();
    while let Some(at) = left.iter().position(|one| fits(one, help)) {
        let fitting = left.swap_remove(at);
        if !help.certificates.contains(fitting) {
            help.certificates.push(fitting.clone());
        }
    }
    if left.len() == before {
        help.notes.push(format!("{uri}: no certificate of the issuer in the answer"));
    }
}

fn may_have_issued(issuer: &Certificate, below: &Certificate) -> bool {
    below.issuer().matches(issuer.subject()) && below != issuer
}

fn has_signed(issuer: &Certificate, below: &Certificate, allowance: &mut usize) -> bool {
    let may_check = *allowance > 0;
    *allowance = allowance.saturating_sub(1);
    may_check && below.verify_signature(issuer.public_key()).is_ok()
}
