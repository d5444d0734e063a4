//! Many tries at once count as many; and nobody is shut out by another's.

use std::process::{Child, Command, Stdio};

use pearlbridge::app::App;
use pearlbridge::identity::{self, Origin};
use pearlbridge::locale::Locale;
use pearlbridge::store::attempt::Attempt;
use pearlbridge::web::view::problem::Problem;

use crate::house::{self, House};
use crate::login_page;
use crate::support::browser::{Browser, Form};
use crate::support::client::{self, code, go};
use crate::support::demo::Demo;

/// `login.throttle_account` in the default settings.
const LIMIT: usize = 10;

/// Begins to send a form, as one of many at the same time.
fn begin(demo: &Demo, browser: &Browser, form: &Form, fields: &[(&str, &str)]) -> Child {
    begin_from("127.0.0.1", demo, browser, form, fields)
}

/// The same from another address of this machine.
fn begin_from(address: &str, demo: &Demo, browser: &Browser, form: &Form, fields: &[(&str, &str)]) -> Child {
    let name = "__Host-pb-browser";
    let cookie = format!("Cookie: {name}={}", browser.cookie(name).expect("the browser is known"));
    let hidden = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    let body = body.extend_pairs(hidden.chain(fields.iter().copied())).finish();
    let mut curl = Command::new("curl");
    curl.args(["--interface", address]);
    curl.args(["-sS", "--noproxy", "*", "--max-time", "60", "-H", "Accept-Language: en", "-H", &cookie, "--cacert"]);
    curl.arg(&demo.description.ca_file).args(["--data-raw", &body]).arg(form.action.as_str());
    curl.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("curl runs")
}

/// How many of the answers show a problem.
fn count(answers: &[String], shown: impl Fn(&str) -> bool) -> usize {
    answers.iter().filter(|answer| shown(answer)).count()
}

#[test]
fn of_many_wrong_codes_at_once_few_are_looked_at_and_others_are_not_made_to_wait() {
    let demo = Demo::start();
    let (browser, chan) = (Browser::new(&demo), demo.person("chan"));
    let known = [("username", "chan"), ("password", chan.password.as_str())];
    let sent = browser.send(&login_page(&demo, &browser).form("/password"), &known);
    let form = go(&browser, sent).expect(200).form("/totp");
    let tries: Vec<Child> =
        (0..90).map(|number| begin(&demo, &browser, &form, &[("code", &format!("{number:06}"))])).collect();
    let answers = tries.into_iter().map(|child| child.wait_with_output().expect("curl ends").stdout);
    let answers: Vec<String> = answers.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect();

    let wrong = Problem::CodeWrong.text(&Locale::En);
    let looked_at = count(&answers, |answer| answer.contains(&wrong));
    let throttled = count(&answers, is_throttled);
    assert_eq!((looked_at, throttled), (LIMIT, answers.len() - LIMIT));

    // Not even the right one is looked at now; but the right one of somebody else is, from the same address.
    let right = browser.send(&form, &[("code", &demo.code("chan"))]).expect(422);
    assert!(is_throttled(&right.body), "{}", right.text());
    let other = Browser::new(&demo);
    code(&client::with_password(&other, &demo, &login_page(&demo, &other), "zhang"));
}

#[test]
fn who_only_knows_a_user_name_makes_its_holder_wait_nowhere_else() {
    let demo = Demo::start();
    let attacker = Browser::new(&demo);
    let form = login_page(&demo, &attacker).form("/password");
    let answers = |address: &str, many: usize| -> Vec<String> {
        let wrong = [("username", "chan"), ("password", "guess")];
        let tries: Vec<Child> = (0..many).map(|_| begin_from(address, &demo, &attacker, &form, &wrong)).collect();
        let bytes = tries.into_iter().map(|child| child.wait_with_output().expect("curl ends").stdout);
        bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
    };
    assert_eq!(count(&answers("127.0.0.2", LIMIT + 5), is_throttled), 5);
    assert_eq!(count(&answers("127.0.0.3", LIMIT), is_throttled), 0, "each network has tries of its own");

    // The holder, who comes from elsewhere, is let in; password and code.
    let holder = Browser::new(&demo);
    code(&client::with_password(&holder, &demo, &login_page(&demo, &holder), "chan"));
}

