//! `pearlbridge migrate`: brings the database up to date; the start does the same.

use std::path::PathBuf;

use super::{Done, Failure, open};
use crate::store::Store;

pub(super) async fn run(config: Option<PathBuf>) -> Done {
    let settings = open::settings(config.as_deref())?;
    let store = Store::open(&settings.database.url, settings.database.connections).await.map_err(Failure::no)?;
    store.close().await;
    println!("the database is up to date");
    Ok(())
}
