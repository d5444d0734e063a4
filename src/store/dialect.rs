//! Where the two databases differ in what a statement says.

use super::Connection;

/// Whether writers wait for each other by rows, so that a statement has to say which rows it relies on (`FOR SHARE`). SQLite
/// has one writer at a time, and knows no such words.
pub(super) fn locks_rows(connection: &Connection) -> bool {
    connection.backend_name() == "PostgreSQL"
}
