//! `pearlbridge client …`: registers the windows and halls that may ask for a login; logged as done by the machine's
//! operator. A change counts at the next request of a server that runs.

mod admission;
mod program;
mod security;
mod show;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Done, Failure, Out, open};
use crate::app::App;
use crate::audit::Circumstance;
use crate::identity::level;
use crate::locale::Locale;
use crate::oidc::registration::{Error, described, in_every_language};
use crate::store::client::{AuthMethod, Change, Client, Security};
use program::Program;

/// What a new client is approved for when nothing else is said.
const SCOPES: &str = "openid profile";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Register a client; its secret is printed this once
    Add {
        /// Its client_id
        id: String,
        /// Clients of one sector know a person by the same `sub` [default: a sector of its own]
        #[arg(long)]
        sector: Option<String>,
        #[command(flatten)]
        fields: Fields,
    },
    /// List the clients
    List,
    /// Show a client and how to integrate it
    Show {
        /// Client
        id: String,
    },
    /// Print a program that signs people in as a client
    Program {
        /// Client
        id: String,
        /// For which library
        #[arg(long = "for", value_enum, default_value = "openid-client", value_name = "LIBRARY")]
        library: Program,
    },
    /// Change fields of a client; those that are not named stay
    Set {
        /// Client
        id: String,
        #[command(flatten)]
        fields: Fields,
    },
    /// Give a client a new secret; the old one is over at once
    RotateSecret {
        /// Client
        id: String,
    },
    /// Tokens by which clients register themselves (RFC 7591)
    #[command(subcommand)]
    InitialAccessToken(admission::Command),
    /// Let a client that registered itself into production: by another person than who made its token
    Approve(admission::Approval),
    /// Whose software statements are believed (RFC 7591 §2.3)
    SoftwareIssuer(admission::Issuer),
    /// Refuse a client everything, until it is enabled again
    Disable {
        /// Client
        id: String,
    },
    /// Enable a client again
    Enable {
        /// Client
        id: String,
    },
}

/// The fields of a client. Those that may be several are given once for each, and replace all of them.
#[derive(Debug, Args)]
pub(super) struct Fields {
    /// Its name as people see it, `zh-Hans=…`, `zh-Hant=…`, `en=…`, `pt=…`, or one name for all four
    #[arg(long = "name", value_name = "[LANGUAGE=]NAME", value_parser = name)]
    names: Vec<(Option<&'static str>, String)>,
    /// Where codes may go, exactly as the client sends it: https://, or http:// on a loopback address
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// Where a browser may go after sign-out; "" for nowhere
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    post_logout_redirect_uris: Vec<String>,
    /// Where logout tokens go; "" for nowhere
    #[arg(long, value_name = "URI")]
    backchannel_logout_uri: Option<String>,
    /// The scopes that it is approved for, space separated [new: "openid profile"]
    #[arg(long, value_name = "SCOPES")]
    scope: Option<String>,
    /// A claim that it is approved for within its scopes; "" for all of them [new: all]
    #[arg(long = "claim", value_name = "CLAIM")]
    claims: Vec<String>,
    /// The least level of a login there, urn:gd:loa:2 to urn:gd:loa:5, or the number alone [new: 2]
    #[arg(long, value_parser = acr)]
    acr: Option<i64>,
    /// How it proves at the token endpoint who it is; `none` is for applications on people's own machines [new: client_secret_basic]
    #[arg(long, value_name = "METHOD", value_parser = ["client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth", "none"])]
    auth_method: Option<String>,
    /// The URI by which clients name it as a resource server (RFC 8707); "" for none
    #[arg(long, value_name = "URI")]
    resource: Option<String>,
    /// Algorithm of its ID tokens [new: RS256, as libraries expect]
    #[arg(long, value_name = "ALG", value_parser = ["RS256", "ES256", "PS256", "EdDSA"])]
    id_token_alg: Option<String>,
    #[command(flatten)]
    security: security::Options,
}

pub(super) async fn run(config: Option<PathBuf>, command: Command, out: Out) -> Done {
    let app = open::app(open::settings(config.as_deref())?).await?;
    let done = act(&app, command, out).await;
    app.store.close().await;
    done
}

async fn act(app: &App, command: Command, out: Out) -> Done {
    match command {
        Command::Add { id, sector, fields } => add(app, &id, sector, fields, out).await,
        Command::List => list(app, out).await,
        Command::Show { id } => {
            show::registration(app, &find(app, &id).await?, None, out);
            admission::show(app, &id, out).await
        }
        Command::Program { id, library } => {
            let client = find(app, &id).await?;
            if let Some(why) = library.refuses(&client) {
                return Err(Failure::No(why.to_owned()));
            }
            let text = library.text(&client, &app.provider.issuer);
            out.say(&text, &json!({"client_id": client.id, "program": text}));
            Ok(())
        }
        Command::Set { id, fields } => set(app, &id, fields, out).await,
        Command::RotateSecret { id } => rotate_secret(app, &id, out).await,
        Command::InitialAccessToken(command) => admission::act(app, command, out).await,
        Command::Approve(approval) => admission::approve(app, approval, out).await,
        Command::SoftwareIssuer(issuer) => admission::believe(app, issuer, out).await,
        Command::Disable { id } => enable(app, &id, false, out).await,
        Command::Enable { id } => enable(app, &id, true, out).await,
    }
}

async fn add(app: &App, id: &str, sector: Option<String>, fields: Fields, out: Out) -> Done {
    let change = fields.change();
    let settings = Security::default().with(&change.security);
    let security = settings.map_err(|error| Failure::Unreadable(error.to_string()))?;
    // Who signs nobody in reads nothing of people, unless it is said.
    let scopes = if security.signs_people_in() { SCOPES } else { "" };
    let client = Client {
        names: change.names.unwrap_or_default(),
        sector: sector.unwrap_or_else(|| id.to_owned()),
        redirect_uris: change.redirect_uris.unwrap_or_default(),
        post_logout_redirect_uris: change.post_logout_redirect_uris.unwrap_or_default(),
        backchannel_logout_uri: change.backchannel_logout_uri.filter(|uri| !uri.is_empty()),
        scopes: change.scopes.unwrap_or_else(|| scopes.to_owned()),
        id_token_alg: change.id_token_alg.unwrap_or_else(|| if security.fapi { "PS256" } else { "RS256" }.to_owned()),
        auth_method: change.auth_method.unwrap_or(if security.fapi {
            AuthMethod::PrivateKeyJwt
        } else {
            AuthMethod::Basic
        }),
        level: change.level.unwrap_or(level::LOWEST),
        claims: change.claims.filter(|claims| !claims.is_empty()),
        resource: change.resource.filter(|resource| !resource.is_empty()),
        security,
        ..Client::new(id)
    };
    let secret = app.provider.register(client, operator(app)).await.map_err(failure)?;
    show::registration(app, &find(app, id).await?, secret.as_deref(), out);
    Ok(())
}

async fn list(app: &App, out: Out) -> Done {
    for client in app.provider.clients().await.map_err(failure)? {
        let state = if client.disabled_at.is_some() { "disabled" } else { "enabled" };
        let uris = client.redirect_uris.join(" ");
        out.say(
            format!("{:24} {state:8} {:20} {uris}", client.id, client.auth_method.name()),
            &json!(described(&client)),
        );
    }
    Ok(())
}

async fn set(app: &App, id: &str, fields: Fields, out: Out) -> Done {
    let client = app.provider.change_client(id, fields.change(), operator(app)).await.map_err(failure)?;
    out.say(show::text(&client), &json!(described(&client)));
    Ok(())
}

async fn rotate_secret(app: &App, id: &str, out: Out) -> Done {
    let secret = app.provider.rotate_client_secret(id, operator(app)).await.map_err(failure)?;
    let text = format!("client_secret  {secret}\n(shown this once; the one before it is over)");
    out.say(text, &json!({"client_id": id, "client_secret": secret}));
    Ok(())
}

async fn enable(app: &App, id: &str, enabled: bool, out: Out) -> Done {
    let changed = app.provider.set_client_enabled(id, enabled, operator(app)).await.map_err(failure)?;
    let state = if enabled { "enabled" } else { "disabled" };
    let already = if changed { "" } else { " already" };
    out.say(format!("{id} is {state}{already}"), &json!({"client_id": id, "disabled": !enabled, "changed": changed}));
    Ok(())
}

async fn find(app: &App, id: &str) -> Result<Client, Failure> {
    let found = app.provider.client(id).await.map_err(Failure::no)?;
    found.ok_or_else(|| failure(Error::Unknown(id.to_owned())))
}

fn operator(app: &App) -> Circumstance<'static> {
    Circumstance::operator(app.clock.now())
}

