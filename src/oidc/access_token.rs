//! Access tokens: opaque, or a JWT for the one resource server that is registered so (RFC 9068). Either is kept by its digest,
//! so that introspection and revocation know it; whoever checks a JWT alone learns of a revocation when it expires.
//!
//! `sub` is pairwise: that of the resource server's sector, as introspection tells it, so that two servers cannot compare. A
//! JWT is therefore meant for one server. But its client can read it as well: two clients of one server would know that they
//! speak of one person. So a JWT with a person's subject is made only where client and server are of one sector, or the
//! operator let that client read it; every other gets an opaque token, about which the server asks.

use serde_json::{Map, Value, json};

use super::jose::Algorithm;
use super::resource::Target;
use super::token::{Wish, actors, confirmation};
use super::{Error, Provider, Result};
use crate::clock::{Micros, SECOND};
use crate::identity::level;
use crate::store::client::Client;
use crate::store::grant::Grant;

/// RFC 9068 §2.1: so that nobody takes an ID token for it, nor it for an ID token.
pub(super) const TYPE: &str = "at+jwt";

impl Provider {
    /// A new access token of `client`, for itself or for the person of a login, that counts from now until `expires_at`.
    ///
    /// # Errors
    /// [`Error::InvalidTarget`] where no one token can be for all that it is to be for; custody's.
    pub(super) async fn new_access_token(
        &self,
        client: &Client,
        login: Option<&Grant>,
        wish: &Wish,
        expires_at: Micros,
    ) -> Result<String> {
        let Some((server, algorithm)) = jwt_of(client, login.is_some(), &wish.targets)? else {
            return Ok(crate::id::new_dated_secret(self.clock.now()));
        };
        let subject = login.map_or_else(|| client.id.clone(), |grant| self.subject(server, &grant.person_id));
        let claims = json!({
            "iss": self.issuer,
            "sub": subject,
            "aud": server.resource,
            "client_id": client.id,
            "iat": self.clock.now() / SECOND,
            "exp": expires_at / SECOND,
            "jti": crate::id::new_id(),
        });
        let mut claims = claims.as_object().cloned().unwrap_or_default();
        add(&mut claims, login, wish);
        self.sign(algorithm, TYPE, Value::Object(claims)).await
    }
}

/// RFC 9068 §2.2.1, §2.2.3; RFC 9449 §6.1; RFC 8705 §3.1; RFC 8693 §4.1.
fn add(claims: &mut Map<String, Value>, login: Option<&Grant>, wish: &Wish) {
    let members = [
        ("scope", Some(json!(wish.scope)).filter(|_| !wish.scope.is_empty())),
        ("auth_time", login.map(|grant| json!(grant.auth_time / SECOND))),
        ("acr", login.map(|grant| json!(level::acr(grant.level)))),
        ("cnf", confirmation(&wish.binding)),
        ("act", actors(&wish.actors)),
    ];
    claims.extend(members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
}

/// The server that takes a JWT, and by which algorithm; `None` where the token is opaque.
fn jwt_of<'t>(client: &Client, of_person: bool, targets: &'t [Target]) -> Result<Option<(&'t Client, &'t str)>> {
    let taking = targets.iter().find_map(|target| match target {
        Target::Server(server) if of_person && !may_read(client, server) => None,
        Target::Server(server) => Some((server.as_ref(), server.security.access_token_signed_response_alg.as_deref()?)),
        Target::UserInfo(_) => None,
    });
    match taking {
        Some(_) if targets.len() > 1 => Err(Error::InvalidTarget(
            "one of the resources takes JWTs, which are for it alone: ask for a token for each",
        )),
        // FAPI 2.0 Security Profile §5.4.1.
        Some((_, alg)) if client.security.fapi && Algorithm::from_name(alg) == Some(Algorithm::Rs256) => {
            Err(Error::InvalidTarget("the resource takes RS256, and the client is held to FAPI 2.0"))
        }
        taking => Ok(taking),
    }
}

/// Whether a client may know by what subject a server knows a person. RFC 9068 §6: "Whenever client access to the access token
/// content presents privacy issues …, the authorization server needs to take explicit steps to prevent them", of which one is
/// "falling back on opaque access tokens".
fn may_read(client: &Client, server: &Client) -> bool {
    client.sector == server.sector || server.security.access_token_jwt_clients.contains(&client.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(id: &str, alg: Option<&str>) -> Target {
        let mut server = Client { resource: Some(format!("urn:{id}")), sector: "c".into(), ..Client::new(id) };
        server.security.access_token_signed_response_alg = alg.map(str::to_owned);
        Target::Server(Box::new(server))
    }

    #[test]
    fn a_jwt_is_for_one_server_and_by_no_algorithm_that_the_client_may_not_use() {
        let mut client = Client::new("c");
        let alg = |client: &Client, targets: &[Target]| {
            jwt_of(client, true, targets)
                .map(|found| found.map(|(_, alg)| alg.to_owned()))
                .map_err(|error| error.code())
        };
        assert_eq!(alg(&client, &[]), Ok(None));
        assert_eq!(alg(&client, &[server("a", None), server("b", None)]), Ok(None));
        assert_eq!(alg(&client, &[server("a", Some("RS256"))]), Ok(Some("RS256".to_owned())));
        assert_eq!(alg(&client, &[server("a", None), server("b", Some("ES256"))]), Err("invalid_target"));
        client.security.fapi = true;
        assert_eq!(alg(&client, &[server("a", Some("RS256"))]), Err("invalid_target"));
        assert_eq!(alg(&client, &[server("a", Some("PS256"))]), Ok(Some("PS256".to_owned())));
    }

    #[test]
    fn a_client_of_another_sector_reads_no_persons_subject_unless_the_operator_lets_it() {
        let stranger = Client::new("stranger");
        let is_jwt = |of_person, targets: &[Target]| jwt_of(&stranger, of_person, targets).unwrap().is_some();
        assert!(!is_jwt(true, &[server("a", Some("ES256"))]));
        assert!(
            !is_jwt(true, &[server("a", Some("ES256")), server("b", Some("ES256"))]),
            "one that is opaque is for both"
        );
        assert!(is_jwt(false, &[server("a", Some("ES256"))]), "its own token names nobody but itself");
        let Target::Server(mut letting) = server("a", Some("ES256")) else { unreachable!() };
        letting.security.access_token_jwt_clients = vec!["stranger".to_owned()];
        assert!(is_jwt(true, &[Target::Server(letting)]));
    }
}
