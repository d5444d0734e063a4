//! Acting for a company: by its certificate, or by a mandate that either side withdraws.

use pearlbridge::audit::Circumstance;
use pearlbridge::clock::{DAY, HOUR};
use pearlbridge::id::{base64url, sha256};
use pearlbridge::identity::Error;
use pearlbridge::identity::login::Entered;
use pearlbridge::identity::mandate::Terms;
use pearlbridge::identity::session::SignedIn;
use pearlbridge::job;
use pearlbridge::oidc;
use pearlbridge::oidc::authorize::Parameters;
use pearlbridge::oidc::client::Credentials;
use pearlbridge::oidc::dpop::Shown;
use pearlbridge::oidc::token::Tokens;
use pearlbridge::store::attempt::AuthorizationRequest;
use pearlbridge::store::client::{AuthMethod, Client};
use pearlbridge::store::mandate::Mandate;
use pki::{Certificate, Time, oid};
use serde_json::{Value, json};

use crate::house::{Asked, BROWSER, House, Partner, origin};
use crate::support::browser::Browser;
use crate::support::client::{self, ask, claims, code, go, parameter, redeem, text, userinfo};
use crate::support::demo::Demo;
use crate::support::{events, pearlbridge, run, temporary_directory};

const POLICY: &str = "1.3.6.1.4.1.32473.1.1";
const MAINLAND: &str = "1.3.6.1.4.1.32473.2.1";
const CREDIT_CODE: &str = "91440300123456788M";
const VERIFIER: &str = "a-verifier-of-more-than-forty-three-characters-in-all";

/// A company, a person, and a hall that asks for whom people act.
struct Scene {
    house: House,
    mainland: Partner,
    company: SignedIn,
    person: SignedIn,
    certificate: Certificate,
}

impl Scene {
    async fn set() -> Self {
        Self::set_at(5).await
    }

    /// With certificates of a level.
    async fn set_at(level: i64) -> Self {
        let house = House::open_with(|settings| settings.login.level_certificate = level).await;
        let mainland = house.partner("cn-licensed", "GD", MAINLAND).await;
        let subject = [(oid::COUNTRY, "CN"), (oid::ORGANIZATION, "演示公司"), (oid::COMMON_NAME, "演示公司")];
        let text = Some(("1.2.156.10260.4.1.4", CREDIT_CODE));
        let asked = Asked { subject: &subject, policy: Some(MAINLAND), text, ..Asked::default() };
        let certificate = mainland.leaf(asked, house.now());
        let company = house.sign_in(&certificate).await;
        let hong_kong = house.partner("hk-ecert-personal", "HK", POLICY).await;
        let subject =
            [(oid::COUNTRY, "HK"), (oid::ORGANIZATIONAL_UNIT, "1000000001"), (oid::COMMON_NAME, "CHAN Tai Man")];
        let asked = Asked { subject: &subject, policy: Some(POLICY), ..Asked::default() };
        let person = house.sign_in(&hong_kong.leaf(asked, house.now())).await;
        let client = Client {
            names: [("en".to_owned(), "A tax window".to_owned())].into(),
            redirect_uris: vec!["https://tax.example/cb".to_owned()],
            scopes: "openid profile organization".to_owned(),
            auth_method: AuthMethod::None,
            ..Client::new("tax")
        };
        house
            .app
            .provider
            .register(client, Circumstance::operator(house.app.clock.now()))
            .await
            .expect("a good record");
        Self { house, mainland, company, person, certificate }
    }

    fn request() -> AuthorizationRequest {
        serde_json::from_value(json!({
            "client_id": "tax", "redirect_uri": "https://tax.example/cb", "scope": "openid profile organization",
            "state": null, "nonce": null, "code_challenge": base64url(&sha256(VERIFIER.as_bytes())), "level": 2,
            "max_age": null, "silent": false, "force_login": false, "login_hint": null, "ui_locales": null,
        }))
        .expect("a request")
    }

