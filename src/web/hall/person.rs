//! A person of the claims, in the words of the pages; and what they may apply for.

use crate::halls::Claims;
use crate::web::view::hall::Item;
use crate::web::view::person::{Document, Person, PersonName};
use crate::web::view::terms::{DocumentKind, Method, NameScript, Region, SubjectKind};

/// The person. What a newer provider says and these pages have no word for is shown as "other".
pub(super) fn person(claims: &Claims) -> Person {
    let identity = &claims.identity;
    Person {
        names: names(claims),
        region: Region::from_code(&identity.region).unwrap_or(Region::Other),
        document: document(claims),
        subject: subject(claims),
        level: claims.level,
        verified_by: identity.verified_by_name.as_ref().unwrap_or(&identity.verified_by).clone(),
        verified_how: Method::from_code(&identity.verified_how).unwrap_or(Method::SelfAsserted),
        verified_at: identity.verified_at,
    }
}

/// The name in the page's header and on receipts.
pub(super) fn display_name(claims: &Claims) -> String {
    let known = Some(&claims.name).filter(|name| !name.is_empty());
    known.or_else(|| claims.identity.names.values().next()).cloned().unwrap_or_else(|| "—".to_owned())
}

/// Whether the level suffices for an item.
pub(super) fn reaches(claims: &Claims, item: Item) -> bool {
    claims.level >= item.level()
}

/// Whether an item is for persons or companies such as this one.
pub(super) fn is_addressed(claims: &Claims, item: Item) -> bool {
    item.subject().is_none_or(|kind| kind == subject(claims))
}

fn subject(claims: &Claims) -> SubjectKind {
    SubjectKind::from_code(&claims.identity.subject_kind).unwrap_or(SubjectKind::Person)
}

fn names(claims: &Claims) -> Vec<PersonName> {
    let in_script = |script: &NameScript| {
        let value = claims.identity.names.get(script.code())?.clone();
        Some(PersonName { script: *script, value })
    };
    NameScript::ALL.iter().filter_map(in_script).collect()
}

fn document(claims: &Claims) -> Option<Document> {
    let kind = claims.identity.document_kind.as_deref()?;
    Some(Document {
        kind: DocumentKind::from_code(kind).unwrap_or(DocumentKind::Other),
        masked_number: claims.identity.document_number_masked.clone().unwrap_or_default(),
    })
}
