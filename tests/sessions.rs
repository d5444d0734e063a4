//! Sessions live in the database: a server that is killed between any two requests loses nothing that it answered, and
//! the holder sees and ends their sessions.

#![allow(clippy::panic)] // In a test, to panic is to fail.

mod support;

use support::browser::{Browser, Page};
use support::client::{self, ask, code, go, redeem, refresh, text, userinfo};
use support::demo::{Demo, shared as demo};
use support::{postgres, wait_for};

#[test]
fn a_kill_between_any_two_requests_loses_nothing_on_sqlite() {
    kill_between_any_two(Demo::start());
}

#[test]
fn a_kill_between_any_two_requests_loses_nothing_on_postgresql() {
    kill_between_any_two(Demo::start_with(Some(postgres::new_database()), &[]));
}

fn kill_between_any_two(mut demo: Demo) {
    let browser = Browser::new(&demo);
    let asked = ask(&demo, &[]);
    let authorized = browser.get(&asked.url).expect(303);
    let login = killed(&mut demo, |_| go(&browser, authorized)).expect(200);

    let chan = demo.person("chan").clone();
    let known = [("username", "chan"), ("password", chan.password.as_str())];
    let password = killed(&mut demo, |_| browser.send(&login.form("/password"), &known)).expect(303);
    let factor = killed(&mut demo, |_| go(&browser, password)).expect(200);
    let entered = killed(&mut demo, |demo| browser.send(&factor.form("/totp"), &[("code", &demo.code("chan"))]));
    let back = killed(&mut demo, |_| go(&browser, entered));
    let code = code(&back);
    let tokens = killed(&mut demo, |demo| redeem(&browser, demo, &asked, &code)).expect(200).json();
    killed(&mut demo, |demo| userinfo(&browser, demo, text(&tokens, "access_token"))).expect(200);
    let second = killed(&mut demo, |demo| refresh(&browser, demo, text(&tokens, "refresh_token"))).expect(200).json();

    // What was answered stays so: the old refresh token is used, the code too, and the session goes on.
    killed(&mut demo, |demo| userinfo(&browser, demo, text(&second, "access_token"))).expect(200);
    let silent = killed(&mut demo, |demo| go(&browser, browser.get(ask(demo, &[("prompt", "none")]).url)));
    client::code(&silent);
    killed(&mut demo, |demo| refresh(&browser, demo, text(&tokens, "refresh_token"))).expect(400);
    killed(&mut demo, |demo| userinfo(&browser, demo, text(&second, "access_token"))).expect(401);
}

/// Kills the server, starts it again, and makes the next request.
fn killed(demo: &mut Demo, next: impl FnOnce(&Demo) -> Page) -> Page {
    demo.kill_and_start_again();
    next(demo)
}

#[test]
fn a_kill_on_the_certificates_way_loses_nothing() {
    let mut demo = Demo::start();
    let browser = Browser::of(&demo, &demo.person("lei").clone());
    let asked = ask(&demo, &[("acr_values", "urn:gd:loa:4")]);
    let login = go(&browser, browser.get(&asked.url)).expect(200);
    let handed = killed(&mut demo, |_| browser.get(login.link("/certificate/"))).expect(303);
    let taken = killed(&mut demo, |_| browser.get(handed.location().expect("the way home"))).expect(303);
    let back = killed(&mut demo, |_| go(&browser, taken));
    let tokens = killed(&mut demo, |demo| redeem(&browser, demo, &asked, &code(&back))).expect(200).json();
    assert_eq!(client::claims(text(&tokens, "id_token"))["nonce"], asked.nonce.as_str());
}

#[test]
fn a_session_at_a_hall_goes_on_after_a_restart() {
    let mut demo = Demo::start();
    let browser = Browser::of(&demo, &demo.person("chan").clone());
    let item = format!("{}/items/practice", demo.hall("hall-window").url);
    let login = browser.open(&item).expect(200);
    let form = browser.open(login.link("/certificate/")).expect(200);
    let again = killed(&mut demo, |_| browser.get(&item)).expect(200);
    assert_eq!(form.heading(), again.heading());
    let filled = [("purpose", "first"), ("phone", "+852 2345 6789"), ("remarks", "")];
    let sent = killed(&mut demo, |_| browser.send(&form.form("/items/practice"), &filled)).expect(303);
    let receipt = killed(&mut demo, |_| browser.follow(sent, |_| false)).expect(200);
    assert!(receipt.url.path().starts_with("/receipts/"), "{}", receipt.url);
}

