//! The sector of a client that registers itself: whom it shares its `sub` values with (OpenID Connect Core §8.1).

use std::collections::BTreeSet;

use url::{Host, Url};

use super::{Result, invalid};
use crate::fetch::Fetcher;
use crate::oidc::client_uri;
use crate::store::client::{CODE, DEVICE_CODE, Security};

/// A list of addresses may be so long, in addresses and in octets.
const LONGEST: usize = 200;
const LONGEST_TEXT: usize = 64 * 1024;

/// The sector by the addresses of a client, which is called `id`.
///
/// Who listens on a loopback address is whichever program got there first, and a name without a dot is whoever's it is in
/// the visitor's own network: each such client has a sector of its own. So has one that people sign in at without coming
/// back to its addresses, which then prove nothing of it.
pub(super) async fn sector(
    fetch: &Fetcher,
    id: &str,
    redirect_uris: &[String],
    security: &Security,
    listed_at: Option<&str>,
) -> Result<String> {
    if !security.may_use(CODE) || redirect_uris.is_empty() {
        return Ok(id.to_owned());
    }
    if let Some(uri) = listed_at {
        return listed(fetch, redirect_uris, uri).await;
    }
    let urls: Vec<Url> = redirect_uris.iter().filter_map(|uri| Url::parse(uri).ok()).collect();
    let hosts: BTreeSet<&str> = urls.iter().filter_map(Url::host_str).collect();
    match hosts.len() {
        0 => Ok(id.to_owned()),
        _ if urls.iter().all(client_uri::is_loopback) => Ok(id.to_owned()),
        1 if security.may_use(DEVICE_CODE) || hosts.iter().all(|host| !host.contains('.')) => Ok(id.to_owned()),
        1 => Ok(hosts.iter().map(|host| (*host).to_owned()).collect()),
        // "If there are multiple hostnames in the registered redirect_uris, the Client MUST register a sector_identifier_uri."
        _ => invalid("sector_identifier_uri", "is missing: the redirect_uris are of several hosts".to_owned()),
    }
}

/// "The values of the registered redirect_uris MUST be included in the elements of the array."
async fn listed(fetch: &Fetcher, redirect_uris: &[String], uri: &str) -> Result<String> {
    const FIELD: &str = "sector_identifier_uri";
    client_uri::check(uri).or_else(|why| invalid(FIELD, why))?;
    let host = Url::parse(uri).ok().filter(|url| url.scheme() == "https");
    let host = host.as_ref().and_then(Url::host).as_ref().map(Host::to_string);
    let Some(host) = host else { return invalid(FIELD, format!("{uri:?} is not https://")) };
    // What the other side said instead stays in our log: it may be a machine that the asker cannot see.
    let body = fetch.get(uri).await.or_else(|error| {
        tracing::info!(%error, "a sector_identifier_uri could not be read");
        invalid(FIELD, format!("{uri:?} could not be fetched"))
    })?;
    let list: Option<Vec<String>> =
        Some(&body).filter(|body| body.len() <= LONGEST_TEXT).and_then(|body| serde_json::from_slice(body).ok());
    let Some(list) = list.filter(|list| list.len() <= LONGEST) else {
        return invalid(FIELD, format!("{uri:?} does not hold a JSON list of at most {LONGEST} addresses"));
    };
    match redirect_uris.iter().find(|uri| !list.contains(uri)) {
        Some(missing) => invalid(FIELD, format!("{missing:?} is not in the list")),
        None => Ok(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn of(uris: &[&str]) -> Result<String> {
        of_client(uris, &[CODE]).await
    }

    async fn of_client(uris: &[&str], grant_types: &[&str]) -> Result<String> {
        let grant_types = grant_types.iter().map(ToString::to_string).collect();
        let security = Security { grant_types, ..Security::default() };
        let settings = crate::config::Fetch {
            allow_private: Vec::new(),
            tls_roots: "roots.pem".into(),
            max_bytes: 10,
            timeout: 1,
        };
        let uris: Vec<String> = uris.iter().map(ToString::to_string).collect();
        sector(&Fetcher::new(&settings, &[]).unwrap(), "id", &uris, &security, None).await
    }

    #[tokio::test]
    async fn the_host_is_the_sector_and_several_need_a_list() {
        assert_eq!(of(&["https://a.example/1", "https://a.example/2"]).await.unwrap(), "a.example");
        assert_eq!(of(&["http://127.0.0.1/1", "http://localhost/2"]).await.unwrap(), "id");
        assert_eq!(of(&[]).await.unwrap(), "id");
        assert!(of(&["https://a.example/1", "https://b.example/2"]).await.is_err());
        assert!(of(&["https://a.example/1", "http://localhost/2"]).await.is_err());
    }

    #[tokio::test]
    async fn an_address_that_nobody_comes_back_to_proves_no_sector() {
        let elsewhere = ["https://somebody-else.example/"];
        assert_eq!(of_client(&elsewhere, &[DEVICE_CODE]).await.unwrap(), "id");
        assert_eq!(of_client(&elsewhere, &[CODE, DEVICE_CODE]).await.unwrap(), "id");
        assert_eq!(
            of(&["https://tax-window/callback"]).await.unwrap(),
            "id",
            "a client of the operator's has such a name"
        );
    }
}
