//! The `claims` parameter (OpenID Connect Core §5.5) and `claims_locales`. What is asked for here is given only within what
//! the client is approved for, which is looked at when it is given.

use serde_json::{Map, Value};

use super::{Client, Parameters, Rejection};
use crate::identity::level;
use crate::locale::Locale;
use crate::oidc::claims::CLAIMS;
use crate::store::attempt::AuthorizationRequest;

/// The parameter may be so long …
const LONGEST: usize = 8192;

/// … and name so many claims in each part.
const MOST: usize = 64;

/// Those that always come.
const ALWAYS: [&str; 2] = ["acr", "sub"];

type Checked = Result<(), Rejection>;

/// Reads `claims`. "Other members MAY be present … that are not understood MUST be ignored", and so are claims that there
/// are none of.
pub(super) fn claims(_: &Client, parameters: &Parameters, request: &mut AuthorizationRequest) -> Checked {
    let Some(text) = parameters.get("claims") else { return Ok(()) };
    let value: Option<Value> =
        Some(text).filter(|text| text.len() <= LONGEST).and_then(|t| serde_json::from_str(t).ok());
    let Some(Value::Object(parts)) = value else {
        return wrong(format!("is no JSON object of at most {LONGEST} bytes"));
    };
    for name in ["id_token", "userinfo"] {
        let part = match parts.get(name) {
            None | Some(Value::Null) => continue,
            Some(Value::Object(part)) if part.len() <= MOST => part,
            Some(_) => return wrong(format!("{name} is no object of at most {MOST} claims")),
        };
        if let Some(bad) = part.iter().find(|(_, how)| !how.is_null() && !how.is_object()) {
            return wrong(format!("{name}.{} is neither null nor an object", bad.0));
        }
        let known = CLAIMS.iter().filter(|claim| part.contains_key(**claim) && !ALWAYS.contains(claim));
        let names = known.map(|claim| (*claim).to_owned()).collect();
        *(if name == "id_token" { &mut request.claims.id_token } else { &mut request.claims.userinfo }) = names;
        subject(part, request)?;
        acr(part, request)?;
    }
    Ok(())
}

fn wrong(why: impl std::fmt::Display) -> Checked {
    Err(Rejection::new("invalid_request", format!("claims: {why}")))
}

/// "If the sub (subject) Claim is requested with a specific value for the ID Token, the Authorization Server MUST only send a
/// positive response if the End-User identified by that sub value has an active session … or has been Authenticated"
/// (Core §3.1.2.2).
fn subject(part: &Map<String, Value>, request: &mut AuthorizationRequest) -> Checked {
    let Some(values) = part.get("sub").map(values) else { return Ok(()) };
    let Some(first) = values.first() else { return Ok(()) };
    if values.len() > 1 || request.subject.as_ref().is_some_and(|known| known != first) {
        return wrong("sub names several people");
    }
    request.subject = Some(first.clone());
    Ok(())
}

/// Core §5.5.1.1: an essential `acr` with values that cannot be reached is "a failed authentication attempt"; with others it
/// is the level of this login. One that is not essential is a wish: who cannot reach it gets in all the same.
fn acr(part: &Map<String, Value>, request: &mut AuthorizationRequest) -> Checked {
    let essential = part.get("acr").filter(|how| how.get("essential") == Some(&Value::Bool(true)));
    let Some(how) = essential else { return Ok(()) };
    let values = values(how);
    match values.iter().filter_map(|value| level::from_acr(value)).min() {
        Some(level) => request.level = request.level.max(level),
        None if !values.is_empty() => {
            let why = "no acr that the request calls essential can be reached here";
            return Err(Rejection::new("unmet_authentication_requirements", why));
        }
        None => {}
    }
    Ok(())
}

/// `value` or `values`, those that are text.
fn values(how: &Value) -> Vec<String> {
    let one = how.get("value").into_iter();
    let several = how.get("values").and_then(Value::as_array).into_iter().flatten();
    one.chain(several).filter_map(Value::as_str).map(str::to_owned).collect()
}

/// `claims_locales` (Core §5.2): of ours the names of people have scripts.
pub(super) fn locales(_: &Client, parameters: &Parameters, request: &mut AuthorizationRequest) -> Checked {
    let tags = parameters.get("claims_locales").unwrap_or_default().split(' ');
    for locale in tags.take(16).filter_map(Locale::from_tag) {
        let script = if ["en", "pt"].contains(&locale.tag()) { "Latn" } else { locale.tag() };
        if !request.claims.scripts.iter().any(|known| known == script) {
            request.claims.scripts.push(script.to_owned());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<AuthorizationRequest, &'static str> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let parameters = Parameters::new(pairs).unwrap();
        let mut request = super::super::empty(&Client::new("c"), "https://rp/cb", &parameters);
        let checks = [claims, locales].iter().try_for_each(|check| check(&Client::new("c"), &parameters, &mut request));
        checks.map(|()| request).map_err(|rejection| rejection.code)
    }

    #[test]
    fn claims_are_asked_for_by_their_names_in_either_place() {
        let text =
            r#"{"userinfo":{"name":{"essential":true},"nickname":null,"sub":null},"id_token":{"region":null},"x":1}"#;
        let request = read(&[("claims", text), ("claims_locales", "fr en zh-Hant pt")]).unwrap();
        assert_eq!(request.claims.userinfo, ["name"]);
        assert_eq!(request.claims.id_token, ["region"]);
        assert_eq!(request.claims.scripts, ["Latn", "zh-Hant"]);
    }

    #[test]
    fn an_essential_level_is_the_level_of_the_login_or_cannot_be_met() {
        let acr = |how: &str| read(&[("claims", &format!(r#"{{"id_token":{{"acr":{how}}}}}"#))]).map(|read| read.level);
        assert_eq!(acr(r#"{"essential":true,"values":["urn:gd:loa:5","urn:gd:loa:4"]}"#), Ok(4));
        assert_eq!(acr(r#"{"essential":true,"value":"urn:mace:gold"}"#), Err("unmet_authentication_requirements"));
        assert_eq!(acr(r#"{"value":"urn:mace:gold"}"#), Ok(level::LOWEST));
        assert_eq!(acr(r#"{"value":"urn:gd:loa:5"}"#), Ok(level::LOWEST), "a wish");
        assert_eq!(acr(r#"{"essential":true}"#), Ok(level::LOWEST));
    }

    #[test]
    fn one_person_may_be_named_and_what_is_no_request_is_refused() {
        let request = read(&[("claims", r#"{"id_token":{"sub":{"value":"a"}}}"#)]).unwrap();
        assert_eq!(request.subject.as_deref(), Some("a"));
        for bad in [
            "not JSON",
            "[]",
            r#"{"userinfo":[]}"#,
            r#"{"userinfo":{"name":true}}"#,
            r#"{"id_token":{"sub":{"values":["a","b"]}}}"#,
            r#"{"id_token":{"sub":{"value":"a"}},"userinfo":{"sub":{"value":"b"}}}"#,
            &format!(r#"{{"x":"{}"}}"#, "y".repeat(LONGEST)),
        ] {
            assert_eq!(read(&[("claims", bad)]).unwrap_err(), "invalid_request", "{bad}");
        }
    }
}
