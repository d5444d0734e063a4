//! `pearlbridge trust …`: the trust list from a terminal; changes are logged as done by the machine's operator.

use std::path::PathBuf;

use clap::Subcommand;

use serde_json::json;

use super::{Done, Failure, Out, open};
use crate::app::App;
use crate::audit::Circumstance;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the records
    List,
    /// Change a record's status; its cross-certificate follows
    Status {
        /// Record
        record: String,
        /// granted, suspended or withdrawn
        #[arg(value_parser = crate::ca::bridge::STATUSES)]
        status: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

pub(super) async fn run(config: Option<PathBuf>, command: Command, out: Out) -> Done {
    let app = open::app(open::settings(config.as_deref())?).await?;
    match command {
        Command::List => list(&app, out).await?,
        Command::Status { record, status, reason } => {
            let circumstance = Circumstance::operator(app.clock.now());
            app.ca.set_record_status(&record, &status, &reason, circumstance).await.map_err(Failure::no)?;
            let ended = app.provider.sweep_sessions(app.identity.idle_since()).await.map_err(Failure::no)?;
            let text = format!("{record} is {status}; {ended} session(s) ended");
            out.say(text, &json!({"record": record, "status": status, "sessions_ended": ended}));
        }
    }
    app.store.close().await;
    Ok(())
}

async fn list(app: &App, out: Out) -> Done {
    for record in &app.trust.snapshot().await.map_err(Failure::no)?.records {
        let row = &record.row;
        let subject = record.issuing.subject().to_string();
        let text = format!("{:20} {:10} {:4} level {} {subject}", row.id, row.status, row.region, row.level);
        let value =
            json!({"id": row.id, "status": row.status, "region": row.region, "level": row.level, "issuing": subject});
        out.say(text, &value);
    }
    Ok(())
}
