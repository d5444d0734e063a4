//! SQLite on the thread that asks. The driver of `sqlx` gives each connection a thread of its own, and hands every
//! statement over and every row back: on the road of a login that is most of its time. This one runs a statement where it
//! is awaited, and is never pending; so it is for the writer lane, which has a thread of its own, and for look-ups by key.
//!
//! To the rest of this room it is an [`AnyConnection`](sqlx::AnyConnection) as others are: it is the connection of a
//! driver of `sqlx` ([`database`]), with statements prepared and cached by `rusqlite`.

mod database;
mod error;

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::{self, BoxFuture};
use futures_util::stream::{self, BoxStream};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use sqlx::Either;
use sqlx_core::any::driver::AnyDriver;
use sqlx_core::any::{
    Any, AnyArguments, AnyColumn, AnyConnectionBackend, AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo,
    AnyTypeInfoKind, AnyValue, AnyValueKind,
};
use sqlx_core::describe::Describe;
use sqlx_core::ext::ustr::UStr;
use sqlx_core::sql_str::SqlStr;
use sqlx_core::transaction::{begin_ansi_transaction_sql, commit_ansi_transaction_sql, rollback_ansi_transaction_sql};

use database::Direct;
use error::translate;

/// The driver, which takes the addresses that [`address`] makes.
pub(super) const DRIVER: AnyDriver = AnyDriver::without_migrate::<Direct>();

/// As many statements a connection keeps prepared: more than this room has on any road.
const PREPARED: usize = 128;

type Result<T> = sqlx::Result<T>;

/// The address of a file for this driver. A path may hold what an address may not.
pub(super) fn address(path: &str) -> String {
    format!("{}:{}", database::SCHEME, hex::encode(path))
}

/// A connection.
#[derive(Debug)]
pub(super) struct DirectConnection {
    sqlite: rusqlite::Connection,
    /// What statements take and give, by their text.
    shapes: HashMap<String, Arc<Shape>>,
    depth: usize,
}

#[derive(Debug)]
struct Shape {
    /// Which argument each parameter stands for. SQLite counts `$3` as a name, and parameters in the order in which they
    /// are first named; the numbers are ours.
    parameters: Vec<usize>,
    names: Arc<sqlx_core::HashMap<UStr, usize>>,
    columns: Vec<AnyColumn>,
}

impl DirectConnection {
    fn open(path: &str) -> Result<Self> {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let sqlite = rusqlite::Connection::open_with_flags(path, flags).map_err(translate)?;
        sqlite.set_prepared_statement_cache_capacity(PREPARED);
        Ok(Self { sqlite, shapes: HashMap::new(), depth: 0 })
    }

    /// Runs a statement. Its rows go to `take` until that wants no more. Gives how many rows it has changed.
    fn run(&mut self, sql: &str, arguments: Option<AnyArguments>, mut take: impl FnMut(AnyRow) -> bool) -> Result<u64> {
        let mut statement = self.sqlite.prepare_cached(sql).map_err(translate)?;
        let shape = match self.shapes.get(sql) {
            // A column may have come in another transaction, and the statement with it.
            Some(shape) if shape.columns.len() == statement.column_count() => shape.clone(),
            _ => {
                self.shapes.insert(sql.to_owned(), Arc::new(Shape::of(&statement)));
                self.shapes[sql].clone()
            }
        };
        let arguments = arguments.unwrap_or_default().values.0;
        for (index, argument) in shape.parameters.iter().enumerate() {
            let missing = || sqlx::Error::AnyDriverError(format!("there is no argument for ${}", argument + 1).into());
            let value = arguments.get(*argument).ok_or_else(missing)?;
            statement.raw_bind_parameter(index + 1, bound(value)?).map_err(translate)?;
        }
        let reads = statement.readonly();
        let mut rows = statement.raw_query();
        let mut wanted = true;
        while let Some(row) = rows.next().map_err(translate)? {
            wanted = wanted && take(shape.row(row)?);
            // What changes rows is run to its end.
            if !wanted && reads {
                break;
            }
        }
        drop(rows);
        drop(statement);
        Ok(if reads { 0 } else { self.sqlite.changes() })
    }

    fn all(&mut self, sql: &str, arguments: Option<AnyArguments>) -> Vec<Result<Either<AnyQueryResult, AnyRow>>> {
        let mut found = Vec::new();
        let done = self.run(sql, arguments, |row| {
            found.push(Ok(Either::Right(row)));
            true
        });
        found.push(done.map(|rows_affected| Either::Left(AnyQueryResult { rows_affected, last_insert_id: None })));
        found
    }

    fn step(&mut self, sql: &SqlStr, depth: usize) -> Result<()> {
        self.run(sql.as_str(), None, |_| true)?;
        self.depth = depth;
        Ok(())
    }

    fn enter(&mut self, statement: Option<SqlStr>) -> Result<()> {
        if statement.is_some() && self.depth > 0 {
            return Err(sqlx::Error::InvalidSavePointStatement);
        }
        let sql = statement.unwrap_or_else(|| begin_ansi_transaction_sql(self.depth));
        self.step(&sql, self.depth + 1)
    }

