//! `pearlbridge trust …`: the trust list from a terminal; changes are logged as done by the machine's operator.

use std::path::PathBuf;

use clap::Subcommand;

use super::{Done, Failure, open};
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

pub(super) async fn run(config: Option<PathBuf>, command: Command) -> Done {
    let app = open::app(open::settings(config.as_deref())?).await?;
    match command {
        Command::List => list(&app).await?,
        Command::Status { record, status, reason } => {
            let circumstance = Circumstance::operator(app.clock.now());
            app.ca.set_record_status(&record, &status, &reason, circumstance).await.map_err(Failure::no)?;
            println!("{record} is {status}");
        }
    }
    app.store.close().await;
    Ok(())
}

async fn list(app: &App) -> Done {
    for record in &app.trust.snapshot().await.map_err(Failure::no)?.records {
        let row = &record.row;
        println!("{:20} {:10} {:4} level {} {}", row.id, row.status, row.region, row.level, record.issuing.subject());
    }
    Ok(())
}
