//! Many tries at once count as many; and nobody is shut out by another's.

use std::process::{Child, Command, Stdio};

use pearlbridge::clock::{Clock, SECOND};
use pearlbridge::locale::Locale;
use pearlbridge::web::view::problem::Problem;

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

    // The holder, who comes from elsewhere, waits for seconds and is let in; password and code.
    let begun = Clock::System.now();
    let holder = Browser::new(&demo);
    code(&client::with_password(&holder, &demo, &login_page(&demo, &holder), "chan"));
    assert!(Clock::System.now() - begun >= 5 * SECOND, "an account that is tried much is slow");
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
