//! `pearlbridge demo`: a demonstration province on one machine, made on first use and served on loopback.
//!
//! What is random in it comes from its master key, so that nothing has to be remembered elsewhere and a first start that
//! was cut off goes on where it stopped. `demo.json` says all that a script needs; it is written anew at each start.

mod description;
mod halls;
mod people;
mod place;

use std::sync::Arc;

use clap::Args;

use super::{Done, Failure, open, serve};
use crate::app::App;
use crate::{ca, telemetry};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The ceremony's script
    #[arg(long, default_value = "config/ceremony/demonstration.toml", value_name = "FILE")]
    ceremony: std::path::PathBuf,
}

pub(super) async fn run(options: Options) -> Done {
    let place = place::Place::from_environment()?;
    place.prepare()?;
    let settings = open::settings(Some(&place.settings_file()))?;
    telemetry::start_log(settings.telemetry.log);
    let script = ca::ceremony::load(&options.ceremony).map_err(|error| Failure::Unreadable(error.to_string()))?;
    let mut app = open::app(settings).await?;
    app.demonstration = true;
    app.ca.run_ceremony(&script, &mut |line| println!("made {line}")).await.map_err(Failure::no)?;
    app.repair().await.map_err(Failure::no)?;
    let people = people::settle(&app, &place).await?;
    halls::open(&mut app, &place).await?;
    description::write_description(&app, &place, &people).await?;
    let app = Arc::new(app);
    serve::serve(app.clone(), || greet(&app, &place, &people)).await
}

fn greet(app: &App, place: &place::Place, people: &[people::Settled]) {
    println!("\nA demonstration province is open. Trust {} in your browser first.\n", place.tls_root().display());
    println!("  issuer  {}", app.provider.issuer);
    for (hall, _) in &app.halls {
        println!(
            "  hall    {}  {}",
            hall.settings().url,
            hall.kind().names().get("zh-Hans").map_or("", String::as_str)
        );
    }
    println!("\n  people (password, then a code of the secret):");
    for person in people.iter().filter(|person| person.known) {
        println!(
            "    {:10} {:24} {}  {}",
            person.username,
            person.password,
            person.totp_secret,
            person.certificate.display()
        );
    }
    for person in people.iter().filter(|person| !person.known) {
        println!("\n  without an account yet: {}, password {}", person.p12.display(), person.p12_password);
    }
    let first = people.first().map_or("", |person| person.username.as_str());
    println!(
        "\nA first thing to try: open the first hall, choose an item, sign in as {first}; then open the second hall."
    );
    println!("Everything for scripts: {}\n", place.description().display());
}
