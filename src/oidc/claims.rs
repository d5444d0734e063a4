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
use crate::store::grant::{ClaimsRequest, Grant};
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
    pub async fn userinfo(&self, token: &str, shown: &Shown) -> Result<(Client, Map<String, Value>)> {
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
        let client = store::client::find(&mut connection, &grant.client_id).await?;
        let client = client.filter(|client| client.disabled_at.is_none());
        let client = client.ok_or(Error::InvalidToken("the client is gone or disabled"))?;
        let subject = about(&mut connection, &grant.person_id).await?;
        let organization = self.organization(&mut connection, &client, &grant).await?;
        drop(connection);
        self.check_possession(&client, token, &found.binding, shown).await?;
        let asked = grant.asked();
        let granted = client.approved(&grant.scope);
        let mut wanted: Vec<&str> = granted.split(' ').flat_map(of_scope).copied().collect();
        wanted.extend(asked.userinfo.iter().map(String::as_str));
        let mut claims = released(&client, &subject, &asked, &wanted);
        claims.insert("sub".into(), self.subject(&client, &subject.person.id).into());
        claims.insert("acr".into(), level::acr(grant.level).into());
        claims.extend(organization.map(|organization| ("org".to_owned(), Value::Object(organization))));
        self.disclose(&grant, &claims).await?;
        Ok((client, claims))
    }

    /// What the client asked to have in its ID token, written into the disclosure log.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn claims_of_id_token(&self, client: &Client, grant: &Grant) -> Result<Map<String, Value>> {
        let asked = grant.asked();
        if asked.id_token.is_empty() {
            return Ok(Map::new());
        }
        let subject = about(&mut *self.store.read().await?, &grant.person_id).await?;
        let wanted = asked.id_token.iter().map(String::as_str).collect::<Vec<_>>();
        let claims = released(client, &subject, &asked, &wanted);
        if !claims.is_empty() {
            self.disclose(grant, &claims).await?;
        }
        Ok(claims)
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

/// Of whom claims are given.
struct Subject {
    person: Person,
    document: Option<Document>,
    verified_by: Verifier,
}

async fn about(connection: &mut Connection, person_id: &str) -> Result<Subject> {
    let person = store::person::find(connection, person_id).await?;
    let person = person.ok_or(Error::InvalidToken("the account is gone"))?;
    let document = store::person::documents(connection, &person.id).await?.into_iter().next();
    let verified_by = verifier(connection, &person).await?;
    Ok(Subject { person, document, verified_by })
}

/// Those of the wanted claims that the client is approved for now: a scope that it is registered with opens them, whether
/// this login asked for the scope or for the claim by its name (Core §5.5); and its own list has them, if it has one.
fn released(client: &Client, subject: &Subject, asked: &ClaimsRequest, wanted: &[&str]) -> Map<String, Value> {
    let open: Vec<&str> = client.scopes.split(' ').flat_map(of_scope).copied().collect();
    let listed = |name: &str| client.claims.as_ref().is_none_or(|own| own.iter().any(|known| known == name));
    let mut claims = Map::new();
    profile(&mut claims, &subject.person, asked);
    identity(&mut claims, &subject.person, subject.document.as_ref(), &subject.verified_by);
    claims.retain(|name, _| wanted.contains(&name.as_str()) && open.contains(&name.as_str()) && listed(name));
    claims
}

fn profile(claims: &mut Map<String, Value>, person: &Person, asked: &ClaimsRequest) {
    let wished = asked.scripts.iter().find_map(|script| person.names.get(script)).cloned();
    claims.insert("name".into(), wished.unwrap_or_else(|| display_name(person)).into());
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
