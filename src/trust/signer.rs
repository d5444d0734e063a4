//! Who signs a partner's lists, where that is not the key of its certificates: a list may say where the certificate of its
//! signer is (RFC 5280 §5.2.7), as one DER certificate or as a certs-only CMS message (§4.2.2.1); which of the two, its
//! content tells, not what the server calls it.
//!
//! It is asked for only when a list came that a partner's certificate names, in a partner's name, and was signed by a key
//! that nobody knows; it is kept only when that same partner, whose name the list bears, has certified the key for CRLs:
//! no partner speaks in the name of another, nor in the province's. Whether it counts is the engine's to judge, as of any
//! other certificate.

use pki::certificate::extension::KeyUsage;
use pki::cms::CertsOnly;
use pki::{Certificate, CertificateList};

use super::lately::What;
use super::{Record, Snapshot, Trust};
use crate::clock::SECOND;
use crate::store::{self, crl_signer::CrlSigner};

/// At most so many addresses of one list are asked.
const ADDRESSES: usize = 2;

/// At most so many certificates of one answer are looked at.
const CERTIFICATES: usize = 64;

impl Trust {
    /// Whether the certificate of who has signed the list could be had, and is kept now.
    pub(super) async fn find_signer(&self, snapshot: &Snapshot, list: &CertificateList) -> Result<bool, String> {
        if !snapshot.knows_name(list) {
            return Ok(false);
        }
        let access = list.authority_info_access();
        let addresses = access.into_iter().flat_map(|access| access.ca_issuers());
        for uri in addresses.filter(|uri| !uri.starts_with(&self.pki_url)).take(ADDRESSES) {
            let now = self.clock.now_seconds();
            let mut valid = self.certificates_at(uri).await.into_iter().filter(|one| one.is_valid_at(now));
            let found = valid.find_map(|one| snapshot.partner_behind(&one, list).map(|partner| (one, partner)));
            if let Some((signer, partner)) = found {
                self.keep_signer(uri, &signer, partner).await?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What there is at an address; nothing if it was asked lately.
    async fn certificates_at(&self, uri: &str) -> Vec<Certificate> {
        match self.lately.once(What::Signer(uri.to_owned()), self.fetch.get(uri)).await {
            None => Vec::new(),
            Some(Ok(answer)) => certificates_in(&answer),
            Some(Err(error)) => {
                tracing::warn!(uri, %error, "the certificate of who signed a revocation list could not be had");
                Vec::new()
            }
        }
    }

    async fn keep_signer(&self, uri: &str, signer: &Certificate, partner: &Certificate) -> Result<(), String> {
        let row = CrlSigner {
            fingerprint: signer.fingerprint().to_string(),
            // Not as the signer's certificate writes it, or one name would be many.
            issuer: partner.subject().to_string(),
            uri: uri.to_owned(),
            der: signer.der().to_vec(),
            used_at: self.clock.now(),
            not_after: signer.not_after().0.saturating_mul(SECOND),
        };
        let kept = self.store.write(move |tx| Box::pin(async move { store::crl_signer::keep(tx, &row).await }));
        kept.await.map_err(|error: store::Error| error.to_string())
    }
}

impl Snapshot {
    /// Whether the list is in the name of a partner's authority. Our own sign their lists themselves.
    fn knows_name(&self, list: &CertificateList) -> bool {
        let mut partners = self.records.iter().flat_map(|record| [&record.issuing, &record.root]);
        partners.any(|authority| authority.subject().matches(list.issuer()))
    }

    /// Whose list it is, if the signer has signed it and is certified for that by whose name the list bears.
    fn partner_behind(&self, signer: &Certificate, list: &CertificateList) -> Option<&Certificate> {
        let is_signer = signer.subject().matches(list.issuer())
            && signer.extensions().key_usage.is_some_and(|usage| usage.contains(KeyUsage::CRL_SIGN));
        let partner = self.partner_of(signer).filter(|_| is_signer)?;
        list.verify_signature(signer.public_key()).is_ok().then_some(partner)
    }

    /// The authority whose name a signer bears, if it or, of the same record, the root above it has certified the signer.
    pub(super) fn partner_of(&self, signer: &Certificate) -> Option<&Certificate> {
        self.records.iter().find_map(|record| certifier_in(record, signer))
    }
}

fn certifier_in<'r>(record: &'r Record, signer: &Certificate) -> Option<&'r Certificate> {
    let bears_name_of = |authority: &Certificate| authority.subject().matches(signer.subject());
    let is_certified_by = |authority: &Certificate| {
        authority.subject().matches(signer.issuer()) && signer.verify_signature(authority.public_key()).is_ok()
    };
    let (issuing, root) = (&record.issuing, &record.root);
    let by_issuing = || bears_name_of(issuing) && (is_certified_by(issuing) || is_certified_by(root));
    let by_root = || bears_name_of(root) && is_certified_by(root);
    if by_issuing() { Some(issuing) } else { Some(root).filter(|_| by_root()) }
}

/// What of an answer is a certificate.
pub(super) fn certificates_in(answer: &[u8]) -> Vec<Certificate> {
    if !CertsOnly::is_content_info(answer) {
        return Certificate::from_der(answer).into_iter().collect();
    }
    let message = CertsOnly::read(answer);
    let members = message.iter().flat_map(|message| message.certificates().take(CERTIFICATES).filter_map(Result::ok));
    members.collect()
}
