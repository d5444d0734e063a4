//! Building certificates: typed fields in, signed DER out. What a certificate ought to hold is a profile's decision.

use super::extension::{
    AccessDescription, AuthorityKeyId, BasicConstraints, CertificatePolicies, CrlDistributionPoints, DistributionPoint,
    ExtendedKeyUsage, Extension, ExtensionValue, InformationAccess, InhibitAnyPolicy, KeyUsage, NameConstraints,
    PolicyConstraints, PolicyInformation, PolicyMappings, SubjectAltNames, SubjectKeyId,
};
use super::{Certificate, Serial};
use crate::algorithm::{PublicKey, SignatureAlgorithm};
use crate::encoding::{self, Input, context, tlv};
use crate::key::Signer;
use crate::name::GeneralName;
use crate::{Error, Name, Oid, Time, oid};

/// Collects what a version 3 certificate holds. Each extension is marked critical as RFC 5280 §4.2 demands or
/// advises; setting one again replaces it.
#[derive(Debug, Clone)]
pub struct CertificateBuilder {
    serial: Serial,
    issuer: Name,
    subject: Name,
    not_before: Time,
    not_after: Time,
    public_key: PublicKey,
    extensions: Vec<Extension>,
    sm2_null: bool,
}

impl CertificateBuilder {
    /// A certificate without extensions.
    pub fn new(
        serial: Serial,
        issuer: Name,
        subject: Name,
        (not_before, not_after): (Time, Time),
        public_key: PublicKey,
    ) -> Self {
        Self { serial, issuer, subject, not_before, not_after, public_key, extensions: Vec::new(), sm2_null: false }
    }

    /// basicConstraints, critical.
    pub fn basic_constraints(self, ca: bool, path_len: Option<u32>) -> Self {
        self.with(&BasicConstraints { ca, path_len }, true)
    }

    /// keyUsage, critical.
    pub fn key_usage(self, usage: KeyUsage) -> Self {
        self.with(&usage, true)
    }

    /// extKeyUsage; critical for time stamping alone, where RFC 3161 §2.3 demands it.
    pub fn extended_key_usage(self, purposes: impl Into<Vec<Oid>>) -> Self {
        let purposes = purposes.into();
        let critical = purposes == [oid::TIME_STAMPING];
        self.with(&ExtendedKeyUsage(purposes), critical)
    }

    /// certificatePolicies, not critical.
    pub fn policies(self, policies: impl Into<Vec<PolicyInformation>>) -> Self {
        self.with(&CertificatePolicies(policies.into()), false)
    }

    /// policyMappings of (issuerDomainPolicy, subjectDomainPolicy), critical.
    pub fn policy_mappings(self, mappings: impl Into<Vec<(Oid, Oid)>>) -> Self {
        self.with(&PolicyMappings(mappings.into()), true)
    }

    /// policyConstraints, critical. `None` for both is no extension.
    pub fn policy_constraints(self, require_explicit_policy: Option<u32>, inhibit_policy_mapping: Option<u32>) -> Self {
        match (require_explicit_policy, inhibit_policy_mapping) {
            (None, None) => self,
            _ => self.with(&PolicyConstraints { require_explicit_policy, inhibit_policy_mapping }, true),
        }
    }

    /// inhibitAnyPolicy, critical.
    pub fn inhibit_any_policy(self, skip_certs: u32) -> Self {
        self.with(&InhibitAnyPolicy(skip_certs), true)
    }

    /// nameConstraints, critical.
    pub fn name_constraints(self, permitted: Vec<GeneralName>, excluded: Vec<GeneralName>) -> Self {
        self.with(&NameConstraints { permitted, excluded }, true)
    }

    /// subjectAltName; critical where the subject is empty (RFC 5280 §4.2.1.6).
    pub fn subject_alt_names(self, names: impl Into<Vec<GeneralName>>) -> Self {
        let critical = self.subject.is_empty();
        self.with(&SubjectAltNames(names.into()), critical)
    }

    /// authorityKeyIdentifier: the issuer's subjectKeyIdentifier, or where it has none, one made from its key.
    pub fn authority_key_id_of(self, issuer: &Certificate) -> Self {
        let found = issuer.extensions().subject_key_id.as_ref().map(|id| id.0.clone());
        let key_id = found.unwrap_or_else(|| issuer.public_key().key_identifier());
        self.authority_key_id(key_id)
    }

    /// authorityKeyIdentifier with this keyIdentifier.
    pub fn authority_key_id(self, key_id: Vec<u8>) -> Self {
        self.with(&AuthorityKeyId { key_id: Some(key_id), ..AuthorityKeyId::default() }, false)
    }

    /// subjectKeyIdentifier made from the key (RFC 7093 §2 method 1).
    pub fn subject_key_id(self) -> Self {
        let id = SubjectKeyId(self.public_key.key_identifier());
        self.with(&id, false)
    }

    /// subjectKeyIdentifier with this value, to match the one that a cross-certified CA uses already.
    pub fn subject_key_id_of(self, id: Vec<u8>) -> Self {
        self.with(&SubjectKeyId(id), false)
    }

    /// cRLDistributionPoints, one for each URI.
    pub fn crl_distribution_points(self, uris: &[&str]) -> Self {
        self.distribution_points(uris.iter().map(|uri| DistributionPoint::from_uri(uri)))
    }

