//! Certificate revocation lists (RFC 5280 §5): read once, indexed by serial number.

mod builder;
mod entry;
mod index;
mod scope;

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use der::Tag;

use crate::algorithm::{SignatureAlgorithm, VerifyingKey};
use crate::certificate::extension::{
    AuthorityKeyId, CrlDistributionPoints, Extension, ExtensionValue, InformationAccess, read_list,
};
use crate::certificate::signed_parts;
use crate::encoding::{Asn1Result, Input, context, position, refuse};
use crate::{Error, Fingerprint, Name, Oid, Serial, Time, oid};

pub use builder::{CrlBuilder, CrlEntry};
pub(crate) use entry::read_reason;
pub use entry::{Reason, Revoked};
use index::Index;
pub use scope::IssuingDistributionPoint;

/// A CRL. Cheap to clone and to share: all clones have one encoding, one index of the entries, and one memory of who
/// has signed.
///
/// ```text
/// CertificateList ::= SEQUENCE { tbsCertList TBSCertList, signatureAlgorithm AlgorithmIdentifier, signatureValue BIT STRING }
/// TBSCertList ::= SEQUENCE {
///      version             Version OPTIONAL,
///      signature           AlgorithmIdentifier,
///      issuer              Name,
///      thisUpdate          Time,
///      nextUpdate          Time OPTIONAL,
///      revokedCertificates SEQUENCE OF SEQUENCE { userCertificate, revocationDate, crlEntryExtensions } OPTIONAL,
///      crlExtensions       [0] EXPLICIT Extensions OPTIONAL }
/// ```
#[derive(Clone)]
pub struct CertificateList(Arc<Inner>);

struct Inner {
    der: Box<[u8]>,
    tbs: Range<usize>,
    signature_algorithm: SignatureAlgorithm,
    /// Where the signature begins, which ends the encoding.
    signature: usize,
    fields: Fields,
    /// The key that is known to have signed. Only [`crate::path`] writes in it, and only a key that it trusts: who
    /// brings keys of his own making cannot take the place.
    signer: OnceLock<Fingerprint>,
}

struct Fields {
    version: u8,
    issuer: Name,
    this_update: Time,
    next_update: Option<Time>,
    entries: Index,
    unknown_critical: Option<Oid>,
    extensions: CrlExtensions,
}

#[derive(Default)]
struct CrlExtensions {
    number: Option<Vec<u8>>,
    delta_base: Option<Vec<u8>>,
    authority_key_id: Option<AuthorityKeyId>,
    scope: Option<IssuingDistributionPoint>,
    freshest: Option<CrlDistributionPoints>,
    information_access: Option<InformationAccess>,
    lists_expired_since: Option<Time>,
}

impl CertificateList {
    /// Reads a CRL and indexes its entries.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        Self::read(der).map_err(|why| Error::malformed("CRL", why))
    }

    fn read(der: &[u8]) -> Asn1Result<Self> {
        let (tbs, outer_algorithm, signature) = Input::all(der, signed_parts)?;
        let (fields, inner_algorithm) = Input::all(tbs, |input| input.in_sequence(|input| Fields::read(der, input)))?;
        if inner_algorithm != outer_algorithm {
            return refuse("the signature algorithm differs inside and outside (RFC 5280 §5.1.1.2)");
        }
        Ok(Self(Arc::new(Inner {
            tbs: position(der, tbs),
            signature_algorithm: Input::all(outer_algorithm, SignatureAlgorithm::read)?,
            signature: der.len() - signature.len(),
            fields,
            signer: OnceLock::new(),
            der: der.into(),
        })))
    }

    /// The DER encoding.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// Who has signed it.
    pub fn issuer(&self) -> &Name {
        &self.0.fields.issuer
    }

    /// When it was made.
    pub fn this_update(&self) -> Time {
        self.0.fields.this_update
    }

    /// When the next one is due.
    pub fn next_update(&self) -> Option<Time> {
        self.0.fields.next_update
    }

    /// cRLNumber: the content of the INTEGER.
    pub fn number(&self) -> Option<&[u8]> {
        self.0.fields.extensions.number.as_deref()
    }

    /// BaseCRLNumber of a delta CRL: the content of the INTEGER.
    pub fn delta_base(&self) -> Option<&[u8]> {
        self.0.fields.extensions.delta_base.as_deref()
    }

    /// authorityKeyIdentifier
    pub fn authority_key_id(&self) -> Option<&AuthorityKeyId> {
        self.0.fields.extensions.authority_key_id.as_ref()
    }

    /// issuingDistributionPoint: which certificates it covers, if not all of its issuer's.
    pub fn scope(&self) -> Option<&IssuingDistributionPoint> {
        self.0.fields.extensions.scope.as_ref()
    }

    /// freshestCRL (§5.2.6): distribution points of the delta CRLs that bring this complete one up to date.
    pub fn freshest_crl(&self) -> Option<&CrlDistributionPoints> {
        self.0.fields.extensions.freshest.as_ref()
    }

    /// authorityInfoAccess (§5.2.7): where certificates of its issuer are.
    pub fn authority_info_access(&self) -> Option<&InformationAccess> {
        self.0.fields.extensions.information_access.as_ref()
    }

    /// expiredCertsOnCRL (X.509 §9.5.2.8): certificates that ran out at this time or later are still listed.
    pub fn lists_expired_since(&self) -> Option<Time> {
        self.0.fields.extensions.lists_expired_since
    }

    /// A critical extension of the CRL or of an entry that is not known here, so that it must not be used (§5.2,
    /// §5.3).
    pub fn unknown_critical(&self) -> Option<&Oid> {
        self.0.fields.unknown_critical.as_ref()
    }

    /// 1 or 2.
    pub fn version(&self) -> u8 {
        self.0.fields.version
    }

    /// signatureAlgorithm
    pub fn signature_algorithm(&self) -> SignatureAlgorithm {
        self.0.signature_algorithm
    }

    /// The entry of the CRL issuer's own certificate with this serial number.
    pub fn revoked(&self, serial: &Serial) -> Option<Revoked> {
        self.revoked_of(self.issuer(), serial)
    }

    /// The entry of a certificate of any issuer; on an indirect CRL entries name whose they are.
    pub fn revoked_of(&self, issuer: &Name, serial: &Serial) -> Option<Revoked> {
        self.0.fields.entries.find(self.der(), issuer, serial)
    }

    /// How many certificates are listed.
    pub fn len(&self) -> usize {
        self.0.fields.entries.len()
    }

    /// How many octets the index of the entries takes, beside the encoding.
    pub fn index_octets(&self) -> usize {
        self.0.fields.entries.octets()
    }

    /// Whether nothing is revoked.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Checks the signature, and nothing else, with the issuer's key.
    pub fn verify_signature<'k>(&self, issuer: impl Into<VerifyingKey<'k>>) -> Result<(), Error> {
        let inner = &self.0;
        issuer.into().verify(inner.signature_algorithm, &inner.der[inner.tbs.clone()], &inner.der[inner.signature..])
    }

    /// Whether a path was found before on which this key has signed: of a big CRL the octets need not be hashed again.
    pub(crate) fn is_known_signer(&self, issuer: VerifyingKey<'_>) -> bool {
        self.0.signer.get() == Some(&issuer.fingerprint())
    }

    /// Remembers a key that has signed, and is trusted to.
    pub(crate) fn remember_signer(&self, issuer: VerifyingKey<'_>) {
        self.0.signer.get_or_init(|| issuer.fingerprint());
    }
}

