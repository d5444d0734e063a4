//! Which CRL speaks for which certificate (RFC 5280 §6.3.3 (a)-(c)), and where CRLs that are missing may be found.

use std::cell::OnceCell;
use std::rc::Rc;

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
    pub(super) place: Rc<Place>,
    pub(super) reasons: u16,
    /// cRLIssuer of the point, or the certificate's issuer.
    pub(super) crl_issuer: Name,
    pub(super) is_indirect: bool,
}

/// The names of a distribution point, in a certificate or in a CRL. What they are made alike for the comparison is done
/// once, however many are compared with them.
pub(super) struct Place {
    names: Vec<GeneralName>,
    normal: OnceCell<Vec<String>>,
}

/// The distribution points of the certificate, and at last the one that §6.3.3 assumes: "any available CRLs not
/// specified in a distribution point but issued by the certificate issuer".
pub(super) fn points_of(certificate: &Certificate) -> Vec<Point> {
    let points = certificate.extensions().crl_distribution_points.as_ref().map_or(&[][..], |points| &points.0);
    let issuer = certificate.issuer();
    let assumed = Point {
        place: Place::new(vec![GeneralName::Directory(issuer.clone())]),
        reasons: ALL_REASONS,
        crl_issuer: issuer.clone(),
        is_indirect: false,
    };
    points.iter().flat_map(|point| resolve(point, issuer)).chain([assumed]).collect()
}

/// One point for each name of its cRLIssuer.
fn resolve(point: &DistributionPoint, issuer: &Name) -> Vec<Point> {
    let is_indirect = !point.crl_issuer.is_empty();
    let crl_issuers = crl_issuers(point, issuer);
    // (b)(2)(i): "If … the distributionPoint field is omitted … verify that one of the names in the IDP matches one of the
    // names in the cRLIssuer field of the DP"
    let shared = match &point.name {
        None => Some(Place::new(point.crl_issuer.clone())),
        Some(DistributionPointName::Full(names)) => Some(Place::new(names.clone())),
        Some(DistributionPointName::Relative(_)) => None,
    };
    let place = |crl_issuer: &Name| match (&shared, &point.name) {
        (Some(place), _) => place.clone(),
        (None, name) => Place::new(name.iter().flat_map(|name| full_names(name, crl_issuer)).collect()),
    };
    let with = |crl_issuer: Name| Point {
        place: place(&crl_issuer),
        reasons: point.reasons.unwrap_or(ALL_REASONS) & ALL_REASONS,
        crl_issuer,
        is_indirect,
    };
    crl_issuers.into_iter().map(with).collect()
}

fn crl_issuers(point: &DistributionPoint, issuer: &Name) -> Vec<Name> {
    if point.crl_issuer.is_empty() {
        return vec![issuer.clone()];
    }
    let directory = |name: &GeneralName| match name {
        GeneralName::Directory(name) => Some(name.clone()),
        _ => None,
    };
    point.crl_issuer.iter().filter_map(directory).collect()
}

/// A name relative to the CRL issuer is that issuer's name with one RDN more (§4.2.1.13).
fn full_names(name: &DistributionPointName, crl_issuer: &Name) -> Vec<GeneralName> {
    match name {
        DistributionPointName::Full(names) => names.clone(),
        DistributionPointName::Relative(rdn) => crl_issuer.child(rdn).map(GeneralName::Directory).into_iter().collect(),
    }
}

/// The distribution point that a CRL says it is of, if it does.
pub(super) fn place_of(crl: &CertificateList) -> Option<Rc<Place>> {
    let name = crl.scope()?.name.as_ref()?;
    Some(Place::new(full_names(name, crl.issuer())))
}

/// §6.3.3 (b): issuer and scope, but for the place.
pub(super) fn is_in_scope(crl: &CertificateList, point: &Point, certificate: &Certificate) -> bool {
    let scope = crl.scope();
    // (b)(1): "If the DP includes cRLIssuer, then verify that … the CRL contains an IDP with indirectCRL asserted."
    if point.is_indirect && !scope.is_some_and(|scope| scope.indirect) {
        return false;
    }
    scope.is_none_or(|scope| {
        let right_kind = if certificate.is_ca() { !scope.only_user_certs } else { !scope.only_ca_certs };
        right_kind && !scope.only_attribute_certs
    })
}

/// How many URIs of a distribution point are made alike before they are compared; the rest must be the same octets.
const URIS: usize = 16;

impl Place {
    fn new(names: Vec<GeneralName>) -> Rc<Self> {
        Rc::new(Self { names, normal: OnceCell::new() })
    }

    /// How many names are compared with how many.
    pub(super) fn comparisons(&self, other: &Self) -> usize {
        self.names.len().saturating_mul(other.names.len())
    }

    /// (b)(2)(i): "verify that one of the names in the IDP matches one of the names in the DP". URIs match by §7.4; a look
    /// at their octets is enough nearly always.
    pub(super) fn shares_a_name(&self, other: &Self) -> bool {
        self.names.iter().any(|name| other.names.contains(name)) || {
            let others = other.normal_uris();
            !others.is_empty() && self.normal_uris().iter().any(|uri| others.contains(uri))
        }
    }

    fn normal_uris(&self) -> &[String] {
        self.normal.get_or_init(|| {
            let uris = self.names.iter().filter_map(|name| match name {
                GeneralName::Uri(uri) => Some(uri),
                _ => None,
            });
            uris.take(URIS).filter_map(|uri| normal_form(uri)).collect()
        })
    }
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
        for crl_issuer in crl_issuers(point, certificate.issuer()) {
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
