//! Certificates that paths are built from, indexed once ([`super::index`]).

use std::sync::{Arc, LazyLock};

use super::index::Index;
use crate::{Certificate, Name};

/// Certificates that may lead to an anchor, indexed once and shared by as many validations as there are. Cheap to
/// clone. The few that came along with a leaf need not go in here: a request has
/// [`extra`](super::ValidationRequest::extra) for them.
#[derive(Clone, Default)]
pub struct Pool(Arc<Inner>);

#[derive(Default)]
struct Inner {
    certificates: Vec<Certificate>,
    index: Index,
}

static EMPTY: LazyLock<Pool> = LazyLock::new(Pool::default);

impl Pool {
    /// Indexes these certificates; one that stands twice is kept once.
    pub fn new(certificates: impl IntoIterator<Item = Certificate>) -> Self {
        let certificates: Vec<_> = certificates.into_iter().collect();
        let index = Index::new(certificates.iter(), &[]);
        Self(Arc::new(Inner { certificates, index }))
    }

    /// The pool without a certificate.
    pub fn empty() -> &'static Self {
        &EMPTY
    }

    /// The certificates, in the order in which they came.
    pub fn certificates(&self) -> &[Certificate] {
        &self.0.certificates
    }

    /// The certificates of a subject.
    pub fn named(&self, subject: &Name) -> impl Iterator<Item = &Certificate> {
        let number = self.0.index.number_of(subject);
        let places = number.map_or(&[][..], |name| self.0.index.named(name));
        let members = places.iter().map(|place| &self.0.certificates[*place as usize]);
        members.filter(move |member| member.subject() == subject)
    }

    pub(super) fn index(&self) -> &Index {
        &self.0.index
    }
}

impl FromIterator<Certificate> for Pool {
    fn from_iter<T: IntoIterator<Item = Certificate>>(certificates: T) -> Self {
        Self::new(certificates)
    }
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pool({} certificates)", self.certificates().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{KeySpec, Signer, SoftwareKey};
    use crate::{CertificateBuilder, Serial, Time, oid};

    fn name(common: &str) -> Name {
        Name::from_attributes(&[(oid::COMMON_NAME, common)])
    }

    fn certificate(issuer: &str, subject: &str) -> Certificate {
        let key = SoftwareKey::generate(KeySpec::EcdsaP256, &mut |octets| octets.fill(7)).unwrap();
        let (serial, validity) = (Serial::from_unsigned(&[1; 16]), (Time(0), Time(1)));
        CertificateBuilder::new(serial, name(issuer), name(subject), validity, key.public_key().clone())
            .subject_key_id()
            .sign(&key)
            .unwrap()
    }

    #[test]
    fn certificates_are_found_by_name_however_it_is_written_and_once_each() {
        let (one, other) = (certificate("Root", "Issuing"), certificate("Bridge", "Issuing"));
        let pool: Pool = [one.clone(), other.clone(), one.clone(), certificate("Root", "Else")].into_iter().collect();
        assert!(pool.named(&name("ISSUING ")).eq([&one, &other]));
        assert_eq!(pool.named(&name("Nobody")).count(), 0);
        assert_eq!(Pool::empty().named(&name("Issuing")).count(), 0);
    }
}
