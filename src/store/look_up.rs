//! Connections that are at hand for look-ups: on SQLite a few that work on the thread that asks, on PostgreSQL those of the
//! pool.

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::pool::PoolConnection;
use sqlx::{Any, Connection as _};

use super::Connection;

/// A look-up holds its connection as long as the thread works on it: more than there are processors to work are seldom out
/// at once, and those find one in the pool.
pub(super) const COUNT: usize = 4;

/// Those that nobody holds; clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Ready(Arc<Mutex<VecDeque<Connection>>>);

impl Ready {
    pub(super) fn new(connections: Vec<Connection>) -> Self {
        Self(Arc::new(Mutex::new(connections.into())))
    }

    /// The one that was used last: its pages are the warmest.
    pub(super) fn take(&self) -> Option<Held> {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_back()?;
        Some(Held { connection: Some(connection), home: self.clone() })
    }

    pub(super) async fn close(&self) {
        let all = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for connection in all {
            if let Err(error) = connection.close().await {
                tracing::error!(%error, "a connection could not be closed");
            }
        }
    }
}

/// One that goes back when it is dropped.
#[derive(Debug)]
pub struct Held {
    connection: Option<Connection>,
    home: Ready,
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut home = self.home.0.lock().unwrap_or_else(PoisonError::into_inner);
        home.extend(self.connection.take());
    }
}

/// A connection to look up rows by key with.
#[derive(Debug)]
pub enum LookUp {
    /// Works on the thread that asks.
    Direct(Held),
    /// As for any read.
    Pooled(PoolConnection<Any>),
}

impl Deref for LookUp {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match self {
            Self::Direct(held) => held.connection.as_ref().expect("it is there until it is dropped"),
            Self::Pooled(pooled) => pooled,
        }
    }
}

impl DerefMut for LookUp {
    fn deref_mut(&mut self) -> &mut Connection {
        match self {
            Self::Direct(held) => held.connection.as_mut().expect("it is there until it is dropped"),
            Self::Pooled(pooled) => pooled,
        }
    }
}
