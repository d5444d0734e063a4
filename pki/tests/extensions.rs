//! Extensions that are critical or not, there or not, twice, empty, or in a certificate that may not have them. Cases
//! that x509-limbo has too (`rfc5280::…`, `webpki::…`) bear its names; the certificates are our own. Where we judge
//! otherwise than it does, `docs/conformance/x509-limbo.md` says why.

#![allow(clippy::unwrap_used)] // In a test, to panic is to fail.

mod support;

use std::slice;

use pki::certificate::extension::{KeyUsage, PolicyInformation};
use pki::key::{KeySpec, Signer};
use pki::{Certificate, CertificateBuilder, Error, Name, Oid, Serial, Time, oid};
use support::{Authority, DAY, NOW, ask, builder, ca_builder, code, key, name, policy};

const OK: &str = "valid";
const INVALID: &str = "invalid_extension";
const UNREADABLE: &str = "malformed_certificate";

/// Which certificate of root → intermediate → leaf is made in another way.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Root,
    Intermediate,
    Leaf,
}

type Change = fn(CertificateBuilder) -> CertificateBuilder;

/// The verdict on a chain of which one certificate is changed; what cannot be read is not there.
fn judge(place: Place, change: Change) -> &'static str {
    let at = |here: Place, builder: CertificateBuilder| if here == place { change(builder) } else { builder };
    let (root_key, issuing_key) = (key(KeySpec::EcdsaP256), key(KeySpec::EcdsaP256));
    let (root_name, issuing_name) = (name("CN", "Root"), name("CN", "Issuing"));
    let root = at(Place::Root, ca_builder(&root_name, &root_name, &root_key)).sign(&root_key);
    let issuing = ca_builder(&root_name, &issuing_name, &issuing_key);
    let issuing = at(Place::Intermediate, issuing.authority_key_id(vec![1; 20])).sign(&root_key);
    let leaf_key = key(KeySpec::EcdsaP256);
    let leaf = builder(&issuing_name, &name("CN", "Somebody"), leaf_key.public_key().clone())
        .key_usage(KeyUsage::DIGITAL_SIGNATURE)
        .subject_key_id()
        .authority_key_id(vec![1; 20]);
    let leaf = match at(Place::Leaf, leaf).sign(&issuing_key) {
        Ok(leaf) => leaf,
        Err(why) => return why.code(),
    };
    let readable = |one: Result<Certificate, Error>| one.into_iter().collect::<Vec<_>>();
    let anchors: Vec<_> = readable(root).into_iter().map(Into::into).collect();
    code(&ask(&leaf, &readable(issuing), &anchors, |_| ()))
}

fn private(critical: bool) -> impl Fn(CertificateBuilder) -> CertificateBuilder {
    move |builder| builder.extension(Oid::new_unwrap("1.3.6.1.4.1.32473.666.1"), critical, vec![5, 0])
}

/// Marks an extension that is there as `critical` or not.
fn marked(builder: CertificateBuilder, kind: Oid, critical: bool) -> CertificateBuilder {
    let any = key(KeySpec::EcdsaP256);
    let value = builder.to_be_signed(any.algorithm()).sign(&any).unwrap().extension_value(&kind).unwrap().to_vec();
    builder.extension(kind, critical, value)
}

const DNS_EXAMPLE: [u8; 15] = *b"\x30\x0d\x82\x0bexample.com";

