//! DSA parameters that a certificate leaves out (RFC 3279 §2.3.2): "if the CA signed the subject certificate using DSA,
//! then the certificate issuer's DSA parameters apply to the subject's DSA key"; the working_public_key_parameters of
//! RFC 5280 §6.1.4 (d) to (f).
//!
//! Such a key can check nothing until the path above it is known up to the parameters. So an edge below it is walked on
//! trust while the path is built, and checked when the path has reached an anchor. That it held on one path is never
//! taken for another: there the parameters may be others.
//!
//! A CRL or OCSP issuer beside the path whose key inherits its parameters is not believed.

use super::rules::Failure;
use super::search::Search;
use crate::algorithm::KeyAlgorithm;
use crate::{Certificate, Error};

/// The path (leaf first) with every inherited parameter filled in; `None` if there is none.
pub(super) fn completed(path: &[Certificate]) -> Option<Vec<Certificate>> {
    if !path.iter().any(|certificate| certificate.public_key().inherits_parameters()) {
        return None;
    }
    let mut completed: Vec<Certificate> = Vec::with_capacity(path.len());
    for certificate in path.iter().rev() {
        let whole = completed.last().and_then(|issuer| complete(certificate, issuer));
        completed.push(whole.unwrap_or_else(|| certificate.clone()));
    }
    completed.reverse();
    Some(completed)
}

fn complete(certificate: &Certificate, issuer: &Certificate) -> Option<Certificate> {
    let signed_by_dsa = matches!(issuer.public_key().algorithm(), KeyAlgorithm::Dsa { .. });
    let inherits = certificate.public_key().inherits_parameters();
    let key = certificate.public_key().with_parameters_of(issuer.public_key()).filter(|_| inherits && signed_by_dsa)?;
    certificate.with_completed_key(key).ok()
}

impl Search<'_> {
    /// Checks the signatures that the building left for later: those by the keys that inherit. The outer error is the
    /// end of the budget.
    pub(super) fn check_deferred(
        &mut self,
        path: &[Certificate],
        completed: &[Certificate],
    ) -> Result<Result<(), Failure>, Error> {
        for (place, issuer) in path.iter().enumerate().skip(1) {
            if issuer.public_key().inherits_parameters() {
                self.pay_signature(issuer.public_key().algorithm())?;
                let place = place - 1;
                if let Err(error) = completed[place].verify_signature(completed[place + 1].public_key()) {
                    return Ok(Err(Failure { error, place, intrinsic: false }));
                }
            }
        }
        Ok(Ok(()))
    }
}
