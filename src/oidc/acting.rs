//! For whom a person acts at a client that asks for organisations (scope `organization`, which it is approved for): for
//! themselves, or for a company by its mandate. It is asked after the login, where there is more than one to choose from, and
//! holds for the session at that client until the next active login.

use serde_json::{Map, Value, json};

use super::claims::display_name;
use super::{Error, Provider, Result};
use crate::clock::{Micros, SECOND};
use crate::identity::session::SignedIn;
use crate::store::attempt::AuthorizationRequest;
use crate::store::client::Client;
use crate::store::grant::Grant;
use crate::store::mandate::Mandate;
use crate::store::person::Person;
use crate::store::session::Session;
use crate::store::{self, Connection};

/// The scope.
pub const ORGANIZATION: &str = "organization";

impl Provider {
    /// Whether the person has still to say for whom they act.
    ///
    /// # Errors
    /// The database's.
    pub async fn must_choose(&self, request: &AuthorizationRequest, signed_in: &SignedIn) -> Result<bool> {
        // A company's own certificate says for whom.
        if !asks(&request.scope) || signed_in.person.kind == "company" {
            return Ok(false);
        }
        let now = self.clock.now();
        let mut connection = self.store.read().await?;
        let live = store::mandate::of_holder(&mut connection, &signed_in.person.id).await?;
        let live: Vec<Mandate> = live.into_iter().filter(|mandate| mandate.is_live(now)).collect();
        Ok(match chosen(&mut connection, &signed_in.session, &request.client_id).await? {
            Some(None) => false,
            Some(Some(id)) => !live.iter().any(|mandate| mandate.id == id),
            None => !live.is_empty(),
        })
    }

    /// What a token says of the company that its person acts for: `sub` (pairwise, as the person's is), `name`, and the
    /// `mandate` with what it is for.
    ///
    /// # Errors
    /// [`Error::InvalidToken`] when that is over: nobody acts for themselves who meant to act for a company.
    pub(super) async fn organization(
        &self,
        connection: &mut Connection,
        client: &Client,
        grant: &Grant,
    ) -> Result<Option<Map<String, Value>>> {
        if !hears(client, grant) {
            return Ok(None);
        }
        let mandate = store::mandate::of_grant(connection, &grant.id).await?;
        // The sweep that revokes such a grant may be still to come.
        if mandate.as_ref().is_some_and(|mandate| !mandate.is_live(self.clock.now())) {
            return Err(Error::InvalidToken("the mandate is over"));
        }
        let company = mandate.as_ref().map_or(&grant.person_id, |mandate| &mandate.company_id);
        let company = store::person::find(connection, company).await?;
        let Some(company) = company.filter(|company| company.kind == "company") else { return Ok(None) };
        let document = store::person::documents(connection, &company.id).await?.into_iter().next();
        let mut claims = self.company(client, &company);
        if let Some(document) = document {
            claims.insert("document_kind".into(), document.kind.into());
            claims.insert("document_number_masked".into(), document.number_masked.into());
        }
        if let Some(mandate) = mandate {
            claims.insert("mandate".into(), mandate.id.into());
            claims.insert("until".into(), (mandate.until / SECOND).into());
            if !mandate.items.is_empty() {
                claims.insert("items".into(), json!(mandate.items));
            }
        }
        Ok(Some(claims))
    }

    fn company(&self, client: &Client, company: &Person) -> Map<String, Value> {
        let known = [
            ("sub", json!(self.subject(client, &company.id))),
            ("name", json!(display_name(company))),
            ("names", json!(company.names)),
            ("region", json!(company.region)),
        ];
        known.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// Whether a client hears for whom people act: it asked, and is approved for it.
pub(super) fn hears(client: &Client, grant: &Grant) -> bool {
    let approved = client.claims.as_ref().is_none_or(|claims| claims.iter().any(|claim| claim == "org"));
    approved && asks(&client.approved(&grant.scope))
}

/// Writes into a grant by which mandate it is made, if a choice was made.
pub(super) async fn bind(tx: &mut Connection, grant: &Grant, session: &Session, now: Micros) -> Result<()> {
    if !asks(&grant.scope) {
        return Ok(());
    }
    let Some(Some(mandate)) = chosen(tx, session, &grant.client_id).await? else { return Ok(()) };
    // Withdrawn this very moment: nobody acts for themselves who meant to act for a company.
    let bound = store::mandate::bind_grant(tx, &grant.id, &mandate, now).await?;
    if bound { Ok(()) } else { Err(Error::InvalidRequest("the mandate is over".to_owned())) }
}

/// What was chosen since the last active login.
async fn chosen(connection: &mut Connection, session: &Session, client_id: &str) -> Result<Option<Option<String>>> {
    Ok(store::mandate::acting(connection, &session.id, client_id, session.auth_time).await?)
}

fn asks(scope: &str) -> bool {
    scope.split(' ').any(|scope| scope == ORGANIZATION)
}
