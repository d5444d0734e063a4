//! Resource indicators (RFC 8707): for which resource servers a token is meant.
//!
//! A resource server is a client that is registered with a `resource`, the URI by which others name it; UserInfo is one
//! too, by its address. A token that names some counts there alone and holds, of its scope, what they know. One that names
//! none counts wherever one of its scopes is known, as before RFC 8707.

use url::Url;

use super::authorize::{Parameters, Rejection};
use super::{Error, Provider, Result, claims};
use crate::store::Connection;
use crate::store::client::Client;
use crate::store::{self};

/// So many a request may name: each is looked up.
const MOST: usize = 5;

/// As long as the URI of one may be.
const LONGEST: usize = 512;

/// Whom a token is meant for.
#[derive(Clone, Debug)]
pub(super) enum Target {
    /// Our own UserInfo, by its address.
    UserInfo(String),
    /// A resource server.
    Server(Box<Client>),
}

impl Target {
    fn resource(&self) -> &str {
        match self {
            Self::UserInfo(address) => address,
            Self::Server(server) => server.resource.as_deref().unwrap_or_default(),
        }
    }

    /// The client id of a resource server.
    pub(super) fn server(&self) -> Option<String> {
        match self {
            Self::UserInfo(_) => None,
            Self::Server(server) => Some(server.id.clone()),
        }
    }

    /// Whether a scope says something there: ours at UserInfo, its own at a resource server.
    fn knows(&self, scope: &str) -> bool {
        let ours = claims::SCOPES.contains(&scope);
        match self {
            Self::UserInfo(_) => ours,
            Self::Server(server) => !ours && server.scopes.split(' ').any(|known| known == scope),
        }
    }
}

/// Whether a text may be the URI of a resource: "MUST be an absolute URI … MUST NOT include a fragment component" (§2).
///
/// # Errors
/// What is wrong with it, in a sentence.
pub(super) fn check(resource: &str) -> std::result::Result<(), &'static str> {
    let plain = resource.bytes().all(|letter| letter.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&letter));
    if resource.len() > LONGEST || !plain {
        return Err("a resource is a URI of at most 512 characters");
    }
    match Url::parse(resource) {
        Ok(url) if url.fragment().is_none() => Ok(()),
        Ok(_) => Err("a resource has no fragment (RFC 8707 §2)"),
        Err(_) => Err("a resource is an absolute URI (RFC 8707 §2)"),
    }
}

/// The resources that a request names, each once.
///
/// # Errors
/// What is wrong with one of them.
pub(super) fn read(parameters: &Parameters) -> std::result::Result<Vec<String>, &'static str> {
    let mut named: Vec<String> = Vec::new();
    for resource in parameters.all("resource") {
        check(resource)?;
        if !named.contains(resource) {
            named.push(resource.clone());
        }
    }
    if named.len() > MOST { Err("a request names at most five resources") } else { Ok(named) }
}

/// Of what was granted, the resources that a token is to be for (§2.2): those that are named now, else all. Where none was
/// named before, each is less than was granted.
///
/// # Errors
/// [`Error::InvalidTarget`] where more is named.
pub(super) fn narrowed(granted: &str, parameters: &Parameters) -> Result<Vec<String>> {
    let granted: Vec<&str> = granted.split(' ').filter(|resource| !resource.is_empty()).collect();
    let named = read(parameters).map_err(Error::InvalidTarget)?;
    if named.is_empty() {
        return Ok(granted.into_iter().map(str::to_owned).collect());
    }
    match granted.is_empty() || named.iter().all(|resource| granted.contains(&resource.as_str())) {
        true => Ok(named),
        false => Err(Error::InvalidTarget("the resource was not asked for when access was granted")),
    }
}

/// Of a scope, what the targets know; all of it where there is none.
pub(super) fn scope_for(targets: &[Target], scope: &str) -> String {
    if targets.is_empty() {
        return scope.to_owned();
    }
    let known = scope.split(' ').filter(|scope| targets.iter().any(|target| target.knows(scope)));
    known.collect::<Vec<_>>().join(" ")
}

/// The resources of targets, as they are stored.
pub(super) fn joined(targets: &[Target]) -> String {
    targets.iter().map(Target::resource).collect::<Vec<_>>().join(" ")
}

/// Whether a token that is meant for `resources` counts at one of them.
pub(super) fn is_for(resources: &str, resource: Option<&str>) -> bool {
    resources.is_empty() || resource.is_some_and(|own| resources.split(' ').any(|resource| resource == own))
}

impl Provider {
    /// The address of UserInfo, which is its name as a resource.
    pub(super) fn userinfo_resource(&self) -> String {
        format!("{}/oauth2/userinfo", self.issuer)
    }

