//! "When extensions are used, as expected in this profile, version MUST be 3".

use super::{Lint, Severity};
use crate::Certificate;

pub(super) const LINT: Lint =
    Lint { name: "version", severity: Severity::Error, citation: "RFC 5280 §4.1.2.1", check };

fn check(certificate: &Certificate, _: &Certificate) -> Option<String> {
    (certificate.version() != 3).then(|| format!("it is version {}", certificate.version()))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::LINT;
    use crate::Certificate;
    use crate::encoding::{Input, context, sequence, tlv};

    /// The same certificate without version and extensions; its signature no longer matters.
    fn as_version_one(certificate: &Certificate) -> Certificate {
        let mut fields = Input::new(certificate.tbs_der()).unwrap().sequence().unwrap();
        let mut kept = Vec::new();
        while !fields.is_empty() {
            let tagged = fields.next_is(context(0, true)) || fields.next_is(context(3, true));
            let field = fields.raw().unwrap();
            kept.extend_from_slice(if tagged { &[] } else { field });
        }
        let algorithm = certificate.signature_algorithm().write(false);
        let der = sequence(&[&tlv(der::Tag::Sequence, &kept), &algorithm, &[3, 1, 0]]);
        Certificate::from_der(&der).unwrap()
    }

    #[test]
    fn version_one_is_found() {
        let key = key();
        let root = ca(key).sign(key).unwrap();
        assert!(LINT.run(&root, &root).is_none());
        assert!(LINT.run(&as_version_one(&root), &root).is_some());
    }
}
