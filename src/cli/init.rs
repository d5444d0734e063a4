//! `pearlbridge init`: a key ceremony by its script. One that was cut off goes on where it stopped.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{Done, Failure, Out, open};
use crate::{ca, custody, telemetry};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The script
    #[arg(value_name = "CEREMONY.toml")]
    script: PathBuf,
}

pub(super) async fn run(config: Option<PathBuf>, options: Options, out: Out) -> Done {
    let settings = open::settings(config.as_deref())?;
    telemetry::start_log(settings.telemetry.log);
    let script = ca::ceremony::load(&options.script).map_err(|error| Failure::Unreadable(error.to_string()))?;
    if std::env::var_os(&settings.custody.master_key_variable).is_none() {
        let file = &settings.custody.master_key_file;
        custody::create_master_key(file).map_err(|error| Failure::unreadable(file, error))?;
    }
    let app = open::app(settings).await?;
    out.say(&script.title, &json!({"title": script.title}));
    app.ca
        .run_ceremony(&script, &mut |line| out.say(format!("  {line}"), &json!({"made": line})))
        .await
        .map_err(Failure::no)?;
    app.repair().await.map_err(Failure::no)?;
    app.store.close().await;
    Ok(())
}
