//! A report for people, in 80 columns: the verdict, the path as a list, each certificate's checks as lines, what was taken
//! for granted, the paths that were rejected, and what is missing. No colours: it may go into a file or a letter.
//!
//! What others have written (names, notices) is shown with its control characters spelt out, so that no certificate
//! draws over the report.

use std::fmt::{self, Write as _};

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::explain::{Assumption, CheckOutcome, Checked, Examined, Rejected, Report, Role};
use super::report::{Invalid, Missing, RevocationNote, RevocationSource, Valid, Verdict};
use super::witness::Check;
use crate::Certificate;
use crate::certificate::extension::{PolicyQualifier, UserNotice};

/// How wide the text is.
const WIDTH: usize = 80;

/// The longest text of somebody else's that is shown whole; of a longer one the beginning.
const LONGEST: usize = 2_000;

/// How much a report tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Of the checks, those that were not passed.
    Short,
    /// All of it.
    Full,
}

impl Report {
    /// The verdict and its report in words.
    pub fn to_text(&self, verdict: &Verdict, detail: Detail) -> String {
        let mut text = Text::default();
        match verdict {
            Ok(valid) => text.valid(valid, self),
            Err(invalid) => text.invalid(invalid, self),
        }
        text.head("Path");
        let whole = self.certificates.last().is_some_and(|last| last.role == Role::Anchor);
        for (place, examined) in self.certificates.iter().enumerate() {
            text.examined(place, examined, detail);
        }
        if !whole {
            text.line(indent_of(self.certificates.len()), "?  no trust anchor was reached");
        }
        if detail == Detail::Full && !self.assumptions.is_empty() {
            text.head("Taken for granted");
            self.assumptions.iter().for_each(|one| text.item(&one.to_string()));
        }
        text.rejected(self, verdict);
        text.missing(match verdict {
            Ok(valid) => &valid.missing,
            Err(invalid) => &invalid.missing,
        });
        text.0
    }
}

/// The text so far.
#[derive(Default)]
struct Text(String);

impl Text {
    fn valid(&mut self, valid: &Valid, report: &Report) {
        self.line(0, &format!("VALID at {}", report.at));
        let qualified = valid.policy_qualifiers();
        for policy in &valid.policies {
            self.pair(2, "policy", &policy.to_string());
            let own = qualified.iter().filter(|one| one.policy == *policy).flat_map(|one| &one.qualifiers);
            own.for_each(|qualifier| self.qualifier(qualifier));
        }
        self.effort(valid.paths_tried, valid.signatures_checked + valid.signatures_remembered);
    }

    fn invalid(&mut self, invalid: &Invalid, report: &Report) {
        self.line(0, &format!("NOT VALID at {}", report.at));
        self.pair(2, "why", &format!("{} ({})", invalid.error, invalid.error.code()));
        self.pair(2, "rule", invalid.rfc);
        if let Some(certificate) = &invalid.certificate {
            self.pair(2, "with", &certificate.subject().to_string());
        }
        self.effort(invalid.paths_tried, invalid.signatures_checked + invalid.signatures_remembered);
    }

    fn effort(&mut self, paths: u32, signatures: u32) {
        self.pair(2, "effort", &format!("whole paths judged: {paths}, signatures checked: {signatures}"));
    }

    fn qualifier(&mut self, qualifier: &PolicyQualifier) {
        match qualifier {
            PolicyQualifier::Cps(uri) => self.pair(4, "cps", uri),
            PolicyQualifier::UserNotice(notice) => self.notice(notice),
            PolicyQualifier::Other(kind, value) => self.pair(4, "other", &format!("{kind} ({} octets)", value.len())),
        }
    }

    fn notice(&mut self, notice: &UserNotice) {
        if let Some(text) = &notice.explicit_text {
            self.pair(4, "notice", text);
        }
        if let Some(reference) = &notice.reference {
            let numbers: Vec<_> = reference.numbers.iter().map(ToString::to_string).collect();
            self.pair(4, "notice", &format!("of {}, number {}", reference.organization, numbers.join(", ")));
        }
    }