    /// The company gives a mandate, and the person takes it up.
    async fn mandate(&self, items: &[&str], lasts: i64) -> Mandate {
        let (identity, now) = (&self.house.app.identity, self.house.app.clock.now());
        let terms = Terms { items: items.iter().map(|item| (*item).to_owned()).collect(), until: now + lasts };
        let secret = identity.give_mandate(&self.company, terms, &origin()).await.expect("it is given");
        let offered = identity.offered_mandate(&secret, &self.person).await.expect("the database answers");
        let (mandate, company) = offered.expect("it is offered");
        assert_eq!(company.id, self.company.person.id);
        assert!(identity.take_mandate(&mandate, &self.person, &origin()).await.expect("the database answers"));
        let again = identity.offered_mandate(&secret, &self.person).await.expect("the database answers");
        assert!(again.is_none(), "the link is good once");
        mandate
    }

    async fn must_choose(&self, who: &SignedIn) -> bool {
        self.house.app.provider.must_choose(&Self::request(), who).await.expect("the database answers")
    }

    async fn act_for(&self, mandate: Option<&str>) -> bool {
        self.house.app.identity.act_for(&self.person, "tax", mandate).await.expect("the database answers")
    }

    async fn tokens(&self, who: &SignedIn) -> oidc::Result<Tokens> {
        let provider = &self.house.app.provider;
        let client = provider.client("tax").await.expect("the database answers").expect("it is there");
        let back = provider.issue_code(&client, &Self::request(), who).await?;
        let back = url::Url::parse(back.address()).expect("an address");
        let (_, code) = back.query_pairs().find(|(name, _)| name == "code").expect("a code");
        self.exchange(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", "https://tax.example/cb"),
            ("code_verifier", VERIFIER),
        ])
        .await
    }

    async fn exchange(&self, pairs: &[(&str, &str)]) -> oidc::Result<Tokens> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let credentials = Credentials { client_id: Some("tax".to_owned()), ..Credentials::default() };
        self.house.app.provider.exchange(&Parameters::new(pairs).expect("each once"), &credentials).await
    }

    async fn userinfo(&self, tokens: &Tokens) -> oidc::Result<Value> {
        let told = self.house.app.provider.userinfo(&tokens.access_token, &Shown::default()).await;
        told.map(|(_, claims)| Value::Object(claims))
    }

    async fn assert_dead(&self, tokens: &Tokens) {
        let refused = self.userinfo(tokens).await;
        assert!(matches!(refused, Err(oidc::Error::InvalidToken(_))), "{refused:?}");
        let refresh = tokens.refresh_token.as_deref().expect("a refresh token");
        let refused = self.exchange(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await;
        assert!(matches!(refused, Err(oidc::Error::InvalidGrant(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn tokens_carry_the_person_the_company_and_the_mandate() {
    let scene = Scene::set().await;
    assert!(!scene.must_choose(&scene.person).await, "there is nobody to choose");
    let alone = scene.tokens(&scene.person).await.expect("tokens");
    let mandate = scene.mandate(&["tax-return"], 90 * DAY).await;
    assert!(scene.must_choose(&scene.person).await);
    assert!(scene.act_for(Some(&mandate.id)).await);
    assert!(!scene.must_choose(&scene.person).await, "it was said");

    let tokens = scene.tokens(&scene.person).await.expect("tokens");
    let (own, acting) =
        (claims(alone.id_token.as_deref().expect("one")), claims(tokens.id_token.as_deref().expect("one")));
    assert_eq!(own["sub"], acting["sub"], "the person stays who they are");
    assert_eq!(own["org"], Value::Null);
    assert_eq!((&acting["org"]["name"], &acting["org"]["mandate"]), (&json!("演示公司"), &json!(mandate.id)));
    assert_eq!(acting["org"]["items"], json!(["tax-return"]));
    let told = scene.userinfo(&tokens).await.expect("it counts");
    assert_eq!((&told["sub"], &told["org"]["sub"]), (&acting["sub"], &acting["org"]["sub"]));
    assert_eq!(told["org"]["document_kind"], "uscc");
    assert!(!told.to_string().contains(CREDIT_CODE), "{told}");

    // The company's own certificate: the same identifier, and no mandate.
    assert!(!scene.must_choose(&scene.company).await);
    let itself = claims(scene.tokens(&scene.company).await.expect("tokens").id_token.as_deref().expect("one"));
    assert_eq!((&itself["sub"], &itself["org"]["sub"]), (&acting["org"]["sub"], &acting["org"]["sub"]));
    assert_eq!(itself["org"]["mandate"], Value::Null);
}

#[tokio::test]
async fn a_mandate_that_is_withdrawn_takes_its_tokens_with_it_at_once() {
    for by_company in [true, false] {
        let scene = Scene::set().await;
        let mandate = scene.mandate(&[], 90 * DAY).await;
        let before = scene.tokens(&scene.person).await.expect("for themselves, as nothing was chosen");
        assert!(scene.act_for(Some(&mandate.id)).await);
        let tokens = scene.tokens(&scene.person).await.expect("tokens");
        scene.userinfo(&tokens).await.expect("they count");

        let stranger = &scene.house.app.identity;
        let who = if by_company { &scene.company.person } else { &scene.person.person };
        assert!(stranger.withdraw_mandate(&mandate.id, who, &origin()).await.expect("the database answers"));
        scene.assert_dead(&tokens).await;
        scene.userinfo(&before).await.expect("the person's own go on");
        assert!(!scene.must_choose(&scene.person).await || !scene.act_for(Some(&mandate.id)).await);
        assert!(scene.tokens(&scene.person).await.is_err(), "nobody acts for themselves who meant the company");
        let told = events(&scene.house.app, "mandate_withdrawn").await;
        assert_eq!(told.len(), 2, "both sides have it in their activity");
        assert_eq!(told[0]["by"], if by_company { "company" } else { "holder" });
    }
}

#[tokio::test]
async fn a_mandate_that_is_over_takes_its_tokens_with_it() {
    let scene = Scene::set().await;
    let mandate = scene.mandate(&[], HOUR / 2).await;
    assert!(scene.act_for(Some(&mandate.id)).await);
    let tokens = scene.tokens(&scene.person).await.expect("tokens");
    scene.house.pass(1801);
    assert_eq!(scene.house.app.identity.end_mandates().await.expect("the database answers"), 1);
    scene.assert_dead(&tokens).await;
    assert!(!scene.act_for(Some(&mandate.id)).await);
}

#[tokio::test]
async fn a_new_login_asks_again_and_somebody_elses_mandate_is_none() {
    let scene = Scene::set().await;
    let mandate = scene.mandate(&[], 90 * DAY).await;
    assert!(scene.act_for(None).await);
    assert!(!scene.must_choose(&scene.person).await);
    scene.house.pass(1);
    let mut later = scene.person.clone();
    later.session.auth_time = scene.house.app.clock.now();
    assert!(scene.must_choose(&later).await, "an active login since then");
    let theirs = scene.house.app.identity.act_for(&scene.company, "tax", Some(&mandate.id)).await;
    assert!(!theirs.expect("the database answers"), "the company is not its own agent");
    assert!(!scene.act_for(Some("no such mandate")).await);
}

#[tokio::test]
async fn a_mandate_is_given_and_taken_by_a_login_of_a_moment_ago_and_within_its_bounds() {
    let scene = Scene::set().await;
    let (identity, now) = (&scene.house.app.identity, scene.house.app.clock.now());
    let terms = |until: i64, items: Vec<String>| Terms { items, until };
    for wrong in [
        terms(now - DAY, vec![]),
        terms(now + 2000 * DAY, vec![]),
        terms(now + DAY, vec!["<script>".to_owned()]),
        terms(now + DAY, vec!["a".to_owned(); 51]),
    ] {
        let refused = identity.give_mandate(&scene.company, wrong, &origin()).await;
        assert!(matches!(refused, Err(Error::MandateTerms)), "{refused:?}");
    }
    let persons = identity.give_mandate(&scene.person, terms(now + DAY, vec![]), &origin()).await;
    assert!(matches!(persons, Err(Error::MandateTerms)), "a person's is not a company's");

    let secret = identity.give_mandate(&scene.company, terms(now + 90 * DAY, vec![]), &origin()).await.expect("given");
    assert!(identity.offered_mandate(&secret, &scene.company).await.expect("the database answers").is_none());
    let (mandate, _) = identity.offered_mandate(&secret, &scene.person).await.expect("it answers").expect("offered");
    scene.house.pass(601);
    let late = identity.take_mandate(&mandate, &scene.person, &origin()).await;
    assert!(matches!(late, Err(Error::ProvedLongAgo)), "{late:?}");
    let late = identity.give_mandate(&scene.company, terms(now + 90 * DAY, vec![]), &origin()).await;
    assert!(matches!(late, Err(Error::ProvedLongAgo)), "{late:?}");
    scene.house.pass(8 * 86_400);
    assert!(identity.offered_mandate(&secret, &scene.person).await.expect("it answers").is_none(), "a week");
}

#[tokio::test]
async fn whoever_shows_a_companys_certificate_acts_for_it_as_themselves_until_it_ends() {
    let scene = Scene::set().await;
    let (house, identity) = (&scene.house, &scene.house.app.identity);
    let begin = async |who: &SignedIn| identity.begin_representing(BROWSER, who).await.expect("it answers");
    assert!(begin(&scene.company).await.is_none(), "a company acts for itself anyway");
    let attempt = house.attempt_again(&begin(&scene.person).await.expect("the session is fresh")).await;
    let own = house.prove(&attempt, &scene.certificate).await;
    let stranger = identity.enter(&attempt, own, None, &origin()).await;
    assert!(matches!(stranger, Err(Error::AttemptGone)), "{stranger:?}");

    let shown = house.prove(&attempt, &scene.certificate).await;
    let session = Some(scene.person.session.clone());
    let entered = identity.enter(&attempt, shown, session.clone(), &origin()).await;
    assert!(matches!(entered, Ok(Entered::Represented)), "{entered:?}");
    let live = identity.live_mandates(&scene.person.person).await.expect("the database answers");
    let [(mandate, company)] = live.as_slice() else { panic!("{live:?}") };
    assert_eq!(company.id, scene.company.person.id);
    assert_eq!(mandate.until, scene.certificate.not_after().0 * pearlbridge::clock::SECOND);
    assert!(scene.act_for(Some(&mandate.id)).await);
    let tokens = scene.tokens(&scene.person).await.expect("tokens");
    let told = claims(tokens.id_token.as_deref().expect("one"));
    assert_eq!((&told["org"]["name"], &told["org"]["mandate"]), (&json!("演示公司"), &json!(mandate.id)));
    assert!(identity.withdraw_mandate(&mandate.id, &scene.company.person, &origin()).await.expect("it answers"));
    scene.assert_dead(&tokens).await;

    let late = house.attempt_again(&begin(&scene.person).await.expect("the session is fresh")).await;
    let shown = house.prove(&late, &scene.certificate).await;
    house.pass(601);
    let left_open = identity.enter(&late, shown, session, &origin()).await;
    assert!(matches!(left_open, Err(Error::ProvedLongAgo)), "{left_open:?}");
}

#[tokio::test]
async fn a_mandate_ends_with_the_certificate_that_it_rests_on() {
    let scene = Scene::set().await;
    let mandate = scene.mandate(&[], 90 * DAY).await;
    assert!(scene.act_for(Some(&mandate.id)).await);
    let tokens = scene.tokens(&scene.person).await.expect("tokens");
    let (from, until) = (scene.house.now(), Time(scene.house.now().0 + 365 * 86_400));
    scene.house.pass(60);
    let list = scene.mainland.list(2, (Time(from.0 + 30), until), &[scene.certificate.serial()]);
    scene.house.keep("http://cn-licensed.example/list.crl", &list).await;
    job::sweep(&scene.house.app).await.expect("it sweeps");
    scene.assert_dead(&tokens).await;
    assert!(!scene.act_for(Some(&mandate.id)).await);
    let told = events(&scene.house.app, "mandate_withdrawn").await;
    assert_eq!((told.len(), &told[0]["by"]), (2, &json!("certificate")));
}

#[tokio::test]
async fn tokens_of_a_mandate_that_is_over_count_no_longer_before_any_job_runs() {
    let scene = Scene::set().await;
    let mandate = scene.mandate(&[], HOUR / 20).await;
    assert!(scene.act_for(Some(&mandate.id)).await);
    let tokens = scene.tokens(&scene.person).await.expect("tokens");
    scene.userinfo(&tokens).await.expect("they count");
    scene.house.pass(181);
    scene.assert_dead(&tokens).await;
}

#[tokio::test]
async fn a_companys_certificate_that_proves_too_little_gives_no_mandate_to_whoever_shows_it() {
    let scene = Scene::set_at(3).await;
    let (house, identity) = (&scene.house, &scene.house.app.identity);
    let begun = identity.begin_representing(BROWSER, &scene.person).await.expect("it answers");
    let attempt = house.attempt_again(&begun.expect("the person proved enough")).await;
    let shown = house.prove(&attempt, &scene.certificate).await;
    let session = Some(scene.person.session.clone());
    let refused = identity.enter(&attempt, shown, session, &origin()).await;
    assert!(matches!(refused, Err(Error::CompanyUnproved)), "{refused:?}");
    assert!(identity.live_mandates(&scene.person.person).await.expect("the database answers").is_empty());
}

/// A browser in which the company of the demonstration is signed in. Its key is SM2, which no browser presents.
fn company_of(demo: &Demo) -> Browser {
    let (browser, person) = (Browser::new(demo), demo.person("company"));
    let page = browser.open(client::login_page(demo, &browser).link("/challenge")).expect(200);
    let file = temporary_directory("challenge").join("challenge.bin");
    std::fs::write(&file, browser.get(page.link("/challenge.bin")).expect(200).body).expect("a file");
    let signed = run(pearlbridge().args(["sign-challenge", "--key"]).arg(&person.key).arg(&file));
    let chain = std::fs::read_to_string(&person.cert).expect("a file");
    let fields = [("chain", chain.as_str()), ("signature", std::str::from_utf8(&signed).expect("base64"))];
    code(&go(&browser, browser.send(&page.form("/challenge"), &fields)));
    browser
}

/// From the company's form to the tokens of whom it meant, as people see it.
#[test]
fn a_company_hands_a_link_over_and_whoever_takes_it_up_is_asked_for_whom_they_act() {
    let demo = Demo::start();
    let issuer = &demo.description.issuer;
    demo.operate(&["client", "set", "demo-client", "--scope", "openid profile organization offline_access"]);
    let company = company_of(&demo);
    let form = company.open(format!("{issuer}/account/mandates/new")).expect(200).form("/account/mandates");
    company.send(&form, &[("until", "2020-01-01"), ("items", "")]).expect(422);
    let (year, ..) = pki::Time(pearlbridge::clock::Clock::System.now_seconds().0).date();
    let until = format!("{}-01-31", year + 1);
    let given = company.submit(&form, &[("until", &until), ("items", "tax-return, permit:17")]).expect(200);
    let words = given.text();
    let link = words.split_whitespace().find(|word| word.contains("/mandate/")).expect("a link");

    let holder = Browser::of(&demo, demo.person("chan"));
    client::tokens(&holder, &demo);
    let offer = holder.open(link).expect(200);
    let path = offer.url.path().to_owned();
    holder.submit(&offer.form(&path), &[]).expect(200);

    let asked = ask(&demo, &[("scope", "openid profile organization offline_access")]);
    let silent = holder.get(ask(&demo, &[("scope", "openid organization"), ("prompt", "none")]).url);
    assert_eq!(parameter(&silent, "error").as_deref(), Some("interaction_required"));
    let whom = go(&holder, holder.get(&asked.url)).expect(200);
    assert!(whom.url.path().ends_with("/for"), "{}", whom.url);
    let ids: Vec<&str> =
        whom.body.split("name=\"mandate\" value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!((ids.len(), ids[0]), (2, "self"));
    let back = go(&holder, holder.send(&whom.form("/for"), &[("mandate", ids[1])]));
    let tokens = redeem(&holder, &demo, &asked, &code(&back)).expect(200).json();
    let org = &claims(text(&tokens, "id_token"))["org"];
    assert_eq!((&org["name"], &org["mandate"]), (&json!(demo.person("company").name), &json!(ids[1])));
    assert_eq!(org["items"], json!(["tax-return", "permit:17"]));
    userinfo(&holder, &demo, text(&tokens, "access_token")).expect(200);

    let account = company.open(format!("{issuer}/account")).expect(200);
    assert!(account.text().contains(&demo.person("chan").name), "the company sees who took it up");
    let done = company.submit(&account.form("/withdraw"), &[]).expect(200);
    assert_eq!(done.url.query(), Some("notice=mandate_withdrawn"));
    userinfo(&holder, &demo, text(&tokens, "access_token")).expect(401);
}
