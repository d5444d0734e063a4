//! All SQL, one file a noun, written once for SQLite and PostgreSQL.
//!
//! A read takes a pooled connection and never waits for a writer; one by key, on the road of a login, is a look-up
//! ([`Store::look_up`]), which on SQLite is done on the thread that asks (`direct`). A change is a closure handed to
//! [`Store::write`]: on SQLite a single lane commits waiting changes in groups (`lane`), on PostgreSQL each is a transaction
//! of its own; either way the answer comes after the disk has it. Changes that race are one conditional statement
//! (`UPDATE … RETURNING`, `INSERT … ON CONFLICT`), never read-then-write. The functions of the nouns fail only when the
//! database does, or when a stored value is not what this program writes.
//!
//! Rows that expire are removed by `purge` functions, [`BATCH`] of a kind at once at most, so that nobody waits long for it.

/// Removes what a condition on `$1` finds in a table with a key, a batch at most. The condition stands outside too: on
/// PostgreSQL that is what is asked again of a row that somebody changed meanwhile.
macro_rules! expired {
    ($table:literal, $key:literal, $condition:literal) => {
        concat!(
            "DELETE FROM ",
            $table,
            " WHERE ",
            $key,
            " IN (SELECT ",
            $key,
            " FROM ",
            $table,
            " WHERE ",
            $condition,
            " LIMIT 500) AND ",
            $condition
        )
    };
}

pub mod attempt;
pub mod audit_event;
pub mod authority;
pub mod binding;
pub mod client;
pub mod client_token;
pub mod credential;
pub mod crl_signer;
pub mod device_request;
mod dialect;
mod direct;
pub mod evidence;
pub mod familiar_network;
pub mod grant;
pub mod hall;
pub mod initial_access_token;
pub mod job;
mod lane;
pub mod logout_delivery;
mod look_up;
pub mod mandate;
pub mod ocsp_answer;
pub mod passkey;
pub mod person;
pub mod phone_login;
pub mod pushed_request;
pub mod recovery_code;
pub mod sealed_key;
pub mod session;
pub mod shown_certificate;
pub mod signing_key;
pub mod software_issuer;
pub mod throttle;
pub mod trust_record;
pub mod used_identifier;

use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::any::AnyPoolOptions;
use sqlx::pool::{PoolConnection, PoolConnectionMetadata};
use sqlx::{Any, AnyPool, Connection as _};
use sqlx_core::any::driver::{AnyDriver, install_drivers as install};

pub use look_up::LookUp;
use look_up::Ready;

/// As many rows of a kind a `purge` removes at once.
pub const BATCH: u64 = 500;

/// A connection, inside or outside a transaction: what every function of this room works on.
pub type Connection = sqlx::AnyConnection;

/// What a change gives back: its value, or the error that undoes it.
pub type Change<'c, T, E> = BoxFuture<'c, std::result::Result<T, E>>;

/// Why the store could not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or could not be reached.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// There is no database, and none was to be made.
    #[error("there is no database {0}")]
    Absent(String),
    /// The database is of an older program, or no database of this program.
    #[error("the database is not up to date: {0} migration(s) are still to come")]
    Outdated(usize),
    /// The writer lane has stopped: the process is shutting down.
    #[error("the store is shutting down")]
    Closed,
    /// A migration failed, or the database is newer than this program.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A value in the database is not what this program writes.
    #[error("stored {noun} is damaged: {why}")]
    Damaged {
        /// What was read.
        noun: &'static str,
        /// What is wrong.
        why: String,
    },
}

impl Error {
    /// Whether a unique constraint refused the row.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(e)) if e.is_unique_violation())
    }
}

/// The result of this room's functions.
pub type Result<T> = std::result::Result<T, Error>;

/// The database.
#[derive(Clone, Debug)]
pub struct Store {
    pool: AnyPool,
    ready: Ready,
    writer: Writer,
}

#[derive(Clone, Debug)]
enum Writer {
    Lane(lane::Lane),
    Pool,
}

impl Store {
    /// Opens the database at `url` (`sqlite:PATH` is made if it is not there) and brings it up to date.
    ///
    /// # Errors
    /// When it cannot be reached, or holds a schema that this program does not know.
    pub async fn open(url: &str, connections: u32) -> Result<Self> {
        install_drivers();
        if let Some(path) = url.strip_prefix("sqlite:") {
            create_private(path)?;
            let pool = pool_options(1).after_connect(settle).connect(&sqlite(path)).await?;
            sqlx::migrate!("migrations/sqlite").run(&pool).await?;
            pool.close().await;
            return Self::connect_sqlite(path, connections).await;
        }
        let pool = pool_options(connections).connect(url).await?;
        sqlx::migrate!("migrations/postgres").run(&pool).await?;
        Ok(Self { pool, ready: Ready::default(), writer: Writer::Pool })
    }

    /// Opens the database at `url` as it is: it is neither made nor brought up to date.
    ///
    /// # Errors
    /// When it is not there, or not up to date.
    pub async fn open_existing(url: &str, connections: u32) -> Result<Self> {
        install_drivers();
        let (store, migrations) = match url.strip_prefix("sqlite:") {
            Some(path) if !std::path::Path::new(path).exists() => return Err(Error::Absent(path.to_owned())),
            Some(path) => (Self::connect_sqlite(path, connections).await?, sqlx::migrate!("migrations/sqlite")),
            None => {
                let pool = pool_options(connections).connect(url).await?;
                (Self { pool, ready: Ready::default(), writer: Writer::Pool }, sqlx::migrate!("migrations/postgres"))
            }
        };
        // Where nothing was ever migrated there is no such table.
        let applied = sqlx::query_scalar("SELECT version FROM _sqlx_migrations").fetch_all(&store.pool).await;
        let applied: Vec<i64> = applied.unwrap_or_default();
        match migrations.iter().filter(|migration| !applied.contains(&migration.version)).count() {
            0 => Ok(store),
            pending => {
                store.close().await;
                Err(Error::Outdated(pending))
            }
        }
    }

