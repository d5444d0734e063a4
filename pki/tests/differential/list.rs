//! A CRL before it is signed.

use pki::certificate::extension::DistributionPointName;
use pki::crl::{CrlEntry, IssuingDistributionPoint, Reason};
use pki::key::Signer as _;
use pki::name::GeneralName;
use pki::{CertificateList, CrlBuilder, Serial, Time, oid};

use crate::plan::{DELTA, Party, UNKNOWN, keys};
use crate::support::{DAY, NOW};

/// Whose certificate, why, and the certificateIssuer of an indirect CRL.
pub(crate) type Entry = (Serial, Option<Reason>, Option<Party>);

#[derive(Debug, Clone)]
pub(crate) struct ListPlan {
    pub(crate) issuer: Party,
    /// The key that signs in truth.
    pub(crate) signer: usize,
    pub(crate) number: u64,
    pub(crate) from: i64,
    pub(crate) until: i64,
    pub(crate) entries: Vec<Entry>,
    pub(crate) scope: Option<IssuingDistributionPoint>,
    /// The number that a delta CRL builds on.
    pub(crate) base: Option<u64>,
    pub(crate) freshest: bool,
    /// An unknown extension, and whether it is critical.
    pub(crate) unknown: Option<bool>,
    pub(crate) key_id: bool,
}

impl ListPlan {
    /// A complete CRL of today without entries.
    pub(crate) fn new(issuer: Party) -> Self {
        Self {
            issuer,
            signer: issuer.key,
            number: 5,
            from: -1,
            until: 1,
            entries: Vec::new(),
            scope: None,
            base: None,
            freshest: false,
            unknown: None,
            key_id: true,
        }
    }

    pub(crate) fn scope(&mut self) -> &mut IssuingDistributionPoint {
        self.scope.get_or_insert_default()
    }

    /// `None` if it would be one that the engine does not even read.
    pub(crate) fn sign(&self) -> Option<CertificateList> {
        let (from, until) = (Time(NOW.0 + self.from * DAY), Time(NOW.0 + self.until * DAY));
        let mut builder = CrlBuilder::new(self.issuer.name(), self.number, from, until);
        builder = builder.entries(self.entries.iter().map(entry));
        if self.key_id {
            builder = builder.extension(oid::AUTHORITY_KEY_IDENTIFIER, false, self.authority_key_id());
        }
        if let Some(scope) = &self.scope {
            builder = builder.scope(scope);
        }
        if let Some(base) = self.base {
            builder = builder.delta_since(base);
        }
        if self.freshest {
            builder = builder.freshest_crl(&[DELTA]);
        }
        if let Some(critical) = self.unknown {
            builder = builder.extension(UNKNOWN, critical, vec![5, 0]);
        }
        builder.sign(&keys()[self.signer]).ok()
    }

    /// AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] KeyIdentifier, … }
    fn authority_key_id(&self) -> Vec<u8> {
        let id = keys()[self.issuer.key].public_key().key_identifier();
        [&[0x30, id.len() as u8 + 2, 0x80, id.len() as u8], &id[..]].concat()
    }
}

/// A revocation of the day before yesterday.
fn entry((serial, reason, issuer): &Entry) -> CrlEntry {
    let issuer = issuer.map(Party::name);
    CrlEntry { serial: serial.clone(), since: Time(NOW.0 - 2 * DAY), reason: *reason, invalid_since: None, issuer }
}

/// A distribution point's name.
pub(crate) fn place(part: usize) -> Option<DistributionPointName> {
    let uri = GeneralName::Uri(format!("http://example.org/{part}.crl"));
    Some(DistributionPointName::Full(vec![uri]))
}
