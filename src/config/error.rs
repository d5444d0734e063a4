//! What can be wrong with the settings, said so that the reader can go and mend it.

use std::path::PathBuf;

/// Why the settings could not be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field holds a value that cannot be used, or two fields contradict each other.
    #[error("{origin}: field `{field}`: {why}")]
    Invalid {
        /// The dotted name.
        field: String,
        /// Where it was set: `file:line`, the variable's name, or `default`.
        origin: String,
        /// What is wrong and what would be right.
        why: String,
    },
    /// The file is not TOML.
    #[error("{}:{line}: not TOML: {why}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// The parser's words.
        why: String,
    },
    /// A field that no version of this program knows.
    #[error("{origin}: unknown field `{field}` (config/default.toml lists every field)")]
    Unknown {
        /// The dotted name.
        field: String,
        /// Where it stands.
        origin: String,
    },
    /// The file could not be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}
