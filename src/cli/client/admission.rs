//! `pearlbridge client initial-access-token …`, `approve`, `software-issuer`: who may register clients without the
//! operator, and which of them go into production.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Done, Failure, Out, failure, operator, security};
use crate::app::App;
use crate::clock::{DAY, SECOND};
use crate::oidc::registration::described;
use crate::store::client::Stage;
use crate::store::initial_access_token::InitialAccessToken;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Make one; it is printed this once
    New(Policy),
    /// List them
    List,
    /// End one; the clients that came by it stay
    Revoke {
        /// Its id
        id: String,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Policy {
    /// How many clients it registers
    #[arg(long, default_value_t = 1, value_name = "N")]
    uses: i64,
    /// For how many days it counts
    #[arg(long, default_value_t = 7, value_name = "N")]
    days: i64,
    /// What its clients may ask for, space separated
    #[arg(long, default_value = super::SCOPES, value_name = "SCOPES")]
    scope: String,
    /// The sector of its clients [default: that of their addresses]
    #[arg(long)]
    sector: Option<String>,
    /// What its clients are until they are approved: they work for people who are told (sandbox), or wait (pending)
    #[arg(long, default_value = "sandbox", value_parser = ["sandbox", "pending"])]
    stage: String,
    /// Whether they may leave PKCE out, as test suites do
    #[arg(long)]
    pkce_optional: bool,
    #[command(flatten)]
    by: Person,
}

/// Who sits at the terminal: two people let a client into production.
#[derive(Debug, Args)]
pub(in crate::cli) struct Person {
    /// Who you are [default: the name that you are logged in by]
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
}

impl Person {
    /// Behind `sudo` it is the one who called it.
    fn name(self) -> Result<String, Failure> {
        let variables = ["SUDO_USER", "USER", "LOGNAME"];
        let known = variables.iter().find_map(|name| std::env::var(name).ok().filter(|name| !name.is_empty()));
        self.name.or(known).ok_or_else(|| Failure::Unreadable("--as: say who you are".to_owned()))
    }
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Approval {
    /// Client
    id: String,
    /// The revision of its registration that you have seen (`client show`); nothing is approved that was changed since
    #[arg(long, value_name = "N")]
    revision: i64,
    #[command(flatten)]
    by: Person,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Issuer {
    /// Its name: the `iss` of its statements
    issuer: String,
    /// A file with its public keys, a JWK or a set of them; "" to believe it no longer
    #[arg(long, value_name = "FILE", value_parser = security::keys)]
    jwks: Value,
}

pub(super) async fn act(app: &App, command: Command, out: Out) -> Done {
    match command {
        Command::New(policy) => new(app, policy, out).await,
        Command::List => list(app, out).await,
        Command::Revoke { id } => revoke(app, &id, out).await,
    }
}

async fn new(app: &App, policy: Policy, out: Out) -> Done {
    let token = InitialAccessToken {
        id: crate::id::new_id(),
        maker: policy.by.name()?,
        stage: Stage::read(&policy.stage).map_err(Failure::no)?,
        scopes: policy.scope.split_whitespace().collect::<Vec<_>>().join(" "),
        sector: policy.sector,
        pkce_optional: policy.pkce_optional,
        uses_left: policy.uses,
        expires_at: app.clock.now() + policy.days.clamp(0, 1000) * DAY,
    };
    let secret = app.provider.admit(token.clone(), operator(app)).await.map_err(failure)?;
    let mut value = json(&token);
    if let Some(object) = value.as_object_mut() {
        object.insert("initial_access_token".to_owned(), json!(secret));
        object.insert("registration_endpoint".to_owned(), json!(format!("{}/oauth2/register", app.provider.issuer)));
    }
    let shown = "(shown this once; whoever holds it registers clients)";
    out.say(format!("{}\ninitial access token  {secret}\n{shown}", text(&token)), &value);
    Ok(())
}

async fn list(app: &App, out: Out) -> Done {
    for token in app.provider.admissions().await.map_err(failure)? {
        out.say(text(&token), &json(&token));
    }
    Ok(())
}

async fn revoke(app: &App, id: &str, out: Out) -> Done {
    let ended = app.provider.end_admission(id, operator(app)).await.map_err(failure)?;
    let already = if ended { "" } else { " already, or unknown" };
    out.say(format!("{id} is over{already}"), &json!({"id": id, "changed": ended}));
    Ok(())
}

fn text(token: &InitialAccessToken) -> String {
    let InitialAccessToken { id, maker, stage, scopes, uses_left, .. } = token;
    let (stage, until) = (stage.name(), pki::Time(token.expires_at / SECOND));
    format!("{id}  {stage}, {uses_left} left until {until}, for {scopes}, made by {maker}")
}

fn json(token: &InitialAccessToken) -> Value {
    json!({
        "id": token.id,
        "maker": token.maker,
        "stage": token.stage.name(),
        "scope": token.scopes,
        "sector": token.sector,
        "pkce_optional": token.pkce_optional,
        "uses_left": token.uses_left,
        "expires_at": token.expires_at / SECOND,
    })
}

/// What a client that registered itself said, and how often it changed that; on standard output as words alone, since the
/// record in JSON stands there already.
pub(super) async fn show(app: &App, id: &str, out: Out) -> Done {
    let Some(registration) = app.provider.registration_of(id).await.map_err(failure)? else { return Ok(()) };
    if !out.json {
        let about = Value::Object(registration.about);
        out.say(
            format!(
                "\nregistered itself by {}, revision {}, with {about}",
                registration.token_id, registration.revision
            ),
            &about,
        );
    }
    Ok(())
}

pub(super) async fn approve(app: &App, approval: Approval, out: Out) -> Done {
    let by = approval.by.name()?;
    let done = app.provider.approve_client(&approval.id, &by, approval.revision, operator(app)).await;
    let client = done.map_err(failure)?;
    out.say(format!("{} is in production", client.id), &Value::Object(described(&client)));
    Ok(())
}

pub(super) async fn believe(app: &App, issuer: Issuer, out: Out) -> Done {
    let keys = Some(issuer.jwks).filter(|keys| !keys.is_null());
    let believed = keys.is_some();
    app.provider.believe(&issuer.issuer, keys, operator(app)).await.map_err(failure)?;
    let state = if believed { "are believed" } else { "are believed no longer" };
    out.say(
        format!("the software statements of {} {state}", issuer.issuer),
        &json!({"issuer": issuer.issuer, "believed": believed}),
    );
    Ok(())
}
