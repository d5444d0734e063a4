//! What a token is bound to, so that it is of no use to whoever has it alone.

use sqlx::FromRow;

/// Whoever shows the token proves all of it.
#[derive(Clone, Debug, Default, FromRow, PartialEq, Eq)]
pub struct Binding {
    /// Thumbprint of a key (RFC 9449 §6).
    pub jkt: Option<String>,
    /// SHA-256 of a client certificate, base64url (RFC 8705 §3.1).
    pub x5t: Option<String>,
}

impl Binding {
    /// Whether anybody may use the token.
    pub fn is_none(&self) -> bool {
        self.jkt.is_none() && self.x5t.is_none()
    }
}