#[test]
fn each_oddity_has_its_verdict() {
    use Place::{Intermediate, Leaf, Root};
    let table: &[(&str, Place, Change, &str)] = &[
        ("nothing odd", Leaf, |leaf| leaf, OK),
        ("unknown-critical-extension-ee", Leaf, |leaf| private(true)(leaf), "unknown_critical_extension"),
        ("unknown-critical-extension-root", Root, |root| private(true)(root), "unknown_critical_extension"),
        ("unknown-critical-extension-intermediate", Intermediate, |ca| private(true)(ca), "unknown_critical_extension"),
        ("an unknown one that is not critical", Leaf, |leaf| private(false)(leaf), OK),
        ("critical-aki", Leaf, |leaf| marked(leaf, oid::AUTHORITY_KEY_IDENTIFIER, true), INVALID),
        ("critical-ski", Root, |root| marked(root, oid::SUBJECT_KEY_IDENTIFIER, true), INVALID),
        (
            "ee-critical-aia-invalid",
            Leaf,
            |leaf| marked(leaf.authority_info_access(&["http://example.org"], &[]), oid::AUTHORITY_INFO_ACCESS, true),
            INVALID,
        ),
        ("ee-aia", Leaf, |leaf| leaf.authority_info_access(&["http://example.org"], &[]), OK),
        (
            "malformed-aia",
            Leaf,
            |leaf| leaf.extension(oid::AUTHORITY_INFO_ACCESS, false, b"malformed".into()),
            UNREADABLE,
        ),
        ("malformed", Leaf, |leaf| leaf.extension(oid::SUBJECT_ALT_NAME, false, b"example.com".into()), UNREADABLE),
        (
            "san-critical-with-nonempty-subject",
            Leaf,
            |leaf| leaf.extension(oid::SUBJECT_ALT_NAME, true, DNS_EXAMPLE.into()),
            OK,
        ),
        (
            "leaf-ku-keycertsign",
            Leaf,
            |leaf| leaf.key_usage(KeyUsage::KEY_CERT_SIGN | KeyUsage::DIGITAL_SIGNATURE),
            INVALID,
        ),
        ("ee-rsa-without-any-usages", Leaf, |leaf| leaf.extension(oid::KEY_USAGE, true, vec![3, 1, 0]), INVALID),
        (
            "not-allowed-in-ee-critical",
            Leaf,
            |leaf| leaf.extension(oid::NAME_CONSTRAINTS, true, CONSTRAINTS.into()),
            INVALID,
        ),
        (
            "not-allowed-in-ee-noncritical",
            Leaf,
            |leaf| leaf.extension(oid::NAME_CONSTRAINTS, false, CONSTRAINTS.into()),
            INVALID,
        ),
        (
            "a path length without cA",
            Leaf,
            |leaf| leaf.extension(oid::BASIC_CONSTRAINTS, true, vec![0x30, 3, 2, 1, 0]),
            INVALID,
        ),
        ("ca-as-leaf", Leaf, |leaf| leaf.basic_constraints(true, None).key_usage(KeyUsage::KEY_CERT_SIGN), OK),
        ("root-non-critical-basic-constraints", Root, |root| marked(root, oid::BASIC_CONSTRAINTS, false), OK),
        (
            "ica-noncritical-pc",
            Intermediate,
            |ca| marked(ca.policy_constraints(Some(3), None), oid::POLICY_CONSTRAINTS, false),
            OK,
        ),
        ("intermediate-ca-without-ca-bit", Intermediate, |ca| ca.basic_constraints(false, None), "not_a_ca"),
        ("intermediate-ca-missing-basic-constraints", Intermediate, bare, "not_a_ca"),
        ("root-inconsistent-ca-extensions", Root, |root| root.key_usage(KeyUsage::CRL_SIGN), "key_usage_not_permitted"),
        ("ica-ku-keycertsign", Intermediate, |ca| ca.key_usage(KeyUsage::CRL_SIGN), "key_usage_not_permitted"),
        (
            "intermediate-permitted-excluded-subtrees-both-null",
            Intermediate,
            |ca| ca.extension(oid::NAME_CONSTRAINTS, true, vec![0x30, 0]),
            "unknown_issuer",
        ),
        (
            "intermediate-permitted-excluded-subtrees-both-empty-sequences",
            Intermediate,
            |ca| ca.extension(oid::NAME_CONSTRAINTS, true, vec![0x30, 4, 0xa0, 0, 0xa1, 0]),
            "unknown_issuer",
        ),
        (
            "root-with-aki-authoritycertissuer",
            Root,
            |root| root.extension(oid::AUTHORITY_KEY_IDENTIFIER, false, ISSUER_ALONE.into()),
            "unknown_issuer",
        ),
        (
            "root-with-aki-authoritycertserialnumber",
            Root,
            |root| root.extension(oid::AUTHORITY_KEY_IDENTIFIER, false, vec![0x30, 3, 0x82, 1, 1]),
            "unknown_issuer",
        ),
        (
            "root-with-aki-missing-keyidentifier",
            Root,
            |root| root.extension(oid::AUTHORITY_KEY_IDENTIFIER, false, vec![0x30, 0]),
            OK,
        ),
    ];
    for (case, place, change, expected) in table {
        assert_eq!(judge(*place, *change), *expected, "{case} ({place:?})");
    }
}