    async fn connect_sqlite(path: &str, connections: u32) -> Result<Self> {
        let mut direct = Vec::new();
        for _ in 0..=look_up::COUNT {
            direct.push(connect_direct(path.to_owned()).await?);
        }
        let writer = direct.pop().expect("one was made for it");
        let pool = pool_options(connections).after_connect(settle).connect(&sqlite(path)).await?;
        let path = path.to_owned();
        let reopen: lane::Reopen = Box::new(move || Box::pin(connect_direct(path.clone())));
        let writer = Writer::Lane(lane::Lane::start(writer, reopen).map_err(sqlx::Error::Io)?);
        Ok(Self { pool, ready: Ready::new(direct), writer })
    }

    /// A connection to look up rows by key with, a few pages each, and nothing that takes long: on SQLite the thread that
    /// asks is held up by it.
    ///
    /// # Errors
    /// When none can be had in time.
    pub async fn look_up(&self) -> Result<LookUp> {
        match self.ready.take() {
            Some(connection) => Ok(LookUp::Direct(connection)),
            None => Ok(LookUp::Pooled(self.read().await?)),
        }
    }

    /// A connection to read with.
    ///
    /// # Errors
    /// When none can be had in time.
    pub async fn read(&self) -> Result<PoolConnection<Any>> {
        Ok(self.pool.acquire().await?)
    }

    /// Runs `change` in a transaction, and answers when it is durable. An error undoes all of it.
    ///
    /// # Errors
    /// The change's own, or the database's.
    pub async fn write<T, E, F>(&self, change: F) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Change<'c, T, E> + Send + 'static,
    {
        match &self.writer {
            Writer::Lane(lane) => lane.write(change).await,
            Writer::Pool => self.write_alone(change).await,
        }
    }

    async fn write_alone<T, E, F>(&self, change: F) -> std::result::Result<T, E>
    where
        E: From<Error>,
        F: for<'c> FnOnce(&'c mut Connection) -> Change<'c, T, E>,
    {
        let mut transaction = self.pool.begin().await.map_err(Error::from)?;
        let value = change(&mut transaction).await?;
        transaction.commit().await.map_err(Error::from)?;
        Ok(value)
    }

    /// Whether the database answers, to readers and to writers: for `/readyz`.
    ///
    /// # Errors
    /// What it said instead.
    pub async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(&mut *self.read().await?).await?;
        self.write(|_| Box::pin(async { Ok(()) })).await
    }

    /// Connections that are in use, and idle ones.
    pub fn connections(&self) -> (i64, i64) {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let (all, idle) = (self.pool.size() as usize, self.pool.num_idle());
        (count(all.saturating_sub(idle)), count(idle))
    }

    /// Closes all connections, after the changes already handed in.
    pub async fn close(&self) {
        if let Writer::Lane(lane) = &self.writer {
            lane.close().await;
        }
        self.ready.close().await;
        self.pool.close().await;
    }
}

/// The value that counts the changes of `noun` (`trust`, `client`, `signing_key`).
///
/// # Errors
/// The database's.
pub async fn revision(connection: &mut Connection, noun: &str) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT value FROM revision WHERE noun = $1").bind(noun).fetch_one(connection).await?)
}

/// Marks `noun` as changed, so that every cache reads it anew.
///
/// # Errors
/// The database's.
pub async fn bump_revision(connection: &mut Connection, noun: &str) -> Result<()> {
    sqlx::query("UPDATE revision SET value = value + 1 WHERE noun = $1").bind(noun).execute(connection).await?;
    Ok(())
}

/// Makes an empty database file that its owner alone may read; SQLite gives its log the same mode. One that is there is left
/// as it is.
fn create_private(path: &str) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(sqlx::Error::Io(error).into()),
        _ => Ok(()),
    }
}

/// The drivers of this program: those of `sqlx`, and `direct`.
fn install_drivers() {
    static DRIVERS: [AnyDriver; 3] = [sqlx::sqlite::any::DRIVER, sqlx::postgres::any::DRIVER, direct::DRIVER];
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| install(&DRIVERS).expect("nobody else installs drivers"));
}

/// A connection that works on the thread that asks.
async fn connect_direct(path: String) -> sqlx::Result<Connection> {
    let mut connection = Connection::connect(&direct::address(&path)).await?;
    durable_sqlite(&mut connection).await?;
    Ok(connection)
}

/// The address of a file that is there, for the driver of `sqlx`.
fn sqlite(path: &str) -> String {
    format!("sqlite:{path}?mode=rw")
}

fn pool_options(connections: u32) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(5))
        .test_before_acquire(false)
}

fn settle(connection: &mut Connection, _: PoolConnectionMetadata) -> BoxFuture<'_, sqlx::Result<()>> {
    Box::pin(durable_sqlite(connection))
}

/// Write-ahead log, and a commit that returns only when the disk has it.
async fn durable_sqlite(connection: &mut Connection) -> std::result::Result<(), sqlx::Error> {
    for pragma in [
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "PRAGMA foreign_keys = ON",
        "PRAGMA busy_timeout = 5000",
        "PRAGMA cache_size = -4096",
        "PRAGMA secure_delete = ON",
    ] {
        sqlx::query(pragma).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Reads a JSON column.
fn from_json<T: serde::de::DeserializeOwned>(noun: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| Error::Damaged { noun, why: e.to_string() })
}

/// Writes a JSON column.
fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("the types of this room serialise to JSON")
}
