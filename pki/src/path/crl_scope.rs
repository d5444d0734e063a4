//! Which CRL speaks for which certificate (RFC 5280 §6.3.3 (a)-(c)), and where CRLs that are missing may be found.

use super::freshness::{Freshness, Untimely};
use super::report::{Missing, MissingKind};
use crate::certificate::extension::{CrlDistributionPoints, DistributionPoint, DistributionPointName, KeyUsage};
use crate::name::GeneralName;
use crate::name::uri::normal_form;
use crate::ocsp::{CertId, CertIdHash};
use crate::{Certificate, CertificateList, Error, Name, Time};

/// The reasons of ReasonFlags, bits 1 to 8; bit 0 is unused.
pub(super) const ALL_REASONS: u16 = 0b1_1111_1110;

/// A distribution point with the names in full, whose CRL issuer is known.
pub(super) struct Point {
    pub(super) names: Vec<GeneralName>,
    pub(super) reasons: u16,
    /// cRLIssuer of the point, or the certificate's issuer.
    pub(super) crl_issuer: Name,
    pub(super) is_indirect: bool,
}

/// The distribution points of the certificate, and at last the one that §6.3.3 assumes: "any available CRLs not
/// specified in a distribution point but issued by the certificate issuer".
pub(super) fn points_of(certificate: &Certificate) -> Vec<Point> {
    let points = certificate.extensions().crl_distribution_points.as_ref().map_or(&[][..], |points| &points.0);
    let issuer = certificate.issuer();
    let assumed = Point {
        names: vec![GeneralName::Directory(issuer.clone())],
        reasons: ALL_REASONS,
        crl_issuer: issuer.clone(),
        is_indirect: false,
    };
    points.iter().flat_map(|point| resolve(point, issuer)).chain([assumed]).collect()
}

/// One point for each name of its cRLIssuer.
fn resolve(point: &DistributionPoint, issuer: &Name) -> Vec<Point> {
    let directory = |name: &GeneralName| match name {
        GeneralName::Directory(name) => Some(name.clone()),
        _ => None,
    };
    let indirect: Vec<_> = point.crl_issuer.iter().filter_map(directory).collect();
    let is_indirect = !point.crl_issuer.is_empty();
    let crl_issuers = if is_indirect { indirect } else { vec![issuer.clone()] };
    let with = |crl_issuer: Name| Point {
        // (b)(2)(i): "If … the distributionPoint field is omitted … verify that one of the names in the IDP matches
        // one of the names in the cRLIssuer field of the DP"
        names: point.name.as_ref().map_or_else(|| point.crl_issuer.clone(), |name| full_names(name, &crl_issuer)),
        reasons: point.reasons.unwrap_or(ALL_REASONS) & ALL_REASONS,
        crl_issuer,
        is_indirect,
    };
    crl_issuers.into_iter().map(with).collect()
}

/// A name relative to the CRL issuer is that issuer's name with one RDN more (§4.2.1.13).
fn full_names(name: &DistributionPointName, crl_issuer: &Name) -> Vec<GeneralName> {
    match name {
        DistributionPointName::Full(names) => names.clone(),
        DistributionPointName::Relative(rdn) => crl_issuer.child(rdn).map(GeneralName::Directory).into_iter().collect(),
    }
}

/// §6.3.3 (b): issuer and scope.
pub(super) fn is_in_scope(crl: &CertificateList, point: &Point, certificate: &Certificate) -> bool {
    let scope = crl.scope();
    // (b)(1): "If the DP includes cRLIssuer, then verify that … the CRL contains an IDP with indirectCRL asserted."
    if point.is_indirect && !scope.is_some_and(|scope| scope.indirect) {
        return false;
    }
    scope.is_none_or(|scope| {
        let same_place =
            scope.name.as_ref().is_none_or(|name| share_a_name(&full_names(name, crl.issuer()), &point.names));
        let right_kind = if certificate.is_ca() { !scope.only_user_certs } else { !scope.only_ca_certs };
        same_place && right_kind && !scope.only_attribute_certs
    })
}

/// How many URIs of a distribution point are made alike before they are compared; the rest must be the same octets.
const URIS: usize = 16;

/// (b)(2)(i): "verify that one of the names in the IDP matches one of the names in the DP". URIs match by §7.4; a look at
/// their octets is enough nearly always.
fn share_a_name(one: &[GeneralName], other: &[GeneralName]) -> bool {
    one.iter().any(|name| other.contains(name)) || {
        let others: Vec<_> = normal_uris(other).collect();
        !others.is_empty() && normal_uris(one).any(|uri| others.contains(&uri))
    }
}

fn normal_uris(names: &[GeneralName]) -> impl Iterator<Item = String> {
    let uris = names.iter().filter_map(|name| match name {
        GeneralName::Uri(uri) => Some(uri),
        _ => None,
    });
    uris.take(URIS).filter_map(|uri| normal_form(uri))
}

/// Whether a CRL may be used at all, whatever time is asked for.
pub(super) fn check_usable(crl: &CertificateList) -> Result<(), Error> {
    let unknown = |why: String| Err(Error::RevocationUnknown { why });
    let whose = || format!("the CRL of {}", crl.issuer());
    if let Some(extension) = crl.unknown_critical() {
        return unknown(format!("{} has the unknown critical extension {extension}", whose()));
    }
    // §5.1.2.5: nextUpdate MUST be there; §5.2.3: so MUST be the number, in version 2.
    match crl.next_update() {
        None => unknown(format!("{} does not say when the next is due", whose())),
        Some(_) if crl.version() == 2 && crl.number().is_none() => unknown(format!("{} has no number", whose())),
        Some(_) => Ok(()),
    }
}

