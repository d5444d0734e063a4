//! The scopes and claims of a client's record.

use super::{Result, invalid};
use crate::oidc::claims;
use crate::store::client::Client;

/// A scope is one of ours, or one of a resource server's: such a one holds a colon, so that none of ours is misspelt.
pub(super) fn is_known(scope: &str) -> bool {
    let plain = |letter: u8| letter.is_ascii_alphanumeric() || b"-._:/".contains(&letter);
    let foreign = scope.contains(':') && scope.len() <= 128 && scope.bytes().all(plain);
    claims::SCOPES.contains(&scope) || foreign
}

pub(super) fn check(client: &Client) -> Result<()> {
    let scopes: Vec<&str> = client.scopes.split(' ').collect();
    let signs_in = client.security.signs_people_in();
    if client.scopes.is_empty() && !signs_in {
        return Ok(());
    }
    if let Some(scope) = scopes.iter().find(|scope| !is_known(scope)) {
        let ours = claims::SCOPES.join(", ");
        return invalid(
            "scope",
            format!("{scope:?} is none of {ours}, and none of a resource server's (records:read)"),
        );
    }
    if signs_in && !scopes.contains(&"openid") {
        return invalid("scope", "must hold openid".to_owned());
    }
    let open: Vec<&str> = scopes.iter().flat_map(|scope| claims::of_scope(scope)).copied().collect();
    match client.claims.iter().flatten().find(|claim| !open.contains(&claim.as_str())) {
        Some(claim) => invalid("claims", format!("{claim:?} is none that the scopes hold: {}", open.join(", "))),
        None => Ok(()),
    }
}
