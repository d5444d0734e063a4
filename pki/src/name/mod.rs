//! Names: distinguished names ([`Name`]) and the alternatives of [`GeneralName`].

mod canonical;
mod general;
pub(crate) mod host;
pub(crate) mod mailbox;
mod prepare;
pub(crate) mod string;
mod text;
pub(crate) mod uri;

use std::borrow::Cow;
use std::fmt;
use std::hash::{BuildHasher as _, Hash, Hasher, RandomState};
use std::sync::{Arc, LazyLock};

use der::Tag;

use crate::encoding::{self, Asn1Error, Asn1Result, Input};
use crate::{Error, Oid, oid};

pub use general::GeneralName;
pub(crate) use string::string_value;

/// A distinguished name (RFC 5280 §4.1.2.4). Two names are equal ([`PartialEq`], [`Hash`]) when RFC 5280 §7.1
/// says that they match, whatever string types and case they are written in.
///
/// ```text
/// Name ::= CHOICE { rdnSequence SEQUENCE OF RelativeDistinguishedName }
/// RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
/// AttributeTypeAndValue ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY DEFINED BY type }
/// ```
#[derive(Clone)]
pub struct Name {
    inner: Arc<Inner>,
    /// Of what the name is compared by. It lies beside the pointer, not behind it, so that other names are told apart,
    /// and heaps of certificates indexed, without a look at them.
    hash: u64,
}

/// What names are hashed under: a secret of the process, so that nobody can make two names meet.
static SECRET: LazyLock<RandomState> = LazyLock::new(RandomState::new);

#[derive(Default)]
struct Inner {
    /// The encoding, then a form in which matching names are the same bytes, and an ancestor is a prefix.
    octets: Box<[u8]>,
    der_length: usize,
    prohibited: bool,
}

impl Inner {
    fn read(der: &[u8]) -> Asn1Result<Self> {
        // ASCII takes a little more in the canonical form than in the encoding: all names but rare ones fit at once.
        let mut octets = Vec::with_capacity(der.len() * 5 / 2 + 8);
        octets.extend_from_slice(der);
        let prohibited = canonical::write(der, &mut octets)?;
        Ok(Self { octets: octets.into(), der_length: der.len(), prohibited })
    }

    fn der(&self) -> &[u8] {
        &self.octets[..self.der_length]
    }

    fn canonical(&self) -> &[u8] {
        &self.octets[self.der_length..]
    }
}

/// One attribute, as it stands: type, identifier octet of the value, content.
pub(crate) struct Attribute<'a> {
    pub(crate) kind: Oid,
    pub(crate) tag: u8,
    pub(crate) value: &'a [u8],
}

impl Name {
    /// Reads a Name whole.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        Self::read(der).map_err(|why| Error::malformed("name", why))
    }

    pub(crate) fn read(der: &[u8]) -> Asn1Result<Self> {
        Inner::read(der).map(Self::new)
    }

    fn new(inner: Inner) -> Self {
        let hash = SECRET.hash_one(inner.canonical());
        Self { inner: Arc::new(inner), hash }
    }

    /// Builds a name of single-valued RDNs in the order of their encoding (country first). Country and
    /// serialNumber are PrintableString, emailAddress and domainComponent IA5String, all else UTF8String
    /// (RFC 5280 §4.1.2.4).
    pub fn from_attributes(attributes: &[(Oid, &str)]) -> Self {
        Self::from_rdns(attributes.iter().map(|(kind, value)| vec![(*kind, (*value).to_owned())]))
    }

    /// Starts a name that grows attribute by attribute.
    pub fn builder() -> NameBuilder {
        NameBuilder(Vec::new())
    }

    /// Reads the text form of RFC 4514, the last RDN first: `CN=Chan Tai Man,O=Example,C=HK`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        text::parse(text).map(Self::from_rdns).map_err(|why| Error::malformed("name", Asn1Error(why)))
    }

    fn from_rdns(rdns: impl IntoIterator<Item = Vec<(Oid, String)>>) -> Self {
        let sets = rdns.into_iter().map(|rdn| {
            let mut parts: Vec<_> = rdn.iter().map(|(kind, value)| attribute_der(kind, value)).collect();
            parts.sort();
            encoding::tlv(Tag::Set, &parts.concat())
        });
        let der = encoding::sequence_of(sets);
        // What was written just now can be read.
        Self::new(Inner::read(&der).unwrap_or_default())
    }

    /// The DER encoding, as it was read.
    pub fn der(&self) -> &[u8] {
        self.inner.der()
    }

    /// Whether there is no RDN in it.
    pub fn is_empty(&self) -> bool {
        self.inner.canonical().is_empty()
    }

    /// RFC 5280 §7.1: the same RDNs in the same order, strings compared after the preparation of RFC 4518 (without case,
    /// outer or doubled space, and what cannot be seen), whatever type they are written in.
    pub fn matches(&self, other: &Name) -> bool {
        let same = || Arc::ptr_eq(&self.inner, &other.inner) || self.inner.canonical() == other.inner.canonical();
        self.hash == other.hash && same()
    }

    /// Names that match have the same; of those that do not, two have the same by chance alone, once in 10¹⁹ pairs.
    pub(crate) fn keyed_hash(&self) -> u64 {
        self.hash
    }

    /// Whether this name lies in the subtree of `base` (RFC 5280 §4.2.1.10): `base` is an initial part of it.
    pub fn is_within(&self, base: &Name) -> bool {
        self.inner.canonical().starts_with(base.inner.canonical())
    }

    /// Whether no attribute holds a code point that RFC 4518 §2.4 prohibits. With one, a comparison is not defined; here
    /// the attribute matches the same octets alone.
    pub(crate) fn is_comparable(&self) -> bool {
        !self.inner.prohibited
    }

    /// Type and text of each attribute in the order of the encoding; what is no string is given as `#hex`.
    pub fn attributes(&self) -> impl Iterator<Item = (Oid, String)> + '_ {
        self.rdns().into_iter().flatten().map(|attribute| (attribute.kind, attribute.text()))
    }

    /// The first attribute of this type.
    pub fn first(&self, kind: &Oid) -> Option<String> {
        self.attributes().find(|(found, _)| found == kind).map(|(_, value)| value)
    }

    /// All attributes of this type.
    pub fn all(&self, kind: &Oid) -> Vec<String> {
        self.attributes().filter(|(found, _)| found == kind).map(|(_, value)| value).collect()
    }

    /// This name with one RDN more, given as the content of its SET.
    pub(crate) fn child(&self, rdn: &[u8]) -> Option<Self> {
        let own = Input::all(self.der(), |input| input.expect(Tag::Sequence)).ok()?;
        Self::read(&encoding::tlv(Tag::Sequence, &[own, &encoding::tlv(Tag::Set, rdn)].concat())).ok()
    }

    pub(crate) fn rdns(&self) -> Vec<Vec<Attribute<'_>>> {
        // The encoding was read when this value was made, so it can be read again.
        rdns(self.der()).unwrap_or_default()
    }
}

