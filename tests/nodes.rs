//! Two nodes on one PostgreSQL: what one began the other ends, and neither the death of a node nor that of the database costs
//! anybody what was answered.

#![allow(clippy::panic)] // In a test, to panic is to fail.

mod support;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use pearlbridge::config;
use pearlbridge::fetch::Fetcher;
use serde_json::Value;
use support::browser::Browser;
use support::client::{ask, code, go, is_client, redeem_as, text, with_password};
use support::demo::Demo;
use support::node::Node;
use support::postgres::Cluster;
use url::Url;

/// Whom the flows are of.
const PERSON: &str = "chan";

/// Flows at once.
const BROWSERS: usize = 16;

/// A demonstration on a cluster of its own, and a second node.
struct Nodes {
    cluster: Cluster,
    first: Demo,
    second: Node,
}

impl Nodes {
    fn start() -> Self {
        let cluster = Cluster::start();
        let first = Demo::start_with(Some(cluster.database()), &[]);
        let second = Node::start(&first);
        Self { cluster, first, second }
    }

    fn urls(&self) -> [String; 2] {
        [self.first.description.issuer.clone(), self.second.url.clone()]
    }

    /// The cookie of a person who has signed in at the first node.
    fn session(&self) -> String {
        let browser = Browser::new(&self.first);
        let login = go(&browser, browser.get(&ask(&self.first, &[]).url)).expect(200);
        code(&with_password(&browser, &self.first, &login, PERSON));
        browser.cookie("__Host-pb-session").expect("the browser is signed in")
    }

    fn visitor(&self) -> Visitor {
        let [first, second] = self.urls();
        let settings = config::Fetch {
            allow_private: vec![first.clone(), second.clone()],
            tls_roots: self.first.description.ca_file.clone(),
            max_bytes: 1 << 20,
            timeout: 20,
        };
        let roots = pearlbridge::app::certificates_in(&settings.tls_roots).expect("the roots are there");
        let client = self.first.client();
        Visitor {
            fetch: Fetcher::new(&settings, &roots).expect("the roots are good"),
            client: [("client_id", client.client_id.clone()), ("client_secret", client.client_secret.clone())],
            redirect_uri: client.redirect_uris[0].clone(),
            cookie: format!("__Host-pb-session={}", self.session()),
        }
    }
}

