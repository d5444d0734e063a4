//! A small world of CAs grown from arbitrary bytes: few names and few keys, so that loops, cross-certificates, several
//! issuers of one name and false key identifiers come up by themselves. All signatures are real but for those that the
//! bytes spoil.

use std::sync::OnceLock;

use arbitrary::{Arbitrary as _, Result, Unstructured};
use pki::algorithm::AlgorithmPolicy;
use pki::certificate::extension::{KeyUsage, PolicyInformation};
use pki::crl::Reason;
use pki::key::{KeySpec, Signer, SoftwareKey};
use pki::name::GeneralName;
use pki::path::{self, PolicyInputs, Purpose, RevocationMode, TrustAnchor, Valid, ValidationRequest, Verdict};
use pki::{Certificate, CertificateBuilder, CertificateList, CrlBuilder, Name, Oid, Serial, Time, oid};

/// When it is asked.
const NOW: Time = Time(1_767_225_600);
const DAY: i64 = 86_400;

const NAMES: usize = 5;
const KEYS: usize = 5;
/// More would only be slow.
const MOST_CERTIFICATES: usize = 10;
const MOST_CRLS: usize = 4;

const POLICIES: [Oid; 4] = [
    Oid::new_unwrap("1.3.6.1.4.1.32473.1"),
    Oid::new_unwrap("1.3.6.1.4.1.32473.2"),
    Oid::new_unwrap("1.3.6.1.4.1.32473.3"),
    oid::ANY_POLICY,
];

static ALGORITHMS: AlgorithmPolicy = AlgorithmPolicy::dated();

/// A question with everything that belongs to it.
pub struct World {
    leaf: Certificate,
    heap: Vec<Certificate>,
    anchors: Vec<TrustAnchor>,
    crls: Vec<CertificateList>,
    policies: PolicyInputs,
    revocation: RevocationMode,
    purpose: Purpose,
}

/// The keys of all worlds, the same at each run.
fn keys() -> &'static [SoftwareKey] {
    static KEYS_OF_ALL: OnceLock<Vec<SoftwareKey>> = OnceLock::new();
    KEYS_OF_ALL.get_or_init(|| {
        let mut state = 0_u8;
        let mut random = |out: &mut [u8]| {
            for octet in out.iter_mut() {
                state = state.wrapping_mul(5).wrapping_add(29);
                *octet = state;
            }
        };
        let key = |_| SoftwareKey::generate(KeySpec::Ed25519, &mut random).expect("any octets make a key");
        (0..KEYS).map(key).collect()
    })
}

fn name(index: usize) -> Name {
    let country = ["CN", "HK"][index % 2];
    Name::from_attributes(&[(oid::COUNTRY, country), (oid::COMMON_NAME, &format!("CA {index}"))])
}

impl World {
    /// `None` if the bytes do not suffice, or name something that the builder cannot write.
    pub fn grow(bytes: &[u8]) -> Option<Self> {
        Self::grown(&mut Unstructured::new(bytes)).ok()
    }

    fn grown(input: &mut Unstructured<'_>) -> Result<Self> {
        let count = input.int_in_range(2..=MOST_CERTIFICATES)?;
        let mut heap = (0..count).map(|serial| certificate(input, serial)).collect::<Result<Vec<_>>>()?;
        let leaf = heap.swap_remove(input.choose_index(count)?);
        let anchor = input.choose(&heap)?.clone();
        let crls = (0..input.int_in_range(0..=MOST_CRLS)?).map(|number| crl(input, number, count));
        Ok(Self {
            leaf,
            anchors: vec![TrustAnchor::new(anchor)],
            crls: crls.collect::<Result<_>>()?,
            heap,
            policies: PolicyInputs {
                initial_policy_set: vec![*input.choose(&POLICIES)?],
                explicit: bool::arbitrary(input)?,
                inhibit_mapping: bool::arbitrary(input)?,
                inhibit_any: bool::arbitrary(input)?,
            },
            revocation: *input.choose(&[RevocationMode::Off, RevocationMode::BestEffort, RevocationMode::Require])?,
            purpose: *input.choose(&[Purpose::Any, Purpose::ClientAuth, Purpose::TimeStamping])?,
        })
    }

    /// What the engine says.
    pub fn judge(&self) -> Verdict {
        let mut request = ValidationRequest::new(&self.leaf, &self.heap, &self.anchors, NOW, &ALGORITHMS);
        request.crls = &self.crls;
        request.policies = self.policies.clone();
        request.revocation = self.revocation;
        request.purpose = self.purpose;
        path::validate(&request)
    }

    /// The same question with everything in another order.
    pub fn turn_round(&mut self) {
        self.heap.reverse();
        self.crls.reverse();
    }

    /// Whether a path is one: from the leaf to an anchor, each signed by the next, all of this time.
    ///
    /// # Panics
    /// When it is not.
    pub fn check(&self, valid: &Valid) {
        assert_eq!(valid.path.first(), Some(&self.leaf));
        assert!(self.anchors.iter().any(|anchor| Some(anchor.certificate()) == valid.path.last()));
        for pair in valid.path.windows(2) {
            assert!(pair[0].issuer().matches(pair[1].subject()), "{:?}", valid.path);
            assert!(pair[0].verify_signature(pair[1].public_key()).is_ok(), "{:?}", valid.path);
            assert!(pair[0].is_valid_at(NOW) && pair[1].is_ca(), "{:?}", valid.path);
        }
    }
}

