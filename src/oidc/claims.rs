//! One claim set, whichever authority issued the certificate, released by scope and logged as disclosed. A client that is
//! approved for some claims alone gets those, with `sub` and `acr`.
//!
//! | scope | claims |
//! |---|---|
//! | `openid` | `sub`, `acr` |
//! | `profile` | `name`, `names`, `region`, `subject_kind`, `updated_at` |
//! | `organization` | `org`: the company that the person acts for (`acting`) |
//! | `identity` | `document_kind`, `document_number_masked`, `verified_by`, `verified_by_name`, `verified_how`, `verified_at` |

use serde_json::{Map, Value, json};

use super::dpop::Shown;
use super::{Error, Provider, Result, resource};
use crate::clock::SECOND;
use crate::identity::level;
use crate::store::client::Client;
use crate::store::grant::Grant;
use crate::store::person::{Document, Person};
use crate::store::{self, Connection};

/// Every scope that is known.
pub const SCOPES: [&str; 5] = ["openid", "profile", "identity", "organization", "offline_access"];

/// Every claim that UserInfo can hold.
pub const CLAIMS: [&str; 14] = [
    "sub",
    "acr",
    "name",
    "names",
    "region",
    "subject_kind",
    "updated_at",
    "document_kind",
    "document_number_masked",
    "verified_by",
    "verified_by_name",
    "verified_how",
    "verified_at",
    "org",
];

/// The claims that a scope opens.
pub fn of_scope(scope: &str) -> &'static [&'static str] {
    match scope {
        "openid" => &CLAIMS[..2],
        "profile" => &CLAIMS[2..7],
        "identity" => &CLAIMS[7..13],
        "organization" => &CLAIMS[13..],
        _ => &[],
    }
}

impl Provider {
    /// The UserInfo answer for an access token, written into the disclosure log.
    ///
    /// # Errors
    /// [`Error::InvalidToken`] when the token does not count, or is not shown as it must be; the proof's.
    pub async fn userinfo(&self, token: &str, shown: &Shown) -> Result<Value> {
        let mut connection = self.store.read().await?;
        let found = store::grant::of_access_token(&mut connection, &crate::id::digest(token), self.clock.now()).await?;
        let found = found.ok_or(Error::InvalidToken("the access token is unknown, expired or revoked"))?;
        // The claims are for whom the person let in, as whom they would be given.
        if !found.actors.is_empty() {
            return Err(Error::InvalidToken("the access token is one of token exchange, which is not for UserInfo"));
        }
        let grant = found.grant;
        if !resource::is_for(&grant.resources, Some(&self.userinfo_resource())) {
            return Err(Error::InvalidToken("the access token is meant for another resource server"));
        }
        let person = store::person::find(&mut connection, &grant.person_id).await?;
        let person = person.ok_or(Error::InvalidToken("the account is gone"))?;
        let client = store::client::find(&mut connection, &grant.client_id).await?;
        let client = client.filter(|client| client.disabled_at.is_none());
        let client = client.ok_or(Error::InvalidToken("the client is gone or disabled"))?;
        let document = store::person::documents(&mut connection, &person.id).await?.into_iter().next();
        let verified_by = verifier(&mut connection, &person).await?;
        let organization = self.organization(&mut connection, &client, &grant).await?;
        drop(connection);
        self.check_possession(&client, token, &found.binding, shown).await?;
        let mut claims = self.claims(&client, &grant, &person, document.as_ref(), verified_by);
        claims.extend(organization.map(|organization| ("org".to_owned(), Value::Object(organization))));
        self.disclose(&grant, &claims).await?;
        Ok(Value::Object(claims))
    }

    fn claims(
        &self,
        client: &Client,
        grant: &Grant,
        person: &Person,
        document: Option<&Document>,
        verified_by: Verifier,
    ) -> Map<String, Value> {
        let mut claims = Map::new();
        for scope in client.approved(&grant.scope).split(' ') {
            match scope {
                "profile" => profile(&mut claims, person),
                "identity" => identity(&mut claims, person, document, &verified_by),
                _ => {}
            }
        }
        if let Some(approved) = &client.claims {
            claims.retain(|name, _| approved.contains(name));
        }
        claims.insert("sub".into(), self.subject(client, &person.id).into());
        claims.insert("acr".into(), level::acr(grant.level).into());
        claims
    }

    async fn disclose(&self, grant: &Grant, claims: &Map<String, Value>) -> Result<()> {
        let names: Vec<&str> = claims.keys().map(String::as_str).collect();
        let (person, client, names, now) =
            (grant.person_id.clone(), grant.client_id.clone(), names.join(" "), self.clock.now());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    Ok::<_, Error>(store::audit_event::disclose(tx, &person, &client, &names, now).await?)
                })
            })
            .await
    }
}

fn profile(claims: &mut Map<String, Value>, person: &Person) {
    claims.insert("name".into(), display_name(person).into());
    claims.insert("names".into(), json!(person.names));
    claims.insert("region".into(), person.region.clone().into());
    claims.insert("subject_kind".into(), person.kind.clone().into());
    claims.insert("updated_at".into(), (person.verified_at / SECOND).into());
}

fn identity(claims: &mut Map<String, Value>, person: &Person, document: Option<&Document>, by: &Verifier) {
    if let Some(document) = document {
        claims.insert("document_kind".into(), document.kind.clone().into());
        claims.insert("document_number_masked".into(), document.number_masked.clone().into());
    }
    claims.insert("verified_how".into(), by.how.clone().into());
    claims.insert("verified_by".into(), by.id.clone().into());
    claims.insert("verified_by_name".into(), by.name.clone().into());
    claims.insert("verified_at".into(), (person.verified_at / SECOND).into());
}

/// Who vouched for a person, and how.
struct Verifier {
    how: String,
    id: String,
    name: String,
}

/// The authority by its name in the trust list, else by its own.
async fn verifier(connection: &mut Connection, person: &Person) -> Result<Verifier> {
    let (how, id) = person.verified_how.split_once(':').unwrap_or((&person.verified_how, ""));
    let record = store::trust_record::find(connection, id).await?;
    let listed =
        record.and_then(|record| record.names.get("zh-Hans").or_else(|| record.names.values().next()).cloned());
    let name = match listed {
        Some(name) => Some(name),
        None => store::authority::find(connection, id).await?.map(|authority| authority.name),
    };
    Ok(Verifier { how: how.to_owned(), id: id.to_owned(), name: name.unwrap_or_else(|| id.to_owned()) })
}

/// The name to show: in Chinese if it is known, else as it stands.
pub fn display_name(person: &Person) -> String {
    let preferred = ["zh-Hans", "zh-Hant", "Latn"].iter().find_map(|script| person.names.get(*script));
    preferred.or_else(|| person.names.values().next()).cloned().unwrap_or_default()
}
