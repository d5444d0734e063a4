//! A sign-out that a foreign page's form asks for: its cookies do not come along, and nothing is undone for that. What
//! became of sign-outs is kept for a while.

use pearlbridge::store;
use pearlbridge::store::logout_delivery::Delivery;

use crate::house::{DAY, House};
use crate::support::browser::Browser;
use crate::support::client::{self, is_client, text};
use crate::{demo, is_signed_out};

#[test]
fn a_form_on_a_foreign_page_is_asked_again_by_get_and_the_id_token_ends_the_session() {
    let browser = Browser::of(demo(), demo().person("chan"));
    let tokens = client::tokens(&browser, demo());
    let address = format!("{}/oauth2/end_session", demo().description.issuer);
    let back = "http://localhost:8499/signed-out";
    let fields = [("id_token_hint", text(&tokens, "id_token")), ("post_logout_redirect_uri", back), ("state", "s & t")];

    // Across sites the form comes without cookies.
    let answer = Browser::new(demo()).post(&address, &fields).expect(303);
    assert_eq!(answer.header("set-cookie"), None);
    let next = answer.location().expect("it redirects");
    assert_eq!(next.as_str().split('?').next(), Some(address.as_str()));
    let pairs: Vec<(String, String)> = next.query_pairs().into_owned().collect();
    assert_eq!(pairs, fields.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert!(!is_signed_out(demo(), &browser));

    let ended = browser.get(&next).expect(303).location().expect("it leads back to the client");
    assert!(is_client(&ended) && ended.path() == "/signed-out", "{ended}");
    assert_eq!(ended.query_pairs().next().map(|(_, state)| state.into_owned()).as_deref(), Some("s & t"));
    assert!(is_signed_out(demo(), &browser));
}

#[test]
fn a_form_on_a_foreign_page_without_the_id_token_is_asked_about() {
    let browser = Browser::of(demo(), demo().person("chan"));
    client::tokens(&browser, demo());
    let address = format!("{}/oauth2/end_session", demo().description.issuer);
    let answer = Browser::new(demo()).post(&address, &[("client_id", "demo-client")]).expect(303);
    let question = browser.get(answer.location().expect("it redirects")).expect(200);
    question.form("/oauth2/end_session");
    assert!(!is_signed_out(demo(), &browser));
}

#[tokio::test]
async fn what_became_of_a_logout_is_forgotten_after_half_a_year_and_what_waits_is_not() {
    let house = House::open().await;
    for client in ["taken", "waiting"] {
        let delivery = Delivery {
            id: client.to_owned(),
            client_id: client.to_owned(),
            session_id: "session".to_owned(),
            subject: "subject".to_owned(),
            attempts: 0,
        };
        let now = house.app.clock.now();
        let written = house.app.store.write(move |tx| {
            Box::pin(async move {
                store::logout_delivery::enqueue(tx, &delivery, now).await?;
                if delivery.id == "taken" { store::logout_delivery::delivered(tx, "taken", now).await } else { Ok(()) }
            })
        });
        let written: store::Result<()> = written.await;
        written.expect("it can be written");
    }
    let kept = async |days| {
        house.pass(days * DAY);
        pearlbridge::job::purge(&house.app).await.expect("the database answers");
        let mut reader = house.app.store.read().await.expect("a connection");
        let kept = store::logout_delivery::of_session(&mut reader, "session").await.expect("the rows");
        kept.into_iter().map(|(client, _)| client).collect::<Vec<_>>()
    };
    assert_eq!(kept(170).await, ["taken", "waiting"]);
    assert_eq!(kept(20).await, ["waiting"]);
}
