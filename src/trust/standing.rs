//! What an authority's own certificate is to us: no holder signs in with one, so that it is described, not judged.

use std::sync::Arc;

use pki::Certificate;

use super::{Record, Snapshot};

/// An authority's certificate that we know, byte for byte.
#[derive(Clone, Debug)]
pub enum Standing {
    /// The province's own, with its role: `root`, `issuing` or `bridge`.
    Own(String),
    /// The bridge's certificate for the authority of a record.
    Cross(Arc<Record>),
    /// The issuing authority of a record.
    Issuing(Arc<Record>),
    /// The root of a record's authority.
    Root(Arc<Record>),
    /// A partner's, of which no record of the list speaks.
    Unlisted,
}

impl Snapshot {
    /// What `certificate` is, if it is an authority's that we know.
    pub fn standing(&self, certificate: &Certificate) -> Option<Standing> {
        let is = |known: &Certificate| known.fingerprint() == certificate.fingerprint();
        let find = |role: fn(&Record) -> Option<&Certificate>| {
            self.records.iter().find(|record| role(record).is_some_and(is)).cloned()
        };
        let cross = find(|record| record.cross.as_ref()).map(Standing::Cross);
        let listed = cross
            .or_else(|| find(|record| Some(&record.issuing)).map(Standing::Issuing))
            .or_else(|| find(|record| Some(&record.root)).map(Standing::Root));
        listed.or_else(|| {
            let (authority, _) = self.authorities.iter().find(|(_, known)| is(known))?;
            let partner = authority.role.starts_with("partner");
            Some(if partner { Standing::Unlisted } else { Standing::Own(authority.role.clone()) })
        })
    }
}
