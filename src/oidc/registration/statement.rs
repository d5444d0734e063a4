//! Software statements (RFC 7591 §2.3): what somebody whom the operator knows says of a client's software, signed.

use serde_json::{Map, Value};

use super::{Error, Result};
use crate::clock::SECOND;
use crate::oidc::Provider;
use crate::oidc::jose::{self, Jws};
use crate::store::{self};

/// What JWT adds that is no field of a client (RFC 7519 §4.1).
const OF_JWT: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

const FIELD: &str = "software_statement";

impl Provider {
    /// The fields as a statement among them has them: "software statement values MUST take precedence".
    ///
    /// # Errors
    /// [`Error::Statement`].
    pub(super) async fn stated(&self, metadata: Map<String, Value>) -> Result<Map<String, Value>> {
        let text = match metadata.get(FIELD) {
            None | Some(Value::Null) => return Ok(metadata),
            Some(Value::String(text)) => text.clone(),
            Some(_) => return Err(wrong("is not a text")),
        };
        let jws = Jws::parse(&text).ok_or_else(|| wrong("is no signed JWT that can be read"))?;
        let issuer = jws.unverified("iss").ok_or_else(|| wrong("has no iss"))?;
        let keys = store::software_issuer::keys(&mut *self.store.read().await?, issuer).await?;
        let keys = keys.ok_or_else(|| unapproved("its issuer is not known here"))?;
        let keys = jose::candidates(&keys, jws.kid.as_deref(), jws.algorithm);
        let claims =
            keys.iter().find_map(|key| jws.verify(key)).ok_or_else(|| wrong("no key of its issuer signed it"))?;
        let now = self.clock.now() / SECOND;
        if claims.get("exp").is_some_and(|exp| exp.as_f64().is_none_or(|exp| exp as i64 <= now)) {
            return Err(unapproved("it has expired"));
        }
        let said = claims.iter().filter(|(name, _)| !OF_JWT.contains(&name.as_str()) && *name != FIELD);
        let said: Vec<_> = said.map(|(name, value)| (name.clone(), value.clone())).collect();
        let mut metadata = metadata;
        metadata.extend(said);
        Ok(metadata)
    }
}

fn wrong(why: &'static str) -> Error {
    Error::Statement { code: "invalid_software_statement", why }
}

fn unapproved(why: &'static str) -> Error {
    Error::Statement { code: "unapproved_software_statement", why }
}
