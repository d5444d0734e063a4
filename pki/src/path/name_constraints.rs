//! Name constraints (RFC 5280 §4.2.1.10, §6.1.3 (b)-(c), §6.1.4 (g)).
//!
//! The RFC keeps an intersection of permitted and a union of excluded subtrees. Here each CA's constraints are kept
//! as they are and a name must satisfy all of them, which is the same and needs no intersection of subtrees.
//!
//! Names ([`subject`]) and subtrees ([`subtree`]) are taken apart once, so that to compare the two is a few octets'
//! work, and is counted.
//!
//! *Is a commonName that looks like a host name bound by DNS constraints?* No. The RFC binds "the subject field" by
//! directory name constraints only, and RFC 9525 §2 has done away with host names in it: [`super::ExpectedName`] never
//! looks for one there. To bind it would refuse certificates that nobody can misuse with us.

#[cfg(test)]
mod property;
mod subject;
mod subtree;

use std::borrow::Cow;

use self::subject::Subject;
use self::subtree::Subtree;
use super::budget::Budget;
use crate::certificate::extension::NameConstraints;
use crate::name::GeneralName;
use crate::{Certificate, Error, oid};

/// The constraints of every CA above the certificate at hand.
#[derive(Debug, Clone, Default)]
pub(super) struct Constraints<'a>(Vec<&'a NameConstraints>);

impl<'a> Constraints<'a> {
    /// §6.1.4 (g)
    pub(super) fn add(&mut self, constraints: Option<&'a NameConstraints>) {
        self.0.extend(constraints);
    }

    /// Whether nothing is constrained.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps those that `others` has too; whether any went.
    pub(super) fn intersect(&mut self, others: &Self) -> bool {
        let before = self.0.len();
        self.0.retain(|one| others.0.iter().any(|other| std::ptr::eq(*one, *other)));
        self.0.len() < before
    }

    /// §6.1.3 (b) and (c): the subject and every alternative name must be permitted and not excluded.
    pub(super) fn check(&self, certificate: &Certificate, budget: &mut Budget) -> Result<(), Error> {
        if self.0.is_empty() {
            return Ok(());
        }
        let names = names_of(certificate, self.0.iter().any(|constraints| binds_mailboxes(constraints)));
        for constraints in &self.0 {
            budget.name_comparisons(names.len() + constraints.permitted.len() + constraints.excluded.len())?;
            Form::ALL.into_iter().try_for_each(|form| check_form(form, &names, constraints, budget))?;
        }
        Ok(())
    }
}

/// Whether a subtree of this base makes sense, and is of a form that some standard defines.
pub(super) fn can_be_judged(base: &GeneralName) -> bool {
    let undefined = matches!(base, GeneralName::SmtpUtf8Mailbox(_))
        || matches!(base, GeneralName::Other(kind, _) if *kind != oid::SRV_NAME);
    !undefined && Subtree::read(base).is_ok()
}

fn binds_mailboxes(constraints: &NameConstraints) -> bool {
    constraints.permitted.iter().chain(&constraints.excluded).any(|base| matches!(base, GeneralName::Email(_)))
}

/// The subject, if there is one, the e-mail addresses that old certificates have in it, and the alternative names.
///
/// Where there are no alternative names, "the rfc822Name constraint MUST be applied to the attribute of type
/// emailAddress in the subject distinguished name". Here it is where there are, too: [`super::ExpectedName`] takes the
/// attribute for a mailbox of the holder's in any case.
fn names_of(certificate: &Certificate, with_mailboxes: bool) -> Vec<Cow<'_, GeneralName>> {
    let subject = certificate.subject();
    let mut names = Vec::new();
    if !subject.is_empty() {
        names.push(Cow::Owned(GeneralName::Directory(subject.clone())));
    }
    if with_mailboxes {
        let mailboxes = subject.all(&oid::EMAIL_ADDRESS).into_iter();
        names.extend(mailboxes.map(|mailbox| Cow::Owned(GeneralName::Email(mailbox))));
    }
    names.extend(certificate.extensions().subject_alt_names.iter().flat_map(|list| list.0.iter().map(Cow::Borrowed)));
    names
}

