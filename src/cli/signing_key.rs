//! `pearlbridge signing-key …`: the keys that sign tokens, and what to do when one may be in wrong hands.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::{Value, json};

use super::{Done, Failure, Out, open};
use crate::app::App;
use crate::audit::Circumstance;
use crate::clock::{Micros, SECOND};
use crate::oidc::jose::Algorithm;
use crate::store::signing_key::SigningKey;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the keys that are published
    List,
    /// Publish a new key now, which signs as soon as clients have had time to see it
    Rotate {
        /// Algorithm: ES256, RS256, PS256, EdDSA
        alg: String,
    },
    /// Take a key away at once: what it signed is good no longer, and another one signs from now on
    Withdraw {
        /// Its `kid`
        kid: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

pub(super) async fn run(config: Option<PathBuf>, command: Command, out: Out) -> Done {
    let app = open::app(open::settings(config.as_deref())?).await?;
    let done = act(&app, command, out).await;
    app.store.close().await;
    done
}

async fn act(app: &App, command: Command, out: Out) -> Done {
    let now = app.clock.now();
    match command {
        Command::List => {
            for key in app.provider.signing_keys().await.map_err(Failure::no)? {
                say(&key, now, out);
            }
            Ok(())
        }
        Command::Rotate { alg } => {
            let known = Algorithm::from_name(&alg).ok_or_else(|| Failure::Unreadable(unknown(&alg)))?;
            let key = app.provider.replace_key(known, Circumstance::operator(now)).await.map_err(Failure::no)?;
            say(&key, now, out);
            Ok(())
        }
        Command::Withdraw { kid, reason } => {
            let next = app.provider.withdraw_key(&kid, &reason, Circumstance::operator(now)).await;
            let next = next.map_err(Failure::no)?.ok_or_else(|| Failure::No(format!("no key {kid} is published")))?;
            say(&next, now, out);
            Ok(())
        }
    }
}

fn unknown(alg: &str) -> String {
    format!("{alg}: tokens are signed by {}", Algorithm::ALL.map(Algorithm::name).join(", "))
}

fn say(key: &SigningKey, now: Micros, out: Out) {
    let state = state(key, now);
    let (from, until, removed) = (time(key.active_from), time(key.active_until), time(key.removed_at));
    out.say(
        format!("{:24} {:6} {state:9} signs {from} to {until}, published until {removed}", key.kid, key.alg),
        &json!({"kid": key.kid, "alg": key.alg, "state": state, "active_from": from, "active_until": until, "removed_at": removed, "jwk": public(key)}),
    );
}

fn state(key: &SigningKey, now: Micros) -> &'static str {
    if now < key.active_from {
        "published"
    } else if now < key.active_until {
        "signing"
    } else {
        "retiring"
    }
}

fn public(key: &SigningKey) -> Value {
    serde_json::from_str(&key.jwk).unwrap_or_default()
}

fn time(micros: Micros) -> String {
    pki::Time(micros.div_euclid(SECOND)).to_string()
}
