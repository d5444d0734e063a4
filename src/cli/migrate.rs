//! `pearlbridge migrate`: brings the database up to date; the start does the same.

use std::path::PathBuf;

use super::{Done, Failure, Out, open};
use crate::store::Store;

pub(super) async fn run(config: Option<PathBuf>, out: Out) -> Done {
    let settings = open::settings(config.as_deref())?;
    let store = Store::open(&settings.database.url, settings.database.connections).await.map_err(Failure::no)?;
    store.close().await;
    out.say("the database is up to date", &serde_json::json!({"up_to_date": true}));
    Ok(())
}