/// A name form. A constraint binds the names of its own form alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Directory,
    Dns,
    EdiParty,
    Ip,
    /// rfc822Name, and SmtpUTF8Mailbox as well (RFC 9598 §6).
    Mailbox,
    /// otherName, of any type.
    Other,
    RegisteredId,
    Uri,
    X400Address,
}

impl Form {
    const ALL: [Self; 9] = [
        Self::Directory,
        Self::Dns,
        Self::EdiParty,
        Self::Ip,
        Self::Mailbox,
        Self::Other,
        Self::RegisteredId,
        Self::Uri,
        Self::X400Address,
    ];

    fn of_name(name: &GeneralName) -> Self {
        match name {
            GeneralName::Directory(_) => Self::Directory,
            GeneralName::Dns(_) => Self::Dns,
            GeneralName::Email(_) | GeneralName::SmtpUtf8Mailbox(_) => Self::Mailbox,
            GeneralName::Ip(_) => Self::Ip,
            GeneralName::Other(..) => Self::Other,
            GeneralName::RegisteredId(_) => Self::RegisteredId,
            GeneralName::Unsupported(3, _) => Self::X400Address,
            GeneralName::Unsupported(..) => Self::EdiParty,
            GeneralName::Uri(_) => Self::Uri,
        }
    }

    /// A subtree of SmtpUTF8Mailboxes is something that no standard has: RFC 9598 binds them by rfc822Name.
    fn of_base(base: &GeneralName) -> Self {
        if let GeneralName::SmtpUtf8Mailbox(_) = base { Self::Other } else { Self::of_name(base) }
    }
}

/// Holds the names of one form to the subtrees of that form. A constraint that makes no sense, or that we cannot judge,
/// ends the path as soon as there is such a name: "applications MUST either process the constraint or reject the
/// certificate".
fn check_form(
    form: Form,
    names: &[Cow<'_, GeneralName>],
    constraints: &NameConstraints,
    budget: &mut Budget,
) -> Result<(), Error> {
    let mut names = names.iter().filter(|name| is_bound(form, name)).peekable();
    if names.peek().is_none() {
        return Ok(());
    }
    let permitted = Subtree::read_all(form, &constraints.permitted)?;
    let excluded = Subtree::read_all(form, &constraints.excluded)?;
    if permitted.is_empty() && excluded.is_empty() {
        return Ok(());
    }
    names.try_for_each(|name| {
        budget.name_comparisons(permitted.len() + excluded.len())?;
        check_name(&Subject::read(form, name)?, &permitted, &excluded, name)
    })
}

/// An SmtpUTF8Mailbox is an otherName too, should somebody constrain it as such.
fn is_bound(form: Form, name: &GeneralName) -> bool {
    Form::of_name(name) == form || (form == Form::Other && matches!(name, GeneralName::SmtpUtf8Mailbox(_)))
}

fn check_name(
    subject: &Subject<'_>,
    permitted: &[Subtree<'_>],
    excluded: &[Subtree<'_>],
    name: &GeneralName,
) -> Result<(), Error> {
    let violated = |constraint: String| Err(Error::NameConstraintViolated { name: name.to_string(), constraint });
    let (mut bound, mut within) = (false, false);
    for base in permitted.iter().filter(|base| base.binds(subject)) {
        bound = true;
        within = within || base.permits(subject)?;
    }
    if bound && !within {
        return violated("outside what is permitted".into());
    }
    for base in excluded.iter().filter(|base| base.binds(subject)) {
        if base.excludes(subject)? {
            return violated(format!("inside what is excluded: {base}"));
        }
    }
    Ok(())
}

fn senseless(why: String) -> Error {
    Error::InvalidExtension { extension: oid::NAME_CONSTRAINTS, why }
}

fn violated(name: &GeneralName, constraint: &str) -> Error {
    Error::NameConstraintViolated { name: name.to_string(), constraint: constraint.into() }
}
