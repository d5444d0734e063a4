//! `pearlbridge audit …`: the events as they were written, a JSON value a line. They hold no secret, no token and no
//! identity number, since none is ever written into one; names and addresses they may hold.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::{Value, json};

use super::{Done, Failure, Out, open};
use crate::app::App;
use crate::clock::SECOND;
use crate::store;
use crate::store::audit_event::Row;

/// So many rows are read at once, so that a long log does not stand in memory.
const PAGE: i64 = 1000;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write all events to standard output, oldest first, as JSON lines
    Export {
        /// Begin after the event of this number
        #[arg(long, default_value_t = 0, value_name = "SEQ")]
        after: i64,
    },
}

pub(super) async fn run(config: Option<PathBuf>, command: Command) -> Done {
    let app = open::app(open::settings(config.as_deref())?).await?;
    let Command::Export { after } = command;
    let done = export(&app, after).await;
    app.store.close().await;
    done
}

async fn export(app: &App, mut after: i64) -> Done {
    let out = Out { json: true };
    loop {
        let mut connection = app.store.read().await.map_err(Failure::no)?;
        let rows = store::audit_event::after(&mut connection, after, PAGE).await.map_err(Failure::no)?;
        drop(connection);
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.seq;
        for row in &rows {
            out.say("", &value(row));
        }
    }
}

fn value(row: &Row) -> Value {
    let detail: Value = serde_json::from_str(&row.detail).unwrap_or_default();
    json!({
        "seq": row.seq,
        "at": pki::Time(row.at.div_euclid(SECOND)).to_string(),
        "kind": row.kind,
        "person": row.person_id,
        "actor": row.actor,
        "address": row.address,
        "detail": detail,
    })
}