/// Lets one in eight through.
fn rarely(input: &mut Unstructured<'_>) -> Result<bool> {
    input.ratio(1, 8)
}

fn certificate(input: &mut Unstructured<'_>, serial: usize) -> Result<Certificate> {
    let (subject, key) = (input.choose_index(NAMES)?, input.choose_index(KEYS)?);
    let (issuer, signer) = (input.choose_index(NAMES)?, input.choose_index(KEYS)?);
    let from = if rarely(input)? { NOW.0 + DAY } else { NOW.0 - DAY };
    let validity = (Time(from), Time(from + 10 * DAY));
    let serial = Serial::from_unsigned(&[serial as u8 + 1]);
    let public = keys()[key].public_key().clone();
    let builder = CertificateBuilder::new(serial, name(issuer), name(subject), validity, public).subject_key_id();
    let builder = with_names(with_policies(with_usage(builder, input)?, input)?, input)?;
    let builder = if bool::arbitrary(input)? {
        builder.authority_key_id(keys()[input.choose_index(KEYS)?].public_key().key_identifier())
    } else {
        builder
    };
    builder.sign(&keys()[signer]).map_err(|_| arbitrary::Error::IncorrectFormat)
}

fn with_usage(builder: CertificateBuilder, input: &mut Unstructured<'_>) -> Result<CertificateBuilder> {
    let length = if rarely(input)? { Some(input.int_in_range(0..=2)?) } else { None };
    let ca = !rarely(input)?;
    let builder = if rarely(input)? { builder } else { builder.basic_constraints(ca, length.filter(|_| ca)) };
    let builder = match input.int_in_range(0..=7)? {
        0 => builder.key_usage(KeyUsage::DIGITAL_SIGNATURE),
        1 => builder,
        _ => builder.key_usage(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN),
    };
    Ok(if rarely(input)? { builder.extended_key_usage([oid::CLIENT_AUTH]) } else { builder })
}

fn with_policies(mut builder: CertificateBuilder, input: &mut Unstructured<'_>) -> Result<CertificateBuilder> {
    let asserted = u8::arbitrary(input)?;
    let of = |bits: u8| (0..4).filter(move |bit| bits >> bit & 1 == 1).map(|bit| PolicyInformation::new(POLICIES[bit]));
    if asserted & 15 != 0 {
        builder = builder.policies(of(asserted).collect::<Vec<_>>());
    }
    if bool::arbitrary(input)? {
        let mapping =
            |input: &mut Unstructured<'_>| Ok((*input.choose(&POLICIES[..3])?, *input.choose(&POLICIES[..3])?));
        let mappings = (0..input.int_in_range(1..=3)?).map(|_| mapping(input)).collect::<Result<Vec<_>>>()?;
        builder = builder.policy_mappings(mappings);
    }
    if rarely(input)? {
        builder = builder.policy_constraints(Some(input.int_in_range(0..=2)?), Some(input.int_in_range(0..=2)?));
    }
    if rarely(input)? { Ok(builder.inhibit_any_policy(input.int_in_range(0..=2)?)) } else { Ok(builder) }
}

fn with_names(builder: CertificateBuilder, input: &mut Unstructured<'_>) -> Result<CertificateBuilder> {
    let builder = match input.int_in_range(0..=7)? {
        0 => builder.subject_alt_names([GeneralName::Dns("a.example.org".into())]),
        1 => builder.subject_alt_names([GeneralName::Email("a@example.org".into())]),
        2 => builder.subject_alt_names([GeneralName::Ip(vec![10, 1, 2, 3])]),
        _ => builder,
    };
    if !rarely(input)? {
        return Ok(builder);
    }
    let subtrees = [
        GeneralName::Directory(Name::from_attributes(&[(oid::COUNTRY, "CN")])),
        GeneralName::Dns("example.org".into()),
        GeneralName::Email("example.org".into()),
        GeneralName::Ip(vec![10, 0, 0, 0, 255, 0, 0, 0]),
    ];
    let subtree = vec![input.choose(&subtrees)?.clone()];
    Ok(if bool::arbitrary(input)? {
        builder.name_constraints(subtree, vec![])
    } else {
        builder.name_constraints(vec![], subtree)
    })
}

fn crl(input: &mut Unstructured<'_>, number: usize, certificates: usize) -> Result<CertificateList> {
    let (issuer, signer) = (input.choose_index(NAMES)?, input.choose_index(KEYS)?);
    let from = if rarely(input)? { NOW.0 - 30 * DAY } else { NOW.0 - DAY };
    let reasons = [None, Some(Reason::KeyCompromise), Some(Reason::CertificateHold), Some(Reason::RemoveFromCrl)];
    let listed = u16::arbitrary(input)?;
    let reason = *input.choose(&reasons)?;
    let listed = (0..certificates).filter(|index| listed >> index & 1 == 1);
    let entries = listed.map(|index| (Serial::from_unsigned(&[index as u8 + 1]), Time(from), reason));
    let builder = CrlBuilder::new(name(issuer), number as u64 + 1, Time(from), Time(from + 10 * DAY));
    let mut builder = builder.revoked(entries.collect::<Vec<_>>());
    if rarely(input)? {
        builder = builder.extension(oid::DELTA_CRL_INDICATOR, true, vec![2, 1, 1]);
    }
    builder.sign(&keys()[signer]).map_err(|_| arbitrary::Error::IncorrectFormat)
}
