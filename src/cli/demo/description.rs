//! `demo.json`: everything that a script needs to know of the demonstration.

use serde_json::{Value, json};

use super::halls::{SCRIPT_CLIENT, SCRIPT_REDIRECT_URIS, initial_access_token, secret};
use super::people::Settled;
use super::place::{Place, write, write_secret};
use crate::app::App;
use crate::cli::{Done, Failure};

/// Writes it, with the partners' certificates beside it.
async fn describe(app: &App, place: &Place, people: &[Settled]) -> Result<Value, Failure> {
    let snapshot = app.trust.snapshot().await.map_err(Failure::no)?;
    let folder = place.directory.join("ca");
    std::fs::create_dir_all(&folder).map_err(|error| Failure::unreadable(&folder, error))?;
    let mut authorities = Vec::new();
    for (row, certificate) in &snapshot.authorities {
        let path = folder.join(format!("{}.pem", row.id));
        write(&path, pem::encode(&pem::Pem::new("CERTIFICATE", certificate.der())).as_bytes())?;
        authorities.push(json!({
            "id": row.id,
            "name": row.name,
            "role": row.role,
            "cert": path,
            "crl": app.ca.crl_url(&row.id),
            "alg": certificate.public_key().algorithm().to_string(),
        }));
    }
    let halls = app.halls.iter().map(|(hall, _)| {
        let settings = hall.settings();
        json!({"name": hall.kind().names().get("zh-Hans"), "url": settings.url, "client_id": settings.client_id})
    });
    Ok(json!({
        "issuer": app.provider.issuer,
        "ca_file": place.tls_root(),
        "mtls": app.settings.server.mtls_url,
        "initial_access_token": initial_access_token(app),
        "people": people.iter().filter(|person| person.known).map(person).collect::<Vec<_>>(),
        "halls": halls.collect::<Vec<_>>(),
        "clients": [{
            "client_id": SCRIPT_CLIENT,
            "client_secret": secret(app, SCRIPT_CLIENT),
            "redirect_uris": SCRIPT_REDIRECT_URIS,
        }],
        "ca": authorities,
        "partners": partners(place, people),
    }))
}

/// Writes `demo.json`, for its owner alone: it holds passwords.
pub(super) async fn write_description(app: &App, place: &Place, people: &[Settled]) -> Done {
    let description = describe(app, place, people).await?;
    let text = serde_json::to_string_pretty(&description).map_err(Failure::no)?;
    write_secret(&place.description(), text.as_bytes())
}

fn person(person: &Settled) -> Value {
    let mut value = json!({
        "username": person.username,
        "password": person.password,
        "totp_secret": person.totp_secret,
        "name": person.name,
        "region": person.region,
        "loa": person.level,
        "cert": person.certificate,
        "key": person.key,
        "alg": person.algorithm,
    });
    add_p12(&mut value, person);
    value
}

/// SM2 keys have none: browsers could not use it.
fn add_p12(value: &mut Value, person: &Settled) {
    if let (true, Some(object)) = (person.p12.exists(), value.as_object_mut()) {
        object.insert("p12".to_owned(), json!(person.p12));
        object.insert("p12_password".to_owned(), json!(person.p12_password));
    }
}

/// Each partner with a certificate of its own: Hong Kong's is that of somebody who has no account yet.
fn partners(place: &Place, people: &[Settled]) -> Vec<Value> {
    let ca = |id: &str| place.directory.join("ca").join(format!("{id}.pem"));
    let leaf = |username: &str| people.iter().find(|person| person.username == username);
    let partner = |(region, id, username): (&str, &str, &str)| {
        let leaf = leaf(username)?;
        let mut value = json!({
            "region": region,
            "root": ca(&format!("{id}-root")),
            "issuing": ca(&format!("{id}-ca")),
            "leaf": leaf.certificate,
            "leaf_key": leaf.key,
        });
        add_p12(&mut value, leaf);
        Some(value)
    };
    [("HK", "hk", "newcomer"), ("MO", "mo", "lei"), ("GD", "cn", "zhang")].into_iter().filter_map(partner).collect()
}