    /// Finds the targets of a token with this scope. Each must be there, and know a part of it: for the others the token
    /// would be good for nothing, or the client is not approved for them.
    ///
    /// # Errors
    /// [`Error::InvalidTarget`]; the database's.
    pub(super) async fn targets(&self, resources: &[String], scope: &str) -> Result<Vec<Target>> {
        let targets = self.known(resources, scope).await?;
        match targets.len() == resources.len() {
            true => Ok(targets),
            false => Err(Error::InvalidTarget("the resource is unknown, or knows nothing of the scope")),
        }
    }

    /// The same where a token request names none itself: of the resources that were granted, those that are still there. One
    /// server that was switched off is no reason to end what a person let in at the others. A token for nobody in particular,
    /// which would count everywhere, never comes of it.
    ///
    /// # Errors
    /// [`Error::InvalidTarget`] where none is left; the database's.
    pub(super) async fn targets_left(&self, granted: &[String], scope: &str) -> Result<Vec<Target>> {
        let targets = self.known(granted, scope).await?;
        match targets.is_empty() && !granted.is_empty() {
            true => Err(Error::InvalidTarget("of the resources that were granted none is left for the scope")),
            false => Ok(targets),
        }
    }

    async fn known(&self, resources: &[String], scope: &str) -> Result<Vec<Target>> {
        let mut targets = Vec::new();
        if resources.is_empty() {
            return Ok(targets);
        }
        let mut connection = self.store.read().await?;
        for resource in resources {
            let target = self.target(&mut connection, resource).await?;
            targets.extend(target.filter(|target| scope.split(' ').any(|scope| target.knows(scope))));
        }
        Ok(targets)
    }

    async fn target(&self, connection: &mut Connection, resource: &str) -> Result<Option<Target>> {
        if resource == self.userinfo_resource() {
            return Ok(Some(Target::UserInfo(resource.to_owned())));
        }
        let server = store::client::find_by_resource(connection, resource).await?;
        let server = server.filter(|server| server.disabled_at.is_none() && server.security.resource_server);
        Ok(server.map(|server| Target::Server(Box::new(server))))
    }

    /// The same for an authorization request, whose client is told in the browser.
    pub(super) async fn check_resources(
        &self,
        resources: &[String],
        scope: &str,
    ) -> Result<std::result::Result<(), Rejection>> {
        match self.targets(resources, scope).await {
            Ok(_) => Ok(Ok(())),
            Err(Error::InvalidTarget(why)) => Ok(Err(Rejection::new("invalid_target", why))),
            Err(other) => Err(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(resources: &[&str]) -> Parameters {
        Parameters::new(resources.iter().map(|resource| ("resource".to_owned(), (*resource).to_owned()))).unwrap()
    }

    #[test]
    fn a_resource_is_an_absolute_uri_without_fragment() {
        for good in ["https://records.example/api", "https://records.example/api?v=1", "urn:gd:records"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        let long = format!("https://records.example/{}", "x".repeat(LONGEST));
        for bad in [
            "",
            "records",
            "/api",
            "https://records.example/#",
            "https://records.example/a b",
            "https://粤.example/",
            &long,
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_token_request_names_less_than_was_granted_and_never_more() {
        let narrowed = |granted: &str, named: &[&str]| narrowed(granted, &parameters(named)).ok();
        let list =
            |resources: &[&str]| Some(resources.iter().map(|resource| (*resource).to_owned()).collect::<Vec<_>>());
        assert_eq!(narrowed("urn:a urn:b", &[]), list(&["urn:a", "urn:b"]));
        assert_eq!(narrowed("urn:a urn:b", &["urn:b", "urn:b"]), list(&["urn:b"]));
        assert_eq!(narrowed("urn:a urn:b", &["urn:b", "urn:c"]), None);
        assert_eq!(narrowed("", &["urn:c"]), list(&["urn:c"]));
        assert_eq!(narrowed("", &[]), list(&[]));
        assert_eq!(narrowed("", &["urn:a", "urn:b", "urn:c", "urn:d", "urn:e", "urn:f"]), None);
    }

    #[test]
    fn a_scope_is_cut_to_what_the_targets_know() {
        let server =
            Client { scopes: "profile records:read".into(), resource: Some("urn:a".into()), ..Client::new("a") };
        let (server, ours) = (Target::Server(Box::new(server)), Target::UserInfo("https://op/userinfo".into()));
        let scope = "openid profile records:read tax:pay";
        assert_eq!(scope_for(&[], scope), scope);
        assert_eq!(scope_for(std::slice::from_ref(&server), scope), "records:read");
        assert_eq!(scope_for(std::slice::from_ref(&ours), scope), "openid profile");
        assert_eq!(scope_for(&[ours.clone(), server.clone()], scope), "openid profile records:read");
        let both = joined(&[ours, server]);
        assert!(is_for(&both, Some("urn:a")) && !is_for(&both, Some("urn:b")) && !is_for(&both, None));
        assert!(is_for("", None));
    }
}