/// §4.2.1.4: what is critical must be interpreted with its qualifiers, "or MUST reject the certificate".
#[test]
fn critical_policies_with_a_qualifier_that_nobody_can_interpret_are_refused() {
    use Place::{Intermediate, Leaf, Root};
    let table: &[(&str, Place, Change, &str)] = &[
        ("critical policies without qualifiers", Leaf, |leaf| qualified(leaf, true, &[]), OK),
        ("critical policies, statement and notice", Leaf, |leaf| qualified(leaf, true, &[CPS, NOTICE]), OK),
        ("critical policies, a qualifier of nobody's", Leaf, |leaf| qualified(leaf, true, &[CPS, NOBODYS]), INVALID),
        ("the same above", Intermediate, |ca| qualified(ca, true, &[NOBODYS]), INVALID),
        ("the same of the anchor", Root, |root| qualified(root, true, &[NOBODYS]), INVALID),
        ("critical policies, a number for a statement", Leaf, |leaf| qualified(leaf, true, &[NO_CPS]), INVALID),
        ("critical policies, a text for a notice", Leaf, |leaf| qualified(leaf, true, &[NO_NOTICE]), INVALID),
        ("the same, not critical", Leaf, |leaf| qualified(leaf, false, &[NOBODYS, NO_CPS, NO_NOTICE]), OK),
    ];
    for (case, place, change, expected) in table {
        assert_eq!(judge(*place, *change), *expected, "{case} ({place:?})");
    }
}

/// A type of qualifiers and the DER of a value.
type Qualifier = (Oid, &'static [u8]);

const CPS: Qualifier = (oid::QUALIFIER_CPS, b"\x16\x02ab");
const NO_CPS: Qualifier = (oid::QUALIFIER_CPS, b"\x02\x01\x05");
const NOTICE: Qualifier = (oid::QUALIFIER_USER_NOTICE, b"\x30\x04\x0c\x02ab");
const NO_NOTICE: Qualifier = (oid::QUALIFIER_USER_NOTICE, b"\x0c\x02ab");
const NOBODYS: Qualifier = (Oid::new_unwrap("1.3.6.1.4.1.32473.2"), b"\x05\x00");

/// Under one policy with these qualifiers.
fn qualified(builder: CertificateBuilder, critical: bool, qualifiers: &[Qualifier]) -> CertificateBuilder {
    let qualifiers = qualifiers.iter().map(|(kind, value)| (*kind, value.to_vec())).collect();
    let policy = PolicyInformation { qualifiers, ..policy("1.3.6.1.4.1.32473.1").1 };
    marked(builder.policies([policy]), oid::CERTIFICATE_POLICIES, critical)
}

/// NameConstraints of one permitted dNSName, `example.com`.
const CONSTRAINTS: [u8; 19] = *b"\x30\x11\xa0\x0f\x30\x0d\x82\x0bexample.com";
/// AuthorityKeyIdentifier of one authorityCertIssuer, an empty directoryName, without a serial number.
const ISSUER_ALONE: [u8; 8] = *b"\x30\x06\xa1\x04\xa4\x02\x30\x00";

/// The intermediate's name and key, and nothing said of what it may do.
fn bare(issuing: CertificateBuilder) -> CertificateBuilder {
    let any = key(KeySpec::EcdsaP256);
    let issuing = issuing.to_be_signed(any.algorithm()).sign(&any).unwrap();
    builder(issuing.issuer(), issuing.subject(), issuing.public_key().clone())
}

/// leaf-missing-aki, intermediate-missing-aki, intermediate-missing-ski, root-missing-ski, no-keyusage,
/// no-basicconstraints: none of these is asked for by §6.
#[test]
fn what_only_helps_to_find_a_path_may_be_missing() {
    let (root_key, issuing_key, leaf_key) = (key(KeySpec::EcdsaP256), key(KeySpec::EcdsaP256), key(KeySpec::EcdsaP256));
    let (root_name, issuing_name) = (name("CN", "Root"), name("CN", "Issuing"));
    let ca = |issuer: &Name, subject: &Name, key: &dyn Signer| {
        builder(issuer, subject, key.public_key().clone()).basic_constraints(true, None)
    };
    let root = ca(&root_name, &root_name, &root_key).sign(&root_key).unwrap();
    let issuing = ca(&root_name, &issuing_name, &issuing_key).sign(&root_key).unwrap();
    let leaf =
        builder(&issuing_name, &name("CN", "Somebody"), leaf_key.public_key().clone()).sign(&issuing_key).unwrap();
    assert_eq!(code(&ask(&leaf, &[issuing], &[root.into()], |_| ())), OK);
}

#[test]
fn names_and_serial_numbers_are_held_to_the_profile() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let spki = || key(KeySpec::EcdsaP256).public_key().clone();
    let leaf = |subject: &str, serial: Serial| {
        let validity = (Time(NOW.0 - DAY), Time(NOW.0 + DAY));
        CertificateBuilder::new(serial, root.name().clone(), Name::parse(subject).unwrap(), validity, spki())
    };
    let one = || Serial::from_unsigned(&[1]);
    for (case, builder, expected) in [
        ("serial-number-too-long", leaf("CN=a", Serial::from_unsigned(&[1; 22])), "serial_number_invalid"),
        ("serial-number-zero", leaf("CN=a", Serial::from_unsigned(&[0])), "serial_number_invalid"),
        (
            "noncritical-with-empty-subject",
            leaf("", one()).extension(oid::SUBJECT_ALT_NAME, false, DNS_EXAMPLE.into()),
            INVALID,
        ),
        (
            "san-critical-with-empty-subject",
            leaf("", one()).extension(oid::SUBJECT_ALT_NAME, true, DNS_EXAMPLE.into()),
            OK,
        ),
        ("ca-empty-subject, below the anchor", leaf("", one()).basic_constraints(true, None), INVALID),
        (
            "a CRL issuer without a name",
            leaf("", one()).key_usage(KeyUsage::CRL_SIGN).extension(oid::SUBJECT_ALT_NAME, true, DNS_EXAMPLE.into()),
            INVALID,
        ),
    ] {
        let leaf = root.sign(builder);
        assert_eq!(code(&ask(&leaf, &[], &[root.anchor()], |_| ())), expected, "{case}");
    }
    // ee-empty-issuer, and ca-empty-subject: what an anchor without a name has signed.
    let empty = Name::parse("").unwrap();
    let key = key(KeySpec::EcdsaP256);
    let nameless = ca_builder(&empty, &empty, &key).sign(&key).unwrap();
    let leaf = builder(&empty, &name("CN", "a"), spki()).sign(&key).unwrap();
    assert_eq!(code(&ask(&leaf, &[], &[nameless.into()], |_| ())), "unknown_issuer");
}