/// A password for an account, typed at an address.
async fn try_password(app: &App, attempt: &Attempt, username: &str, password: &str, address: &str) -> Tried {
    let origin = Origin { address: address.to_owned(), agent: "a browser".to_owned() };
    match app.identity.check_password(attempt, username, password, &origin).await {
        Ok(()) => Tried::Right,
        Err(identity::Error::CredentialsWrong) => Tried::Wrong,
        Err(identity::Error::Throttled { .. }) => Tried::Throttled,
        Err(error) => panic!("{error}"),
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tried {
    Right,
    Wrong,
    Throttled,
}

use Tried::{Right, Throttled, Wrong};

#[tokio::test]
async fn the_many_networks_of_one_ipv6_prefix_have_few_tries() {
    let house = House::open_with(|settings| settings.login.throttle_account = 1).await;
    let attempt = house.attempt().await;
    // Slowly enough for turns to come back.
    let guess = async |address: String| {
        house.pass(10);
        try_password(&house.app, &attempt, "chan", "guess", &address).await
    };
    for site in 0..4 {
        for subscriber in 0..5 {
            let tried = guess(format!("2001:db8:7:{site}0{subscriber}::1")).await;
            assert_eq!(tried, if subscriber < 4 { Wrong } else { Throttled }, "of a /56, four: {site} {subscriber}");
        }
    }
    assert_eq!(guess("2001:db8:7:ff00::1".to_owned()).await, Throttled, "of a /48, sixteen");
    assert_eq!(guess("2001:db8:8::1".to_owned()).await, Wrong);
    for host in 1..6 {
        let tried = guess(format!("198.51.100.{host}")).await;
        assert_eq!(tried, if host < 5 { Wrong } else { Throttled }, "of a /24, four: {host}");
    }
}

#[tokio::test]
async fn the_many_networks_of_one_ipv6_prefix_have_few_tries_at_all_accounts_together() {
    let house = House::open_with(|settings| settings.login.throttle_address = 1).await;
    let attempt = house.attempt().await;
    for subscriber in 0..5 {
        let (name, address) = (format!("person {subscriber}"), format!("2001:db8:7:{subscriber}::1"));
        let tried = try_password(&house.app, &attempt, &name, "guess", &address).await;
        assert_eq!(tried, if subscriber < 4 { Wrong } else { Throttled }, "{subscriber}");
    }
}

#[tokio::test]
async fn all_strange_networks_together_guess_at_a_steady_rate_and_shut_the_holder_out_of_no_familiar_one() {
    let house = House::open_with(|settings| settings.login.throttle_account = 2).await;
    crate::raising::signed_in(&house).await;
    let (attempt, second, home) = (house.attempt().await, house.second().await, house::origin().address);
    let apps = [&house.app, &second];
    let strangers = async |range: std::ops::Range<u8>| {
        let mut tried = Vec::new();
        for number in range {
            let (app, address) = (apps[usize::from(number) % 2], format!("198.51.{number}.1"));
            tried.push(try_password(app, &attempt, "chan", "guess", &address).await);
        }
        tried
    };
    // As many as four networks may make, at once; then one each five seconds, however many programs look at them.
    assert_eq!(strangers(0..10).await, [[Wrong; 8].as_slice(), &[Throttled; 2]].concat());
    for round in 0..3 {
        house.pass(5);
        assert_eq!(strangers(10 + 2 * round..12 + 2 * round).await, [Wrong, Throttled]);
    }

    // Where the holder was before, they are let in all the while, and have a network's own tries there.
    for app in apps {
        assert_eq!(try_password(app, &attempt, "chan", "a password", &home).await, Right);
    }
    for expected in [Wrong, Wrong, Throttled] {
        assert_eq!(try_password(&house.app, &attempt, "chan", "guess", &home).await, expected);
    }
    // Elsewhere they take turns with the strangers; the right password gives its turn back.
    assert_eq!(try_password(&house.app, &attempt, "chan", "a password", "203.0.113.9").await, Throttled);
    house.pass(5);
    for _ in 0..2 {
        assert_eq!(try_password(&house.app, &attempt, "chan", "a password", "203.0.113.9").await, Right);
    }
    // Others are not concerned.
    assert_eq!(try_password(&house.app, &attempt, "somebody else", "guess", "203.0.113.9").await, Wrong);
}

/// The text names the minutes to wait, so that its beginning has to do.
fn is_throttled(page: &str) -> bool {
    let text = |wait_seconds| Problem::Throttled { wait_seconds }.text(&Locale::En);
    let (one, two) = (text(600), text(900));
    let same = one.chars().zip(two.chars()).take_while(|(left, right)| left == right);
    let beginning: String = same.map(|(letter, _)| letter).collect();
    assert!(beginning.len() > 10, "{beginning:?}");
    page.contains(beginning.trim_end_matches(|letter: char| letter.is_ascii_digit()))
}
