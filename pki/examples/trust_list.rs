//! Read a trust list: `trust_list LIST.xml SIGNER.der [RFC3339]`
//!
//! The list is believed when the signer whom the caller names has signed it. It then says who was recognised at which
//! time: the same question has another answer in another year.

use std::error::Error;
use std::time::SystemTime;

use pki::algorithm::AlgorithmPolicy;
use pki::trust::{Standing, TrustList, TrustService};
use pki::{Certificate, Time};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (list, signer, at) = match &arguments[..] {
        [list, signer] => (list, signer, now()?),
        [list, signer, at] => (list, signer, Time::parse_rfc3339(at).ok_or("the time is not by RFC 3339")?),
        _ => return Err("trust_list LIST.xml SIGNER.der [RFC3339]".into()),
    };
    let signer = Certificate::from_der(&std::fs::read(signer)?)?;
    let list = TrustList::from_signed_xml(&std::fs::read(list)?, &[signer], &AlgorithmPolicy::dated(), now()?)?;
    list.check_current(now()?)?;
    for line in standings(&list, at) {
        println!("{line}");
    }
    Ok(())
}

/// How each service stood at this time, a line each.
pub(crate) fn standings(list: &TrustList, at: Time) -> Vec<String> {
    let known = list.services.iter().filter_map(|service| Some((service, service.standing_at(at)?)));
    known.map(|(service, standing)| describe(service, standing)).collect()
}

fn describe(service: &TrustService, standing: &Standing) -> String {
    let name = standing.name.get("en").or_else(|| standing.name.values().next()).map_or("", String::as_str);
    let keys: Vec<String> = service.certificates().map(|certificate| certificate.fingerprint().to_string()).collect();
    format!("{name}: {:?} since {}, {}", standing.status, standing.from, keys.join(" "))
}

#[expect(clippy::disallowed_methods, reason = "the engine reads no clock: its caller does")]
fn now() -> Result<Time, Box<dyn Error>> {
    Ok(Time(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs().try_into()?))
}