impl Attribute<'_> {
    pub(crate) fn text(&self) -> String {
        let hex =
            || encoding::element(self.tag, self.value).iter().map(|octet| format!("{octet:02x}")).collect::<String>();
        string_value(self.tag, self.value).map_or_else(|| format!("#{}", hex()), Cow::into_owned)
    }
}

/// Builds a [`Name`], country first.
pub struct NameBuilder(Vec<Vec<(Oid, String)>>);

impl NameBuilder {
    /// Adds an RDN of one attribute.
    pub fn attribute(mut self, kind: Oid, value: impl Into<String>) -> Self {
        self.0.push(vec![(kind, value.into())]);
        self
    }

    /// The name.
    pub fn build(self) -> Name {
        Name::from_rdns(self.0)
    }
}

fn rdns(der: &[u8]) -> Asn1Result<Vec<Vec<Attribute<'_>>>> {
    Input::all(der, |input| input.sequence_of(|input| Input::new(input.expect(Tag::Set)?)?.each(attribute))).and_then(
        |rdns| {
            if rdns.iter().any(Vec::is_empty) { encoding::refuse("an empty RDN") } else { Ok(rdns) }
        },
    )
}

fn attribute<'a>(input: &mut Input<'a>) -> Asn1Result<Attribute<'a>> {
    input.in_sequence(|input| {
        let kind = input.oid()?;
        let (tag, value) = input.string()?;
        Ok(Attribute { kind, tag, value })
    })
}

fn attribute_der(kind: &Oid, value: &str) -> Vec<u8> {
    let tag = match *kind {
        oid::EMAIL_ADDRESS | oid::DOMAIN_COMPONENT if value.is_ascii() => Tag::Ia5String,
        oid::COUNTRY | oid::SERIAL_NUMBER | oid::DN_QUALIFIER if is_printable(value) => Tag::PrintableString,
        _ => Tag::Utf8String,
    };
    encoding::sequence(&[&encoding::oid(kind), &encoding::tlv(tag, value.as_bytes())])
}

fn is_printable(value: &str) -> bool {
    value.bytes().all(|octet| octet.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&octet))
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.matches(other)
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write(f, &self.rdns())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_without_case_space_and_string_type() {
        let utf8 = Name::from_attributes(&[(oid::COUNTRY, "HK"), (oid::COMMON_NAME, " Chan  Tai MAN ")]);
        // By hand, so that it is not our own writer that is tested.
        let printable = [
            &[0x30, 35, 0x31, 11, 0x30, 9, 6, 3, 0x55, 4, 6, 0x13, 2, b'h', b'k'][..],
            &[0x31, 20, 0x30, 18, 6, 3, 0x55, 4, 3, 0x13, 11],
            b"chan tai ma",
        ]
        .concat();
        let shorter = Name::from_attributes(&[(oid::COUNTRY, "HK"), (oid::COMMON_NAME, "CHAN TAI MA")]);
        assert_eq!(Name::from_der(&printable).unwrap(), shorter);
        assert_ne!(utf8, shorter);
        assert!(utf8.is_within(&Name::from_attributes(&[(oid::COUNTRY, "hk")])));
        assert!(!utf8.is_within(&Name::from_attributes(&[(oid::COUNTRY, "h")])));
    }

    #[test]
    fn the_text_form_of_rfc_4514_comes_back() {
        for text in ["SERIALNUMBER=1+CN=Chan\\, Tai Man,O=例,C=HK", "CN=\\#a\\ ,2.5.4.99=x", "DC=a\\0A,CN=\\7F", ""] {
            assert_eq!(Name::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Name::parse("cn = A , c=HK").unwrap(), Name::parse("CN=a,C=HK").unwrap());
        for bad in ["CN", "=x", "CN=a,", "nonsense=1", "CN=\\zz", "CN=a\\\u{3000}"] {
            assert!(Name::parse(bad).is_err(), "{bad}");
        }
    }
}