    fn examined(&mut self, place: usize, examined: &Examined, detail: Detail) {
        let (certificate, indent) = (&examined.certificate, indent_of(place));
        self.line_from(indent, &format!("{}  ", place + 1), &certificate.subject().to_string());
        let indent = indent + 3;
        self.line(indent, &facts(examined.role, certificate));
        self.line(indent, &format!("{} to {}", certificate.not_before(), certificate.not_after()));
        self.line(indent, &certificate.fingerprint().to_string());
        let shown = |one: &&Checked| detail == Detail::Full || one.outcome.error().is_some();
        for checked in examined.checks.iter().filter(shown) {
            self.checked(checked);
            if checked.check == Check::Revocation {
                examined.revocation.iter().for_each(|note| self.sources(note, &checked.outcome));
            }
        }
    }

    /// The mark, the word, the check and the section, in columns of their own; under it why not.
    fn checked(&mut self, checked: &Checked) {
        let (mark, word) = words(&checked.outcome);
        let line = format!("{mark} {word:<14}{:<21}{}", label(checked.check), checked.check.rfc());
        self.line(REASONS - 2, &line);
        if let Some(error) = checked.outcome.error() {
            self.line(REASONS, &format!("{error} ({})", error.code()));
        }
    }

    fn sources(&mut self, note: &RevocationNote, outcome: &CheckOutcome) {
        for source in &note.sources {
            self.line(
                REASONS,
                &match source {
                    RevocationSource::Crl { issuer, this_update } => format!("by the CRL of {issuer} of {this_update}"),
                    RevocationSource::Ocsp { responder, this_update } => {
                        format!("by the OCSP response of {responder} of {this_update}")
                    }
                },
            );
        }
        for obstacle in note.obstacles.iter().filter(|obstacle| outcome.error() != Some(obstacle)).take(MAX_OBSTACLES) {
            self.line(REASONS, &format!("did not count: {obstacle}"));
        }
    }

    fn rejected(&mut self, report: &Report, verdict: &Verdict) {
        // The one that is told above is not told twice.
        let told = |one: &&Rejected| match verdict {
            Ok(_) => true,
            Err(invalid) => one.path != invalid.path_considered || one.error != invalid.error,
        };
        let others: Vec<_> = report.rejected.iter().filter(told).collect();
        if others.is_empty() && report.rejected_untold == 0 {
            return;
        }
        self.head("Other paths that were considered");
        for one in others {
            let names: Vec<_> = one.path.iter().map(|certificate| certificate.subject().to_string()).collect();
            self.item(&names.join(" < "));
            let with = if one.path.first() == Some(&one.certificate) { "the certificate" } else { "" };
            let with = if with.is_empty() { one.certificate.subject().to_string() } else { with.to_owned() };
            self.line(6, &format!("rejected with {with}: {} ({})", one.error, one.error.code()));
        }
        if report.rejected_untold > 0 {
            self.item(&format!("and {} more", report.rejected_untold));
        }
    }

    fn missing(&mut self, missing: &[Missing]) {
        if missing.is_empty() {
            return;
        }
        self.head("Missing");
        for one in missing {
            self.item(&format!("{} of {}", one.kind.name(), one.issuer));
            one.uris.iter().for_each(|uri| self.line(6, uri));
        }
    }

    fn head(&mut self, title: &str) {
        let _ = writeln!(self.0, "\n{title}");
    }

    fn item(&mut self, what: &str) {
        self.line_from(2, "-   ", what);
    }

    fn pair(&mut self, indent: usize, name: &str, value: &str) {
        self.line_from(indent, &format!("{name:<8}"), value);
    }

    fn line(&mut self, indent: usize, what: &str) {
        self.line_from(indent, "", what);
    }

    /// A line that begins with `first`, broken where it is too long; what follows stands under what came after `first`.
    fn line_from(&mut self, indent: usize, first: &str, what: &str) {
        // However deep a path is, half of the line is left.
        let indent = indent.min(WIDTH / 2 - first.width());
        let hanging = indent + first.width();
        let mut begin = format!("{:indent$}{first}", "");
        for line in broken(&printable(what), WIDTH - hanging) {
            // A string takes whatever is written.
            let _ = writeln!(self.0, "{}", format!("{begin}{line}").trim_end());
            begin = format!("{:hanging$}", "");
        }
    }
}

