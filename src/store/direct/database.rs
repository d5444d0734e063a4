//! What `sqlx` asks of a driver. Rows, values and statements of this one exist only in the form of [`sqlx::Any`], so that the
//! types which stand for its own have no value.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use log::LevelFilter;
use sqlx_core::any::{AnyConnectOptions, AnyConnectionBackend};
use sqlx_core::arguments::Arguments;
use sqlx_core::column::{Column, ColumnIndex};
use sqlx_core::connection::{ConnectOptions, Connection};
use sqlx_core::database::Database;
use sqlx_core::encode::Encode;
use sqlx_core::error::BoxDynError;
use sqlx_core::row::Row;
use sqlx_core::sql_str::SqlStr;
use sqlx_core::statement::Statement;
use sqlx_core::transaction::{Transaction, TransactionManager};
use sqlx_core::type_info::TypeInfo;
use sqlx_core::types::Type;
use sqlx_core::value::{Value, ValueRef};
use sqlx_core::{Either, Url};

use super::{DirectConnection, Result};

/// Of this driver's addresses.
pub(super) const SCHEME: &str = "sqlite-direct";

/// The driver.
#[derive(Debug)]
pub(in crate::store) struct Direct;

impl Database for Direct {
    type Connection = DirectConnection;
    type TransactionManager = Self;
    type Row = Never;
    type QueryResult = Changed;
    type Column = Never;
    type TypeInfo = Never;
    type Value = Never;
    type ValueRef<'r> = Never;
    type Arguments = Nothing;
    type ArgumentBuffer = Nothing;
    type Statement = Never;

    const NAME: &'static str = "SQLite";
    const URL_SCHEMES: &'static [&'static str] = &[SCHEME];
}

/// A file.
#[derive(Clone, Debug)]
pub(in crate::store) struct Options {
    path: String,
}

impl ConnectOptions for Options {
    type Connection = DirectConnection;

    fn from_url(url: &Url) -> Result<Self> {
        let path = hex::decode(url.path()).map_err(|error| sqlx::Error::Configuration(error.into()))?;
        let path = String::from_utf8(path).map_err(|error| sqlx::Error::Configuration(error.into()))?;
        Ok(Self { path })
    }

    async fn connect(&self) -> Result<DirectConnection> {
        DirectConnection::open(&self.path)
    }

    fn log_statements(self, _: LevelFilter) -> Self {
        self
    }

    fn log_slow_statements(self, _: LevelFilter, _: Duration) -> Self {
        self
    }
}

impl FromStr for Options {
    type Err = sqlx::Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::from_url(&text.parse().map_err(|error| sqlx::Error::Configuration(Box::new(error)))?)
    }
}

impl TryFrom<&AnyConnectOptions> for Options {
    type Error = sqlx::Error;

    fn try_from(options: &AnyConnectOptions) -> Result<Self> {
        Self::from_url(&options.database_url)
    }
}

impl Connection for DirectConnection {
    type Database = Direct;
    type Options = Options;

    async fn close(self) -> Result<()> {
        self.end()
    }

    async fn close_hard(self) -> Result<()> {
        self.end()
    }

    async fn ping(&mut self) -> Result<()> {
        Ok(())
    }

    async fn begin(&mut self) -> Result<Transaction<'_, Direct>> {
        Transaction::begin(self, None).await
    }

    fn shrink_buffers(&mut self) {}

    async fn flush(&mut self) -> Result<()> {
        Ok(())
    }

    fn should_flush(&self) -> bool {
        false
    }
}

impl TransactionManager for Direct {
    type Database = Self;

    async fn begin(connection: &mut DirectConnection, statement: Option<SqlStr>) -> Result<()> {
        AnyConnectionBackend::begin(connection, statement).await
    }

    async fn commit(connection: &mut DirectConnection) -> Result<()> {
        AnyConnectionBackend::commit(connection).await
    }

    async fn rollback(connection: &mut DirectConnection) -> Result<()> {
        AnyConnectionBackend::rollback(connection).await
    }

    fn start_rollback(connection: &mut DirectConnection) {
        AnyConnectionBackend::start_rollback(connection);
    }

    fn get_transaction_depth(connection: &DirectConnection) -> usize {
        AnyConnectionBackend::get_transaction_depth(connection)
    }
}

/// What a statement did, of which only the form of `Any` is used.
#[derive(Debug, Default)]
pub(in crate::store) struct Changed;

impl Extend<Self> for Changed {
    fn extend<T: IntoIterator<Item = Self>>(&mut self, _: T) {}
}

/// Arguments, of which there are none.
#[derive(Debug, Default)]
pub(in crate::store) struct Nothing;

impl Arguments for Nothing {
    type Database = Direct;

    fn reserve(&mut self, _: usize, _: usize) {}

    fn add<'t, T>(&mut self, _: T) -> std::result::Result<(), BoxDynError>
    where
        T: Encode<'t, Direct> + Type<Direct>,
    {
        Err("arguments of this driver are those of Any".into())
    }

    fn len(&self) -> usize {
        0
    }
}

sqlx_core::impl_into_arguments_for_arguments!(Nothing);

/// A type without a value.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::store) enum Never {}

impl fmt::Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl TypeInfo for Never {
    fn is_null(&self) -> bool {
        match *self {}
    }

    fn name(&self) -> &str {
        match *self {}
    }
}

impl Column for Never {
    type Database = Direct;

    fn ordinal(&self) -> usize {
        match *self {}
    }

    fn name(&self) -> &str {
        match *self {}
    }

    fn type_info(&self) -> &Self {
        match *self {}
    }
}

impl Row for Never {
    type Database = Direct;

    fn columns(&self) -> &[Self] {
        match *self {}
    }

    fn try_get_raw<I: ColumnIndex<Self>>(&self, _: I) -> Result<Self> {
        match *self {}
    }
}

impl Value for Never {
    type Database = Direct;

    fn as_ref(&self) -> Self {
        match *self {}
    }

    fn type_info(&self) -> Cow<'_, Self> {
        match *self {}
    }

    fn is_null(&self) -> bool {
        match *self {}
    }
}

impl ValueRef<'_> for Never {
    type Database = Direct;

    fn to_owned(&self) -> Self {
        match *self {}
    }

    fn type_info(&self) -> Cow<'_, Self> {
        match *self {}
    }

    fn is_null(&self) -> bool {
        match *self {}
    }
}

impl Statement for Never {
    type Database = Direct;

    fn into_sql(self) -> SqlStr {
        match self {}
    }

    fn sql(&self) -> &SqlStr {
        match *self {}
    }

    fn parameters(&self) -> Option<Either<&[Self], usize>> {
        match *self {}
    }

    fn columns(&self) -> &[Self] {
        match *self {}
    }

    sqlx_core::impl_statement_query!(Nothing);
}
