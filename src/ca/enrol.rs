//! A person's own certificate, from a request (PKCS#10) that they bring. The key never leaves them: what comes in is a
//! public key and a proof of possessing its private half, and of the request nothing else is believed. The subject is
//! what the account knows of the person.

use pki::algorithm::KeyAlgorithm;
use pki::certificate::CertificateBuilder;
use pki::certificate::extension::PolicyInformation;
use pki::key::KeySpec;
use pki::{Certificate, CertificateRequest, Name, Time, oid};

use super::issue::{IssuedFor, new_serial};
use super::profile::Profile;
use super::{Ca, Refused, Result};
use crate::audit::Actor;
use crate::store::person::Person;

/// The sector of the subject key that our own certificates carry.
const SECTOR: &str = "certificate";

impl Ca {
    /// The stable subject key that a person's certificates carry as `serialNumber`: it tells nothing to others.
    ///
    /// It is a PrintableString of at most 64 letters (RFC 5280, Appendix A.1) that means the same in either case, as
    /// names are compared without it (§7.1): hexadecimal, where a pairwise subject is base64url.
    pub fn subject_key(&self, person_id: &str) -> String {
        hex::encode(crate::id::sha256(self.custody.pairwise_subject(SECTOR, person_id).as_bytes()))
    }

    /// Issues a certificate for `person` under `profile` from the request `csr` (DER).
    ///
    /// # Errors
    /// [`Refused`] for what the person can mend; else the authority's own failures.
    pub async fn enrol(
        &self,
        person: &Person,
        level: i64,
        profile: &Profile,
        csr: &[u8],
        address: &str,
    ) -> Result<Certificate> {
        if !profile.is_open_to(person, level) {
            return Err(Refused::Profile.into());
        }
        let request = CertificateRequest::from_der(csr).map_err(|_| Refused::Unreadable)?;
        let spec = key_spec(request.public_key().algorithm())
            .filter(|spec| profile.keys.contains(spec))
            .ok_or(Refused::Key)?;
        let is_sm2 = spec == KeySpec::Sm2;
        request
            .verify_self_signature()
            .map_err(|_| if is_sm2 { Refused::Sm2SelfSignature } else { Refused::SelfSignature })?;
        let issuer_id = if is_sm2 { &profile.issuer_sm2 } else { &profile.issuer };
        let issuer = self.issuer(issuer_id).await?;
        let now = self.clock.now_seconds();
        let until = Time(now.0 + profile.validity_days * 86_400).min(issuer.certificate.not_after());
        let subject = self.subject(person);
        let mut builder = CertificateBuilder::new(
            new_serial(),
            issuer.certificate.subject().clone(),
            subject,
            (Time(now.0 - 60), until),
            request.public_key().clone(),
        )
        .basic_constraints(false, None)
        .key_usage(profile.key_usage)
        .extended_key_usage(profile.extended_key_usage.clone())
        .subject_key_id()
        .authority_key_id_of(&issuer.certificate)
        .crl_distribution_points(&[&self.crl_url(issuer_id)])
        .authority_info_access(&[&self.certificate_url(issuer_id)], &[]);
        if profile.provincial_policy {
            builder = builder.policies([PolicyInformation::new(self.policy)]);
        }
        let purpose = IssuedFor {
            profile: profile.id.clone(),
            person_id: Some(person.id.clone()),
            actor: Actor::Person(person.id.clone()),
            address: Some(address.to_owned()),
        };
        self.issue(&issuer, &builder, purpose).await
    }

    fn subject(&self, person: &Person) -> Name {
        let name = ["zh-Hans", "zh-Hant", "Latn"].iter().find_map(|script| person.names.get(*script));
        let name = name.or_else(|| person.names.values().next()).map_or("", String::as_str);
        Name::from_attributes(&[
            (oid::COUNTRY, "CN"),
            (oid::ORGANIZATION, "广东省网上办事大厅"),
            (oid::COMMON_NAME, name),
            (oid::SERIAL_NUMBER, &self.subject_key(&person.id)),
        ])
    }
}

fn key_spec(algorithm: KeyAlgorithm) -> Option<KeySpec> {
    match algorithm {
        KeyAlgorithm::Rsa { bits: 2048 } => Some(KeySpec::Rsa2048),
        KeyAlgorithm::Rsa { bits: 3072 } => Some(KeySpec::Rsa3072),
        KeyAlgorithm::Rsa { bits: 4096 } => Some(KeySpec::Rsa4096),
        KeyAlgorithm::EcdsaP256 => Some(KeySpec::EcdsaP256),
        KeyAlgorithm::EcdsaP384 => Some(KeySpec::EcdsaP384),
        KeyAlgorithm::EcdsaP521 => Some(KeySpec::EcdsaP521),
        KeyAlgorithm::Sm2 => Some(KeySpec::Sm2),
        _ => None,
    }
}
