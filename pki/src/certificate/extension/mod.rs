//! Certificate extensions (RFC 5280 §4.2), one file each: read into a type, written from the same type.

mod authority_info_access;
mod authority_key_id;
mod basic_constraints;
mod crl_distribution_points;
mod extended_key_usage;
mod inhibit_any_policy;
mod key_usage;
mod name_constraints;
mod policies;
mod policy_constraints;
mod policy_mappings;
mod policy_qualifier;
mod subject_alt_name;
mod subject_key_id;

use std::ops::Range;

use der::Tag;

pub use authority_info_access::{AccessDescription, InformationAccess};
pub use authority_key_id::AuthorityKeyId;
pub use basic_constraints::BasicConstraints;
pub(crate) use crl_distribution_points::reason_flags;
pub use crl_distribution_points::{CrlDistributionPoints, DistributionPoint, DistributionPointName};
pub use extended_key_usage::ExtendedKeyUsage;
pub use inhibit_any_policy::InhibitAnyPolicy;
pub use key_usage::KeyUsage;
pub use name_constraints::NameConstraints;
pub use policies::{CertificatePolicies, PolicyInformation};
pub use policy_constraints::PolicyConstraints;
pub use policy_mappings::PolicyMappings;
pub use policy_qualifier::{NoticeReference, PolicyQualifier, UserNotice};
pub use subject_alt_name::SubjectAltNames;
pub use subject_key_id::SubjectKeyId;

use crate::encoding::{self, Asn1Error, Asn1Result, Input, position, refuse};
use crate::{Oid, oid};

/// An extension as it stands in a certificate, a request or a CRL.
///
/// ```text
/// Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// extnID
    pub oid: Oid,
    /// Whether who does not know it must refuse.
    pub critical: bool,
    /// The content of extnValue.
    pub value: Vec<u8>,
}

/// The value of one kind of extension.
pub(crate) trait ExtensionValue: Sized {
    /// Its object identifier.
    const OID: Oid;
    /// Reads the content of extnValue.
    fn read(input: &mut Input<'_>) -> Asn1Result<Self>;
    /// Writes the content of extnValue.
    fn write(&self) -> Vec<u8>;
}

/// The extensions of a certificate: those that the engine knows as types, all of them as they stand.
#[derive(Debug, Clone, Default)]
pub struct Extensions {
    /// authorityInfoAccess (RFC 5280 §4.2.2.1): caIssuers and OCSP
    pub authority_info_access: Option<InformationAccess>,
    /// authorityKeyIdentifier (RFC 5280 §4.2.1.1)
    pub authority_key_id: Option<AuthorityKeyId>,
    /// basicConstraints (RFC 5280 §4.2.1.9)
    pub basic_constraints: Option<BasicConstraints>,
    /// cRLDistributionPoints (RFC 5280 §4.2.1.13)
    pub crl_distribution_points: Option<CrlDistributionPoints>,
    /// extKeyUsage (RFC 5280 §4.2.1.12)
    pub extended_key_usage: Option<ExtendedKeyUsage>,
    /// freshestCRL (RFC 5280 §4.2.1.15): distribution points of delta CRLs
    pub freshest_crl: Option<CrlDistributionPoints>,
    /// inhibitAnyPolicy (RFC 5280 §4.2.1.14)
    pub inhibit_any_policy: Option<InhibitAnyPolicy>,
    /// keyUsage (RFC 5280 §4.2.1.3)
    pub key_usage: Option<KeyUsage>,
    /// nameConstraints (RFC 5280 §4.2.1.10)
    pub name_constraints: Option<NameConstraints>,
    /// certificatePolicies (RFC 5280 §4.2.1.4)
    pub policies: Option<CertificatePolicies>,
    /// policyConstraints (RFC 5280 §4.2.1.11)
    pub policy_constraints: Option<PolicyConstraints>,
    /// policyMappings (RFC 5280 §4.2.1.5)
    pub policy_mappings: Option<PolicyMappings>,
    /// subjectAltName (RFC 5280 §4.2.1.6)
    pub subject_alt_names: Option<SubjectAltNames>,
    /// subjectInfoAccess (RFC 5280 §4.2.2.2): caRepository
    pub subject_info_access: Option<InformationAccess>,
    /// subjectKeyIdentifier (RFC 5280 §4.2.1.2)
    pub subject_key_id: Option<SubjectKeyId>,
    /// Of policies that are critical, the type of a qualifier that nobody here can interpret.
    uninterpreted_qualifier: Option<Oid>,
    /// All of them as they stand, and where in it each does.
    octets: Box<[u8]>,
    listed: Vec<Listed>,
}

#[derive(Debug, Clone)]
struct Listed {
    oid: Oid,
    critical: bool,
    value: Range<usize>,
}

/// Room for as many as hardly any certificate has.
const USUAL: usize = 12;

impl Extensions {
    /// Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension; none of them twice (RFC 5280 §4.2).
    pub(crate) fn read(input: &mut Input<'_>) -> Asn1Result<Self> {
        let whole = input.raw()?;
        let mut extensions = Self { octets: whole.into(), listed: Vec::with_capacity(USUAL), ..Self::default() };
        let read = |extension: &ExtensionRef<'_>| {
            extensions.take(extension).map_err(|why| Asn1Error(format!("extension {}: {}", extension.oid, why.0)))?;
            let ExtensionRef { oid, critical, value } = *extension;
            extensions.listed.push(Listed { oid, critical, value: position(whole, value) });
            Ok(())
        };
        Input::all(whole, |input| each_extension(input, read))?;
        Ok(extensions)
    }