#[tokio::test]
async fn a_logout_that_a_kill_interrupted_is_delivered_after_the_restart() {
    let mut demo = Demo::start();
    let browser = Browser::of(&demo, &demo.person("chan").clone());
    let halls = ["hall-window", "hall-city"].map(|id| demo.hall(id).url.clone());
    let login = browser.open(format!("{}/items/practice", halls[0])).expect(200);
    browser.open(login.link("/certificate/")).expect(200);
    browser.open(&halls[1]).expect(200);
    assert!(halls.iter().all(|hall| is_signed_in(&browser, hall)));

    // The server is killed when the session's end is written and nobody has been told.
    demo.kill();
    let app = demo.open().await;
    let secret = browser.cookie("__Host-pb-session").expect("the session's cookie");
    let signed_in = app.identity.session(&secret).await.expect("the database answers").expect("the session lives");
    let (session, person) = (&signed_in.session.id, &signed_in.person.id);
    let holder = pearlbridge::audit::Actor::Person(person.clone());
    let ended = app.provider.end_session(session, person, "signed_out", &holder, "127.0.0.1").await;
    assert!(ended.expect("the database answers"));
    app.store.close().await;
    assert!(demo.events("logout_delivered").await.is_empty());

    demo.start_again();
    wait_for(20, "both halls know", || halls.iter().all(|hall| !is_signed_in(&browser, hall)).then_some(()));
    let delivered = demo.events("logout_delivered").await;
    assert_eq!(delivered.len(), 2, "{delivered:?}");
    assert!(delivered.iter().all(|event| event["delivered"] == true), "{delivered:?}");
}

/// Whether a hall's front page names somebody. The page is fetched as by a script, so that the hall asks nobody.
fn is_signed_in(browser: &Browser, hall: &str) -> bool {
    browser.get_with(format!("{hall}/"), "Sec-Fetch-Dest: empty").expect(200).body.contains("class=\"who\"")
}

#[test]
fn the_account_page_lists_sessions_and_ends_one() {
    let (demo, chan) = (demo(), demo().person("chan"));
    let [here, there] = [(); 2].map(|()| Browser::of(demo, chan));
    let tokens = client::tokens(&there, demo);
    client::tokens(&here, demo);
    let address = format!("{}/account", demo.description.issuer);
    let sid = client::claims(text(&tokens, "id_token"))["sid"].clone();
    let end = format!("/account/sessions/{}/end", sid.as_str().expect("the session's id"));

    let account = here.open(&address).expect(200);
    assert!(account.text().contains("CHAN Tai Man"), "{}", account.text());
    let ended = here.submit(&account.form(&end), &[]).expect(200);
    assert!(!ended.body.contains(&end), "it is not listed any more");
    assert!(there.get(&address).location().is_some(), "the other browser is signed out");
    userinfo(&there, demo, text(&tokens, "access_token")).expect(401);
    refresh(&there, demo, text(&tokens, "refresh_token")).expect(400);
    here.get(&address).expect(200);
}

#[test]
fn the_account_page_ends_all_other_sessions() {
    let (demo, lei) = (demo(), demo().person("lei"));
    let [here, there, elsewhere] = [(); 3].map(|()| Browser::of(demo, lei));
    for browser in [&here, &there, &elsewhere] {
        client::tokens(browser, demo);
    }
    let address = format!("{}/account", demo.description.issuer);
    let account = here.open(&address).expect(200);
    here.submit(&account.form("/account/sessions/end-others"), &[]).expect(200);
    for browser in [&there, &elsewhere] {
        assert!(browser.get(&address).location().is_some(), "signed out");
    }
    here.get(&address).expect(200);
}

#[test]
fn nobody_ends_the_session_of_another() {
    let demo = demo();
    let [mine, theirs] = ["chan", "lei"].map(|name| Browser::of(demo, demo.person(name)));
    client::tokens(&mine, demo);
    let tokens = client::tokens(&theirs, demo);
    let sid = client::claims(text(&tokens, "id_token"))["sid"].as_str().expect("an id").to_owned();
    let issuer = &demo.description.issuer;
    let mut form = mine.open(format!("{issuer}/account")).expect(200).form("/account/logout");
    form.action = url::Url::parse(&format!("{issuer}/account/sessions/{sid}/end")).expect("an address");
    mine.send(&form, &[]).expect(404);
    userinfo(&theirs, demo, text(&tokens, "access_token")).expect(200);
}

#[test]
fn an_age_that_is_too_great_asks_for_a_login_again() {
    let demo = demo();
    let browser = Browser::of(demo, demo.person("chan"));
    client::tokens(&browser, demo);
    client::code(&browser.get(ask(demo, &[("max_age", "600")]).url));
    std::thread::sleep(std::time::Duration::from_millis(2100));
    let login = go(&browser, browser.get(ask(demo, &[("max_age", "0")]).url)).expect(200);
    client::code(&client::with_certificate(&browser, &login));
    let fresh = go(&browser, browser.get(ask(demo, &[("prompt", "login")]).url)).expect(200);
    assert!(fresh.url.path().starts_with("/login/"), "{}", fresh.url);
}

#[test]
fn a_person_takes_all_their_data_away() {
    let demo = demo();
    let browser = Browser::of(demo, &demo.person("lei").clone());
    let login = client::login_page(demo, &browser);
    client::with_certificate(&browser, &login);
    let page = browser.get(format!("{}/account/export", demo.description.issuer)).expect(200);
    let file = browser.send(&page.form("/account/export"), &[]).expect(200);
    let disposition = file.header("content-disposition").expect("it is a file");
    assert!(disposition.starts_with("attachment; filename=\"pearlbridge-account-"), "{disposition}");
    let export = file.json();
    assert_eq!(export["account"]["region"], "MO");
    assert!(export["documents"][0]["number"].is_string(), "{}", export["documents"]);
    assert_eq!(export["events"][0]["event"], "account_exported");
    browser.get(format!("{}/account", demo.description.issuer)).expect(200);
}
