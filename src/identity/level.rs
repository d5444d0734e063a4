//! Levels of assurance 2 to 5, as `acr` writes them (`urn:gd:loa:2` … `urn:gd:loa:5`).

/// The lowest level that a login can have.
pub const LOWEST: i64 = 2;
/// The highest.
pub const HIGHEST: i64 = 5;

const PREFIX: &str = "urn:gd:loa:";

/// The `acr` value of a level.
pub fn acr(level: i64) -> String {
    format!("{PREFIX}{level}")
}

/// The level of an `acr` value, if it is one of ours.
pub fn from_acr(value: &str) -> Option<i64> {
    let level = value.strip_prefix(PREFIX)?.parse().ok()?;
    (LOWEST..=HIGHEST).contains(&level).then_some(level)
}

/// The level of a login: the lower of what was proved of the person and of what the method can prove.
pub fn reached(of_person: i64, of_method: i64) -> i64 {
    of_person.min(of_method)
}
