//! Whether a certificate and an account can be the same person's. Who proves both may link them; but only a certificate
//! that shows the same document or the same name may raise what was proved of the person, and one that shows another
//! name, or is another kind of subject's, is refused: linking must not make one person of two.

use std::collections::BTreeSet;

use crate::store::attempt::CertificateProof;
use crate::store::person::{Document, Person};

/// How a certificate compares with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// The same document, or the same name in the same script.
    Same,
    /// Nothing in common to compare: another document, names in other scripts.
    Incomparable,
    /// Another kind of subject, or another name in the same script.
    Different,
}

/// Compares.
pub(super) fn compare(person: &Person, documents: &[Document], proof: &CertificateProof) -> Likeness {
    if person.kind != proof.kind {
        return Likeness::Different;
    }
    let shown = proof.document.as_ref();
    if shown.is_some_and(|shown| documents.iter().any(|known| known.number_hash == shown.number_hash)) {
        return Likeness::Same;
    }
    let mut shared = person.names.iter().filter_map(|(script, name)| Some((name, proof.names.get(script)?))).peekable();
    match (shared.peek().is_some(), shared.all(|(known, shown)| parts(known) == parts(shown))) {
        (false, _) => Likeness::Incomparable,
        (true, true) => Likeness::Same,
        (true, false) => Likeness::Different,
    }
}

/// The parts of a name, whatever their order, case and punctuation: `CHAN, Tai Man` is `Tai Man Chan`.
fn parts(name: &str) -> BTreeSet<String> {
    let words = name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::store::attempt::SealedDocument;

    fn names(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(script, name)| ((*script).to_owned(), (*name).to_owned())).collect()
    }

    fn person(pairs: &[(&str, &str)]) -> Person {
        Person {
            id: "p".into(),
            kind: "person".into(),
            region: "HK".into(),
            names: names(pairs),
            level: 3,
            verified_at: 0,
            verified_how: "self".into(),
            created_at: 0,
        }
    }

    fn proof(kind: &str, pairs: &[(&str, &str)], hash: &[u8]) -> CertificateProof {
        CertificateProof {
            method: "mtls".into(),
            fingerprint: String::new(),
            holder: String::new(),
            serial: String::new(),
            not_before: 0,
            not_after: 0,
            ca: "ca".into(),
            scheme: "s".into(),
            subject_key: "k".into(),
            level: 5,
            kind: kind.into(),
            region: "HK".into(),
            names: names(pairs),
            document: Some(SealedDocument {
                id: "d".into(),
                kind: "resident_id".into(),
                number_hash: hash.to_vec(),
                number_sealed: Vec::new(),
                number_masked: String::new(),
            }),
        }
    }

    #[test]
    fn the_same_name_in_another_order_is_the_same_person() {
        let account = person(&[("Latn", "CHAN, Tai Man")]);
        assert_eq!(compare(&account, &[], &proof("person", &[("Latn", "Tai Man Chan")], b"x")), Likeness::Same);
    }

    #[test]
    fn another_name_in_the_same_script_or_another_kind_is_somebody_else() {
        let account = person(&[("Latn", "LEI Ka Ian")]);
        assert_eq!(compare(&account, &[], &proof("person", &[("Latn", "WONG Siu Ming")], b"x")), Likeness::Different);
        assert_eq!(compare(&account, &[], &proof("company", &[("Latn", "LEI Ka Ian")], b"x")), Likeness::Different);
    }

    #[test]
    fn names_in_different_scripts_say_nothing_but_the_document_does() {
        let account = person(&[("zh-Hans", "张伟")]);
        let shown = proof("person", &[("Latn", "ZHANG Wei")], b"x");
        assert_eq!(compare(&account, &[], &shown), Likeness::Incomparable);
        let document = Document {
            id: "d".into(),
            person_id: "p".into(),
            kind: "resident_id".into(),
            number_hash: b"x".to_vec(),
            number_sealed: Vec::new(),
            number_masked: String::new(),
        };
        assert_eq!(compare(&account, &[document], &shown), Likeness::Same);
    }
}