/// Whether it is of the time that is asked for; if so, the time at which its signer is judged.
pub(super) fn check_timely(crl: &CertificateList, freshness: Freshness) -> Result<Time, Error> {
    let (whose, made) = (|| format!("the CRL of {}", crl.issuer()), crl.this_update());
    let unknown = |why: String| Error::RevocationUnknown { why };
    freshness.check(made, crl.next_update()).map_err(|untimely| match untimely {
        Untimely::Later => unknown(format!("{} is of {made}, after the time of validation", whose())),
        Untimely::Due(next_update) => Error::CrlExpired { issuer: crl.issuer().clone(), next_update },
        Untimely::TooOld(age) => unknown(format!("{} is of {made}, and may be {age} seconds old at most", whose())),
    })
}

/// Whether its silence proves nothing: it was made when the certificate had run out, and does not list what had. §3.3
/// wants a revocation to be on one CRL beyond that end, but which was the one?
pub(super) fn has_forgotten(crl: &CertificateList, certificate: &Certificate) -> bool {
    let end = certificate.not_after();
    crl.this_update() > end && crl.lists_expired_since().is_none_or(|since| since > end)
}

/// §6.3.3 (c), §5.2.4: same issuer (of whom both are looked for), same scope, same key; a base that is not newer than the
/// complete CRL, which is older than the delta CRL.
pub(super) fn is_delta_of(delta: &CertificateList, complete: &CertificateList) -> bool {
    let key_id = |crl: &CertificateList| crl.authority_key_id().cloned();
    delta.delta_base().is_some_and(|base| magnitude(Some(base)) <= magnitude(complete.number()))
        && magnitude(delta.number()) > magnitude(complete.number())
        && delta.scope() == complete.scope()
        && key_id(delta) == key_id(complete)
}

/// A CRL number, as something that can be compared: how many octets it has, and those octets.
pub(super) fn magnitude(number: Option<&[u8]>) -> (usize, &[u8]) {
    let number = number.unwrap_or_default();
    let digits = &number[number.iter().take_while(|octet| **octet == 0).count()..];
    (digits.len(), digits)
}

pub(super) fn has_named_key(crl: &CertificateList, signer: &Certificate) -> bool {
    let wanted = crl.authority_key_id().and_then(|id| id.key_id.as_ref());
    let had = signer.extensions().subject_key_id.as_ref().map(|id| &id.0);
    wanted.zip(had).is_none_or(|(wanted, had)| wanted == had)
}

/// §6.3.3 (f): "if a key usage extension is present in the CRL issuer's certificate, verify that the cRLSign bit is
/// set"
pub(super) fn may_sign_crls(signer: &Certificate) -> bool {
    signer.extensions().key_usage.is_none_or(|usage| usage.contains(KeyUsage::CRL_SIGN))
}

/// Where the certificate says that its status is found: CRLs by their issuer, and OCSP, with what to ask.
pub(super) fn missing_evidence(certificate: &Certificate, issuer: &Certificate) -> Vec<Missing> {
    let extensions = certificate.extensions();
    let points = extensions.crl_distribution_points.as_ref().map_or(&[][..], |points| &points.0);
    let mut missing: Vec<Missing> = Vec::new();
    for point in points {
        let uris = || point.uris().map(str::to_owned);
        for Point { crl_issuer, .. } in resolve(point, certificate.issuer()) {
            match missing.iter_mut().find(|crl| crl.issuer == crl_issuer) {
                Some(crl) => crl.uris.extend(uris()),
                None => missing.push(of_issuer(MissingKind::Crl, uris().collect(), &crl_issuer)),
            }
        }
    }
    if missing.is_empty() {
        missing.push(of_issuer(MissingKind::Crl, Vec::new(), certificate.issuer()));
    }
    let access = extensions.authority_info_access.as_ref();
    let uris: Vec<_> = access.map(|access| access.ocsp().map(str::to_owned).collect()).unwrap_or_default();
    if !uris.is_empty() {
        let ask = Some(CertId::of(CertIdHash::Sha1, certificate, issuer));
        missing.push(Missing { ask, ..of_issuer(MissingKind::Ocsp, uris, certificate.issuer()) });
    }
    missing
}

/// Where the CRL, or else the certificate, says that a delta CRL is found; nothing if neither does.
pub(super) fn missing_delta(crl: &CertificateList, certificate: &Certificate) -> Option<Missing> {
    let points = crl.freshest_crl().or(certificate.extensions().freshest_crl.as_ref())?;
    let uris = CrlDistributionPoints::uris(points).map(str::to_owned).collect();
    Some(of_issuer(MissingKind::DeltaCrl, uris, crl.issuer()))
}

/// The certificate of who has signed a CRL, if the CRL says where it is found (§5.2.7).
pub(super) fn missing_signer(crl: &CertificateList) -> Option<Missing> {
    let uris: Vec<_> = crl.authority_info_access()?.ca_issuers().map(str::to_owned).collect();
    (!uris.is_empty()).then(|| of_issuer(MissingKind::Issuer, uris, crl.issuer()))
}

fn of_issuer(kind: MissingKind, uris: Vec<String>, issuer: &Name) -> Missing {
    Missing { kind, uris, issuer: issuer.clone(), ask: None }
}
