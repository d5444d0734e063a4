//! A certificate before it is signed: all that can be right or wrong with it, as plain values.

use std::fmt;
use std::sync::OnceLock;

use pki::certificate::extension::{DistributionPoint, KeyUsage, PolicyInformation};
use pki::key::{Signer as _, SoftwareKey};
use pki::name::GeneralName;
use pki::{Certificate, CertificateBuilder, Name, Oid, Serial, Time, oid};

use crate::support::{self, DAY, NOW};

/// An extension that nobody knows.
pub(crate) const UNKNOWN: Oid = Oid::new_unwrap("1.3.6.1.4.1.32473.99");

/// Where delta CRLs are.
pub(crate) const DELTA: &str = "http://example.org/delta.crl";

const KEYS: usize = 32;

/// The keys of all hierarchies, the same each time. They are Ed25519, whose signatures are as well, so that a case is the
/// same to the octet whenever it is made.
pub(crate) fn keys() -> &'static [SoftwareKey] {
    static POOL: OnceLock<Vec<SoftwareKey>> = OnceLock::new();
    POOL.get_or_init(|| (1..=KEYS as u8).map(key).collect())
}

/// PrivateKeyInfo (RFC 8410 §7) of a seed that is anything but secret.
fn key(seed: u8) -> SoftwareKey {
    let head = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    SoftwareKey::from_pkcs8_der(&[&head[..], &[seed; 32]].concat()).unwrap()
}

/// A name with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Party {
    pub(crate) country: &'static str,
    pub(crate) number: usize,
    pub(crate) key: usize,
}

impl Party {
    pub(crate) fn name(self) -> Name {
        support::name(self.country, &format!("Party {}", self.number))
    }

    /// The same name written otherwise (RFC 5280 §7.1).
    fn name_in_other_letters(self) -> Name {
        support::name(self.country, &format!("PARTY  {}", self.number))
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) issuer: Party,
    pub(crate) subject: Party,
    pub(crate) serial: usize,
    /// The key that signs in truth.
    pub(crate) signer: usize,
    pub(crate) from: i64,
    pub(crate) until: i64,
    /// basicConstraints: cA and pathLenConstraint.
    pub(crate) basic: Option<(bool, Option<u32>)>,
    pub(crate) usage: Option<KeyUsage>,
    /// The key that the authorityKeyIdentifier names.
    pub(crate) authority_key: Option<usize>,
    pub(crate) subject_key_id: bool,
    pub(crate) policies: Vec<Oid>,
    pub(crate) mappings: Vec<(Oid, Oid)>,
    pub(crate) require_explicit: Option<u32>,
    pub(crate) inhibit_mapping: Option<u32>,
    pub(crate) inhibit_any: Option<u32>,
    pub(crate) names: Vec<GeneralName>,
    pub(crate) permitted: Vec<GeneralName>,
    pub(crate) excluded: Vec<GeneralName>,
    pub(crate) points: Vec<DistributionPoint>,
    pub(crate) freshest: bool,
    /// An unknown extension, and whether it is critical.
    pub(crate) unknown: Option<bool>,
    /// The extensions that are critical where they should not be, and the other way round.
    pub(crate) flipped: Vec<Oid>,
    pub(crate) no_subject: bool,
    pub(crate) issuer_in_other_letters: bool,
}

impl Plan {
    /// A CA's certificate without fault.
    pub(crate) fn ca(serial: usize, issuer: Party, subject: Party) -> Self {
        let usage = KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN;
        Self { basic: Some((true, None)), usage: Some(usage), ..Self::end_entity(serial, issuer, subject) }
    }

    pub(crate) fn end_entity(serial: usize, issuer: Party, subject: Party) -> Self {
        Self {
            issuer,
            subject,
            serial,
            signer: issuer.key,
            from: -30,
            until: 30,
            basic: None,
            usage: Some(KeyUsage::DIGITAL_SIGNATURE),
            authority_key: Some(issuer.key),
            subject_key_id: true,
            policies: Vec::new(),
            mappings: Vec::new(),
            require_explicit: None,
            inhibit_mapping: None,
            inhibit_any: None,
            names: Vec::new(),
            permitted: Vec::new(),
            excluded: Vec::new(),
            points: Vec::new(),
            freshest: false,
            unknown: None,
            flipped: Vec::new(),
            no_subject: false,
            issuer_in_other_letters: false,
        }
    }

    pub(crate) fn is_ca(&self) -> bool {
        self.basic.is_some_and(|(ca, _)| ca)
    }

