//! The partners' OCSP responders: asked when no list tells of a certificate, and their answers kept while they count.
//!
//! Lists come first: one answers for all certificates of an authority, and tells nobody who signs in here. As with lists
//! ([`super::evidence`]) a responder is asked only on behalf of a certificate that a known authority signed, and an
//! answer is kept only when that authority, or a responder that it has named, signed it. Whether it counts is the
//! engine's to judge. Nor is the same asked twice at a time or again at once, and a responder that does not answer is left
//! alone for a while ([`super::lately`]).
//!
//! There is no nonce in the request (RFC 5019 §2.1.1): answers that were made in advance are welcome, and how old one may
//! be is said by its own times and the record's.

use pki::ocsp::{BasicOcspResponse, CertId, CertStatus, SingleResponse};
use pki::path::{Missing, MissingKind};
use pki::{Certificate, OcspRequest, OcspResponse, oid};

use super::lately::What;
use super::{Snapshot, Trust};
use crate::clock::SECOND;
use crate::fetch;
use crate::store::ocsp_answer::OcspAnswer;
use crate::store::{self};

/// At most so many responders are asked for one judgement.
const RESPONDERS: usize = 4;

/// At most so many certificates of an answer are tried as its signer's.
const DELEGATES: usize = 4;

impl Trust {
    /// What was said before of the certificate of this issuer with this serial number.
    pub(super) async fn kept_answer(&self, issuer: &str, serial: &str) -> Option<OcspResponse> {
        let found = self.find_answer(issuer, serial).await;
        let kept = found.inspect_err(|error| tracing::error!(%error, "kept answers cannot be read")).ok()??;
        OcspResponse::from_der(&kept.der).ok()
    }

    async fn find_answer(&self, issuer: &str, serial: &str) -> store::Result<Option<OcspAnswer>> {
        let mut connection = self.store.read().await?;
        store::ocsp_answer::find(&mut connection, issuer, serial).await
    }

    /// Asks for the answers that are missing.
    pub(super) async fn ask_responders(&self, snapshot: &Snapshot, missing: &[Missing]) -> Vec<OcspResponse> {
        let mut answers = Vec::new();
        for (missing, uri) in self.responders(missing) {
            match self.ask_once(snapshot, missing, uri).await {
                Ok(answer) => answers.extend(answer),
                Err(why) => tracing::warn!(uri, why, "an OCSP answer could not be had"),
            }
        }
        answers
    }

    /// If somebody else has asked just now, what is in the store since.
    async fn ask_once(
        &self,
        snapshot: &Snapshot,
        missing: &Missing,
        uri: &str,
    ) -> Result<Option<OcspResponse>, String> {
        let ask = missing.ask.as_ref().ok_or("it is not known what to ask")?;
        if self.lately.knows(&What::Silence(uri.to_owned())) {
            return Ok(None);
        }
        match self.lately.once(What::status(uri, ask), self.try_ask(snapshot, missing, ask, uri)).await {
            Some(answer) => answer.map(Some),
            None => Ok(self.kept_answer(&missing.issuer.to_string(), &ask.serial().to_string()).await),
        }
    }

    /// Ours have lists, which are in the snapshot already.
    fn responders<'m>(&self, missing: &'m [Missing]) -> Vec<(&'m Missing, &'m String)> {
        let wanted = missing.iter().filter(|item| item.kind == MissingKind::Ocsp);
        let addresses = wanted.flat_map(|item| item.uris.iter().map(move |uri| (item, uri)));
        addresses.filter(|(_, uri)| !uri.starts_with(&self.pki_url)).take(RESPONDERS).collect()
    }

    async fn try_ask(
        &self,
        snapshot: &Snapshot,
        missing: &Missing,
        ask: &CertId,
        uri: &str,
    ) -> Result<OcspResponse, String> {
        let request = OcspRequest::new(std::slice::from_ref(ask), None).map_err(|error| error.to_string())?;
        let der = self.fetch.ask_ocsp(uri, request.der()).await.map_err(|error| self.note_silence(uri, &error))?;
        let response = OcspResponse::from_der(&der).map_err(|error| error.to_string())?;
        let basic = response.basic().ok_or_else(|| format!("it refuses: {}", response.status().name()))?;
        let single = basic.responses().iter().find(|single| single.id().means_same(ask));
        let single = single.ok_or("it speaks of another certificate")?;
        if !snapshot.vouches_for_answer(basic, ask) {
            return Err("neither an authority that we know nor a responder of its own has signed it".to_owned());
        }
        if single.status() != CertStatus::Unknown {
            self.keep_answer(missing, single, uri, der).await?;
        }
        Ok(response)
    }

    /// A status, or an answer that cannot be used, may be about the one certificate. Silence is about all.
    fn note_silence(&self, uri: &str, error: &fetch::Error) -> String {
        if matches!(error, fetch::Error::Failed { .. }) {
            self.lately.note(What::Silence(uri.to_owned()));
        }
        error.to_string()
    }

    async fn keep_answer(
        &self,
        missing: &Missing,
        single: &SingleResponse,
        uri: &str,
        der: Vec<u8>,
    ) -> Result<(), String> {
        let answer = OcspAnswer {
            issuer: missing.issuer.to_string(),
            serial: single.id().serial().to_string(),
            uri: uri.to_owned(),
            der,
            fetched_at: self.clock.now(),
            this_update: single.this_update().0 * SECOND,
            next_update: single.next_update().map(|time| time.0 * SECOND),
        };
        let kept = self.store.write(move |tx| Box::pin(async move { store::ocsp_answer::keep(tx, &answer).await }));
        kept.await.map_err(|error: store::Error| error.to_string())
    }
}

impl Snapshot {
    /// Whether the authority whose certificate was asked about is one that we know, and signed the answer or has named who
    /// did.
    fn vouches_for_answer(&self, answer: &BasicOcspResponse, ask: &CertId) -> bool {
        let signed_by = |certificate: &Certificate| answer.verify_signature(certificate.public_key()).is_ok();
        self.known_authorities().filter(|authority| ask.is_by(authority)).any(|authority| {
            let mut delegates = answer.certificates().iter().take(DELEGATES);
            signed_by(authority) || delegates.any(|delegate| is_delegate(delegate, authority) && signed_by(delegate))
        })
    }
}

/// RFC 6960 §4.2.2.2, as far as it takes to know whom an answer is from.
fn is_delegate(delegate: &Certificate, authority: &Certificate) -> bool {
    let purposes = delegate.extensions().extended_key_usage.as_ref();
    purposes.is_some_and(|purposes| purposes.0.contains(&oid::OCSP_SIGNING))
        && delegate.issuer().matches(authority.subject())
        && delegate.verify_signature(authority.public_key()).is_ok()
}
