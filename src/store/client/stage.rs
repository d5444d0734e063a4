//! How far a client has come: the operator's are in production at once, those that register themselves after approval.

use super::{Error, Result};

/// The stage of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Approved.
    Production,
    /// It works, for people who are told that nobody has approved it and sign in at it.
    Sandbox,
    /// It waits for approval, and gets nothing.
    Pending,
    /// It waited, and the operator has said no.
    Refused,
    /// It took itself away; its row stays, since what people did there hangs on it.
    Deleted,
}

impl Stage {
    const NAMES: [(Self, &'static str); 5] = [
        (Self::Production, "production"),
        (Self::Sandbox, "sandbox"),
        (Self::Pending, "pending"),
        (Self::Refused, "refused"),
        (Self::Deleted, "deleted"),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(stage, _)| *stage == self).map_or("", |(_, name)| name)
    }

    /// The stage of a stored name.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(name: &str) -> Result<Self> {
        let found = Self::NAMES.iter().find(|(_, known)| *known == name).map(|(stage, _)| *stage);
        found.ok_or_else(|| Error::Damaged { noun: "client", why: format!("stage {name:?}") })
    }
}