/// A browser with a session and the client it goes to, without a screen or a process of their own.
#[derive(Clone)]
struct Visitor {
    fetch: Fetcher,
    client: [(&'static str, String); 2],
    redirect_uri: String,
    cookie: String,
}

/// An answer: status, whether it says when to try again, address, JSON.
struct Answer {
    status: u16,
    retries: bool,
    location: Option<String>,
    json: Value,
}

impl Visitor {
    async fn send(&self, request: http::request::Builder, body: String) -> Option<Answer> {
        let request = request.body(body.into_bytes()).expect("a request");
        let answer = self.fetch.send(request).await.ok()?;
        let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Some(Answer {
            status: answer.status().as_u16(),
            retries: header(http::header::RETRY_AFTER).is_some(),
            location: header(http::header::LOCATION),
            json: serde_json::from_slice(answer.body()).unwrap_or_default(),
        })
    }

    async fn authorize(&self, node: &str, verifier: &str) -> Option<Answer> {
        let challenge = pearlbridge::id::base64url(&pearlbridge::id::sha256(verifier.as_bytes()));
        let mut url = Url::parse(&format!("{node}/oauth2/authorize")).expect("an address");
        url.query_pairs_mut().extend_pairs([
            ("client_id", self.client[0].1.as_str()),
            ("redirect_uri", &self.redirect_uri),
            ("response_type", "code"),
            ("scope", "openid profile"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        self.send(http::Request::get(url.as_str()).header("cookie", &self.cookie), String::new()).await
    }

    async fn post(&self, url: String, fields: &[(&str, &str)]) -> Option<Answer> {
        let own = self.client.iter().map(|(name, value)| (*name, value.as_str()));
        let all = own.chain(fields.iter().copied());
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish();
        self.send(http::Request::post(url).header("content-type", "application/x-www-form-urlencoded"), body).await
    }

    async fn redeem(&self, node: &str, code: &str, verifier: &str) -> Option<Answer> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", verifier),
        ];
        self.post(format!("{node}/oauth2/token"), &fields).await
    }

    async fn is_live(&self, node: &str, token: &str) -> bool {
        let answer = self.post(format!("{node}/oauth2/introspect"), &[("token", token)]).await;
        answer.expect("the node answers").json["active"] == true
    }

    /// A flow that begins on one node and ends on the other. `None` where a node was gone; else what became of it.
    async fn flow(&self, [begins, ends]: [&str; 2]) -> Option<Flow> {
        let verifier = pearlbridge::id::new_secret();
        let begun = self.authorize(begins, &verifier).await?;
        let Some(code) = begun.location.as_deref().and_then(code_in) else {
            return Some(Flow { code: None, verifier, token: None, refused: Some(begun) });
        };
        let Some(ended) = self.redeem(ends, &code, &verifier).await else {
            return Some(Flow { code: Some(code), verifier, token: None, refused: None });
        };
        let token = ended.json["access_token"].as_str().map(str::to_owned);
        let refused = token.is_none().then_some(ended);
        Some(Flow { code: Some(code), verifier, token, refused })
    }
}

/// What became of a flow.
struct Flow {
    code: Option<String>,
    verifier: String,
    token: Option<String>,
    /// The answer that was not what it had to be.
    refused: Option<Answer>,
}

fn code_in(location: &str) -> Option<String> {
    let url = Url::parse(location).ok()?;
    url.query_pairs().find(|(name, _)| name == "code").map(|(_, value)| value.into_owned())
}

/// Flows on many browsers at once: how many came to their end so far, how many answers said no, and whether to go on.
#[derive(Debug, Default)]
struct Traffic {
    ended: AtomicUsize,
    refused: AtomicUsize,
    stop: AtomicBool,
}

impl Traffic {
    /// Waits until so many flows more came to their end.
    async fn passes(&self, flows: usize) {
        let enough = self.ended.load(Ordering::Relaxed) + flows;
        until("flows come to their end", || self.ended.load(Ordering::Relaxed) >= enough).await;
    }
}

/// Waits, a minute at most.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..1200 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("in a minute no {what}");
}

/// Flows on many browsers at once, from each node to the other, until they are to stop.
async fn many(visitor: &Visitor, urls: &[String; 2], traffic: &Arc<Traffic>) -> Vec<Flow> {
    let browsers: Vec<_> = (0..BROWSERS)
        .map(|number| {
            let (visitor, traffic) = (visitor.clone(), traffic.clone());
            let (one, other) = (urls[number % 2].clone(), urls[(number + 1) % 2].clone());
            tokio::spawn(async move {
                let mut flows = Vec::new();
                while !traffic.stop.load(Ordering::Relaxed) {
                    let flow = visitor.flow([&one, &other]).await;
                    let ended = flow.as_ref().is_some_and(|flow| flow.token.is_some());
                    let refused = flow.as_ref().is_some_and(|flow| flow.refused.is_some());
                    traffic.ended.fetch_add(ended.into(), Ordering::Relaxed);
                    traffic.refused.fetch_add(refused.into(), Ordering::Relaxed);
                    flows.extend(flow);
                }
                flows
            })
        })
        .collect();
    let mut flows = Vec::new();
    for browser in browsers {
        flows.extend(browser.await.expect("the browser goes on"));
    }
    flows
}

#[test]
fn a_login_that_was_begun_on_one_node_ends_on_the_other() {
    let nodes = Nodes::start();
    let (demo, browser) = (&nodes.first, Browser::new(&nodes.first));
    let on = |node: &str, url: &Url| url.as_str().replace(&demo.description.issuer, node);
    let [first, second] = nodes.urls();
    let asked = ask(demo, &[]);
    let begun = browser.get(asked.url.as_str()).location().expect("nobody is signed in");
    let login = browser.follow(browser.get(on(&second, &begun)), is_client).expect(200);
    let back = with_password(&browser, demo, &login, PERSON);
    let tokens = redeem_as(&browser, demo.client(), &first, &asked, &code(&back)).expect(200).json();
    assert_eq!(support::client::claims(text(&tokens, "id_token"))["iss"], *first);
    // Cookies do not know ports: the session is both nodes'.
    let asked = ask(demo, &[]);
    let back = browser.get(on(&first, &asked.url));
    redeem_as(&browser, demo.client(), &second, &asked, &code(&back)).expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_killed_takes_nothing_with_it_that_was_answered() {
    let mut nodes = Nodes::start();
    let (visitor, urls, traffic) = (nodes.visitor(), nodes.urls(), Arc::<Traffic>::default());
    let (under_way, of, on) = (visitor.clone(), urls.clone(), traffic.clone());
    let flows = tokio::spawn(async move { many(&under_way, &of, &on).await });
    traffic.passes(2 * BROWSERS).await;
    nodes.second.kill();
    nodes.second.start_again(&nodes.first);
    traffic.passes(BROWSERS).await;
    traffic.stop.store(true, Ordering::Relaxed);
    let flows = flows.await.expect("the browsers go on");
    let tokens: Vec<&String> = flows.iter().filter_map(|flow| flow.token.as_ref()).collect();
    let refused = flows.iter().filter_map(|flow| flow.refused.as_ref()).map(|answer| (answer.status, &answer.json));
    assert_eq!(refused.collect::<Vec<_>>(), [], "a node that lives refuses nothing");
    for (number, token) in tokens.iter().enumerate() {
        assert!(visitor.is_live(&urls[number % 2], token).await, "a token that was answered counts");
    }
    assert!(visitor.authorize(&urls[1], "a").await.is_some_and(|answer| answer.status < 500));
    let mut redeemed: HashMap<&str, usize> = HashMap::new();
    for flow in &flows {
        let Some(code) = &flow.code else { continue };
        let again = tokio::join!(
            visitor.redeem(&urls[0], code, &flow.verifier),
            visitor.redeem(&urls[1], code, &flow.verifier)
        );
        let answers = [again.0, again.1].into_iter().flatten().filter(|answer| answer.status == 200).count();
        *redeemed.entry(code).or_default() += answers + usize::from(flow.token.is_some());
    }
    assert!(redeemed.values().all(|times| *times <= 1), "a code counts once, on whichever node");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_restarted_is_waited_for_politely() {
    let nodes = Nodes::start();
    let (visitor, urls, traffic) = (nodes.visitor(), nodes.urls(), Arc::<Traffic>::default());
    let (under_way, of, on) = (visitor.clone(), urls.clone(), traffic.clone());
    let flows = tokio::spawn(async move { many(&under_way, &of, &on).await });
    traffic.passes(BROWSERS).await;
    nodes.cluster.stop();
    until("answer says that the database is away", || traffic.refused.load(Ordering::Relaxed) > 0).await;
    nodes.cluster.start_again();
    // Without a restart of ours.
    for url in &urls {
        let mut answered = false;
        for _ in 0..100 {
            answered = visitor.flow([url, url]).await.is_some_and(|flow| flow.token.is_some());
            if answered {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert!(answered, "{url} does not come back");
    }
    traffic.stop.store(true, Ordering::Relaxed);
    let flows = flows.await.expect("the browsers go on");
    let refused: Vec<&Answer> = flows.iter().filter_map(|flow| flow.refused.as_ref()).collect();
    let other = refused.iter().filter(|answer| answer.status != 503 || !answer.retries);
    assert_eq!(other.map(|answer| (answer.status, &answer.json)).collect::<Vec<_>>(), [], "503 with Retry-After");
    for token in flows.iter().filter_map(|flow| flow.token.as_ref()) {
        assert!(visitor.is_live(&urls[0], token).await, "a token that was answered counts");
    }
}