/// Each certificate stands under the one that it has issued, a little further in while a fingerprint fits on the line.
fn indent_of(place: usize) -> usize {
    2 * (place + 1).min(3)
}

/// Where reasons stand, whatever the depth of the path.
const REASONS: usize = 9;

/// How many pieces of evidence that did not count are told of.
const MAX_OBSTACLES: usize = 8;

fn facts(role: Role, certificate: &Certificate) -> String {
    let role = match role {
        Role::Anchor => "trust anchor",
        Role::Intermediate => "CA",
        Role::Leaf => "the certificate in question",
    };
    format!("{role}; {}; signed by {}", certificate.public_key().algorithm(), certificate.signature_algorithm())
}

fn words(outcome: &CheckOutcome) -> (char, &'static str) {
    match outcome {
        CheckOutcome::Passed => ('✓', "passed"),
        CheckOutcome::Failed(_) => ('✗', "FAILED"),
        CheckOutcome::Unknown(_) => ('?', "not known"),
        CheckOutcome::NotApplicable => ('-', "nothing to do"),
        CheckOutcome::NotAsked => ('-', "not asked for"),
        CheckOutcome::NotReached => ('-', "not reached"),
    }
}

fn label(check: Check) -> &'static str {
    match check {
        Check::Signature => "signature",
        Check::Algorithms => "algorithms",
        Check::SerialNumber => "serial number",
        Check::Period => "period",
        Check::Revocation => "revocation",
        Check::Issuer => "issuer",
        Check::Subject => "subject",
        Check::NameConstraints => "name constraints",
        Check::Policies => "policies",
        Check::PolicyMappings => "policy mappings",
        Check::BasicConstraints => "basic constraints",
        Check::PathLength => "path length",
        Check::KeyUsage => "key usage",
        Check::CriticalExtensions => "critical extensions",
        Check::Purpose => "purpose",
        Check::Names => "names",
    }
}

impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnchorConstraints(limits) => {
                write!(f, "the anchor's certificate limits the path (RFC 5937): {}", limits.join(", "))
            }
            Self::AnyName => f.write_str("no name was asked for"),
            Self::AnyPolicy => f.write_str("no policy was asked for"),
            Self::AnyPurpose => f.write_str("no purpose was asked for"),
            Self::Grace(seconds) => write!(f, "evidence counts {seconds} s longer than it says"),
            Self::KnownAt(time) => write!(f, "evidence that was made until {time} counts"),
            Self::LegacyAlgorithms => f.write_str("SHA-1, DSA and RSA-1024 count (the legacy policy)"),
            Self::MaxAge(seconds) => write!(f, "evidence counts {seconds} s at most"),
            Self::Now => f.write_str("the time of validation is now, as none was given"),
            Self::RememberedSignatures(count) => {
                write!(f, "{count} signatures were verified earlier, by the same keys")
            }
            Self::RevocationBestEffort => f.write_str("revocation that is not known is borne"),
            Self::RevocationOfLeaf => f.write_str("revocation of the certificate alone was looked into"),
            Self::RevocationOff => f.write_str("revocation was not looked into"),
            Self::RevocationMayBeUnknown => {
                f.write_str("of certificates of a CA on the path nothing need be known, by its rule")
            }
        }
    }
}

/// Text of others, so that it stays on its line and in its direction, and does not go on for ever.
fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len().min(LONGEST));
    for c in text.chars().take(LONGEST) {
        match c {
            // Marks and overrides of direction have no width, and would turn what follows.
            c if c.is_control()
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// Lines of so many columns, broken at spaces where there are some; a character of the East takes two.
fn broken(text: &str, width: usize) -> Vec<String> {
    let (mut lines, mut line, mut columns) = (Vec::new(), String::new(), 0);
    for word in text.split_inclusive(' ') {
        if columns > 0 && columns + word.trim_end().width() > width {
            lines.push(std::mem::take(&mut line));
            columns = 0;
        }
        for c in word.chars() {
            let wide = c.width().unwrap_or_default();
            if columns + wide > width && c != ' ' {
                lines.push(std::mem::take(&mut line));
                columns = 0;
            }
            line.push(c);
            columns += wide;
        }
    }
    lines.push(line);
    lines
}