/// The same extension twice (duplicate-extensions), and a signature algorithm that differs inside and outside
/// (mismatching-signature-algorithm): what our builder does not make is made from its bytes.
#[test]
fn what_der_and_the_profile_forbid_is_not_read() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let twin = Oid::new_unwrap("2.5.29.16");
    let leaf = root.leaf_builder("CN", "a").extension(twin, false, DNS_EXAMPLE.into());
    let der = root.sign(leaf.extension(oid::SUBJECT_ALT_NAME, false, DNS_EXAMPLE.into())).der().to_vec();
    let at = der.windows(5).position(|five| five == [6, 3, 0x55, 0x1d, 0x10]).unwrap();
    let mut twice = der.clone();
    twice[at + 4] = 0x11;
    assert_eq!(Certificate::from_der(&twice).unwrap_err().code(), UNREADABLE);
    let algorithm = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
    let outer = der.windows(10).rposition(|ten| ten == algorithm).unwrap();
    let mut mixed = der;
    mixed[outer + 9] = 3;
    assert_eq!(Certificate::from_der(&mixed).unwrap_err().code(), UNREADABLE);
}

/// expired-root, -intermediate, -leaf; notbefore-exact, notafter-exact
#[test]
fn every_certificate_of_a_path_is_in_date_to_the_second() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let issuing = root.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    let leaf = issuing.leaf("CN", "Somebody");
    let (from, until) = (leaf.not_before(), leaf.not_after());
    for (at, expected) in [
        (Time(from.0 - 1), "certificate_not_yet_valid"),
        (from, OK),
        (until, OK),
        (Time(until.0 + 1), "certificate_expired"),
    ] {
        let verdict = ask(&leaf, slice::from_ref(&issuing.certificate), &[root.anchor()], |request| request.at = at);
        assert_eq!(code(&verdict), expected);
    }
}

/// A key that no library can read (invalid-issuer-key) makes its certificate no issuer, and nothing worse.
#[test]
fn an_issuer_whose_key_cannot_be_read_is_no_issuer() {
    let root = Authority::root("CN", "Root", KeySpec::EcdsaP256);
    let issuing = root.subordinate("CN", "Issuing", KeySpec::EcdsaP256);
    let leaf = issuing.leaf("CN", "Somebody");
    let point = issuing.certificate.public_key().spki_der()[27..].to_vec();
    let mut der = issuing.certificate.der().to_vec();
    let at = der.windows(point.len()).position(|part| part == point).unwrap();
    der[at + 10] ^= 1;
    let heap: Vec<_> = Certificate::from_der(&der).into_iter().collect();
    assert!(ask(&leaf, &heap, &[root.anchor()], |_| ()).is_err());
}