    /// cRLDistributionPoints with all that they may say: reasons, and who signs in the CA's place.
    pub fn distribution_points(self, points: impl IntoIterator<Item = DistributionPoint>) -> Self {
        self.with(&CrlDistributionPoints(points.into_iter().collect()), false)
    }

    /// freshestCRL: where delta CRLs are, one point for each URI.
    pub fn freshest_crl(self, uris: &[&str]) -> Self {
        let points = CrlDistributionPoints(uris.iter().map(|uri| DistributionPoint::from_uri(uri)).collect());
        self.extension(oid::FRESHEST_CRL, false, points.write())
    }

    /// authorityInfoAccess with the issuer's certificates and OCSP responders.
    pub fn authority_info_access(self, ca_issuers: &[&str], ocsp: &[&str]) -> Self {
        let access =
            |method: Oid| move |uri: &&str| AccessDescription { method, location: GeneralName::Uri((*uri).to_owned()) };
        let issuers = ca_issuers.iter().map(access(oid::CA_ISSUERS));
        self.with(&InformationAccess(issuers.chain(ocsp.iter().map(access(oid::OCSP))).collect()), false)
    }

    /// subjectInfoAccess with the places at which the CA publishes what it issues.
    pub fn ca_repository(self, uris: &[&str]) -> Self {
        let access = |uri: &&str| AccessDescription {
            method: oid::CA_REPOSITORY,
            location: GeneralName::Uri((*uri).to_owned()),
        };
        let access = InformationAccess(uris.iter().map(access).collect());
        self.extension(oid::SUBJECT_INFO_ACCESS, false, access.write())
    }

    /// Any extension, from the DER of its value.
    pub fn extension(mut self, oid: Oid, critical: bool, value: Vec<u8>) -> Self {
        self.extensions.retain(|extension| extension.oid != oid);
        self.extensions.push(Extension { oid, critical, value });
        self
    }

    /// Writes NULL parameters with SM2 signatures, as GM/T 0015-2023 wants; without it there are none.
    pub fn sm2_null_parameters(mut self, null: bool) -> Self {
        self.sm2_null = null;
        self
    }

    fn with<T: ExtensionValue>(self, value: &T, critical: bool) -> Self {
        let Extension { oid, critical, value } = Extension::of(value, critical);
        self.extension(oid, critical, value)
    }

    /// The part that will be signed, by this algorithm.
    pub fn to_be_signed(&self, algorithm: SignatureAlgorithm) -> TbsCertificate {
        let identifier = algorithm.write(self.sm2_null);
        let extensions = match &self.extensions[..] {
            [] => Vec::new(),
            list => tlv(context(3, true), &encoding::sequence_of(list.iter().map(Extension::write))),
        };
        let der = encoding::sequence(&[
            &tlv(context(0, true), &encoding::unsigned(2)),
            &tlv(der::Tag::Integer, self.serial.content()),
            &identifier,
            self.issuer.der(),
            &encoding::sequence(&[&encoding::time(self.not_before), &encoding::time(self.not_after)]),
            self.subject.der(),
            self.public_key.spki_der(),
            &extensions,
        ]);
        TbsCertificate { der, algorithm, identifier }
    }

    /// Signs at once.
    pub fn sign(&self, signer: &dyn Signer) -> Result<Certificate, Error> {
        self.to_be_signed(signer.algorithm()).sign(signer)
    }
}

/// A certificate but for its signature: what is linted and written down before it is signed.
#[derive(Debug, Clone)]
pub struct TbsCertificate {
    der: Vec<u8>,
    algorithm: SignatureAlgorithm,
    identifier: Vec<u8>,
}

impl TbsCertificate {
    /// Takes up what was written down before, to sign it now.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let read = Input::all(der, |input| {
            input.in_sequence(|input| {
                input.optional(context(0, true))?;
                input.integer()?;
                let identifier = input.raw()?;
                while !input.is_empty() {
                    input.raw()?;
                }
                let algorithm = Input::all(identifier, SignatureAlgorithm::read)?;
                Ok((algorithm, identifier.to_vec()))
            })
        });
        let (algorithm, identifier) = read.map_err(|why| Error::malformed("certificate", why))?;
        Ok(Self { der: der.to_vec(), algorithm, identifier })
    }

    /// The DER of TBSCertificate.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// By which algorithm it will be signed.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Signs it, and reads the outcome as strictly as anybody's certificate.
    pub fn sign(&self, signer: &dyn Signer) -> Result<Certificate, Error> {
        Certificate::from_der(&signed(&self.der, self.algorithm, &self.identifier, signer)?)
    }
}

/// SEQUENCE { content, AlgorithmIdentifier, BIT STRING }: the shape of everything that RFC 5280 signs.
pub(crate) fn signed(
    content: &[u8],
    algorithm: SignatureAlgorithm,
    identifier: &[u8],
    signer: &dyn Signer,
) -> Result<Vec<u8>, Error> {
    if signer.algorithm() != algorithm {
        return Err(Error::key(&format!("prepared for {algorithm}, but the signer uses {}", signer.algorithm())));
    }
    let signature = signer.sign(content)?;
    Ok(encoding::sequence(&[content, identifier, &encoding::bit_string(&signature)]))
}