    fn leave(&mut self, sql: impl FnOnce(usize) -> SqlStr) -> Result<()> {
        match self.depth {
            0 => Ok(()),
            depth => self.step(&sql(depth), depth - 1),
        }
    }

    fn end(self) -> Result<()> {
        self.sqlite.close().map_err(|(_, error)| translate(error))
    }
}

impl Shape {
    fn of(statement: &rusqlite::Statement<'_>) -> Self {
        let names = statement.column_names().into_iter().map(UStr::new);
        // SQLite's columns have no type that its values must have.
        let type_info = AnyTypeInfo { kind: AnyTypeInfoKind::Null };
        let column = |(ordinal, name)| AnyColumn { ordinal, name, type_info: type_info.clone() };
        let columns: Vec<AnyColumn> = names.enumerate().map(column).collect();
        let names = columns.iter().map(|column| (column.name.clone(), column.ordinal)).collect();
        Self { parameters: parameters(statement), names: Arc::new(names), columns }
    }

    fn row(&self, row: &rusqlite::Row<'_>) -> Result<AnyRow> {
        let read = |column: &AnyColumn| read(row.get_ref(column.ordinal).map_err(translate)?);
        let values = self.columns.iter().map(read).collect::<Result<_>>()?;
        Ok(AnyRow { column_names: self.names.clone(), columns: self.columns.clone(), values })
    }
}

/// `$3` is the third argument wherever it stands; `?` is the one of its place.
fn parameters(statement: &rusqlite::Statement<'_>) -> Vec<usize> {
    let numbered = |place: usize| statement.parameter_name(place).and_then(|name| name.get(1..)?.parse().ok());
    (1..=statement.parameter_count()).map(|place| numbered(place).unwrap_or(place).max(1) - 1).collect()
}

fn read(value: ValueRef<'_>) -> Result<AnyValue> {
    let kind = match value {
        ValueRef::Null => AnyValueKind::Null(AnyTypeInfoKind::Null),
        ValueRef::Integer(number) => AnyValueKind::BigInt(number),
        ValueRef::Real(number) => AnyValueKind::Double(number),
        ValueRef::Text(text) => {
            let text = std::str::from_utf8(text).map_err(|error| sqlx::Error::Decode(error.into()))?;
            AnyValueKind::Text(Arc::new(text.to_owned()))
        }
        ValueRef::Blob(bytes) => AnyValueKind::Blob(Arc::new(bytes.to_vec())),
    };
    Ok(AnyValue { kind })
}

fn bound(value: &AnyValueKind) -> Result<ToSqlOutput<'_>> {
    Ok(match value {
        AnyValueKind::Null(_) => ToSqlOutput::Owned(Value::Null),
        AnyValueKind::Bool(flag) => ToSqlOutput::Owned(Value::Integer((*flag).into())),
        AnyValueKind::SmallInt(number) => ToSqlOutput::Owned(Value::Integer((*number).into())),
        AnyValueKind::Integer(number) => ToSqlOutput::Owned(Value::Integer((*number).into())),
        AnyValueKind::BigInt(number) => ToSqlOutput::Owned(Value::Integer(*number)),
        AnyValueKind::Real(number) => ToSqlOutput::Owned(Value::Real((*number).into())),
        AnyValueKind::Double(number) => ToSqlOutput::Owned(Value::Real(*number)),
        AnyValueKind::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        AnyValueKind::TextSlice(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        AnyValueKind::Blob(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        // The enum is open; sqlx makes no others.
        other => return Err(sqlx::Error::AnyDriverError(format!("SQLite has no place for {other:?}").into())),
    })
}

impl AnyConnectionBackend for DirectConnection {
    fn name(&self) -> &str {
        "SQLite"
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        Box::pin(future::ready(self.end()))
    }

    fn close_hard(self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        Box::pin(future::ready(self.end()))
    }

    fn ping(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(future::ready(Ok(())))
    }

    fn begin(&mut self, statement: Option<SqlStr>) -> BoxFuture<'_, Result<()>> {
        Box::pin(future::ready(self.enter(statement)))
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(future::ready(self.leave(commit_ansi_transaction_sql)))
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(future::ready(self.leave(rollback_ansi_transaction_sql)))
    }

    fn start_rollback(&mut self) {
        if let Err(error) = self.leave(rollback_ansi_transaction_sql) {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
    }

    fn get_transaction_depth(&self) -> usize {
        self.depth
    }

    fn shrink_buffers(&mut self) {}

    fn flush(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(future::ready(Ok(())))
    }

    fn should_flush(&self) -> bool {
        false
    }

    fn fetch_many(
        &mut self,
        query: SqlStr,
        _: bool,
        arguments: Option<AnyArguments>,
    ) -> BoxStream<'_, Result<Either<AnyQueryResult, AnyRow>>> {
        Box::pin(stream::iter(self.all(query.as_str(), arguments)))
    }

    fn fetch_optional(
        &mut self,
        query: SqlStr,
        _: bool,
        arguments: Option<AnyArguments>,
    ) -> BoxFuture<'_, Result<Option<AnyRow>>> {
        let mut first = None;
        let done = self.run(query.as_str(), arguments, |row| {
            first = Some(row);
            false
        });
        Box::pin(future::ready(done.map(|_| first)))
    }

    fn prepare_with<'c, 'q: 'c>(&'c mut self, sql: SqlStr, _: &[AnyTypeInfo]) -> BoxFuture<'c, Result<AnyStatement>> {
        let prepared = self.sqlite.prepare_cached(sql.as_str()).map_err(translate).map(|statement| {
            let (shape, count) = (Shape::of(&statement), statement.parameter_count());
            (shape, count)
        });
        let prepared = prepared.map(|(shape, count)| AnyStatement {
            sql,
            parameters: Some(Either::Right(count)),
            column_names: shape.names,
            columns: shape.columns,
        });
        Box::pin(future::ready(prepared))
    }

    fn describe(&mut self, _: SqlStr) -> BoxFuture<'_, Result<Describe<Any>>> {
        let why = "queries are checked by the tests of both engines, not against a description";
        Box::pin(future::ready(Err(sqlx::Error::AnyDriverError(why.into()))))
    }
}