fn failure(error: Error) -> Failure {
    match error {
        Error::Invalid { .. } => Failure::Unreadable(error.to_string()),
        other => Failure::no(other),
    }
}

impl Fields {
    fn change(self) -> Change {
        Change {
            names: several(self.names).map(in_every_language),
            redirect_uris: several(self.redirect_uris).map(without_empty),
            post_logout_redirect_uris: several(self.post_logout_redirect_uris).map(without_empty),
            backchannel_logout_uri: self.backchannel_logout_uri,
            scopes: self.scope.map(|scope| scope.split_whitespace().collect::<Vec<_>>().join(" ")),
            id_token_alg: self.id_token_alg,
            auth_method: self.auth_method.as_deref().and_then(AuthMethod::from_name),
            level: self.acr,
            claims: several(self.claims).map(without_empty),
            resource: self.resource,
            security: self.security.change(),
        }
    }
}

/// What was not named is left alone.
fn several<T>(values: Vec<T>) -> Option<Vec<T>> {
    Some(values).filter(|values| !values.is_empty())
}

fn without_empty(values: Vec<String>) -> Vec<String> {
    values.into_iter().filter(|value| !value.is_empty()).collect()
}

fn name(text: &str) -> Result<(Option<&'static str>, String), String> {
    let tagged = Locale::ALL.iter().find_map(|locale| Some((locale.tag(), text.strip_prefix(locale.tag())?)));
    match tagged.and_then(|(tag, rest)| Some((tag, rest.strip_prefix('=')?))) {
        Some((tag, name)) => Ok((Some(tag), name.to_owned())),
        None => Ok((None, text.to_owned())),
    }
}

fn acr(text: &str) -> Result<i64, String> {
    let level = level::from_acr(text).or_else(|| level::from_acr(&level::acr(text.parse().ok()?)));
    level.ok_or_else(|| "a level is urn:gd:loa:2 to urn:gd:loa:5, or 2 to 5".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_written_as_acr_or_as_its_number() {
        assert_eq!((acr("urn:gd:loa:4"), acr("3")), (Ok(4), Ok(3)));
        assert!(acr("6").is_err() && acr("urn:gd:loa:1").is_err() && acr("high").is_err());
    }
}
