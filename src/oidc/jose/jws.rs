//! A compact JWS that others made: read strictly, believed only after its signature was checked.

use serde_json::{Map, Value};

use super::{Algorithm, Jwk, ecdsa};
use crate::id::from_base64url;

/// No token that is taken is longer: an assertion or a request object with some hundred claims.
const LONGEST: usize = 16 * 1024;

/// A token that was read and not yet checked.
#[derive(Clone, Debug)]
pub struct Jws<'t> {
    /// By which algorithm it says that it is signed.
    pub algorithm: Algorithm,
    /// By which key.
    pub kid: Option<String>,
    /// Its type, without `application/`, in small letters.
    pub typ: Option<String>,
    header: Map<String, Value>,
    claims: Map<String, Value>,
    input: &'t str,
    signature: Vec<u8>,
}

impl<'t> Jws<'t> {
    /// Reads a token: three parts of base64url, header and claims that are objects, an algorithm of the table, and no
    /// extension that would have to be understood ("If any of the listed extension Header Parameters are not understood
    /// … then the JWS is invalid", RFC 7515 §4.1.11).
    pub fn parse(token: &'t str) -> Option<Self> {
        if token.len() > LONGEST {
            return None;
        }
        let (input, signature) = token.rsplit_once('.')?;
        let (header, claims) = input.split_once('.').filter(|(_, claims)| !claims.contains('.'))?;
        let (header, claims) = (object(header)?, object(claims)?);
        // `b64` (RFC 7797) counts only where `crit` names it.
        if header.contains_key("crit") {
            return None;
        }
        Some(Self {
            algorithm: Algorithm::from_name(header.get("alg")?.as_str()?)?,
            kid: text(&header, "kid")?,
            typ: text(&header, "typ")?.map(|typ| media_type(&typ)),
            header,
            claims,
            input,
            signature: from_base64url(signature)?,
        })
    }

    /// A claim that says whose keys to look for; nothing else is to be decided by it.
    pub fn unverified(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str()
    }

    /// The key that the token brings along (`jwk`, RFC 7515 §4.1.3), which proves possession and nothing else.
    pub fn own_key(&self) -> Option<&Value> {
        self.header.get("jwk")
    }

    /// The claims, if `key` signed them by its own algorithm.
    pub fn verify(&self, key: &Jwk) -> Option<&Map<String, Value>> {
        let fits = self.algorithm.fits(key.key.algorithm()) && key.algorithm.is_none_or(|own| own == self.algorithm);
        if !fits {
            return None;
        }
        let der = match self.algorithm {
            Algorithm::Es256 => &ecdsa::der_from_fixed(&self.signature)?,
            _ => &self.signature,
        };
        key.key.verify(self.algorithm.signature(), self.input.as_bytes(), der).ok()?;
        Some(&self.claims)
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&from_base64url(part)?).ok()
}

/// A header parameter that is a string where it is there at all.
fn text(header: &Map<String, Value>, name: &str) -> Option<Option<String>> {
    match header.get(name) {
        None => Some(None),
        Some(Value::String(text)) => Some(Some(text.clone())),
        Some(_) => None,
    }
}

/// RFC 7515 §4.1.9: "application/" may be left out; media types know no case (RFC 2045 §5.1).
fn media_type(typ: &str) -> String {
    let small = typ.to_ascii_lowercase();
    small.strip_prefix("application/").filter(|rest| !rest.contains('/')).unwrap_or(&small).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::base64url;

    fn token(header: &str, claims: &str) -> String {
        format!("{}.{}.{}", base64url(header.as_bytes()), base64url(claims.as_bytes()), base64url(&[1; 64]))
    }

    #[test]
    fn a_token_is_read_only_as_the_standards_let_it_be() {
        assert!(Jws::parse(&token(r#"{"alg":"ES256"}"#, "{}")).is_some());
        for (header, claims) in [
            (r#"{"alg":"none"}"#, "{}"),
            (r#"{"alg":"HS256"}"#, "{}"),
            (r#"{"alg":["ES256"]}"#, "{}"),
            ("{}", "{}"),
            (r#"{"alg":"ES256","crit":["exp"]}"#, "{}"),
            (r#"{"alg":"ES256","crit":["b64"],"b64":false}"#, "{}"),
            (r#"{"alg":"ES256","kid":1}"#, "{}"),
            (r#"{"alg":"ES256"}"#, "[]"),
            (r#"{"alg":"ES256"}"#, "not JSON"),
            ("not JSON", "{}"),
        ] {
            assert!(Jws::parse(&token(header, claims)).is_none(), "{header} {claims}");
        }
        let good = token(r#"{"alg":"ES256"}"#, "{}");
        let parts = good.rsplit_once('.').unwrap().0;
        for bad in [parts, &format!("{parts}.{good}"), &format!("{parts}.a="), &format!("{parts}.+/"), ".."] {
            assert!(Jws::parse(bad).is_none(), "{bad}");
        }
        assert!(Jws::parse(&token(r#"{"alg":"ES256"}"#, &format!("{{\"a\":\"{}\"}}", "b".repeat(LONGEST)))).is_none());
    }

    #[test]
    fn a_type_is_compared_as_a_media_type() {
        for typ in ["dpop+jwt", "DPoP+JWT", "application/dpop+jwt"] {
            let token = token(&format!(r#"{{"alg":"ES256","typ":"{typ}"}}"#), "{}");
            assert_eq!(Jws::parse(&token).unwrap().typ.as_deref(), Some("dpop+jwt"));
        }
    }
}