impl Fields {
    fn read<'a>(der: &[u8], input: &mut Input<'a>) -> Asn1Result<(Self, &'a [u8])> {
        let version = match input.optional(Tag::Integer)? {
            None => 1,
            Some([1]) => 2,
            Some(_) => return refuse("a version that RFC 5280 does not know"),
        };
        let algorithm = input.raw()?;
        let issuer = input.raw()?;
        let this_update = input.time()?;
        let dated = input.next_is(Tag::UtcTime) || input.next_is(Tag::GeneralizedTime);
        let next_update = if dated { Some(input.time()?) } else { None };
        let entries = input.optional(Tag::Sequence)?.unwrap_or_default();
        // Without entries there is nowhere to look.
        let (entries, unknown_of_entry) = match entries {
            [] => Default::default(),
            entries => Index::read(der, entries, issuer)?,
        };
        let list = input.optional(context(0, true))?.map(|list| Input::all(list, read_list)).transpose()?;
        let (extensions, unknown) = CrlExtensions::take(list.unwrap_or_default())?;
        let fields = Self {
            version,
            issuer: Name::read(issuer)?,
            this_update,
            next_update,
            entries,
            unknown_critical: unknown.or(unknown_of_entry),
            extensions,
        };
        Ok((fields, algorithm))
    }
}

impl CrlExtensions {
    /// The extensions that are understood, and the first critical one that is not.
    fn take(list: Vec<Extension>) -> Asn1Result<(Self, Option<Oid>)> {
        let (mut known, mut unknown) = (Self::default(), None);
        for extension in list {
            let integer = || Input::all(&extension.value, |input| input.integer()).map(<[u8]>::to_vec);
            match extension.oid {
                oid::CRL_NUMBER => known.number = Some(integer()?),
                oid::DELTA_CRL_INDICATOR => known.delta_base = Some(integer()?),
                oid::AUTHORITY_KEY_IDENTIFIER => {
                    known.authority_key_id = Some(Input::all(&extension.value, AuthorityKeyId::read)?);
                }
                oid::ISSUING_DISTRIBUTION_POINT => {
                    known.scope = Some(Input::all(&extension.value, IssuingDistributionPoint::read)?);
                }
                oid::FRESHEST_CRL => {
                    known.freshest = Some(Input::all(&extension.value, CrlDistributionPoints::read)?);
                }
                oid::AUTHORITY_INFO_ACCESS => {
                    known.information_access = Some(Input::all(&extension.value, InformationAccess::read)?);
                }
                // It only adds to what the CRL proves, so that one with a fraction of a second is as good as none.
                oid::EXPIRED_CERTS_ON_CRL => {
                    known.lists_expired_since = Input::all(&extension.value, Input::generalized_time).ok();
                }
                other if extension.critical => unknown = unknown.or(Some(other)),
                _ => {}
            }
        }
        Ok((known, unknown))
    }
}

impl fmt::Debug for CertificateList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateList(of {} at {}, {} entries)", self.issuer(), self.this_update(), self.len())
    }
}