#[cfg(test)]
mod tests {
    use sqlx::AnyPool;

    use super::*;

    type Row = (String, Option<i64>, Option<Vec<u8>>, f64);

    async fn pool() -> (tempfile::TempDir, AnyPool) {
        crate::store::install_drivers();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a file with spaces, and %41.db");
        std::fs::File::create(&path).unwrap();
        let pool = AnyPool::connect(&address(path.to_str().unwrap())).await.unwrap();
        sqlx::query("CREATE TABLE t (k TEXT PRIMARY KEY, n BIGINT, b BLOB, r REAL)").execute(&pool).await.unwrap();
        (directory, pool)
    }

    #[tokio::test]
    async fn values_come_back_as_they_were_written() {
        let (_directory, pool) = pool().await;
        let insert = "INSERT INTO t (k, n, b, r) VALUES ($1, $2, $3, $4)";
        let written = sqlx::query(insert).bind("a").bind(7i64).bind([1u8, 2].as_slice()).bind(0.5).execute(&pool);
        assert_eq!(written.await.unwrap().rows_affected(), 1);
        let (number, bytes) = (None::<i64>, None::<Vec<u8>>);
        sqlx::query(insert).bind("b").bind(number).bind(bytes).bind(0.0).execute(&pool).await.unwrap();
        let rows: Vec<Row> = sqlx::query_as("SELECT k, n, b, r FROM t ORDER BY k").fetch_all(&pool).await.unwrap();
        assert_eq!(rows, [("a".to_owned(), Some(7), Some(vec![1, 2]), 0.5), ("b".to_owned(), None, None, 0.0)]);
    }

    #[tokio::test]
    async fn a_parameter_is_the_argument_of_its_number_wherever_it_stands() {
        let (_directory, pool) = pool().await;
        let sql = "SELECT $3 || $1 || $2 || $1";
        let text: String = sqlx::query_scalar(sql).bind("a").bind("b").bind("c").fetch_one(&pool).await.unwrap();
        assert_eq!(text, "caba");
        let missing = sqlx::query("SELECT $2").bind("a").fetch_one(&pool).await;
        assert!(missing.is_err_and(|error| error.to_string().contains("$2")));
    }

    #[tokio::test]
    async fn a_key_that_is_there_already_is_a_conflict() {
        let (_directory, pool) = pool().await;
        let insert = || sqlx::query("INSERT INTO t (k) VALUES ('a')").execute(&pool);
        insert().await.unwrap();
        assert!(crate::store::Error::from(insert().await.unwrap_err()).is_conflict());
    }

    #[tokio::test]
    async fn a_statement_with_returning_changes_every_row_although_one_is_looked_at() {
        let (_directory, pool) = pool().await;
        sqlx::query("INSERT INTO t (k, n) VALUES ('a', 0), ('b', 0)").execute(&pool).await.unwrap();
        let changed: Option<String> =
            sqlx::query_scalar("UPDATE t SET n = 1 RETURNING k").fetch_optional(&pool).await.unwrap();
        assert!(changed.is_some());
        let sum: i64 = sqlx::query_scalar("SELECT SUM(n) FROM t").fetch_one(&pool).await.unwrap();
        assert_eq!(sum, 2);
    }

    #[tokio::test]
    async fn a_transaction_that_is_dropped_leaves_nothing() {
        let (_directory, pool) = pool().await;
        let mut transaction = pool.begin().await.unwrap();
        sqlx::query("INSERT INTO t (k) VALUES ('a')").execute(&mut *transaction).await.unwrap();
        drop(transaction);
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM t").fetch_one(&pool).await.unwrap();
        assert_eq!(count, 0);
    }
}