    pub(crate) fn is_self_issued(&self) -> bool {
        self.issuer.name() == self.subject.name()
    }

    pub(crate) fn serial(&self) -> Serial {
        Serial::from_unsigned(&(self.serial as u32 + 1).to_be_bytes())
    }

    /// `None` if it would be one that the engine does not even read.
    pub(crate) fn sign(&self) -> Option<Certificate> {
        let (signer, plain) = (&keys()[self.signer], self.builder());
        let draft = plain.sign(signer).ok()?;
        let flipped = self.flipped.iter().filter_map(|kind| draft.extensions().find(kind));
        let other =
            flipped.fold(plain, |builder, found| builder.extension(found.oid, !found.critical, found.value.to_vec()));
        other.sign(signer).ok()
    }

    fn builder(&self) -> CertificateBuilder {
        let issuer =
            if self.issuer_in_other_letters { self.issuer.name_in_other_letters() } else { self.issuer.name() };
        let subject = if self.no_subject { Name::from_attributes(&[]) } else { self.subject.name() };
        let validity = (Time(NOW.0 + self.from * DAY), Time(NOW.0 + self.until * DAY));
        let key = keys()[self.subject.key].public_key().clone();
        let mut builder = CertificateBuilder::new(self.serial(), issuer, subject, validity, key);
        builder = self.with_identifiers(builder);
        if let Some((ca, length)) = self.basic {
            builder = builder.basic_constraints(ca, length);
        }
        if let Some(usage) = self.usage {
            builder = builder.key_usage(usage);
        }
        if let Some(critical) = self.unknown {
            builder = builder.extension(UNKNOWN, critical, vec![5, 0]);
        }
        self.with_places(self.with_names(self.with_policies(builder)))
    }

    fn with_identifiers(&self, builder: CertificateBuilder) -> CertificateBuilder {
        let builder = if self.subject_key_id { builder.subject_key_id() } else { builder };
        match self.authority_key {
            Some(key) => builder.authority_key_id(keys()[key].public_key().key_identifier()),
            None => builder,
        }
    }

    fn with_policies(&self, mut builder: CertificateBuilder) -> CertificateBuilder {
        if !self.policies.is_empty() {
            builder = builder.policies(self.policies.iter().copied().map(PolicyInformation::new).collect::<Vec<_>>());
        }
        if !self.mappings.is_empty() {
            builder = builder.policy_mappings(self.mappings.clone());
        }
        builder = builder.policy_constraints(self.require_explicit, self.inhibit_mapping);
        match self.inhibit_any {
            Some(skip) => builder.inhibit_any_policy(skip),
            None => builder,
        }
    }

    fn with_names(&self, mut builder: CertificateBuilder) -> CertificateBuilder {
        if !self.names.is_empty() {
            builder = builder.subject_alt_names(self.names.clone());
        }
        match (&self.permitted[..], &self.excluded[..]) {
            ([], []) => builder,
            (permitted, excluded) => builder.name_constraints(permitted.to_vec(), excluded.to_vec()),
        }
    }

    fn with_places(&self, mut builder: CertificateBuilder) -> CertificateBuilder {
        if !self.points.is_empty() {
            builder = builder.distribution_points(self.points.clone());
        }
        if self.freshest { builder.freshest_crl(&[DELTA]) } else { builder }
    }
}

/// The extensions whose criticality is worth a try.
pub(crate) const FLIPPABLE: [Oid; 8] = [
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::SUBJECT_KEY_IDENTIFIER,
    oid::BASIC_CONSTRAINTS,
    oid::KEY_USAGE,
    oid::CERTIFICATE_POLICIES,
    oid::POLICY_CONSTRAINTS,
    oid::NAME_CONSTRAINTS,
    oid::SUBJECT_ALT_NAME,
];

impl fmt::Display for Plan {
    /// What is not as it is with everybody.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usual = if self.is_ca() { Self::ca } else { Self::end_entity };
        let usual = format!("{:#?}", usual(self.serial, self.issuer, self.subject));
        let party = |party: Party| format!("{} {}/{}", party.country, party.number, party.key);
        write!(f, "#{} {} -> {}:", self.serial, party(self.issuer), party(self.subject))?;
        let own = format!("{self:#?}");
        let odd = own.lines().filter(|line| !usual.lines().any(|other| other == *line)).map(str::trim);
        odd.map(|line| line.replace("ObjectIdentifier", "")).try_for_each(|line| write!(f, " {line}"))
    }
}