    fn take(&mut self, extension: &ExtensionRef<'_>) -> Asn1Result<()> {
        let value = extension.value;
        match extension.oid {
            oid::AUTHORITY_INFO_ACCESS => self.authority_info_access = Some(typed(value)?),
            oid::AUTHORITY_KEY_IDENTIFIER => self.authority_key_id = Some(typed(value)?),
            oid::BASIC_CONSTRAINTS => self.basic_constraints = Some(typed(value)?),
            oid::CRL_DISTRIBUTION_POINTS => self.crl_distribution_points = Some(typed(value)?),
            oid::EXTENDED_KEY_USAGE => self.extended_key_usage = Some(typed(value)?),
            oid::FRESHEST_CRL => self.freshest_crl = Some(typed(value)?),
            oid::INHIBIT_ANY_POLICY => self.inhibit_any_policy = Some(typed(value)?),
            oid::KEY_USAGE => self.key_usage = Some(typed(value)?),
            oid::NAME_CONSTRAINTS => self.name_constraints = Some(typed(value)?),
            oid::CERTIFICATE_POLICIES => self.take_policies(typed(value)?, extension.critical),
            oid::POLICY_CONSTRAINTS => self.policy_constraints = Some(typed(value)?),
            oid::POLICY_MAPPINGS => self.policy_mappings = Some(typed(value)?),
            oid::SUBJECT_ALT_NAME => self.subject_alt_names = Some(typed(value)?),
            oid::SUBJECT_INFO_ACCESS => self.subject_info_access = Some(typed(value)?),
            oid::SUBJECT_KEY_IDENTIFIER => self.subject_key_id = Some(typed(value)?),
            _ => {}
        }
        Ok(())
    }

    fn take_policies(&mut self, policies: CertificatePolicies, critical: bool) {
        self.uninterpreted_qualifier = policies.uninterpreted_qualifier().filter(|_| critical);
        self.policies = Some(policies);
    }

    /// The type of a qualifier in policies that are critical, which is none of RFC 5280's or not of its type's form.
    pub(crate) fn uninterpreted_qualifier(&self) -> Option<Oid> {
        self.uninterpreted_qualifier
    }

    /// All extensions in their order.
    pub fn all(&self) -> impl ExactSizeIterator<Item = ExtensionRef<'_>> {
        self.listed.iter().map(|listed| self.at(listed))
    }

    /// The extension of this type.
    pub fn find(&self, kind: &Oid) -> Option<ExtensionRef<'_>> {
        self.listed.iter().find(|listed| listed.oid == *kind).map(|listed| self.at(listed))
    }

    fn at(&self, listed: &Listed) -> ExtensionRef<'_> {
        let Listed { oid, critical, ref value } = *listed;
        ExtensionRef { oid, critical, value: &self.octets[value.clone()] }
    }

    /// Whether the extension of this type is there and critical.
    pub fn is_critical(&self, kind: &Oid) -> bool {
        self.find(kind).is_some_and(|extension| extension.critical)
    }
}

/// Reads a list of extensions and refuses the same one twice.
pub(crate) fn read_list(input: &mut Input<'_>) -> Asn1Result<Vec<Extension>> {
    let mut all = Vec::new();
    each_extension(input, |ExtensionRef { oid, critical, value }| {
        all.push(Extension { oid: *oid, critical: *critical, value: value.to_vec() });
        Ok(())
    })?;
    Ok(all)
}

/// An [`Extension`] where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtensionRef<'a> {
    /// extnID
    pub oid: Oid,
    /// Whether who does not know it must refuse.
    pub critical: bool,
    /// The content of extnValue.
    pub value: &'a [u8],
}

/// No standard comes near so many extensions, and of so many it is known at once whether one stands twice.
const MAX_EXTENSIONS: usize = 256;

/// Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension; none of them twice (RFC 5280 §4.2).
pub(crate) fn each_extension<'a>(
    input: &mut Input<'a>,
    mut take: impl FnMut(&ExtensionRef<'a>) -> Asn1Result<()>,
) -> Asn1Result<()> {
    let mut list = input.sequence()?;
    if list.is_empty() {
        return refuse("an empty list of extensions");
    }
    // The last needs not be remembered, so that two, as in a CRL's entry, take no list.
    let (mut first, mut others): (Option<&[u8]>, Vec<&[u8]>) = (None, Vec::new());
    while !list.is_empty() {
        let (kind, extension) = ExtensionRef::read(&mut list)?;
        if first == Some(kind) || others.contains(&kind) {
            return refuse(format!("extension {} twice", extension.oid));
        }
        if others.len() + 2 > MAX_EXTENSIONS {
            return refuse(format!("more than {MAX_EXTENSIONS} extensions"));
        }
        take(&extension)?;
        match first {
            _ if list.is_empty() => {}
            None => first = Some(kind),
            Some(_) => {
                if others.is_empty() {
                    others.reserve(USUAL);
                }
                others.push(kind);
            }
        }
    }
    Ok(())
}

impl<'a> ExtensionRef<'a> {
    /// And the content of extnID.
    fn read(input: &mut Input<'a>) -> Asn1Result<(&'a [u8], Self)> {
        input.in_sequence(|input| {
            let kind = input.expect(Tag::ObjectIdentifier)?;
            let oid = encoding::read_oid(kind)?;
            let critical = input.flag()?;
            Ok((kind, Self { oid, critical, value: input.expect(Tag::OctetString)? }))
        })
    }
}

fn typed<T: ExtensionValue>(value: &[u8]) -> Asn1Result<T> {
    Input::all(value, T::read)
}

impl Extension {
    pub(crate) fn of<T: ExtensionValue>(value: &T, critical: bool) -> Self {
        Self { oid: T::OID, critical, value: value.write() }
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let critical = if self.critical { encoding::boolean(true) } else { Vec::new() };
        encoding::sequence(&[&encoding::oid(&self.oid), &critical, &encoding::octet_string(&self.value)])
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use super::*;
    use crate::Name;
    use crate::name::GeneralName;

    fn comes_back<T: ExtensionValue + PartialEq + Debug>(value: T) {
        assert_eq!(typed::<T>(&value.write()), Ok(value));
    }

    #[test]
    fn every_extension_is_read_as_it_is_written() {
        let name = || GeneralName::Directory(Name::from_attributes(&[(oid::COUNTRY, "HK")]));
        let uri = || GeneralName::Uri("http://example.org/a".into());
        comes_back(BasicConstraints { ca: true, path_len: Some(300) });
        comes_back(BasicConstraints { ca: false, path_len: None });
        comes_back(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN | KeyUsage::DECIPHER_ONLY);
        comes_back(ExtendedKeyUsage(vec![oid::SERVER_AUTH, oid::ANY_EXTENDED_KEY_USAGE]));
        comes_back(CertificatePolicies(vec![
            PolicyInformation::new(oid::ANY_POLICY),
            PolicyInformation::with_cps(oid::DSA, "https://example.org/cps"),
        ]));
        comes_back(PolicyMappings(vec![(oid::DSA, oid::MGF1)]));
        comes_back(PolicyConstraints { require_explicit_policy: Some(0), inhibit_policy_mapping: Some(70_000) });
        comes_back(InhibitAnyPolicy(0));
        comes_back(NameConstraints { permitted: vec![name()], excluded: vec![GeneralName::Ip(vec![0; 8]), uri()] });
        comes_back(SubjectAltNames(vec![
            name(),
            GeneralName::Email("a@b".into()),
            GeneralName::RegisteredId(oid::DSA),
        ]));
        comes_back(AuthorityKeyId { key_id: Some(vec![1; 20]), issuer: vec![name()], serial: Some(vec![1]) });
        comes_back(SubjectKeyId(vec![1, 2]));
        comes_back(CrlDistributionPoints(vec![
            DistributionPoint::from_uri("http://example.org/a.crl"),
            DistributionPoint {
                name: Some(DistributionPointName::Full(vec![name()])),
                reasons: Some(6),
                crl_issuer: vec![name()],
            },
        ]));
        comes_back(InformationAccess(vec![AccessDescription { method: oid::OCSP, location: uri() }]));
    }

    #[test]
    fn the_same_extension_twice_is_refused() {
        let one = Extension::of(&SubjectKeyId(vec![1]), false).write();
        assert!(Input::all(&encoding::sequence_of([one.clone(), one.clone()]), read_list).is_err());
        assert!(Input::all(&encoding::sequence_of([one]), read_list).is_ok());
    }
}
