//! Every page with made-up data, and every state that a page can be in.

use askama::Template;
use pearlbridge::locale::Locale;
use pearlbridge::web::view::account::*;
use pearlbridge::web::view::device::*;
use pearlbridge::web::view::error::*;
use pearlbridge::web::view::hall::*;
use pearlbridge::web::view::home::*;
use pearlbridge::web::view::login::*;
use pearlbridge::web::view::mandate::*;
use pearlbridge::web::view::person::*;
use pearlbridge::web::view::phone::*;
use pearlbridge::web::view::qr::Qr;
use pearlbridge::web::view::report::*;
use pearlbridge::web::view::terms::*;
use pearlbridge::web::view::trust::*;
use pearlbridge::web::view::verify::*;
use pearlbridge::web::view::{PageContext, Problem};

/// 5 March 2026, 14:05 in Guangzhou.
const NOW: i64 = 1_772_690_700;
const DAY: i64 = 86_400;
const HK_CA: &str = "Demo Hong Kong e-Cert CA 1";
const FINGERPRINT: &str = "9f2c41d07ab85e63f1d4c0987e2b6a5513cf8e90d7a4b12c6e8f305917bd42ca";
const CHALLENGE: &str = "cGVhcmxicmlkZ2UgY2hhbGxlbmdlIDE3NzI2OTA3MDAgNGY5YTg3";

/// A page, rendered, under a name for its file.
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) html: String,
}

/// All of them, in one language.
pub(crate) fn all(locale: Locale) -> Vec<Sample> {
    let mut samples = Samples { locale, list: Vec::new() };
    samples.home_and_login();
    samples.welcome_and_logout();
    samples.device();
    samples.errors();
    samples.account();
    samples.verify();
    samples.trust();
    samples.halls();
    samples.list
}

/// Every problem that a form can have.
pub(crate) fn problems(locale: Locale) -> Vec<Problem> {
    let label = |field| HallItemPage::label(&locale, field);
    vec![
        Problem::AlreadyLinked,
        Problem::AnotherPerson,
        Problem::DateInFuture,
        Problem::CertificateMissing,
        Problem::CertificateSeveral,
        Problem::CertificateTooLarge,
        Problem::CertificateTextUnreadable,
        Problem::CertificateUnreadable,
        Problem::ChainMissing,
        Problem::ChainUnreadable,
        Problem::AuthenticatorExpired,
        Problem::ChallengeExpired,
        Problem::ChoiceMissing,
        Problem::CodeMissing,
        Problem::CodeUsed,
        Problem::CodeWrong,
        Problem::CredentialsWrong,
        Problem::CsrKeyRefused,
        Problem::CsrMissing,
        Problem::CsrSignatureWrong,
        Problem::CsrSm2SignatureWrong,
        Problem::CsrUnreadable,
        Problem::DateUnreadable,
        Problem::FieldInvalid { field: "phone".into(), label: label("phone") },
        Problem::FieldMissing { field: "phone".into(), label: label("phone") },
        Problem::FieldUnchosen { field: "purpose".into(), label: label("purpose") },
        Problem::FormExpired,
        Problem::MandateTerms,
        Problem::NotACompany,
        Problem::CompanyUnproved,
        Problem::MandateUntil,
        Problem::PasskeyCopied,
        Problem::PasskeyExpired,
        Problem::PasskeyNameMissing,
        Problem::PasskeyNotMade,
        Problem::PasskeyRefused,
        Problem::PasskeyTaken,
        Problem::PasskeyUnknown,
        Problem::PasswordMissing,
        Problem::ProfileRefused,
        Problem::RecoveryCodeMissing,
        Problem::RecoveryCodeThrottled { wait_seconds: 300 },
        Problem::RecoveryCodeWrong,
        Problem::SignatureMissing,
        Problem::SignatureUnreadable,
        Problem::SignatureWrong,
        Problem::Throttled { wait_seconds: 300 },
        Problem::TooManyPasskeys,
        Problem::UserCodeThrottled { wait_seconds: 300 },
        Problem::UserCodeWrong,
        Problem::UsernameMissing,
    ]
}

struct Samples {
    locale: Locale,
    list: Vec<Sample>,
}

impl Samples {
    fn add(&mut self, name: impl Into<String>, page: impl Template) {
        self.list.push(Sample { name: name.into(), html: page.render().expect("a page of plain data renders") });
    }

    fn page(&self, path: &str) -> PageContext {
        PageContext {
            locale: self.locale,
            path_and_query: path.into(),
            csrf: "3q2-7w".into(),
            signed_in: None,
            kiosk: None,
            demonstration: true,
        }
    }

    fn page_of_person(&self, path: &str) -> PageContext {
        PageContext { signed_in: Some("陳大文".into()), ..self.page(path) }
    }

    fn home_and_login(&mut self) {
        let halls = Hall::ALL.iter().map(|hall| HallLink {
            name: hall.text(&self.locale),
            summary: hall.summary(&self.locale),
            url: "https://localhost:8451/".into(),
        });
        self.add("home", HomePage { page: self.page("/"), halls: halls.collect(), trusted_authorities: 4 });
        self.add("login", self.login());
        self.add(
            "login-step-up",
            LoginPage {
                page: self.page_of_person("/login/a1"),
                level: 4,
                password_suffices: false,
                step_up: Some(step_up(StepUpReason::Level { now: 2 })),
                ..self.login()
            },
        );
        self.add(
            "login-sandbox",
            LoginPage {
                sandbox: true,
                policy_url: Some("https://rp.example/policy".into()),
                terms_url: Some("https://rp.example/terms".into()),
                ..self.login()
            },
        );
        self.add("login-fresh", LoginPage { step_up: Some(step_up(StepUpReason::Fresh)), ..self.login() });
        let problems = vec![Problem::PasskeyUnknown];
        self.add("login-passkey-wrong", LoginPage { problems, ..self.login() });
        self.add("login-wrong", LoginPage { problems: vec![Problem::CredentialsWrong], ..self.login() });
        self.add(
            "login-throttled",
            LoginPage {
                certificate_url: None,
                cancel_url: None,
                problems: vec![Problem::Throttled { wait_seconds: 300 }],
                ..self.login()
            },
        );
        self.add("totp", self.totp(vec![]));
        self.add("totp-wrong", self.totp(vec![Problem::CodeWrong]));
        self.phone();
        for (name, problems) in [("recovery", vec![]), ("recovery-wrong", vec![Problem::RecoveryCodeWrong])] {
            let (page, client_name) = (self.page("/login/a1/recovery"), Hall::City.text(&self.locale));
            self.add(name, RecoveryPage { page, attempt: "a1".into(), client_name, problems });
        }
        self.add("challenge", self.challenge(vec![]));
        self.add("challenge-wrong", self.challenge(vec![Problem::ChainUnreadable, Problem::SignatureMissing]));
    }

    fn login(&self) -> LoginPage {
        LoginPage {
            page: self.page("/login/a1"),
            attempt: "a1".into(),
            client_name: Hall::Window.text(&self.locale),
            sandbox: false,
            policy_url: None,
            terms_url: None,
            level: 3,
            certificate_url: Some("https://localhost:8444/login/a1/certificate".into()),
            phone: true,
            passkey: Some("{\"challenge\":\"AA\"}".into()),
            password_suffices: true,
            username: "chan.taiman".into(),
            step_up: None,
            problems: vec![],
            cancel_url: Some("https://localhost:8451/callback?error=access_denied".into()),
        }
    }

    fn device(&mut self) {
        let user_code = || "WDJB-MJHT".to_owned();
        for (name, problems) in [("device", vec![]), ("device-wrong", vec![Problem::UserCodeWrong])] {
            self.add(name, DevicePage { page: self.page_of_person("/device"), user_code: user_code(), problems });
        }
        let client_name = Hall::City.text(&self.locale);
        for (name, reads_profile, reads_identity, sandbox) in [
            ("device-confirm", true, true, false),
            ("device-confirm-name", true, false, false),
            ("device-confirm-number", false, false, false),
            ("device-confirm-sandbox", true, false, true),
        ] {
            self.add(
                name,
                DeviceConfirmPage {
                    page: self.page_of_person("/device"),
                    user_code: user_code(),
                    client_name: client_name.clone(),
                    sandbox,
                    display_name: "陈大文".into(),
                    reads_profile,
                    reads_identity,
                    uses: if reads_identity { vec!["records:read".into(), "records:write".into()] } else { vec![] },
                },
            );
        }
        for (name, allowed) in [("device-allowed", true), ("device-refused", false)] {
            let page = self.page_of_person("/device/decision");
            self.add(name, DeviceDonePage { page, client_name: client_name.clone(), allowed });
        }
    }

    fn totp(&self, problems: Vec<Problem>) -> TotpPage {
        let client_name = Hall::City.text(&self.locale);
        TotpPage { page: self.page("/login/a1/totp"), attempt: "a1".into(), client_name, problems }
    }

    fn challenge(&self, problems: Vec<Problem>) -> ChallengePage {
        ChallengePage {
            page: self.page("/login/a1/challenge"),
            attempt: "a1".into(),
            client_name: Hall::Window.text(&self.locale),
            challenge_base64: CHALLENGE.into(),
            expires_at: NOW + 600,
            chain: String::new(),
            problems,
        }
    }

    fn welcome_and_logout(&mut self) {
        self.add("welcome", self.welcome(vec![]));
        let wrong = vec![Problem::ChoiceMissing, Problem::CredentialsWrong, Problem::CodeUsed];
        self.add("welcome-wrong", self.welcome(wrong));
        self.add(
            "logout",
            LogoutPage {
                page: self.page_of_person("/oauth2/end_session"),
                action: "/oauth2/end_session".into(),
                client_name: Some(Hall::Window.text(&self.locale)),
                parameters: vec![("state".into(), "af0ifjsldkj".into())],
                stay_url: "/account".into(),
            },
        );
        let halls = vec![
            HallNotice { name: Hall::Window.text(&self.locale), confirmed: true },
            HallNotice { name: Hall::City.text(&self.locale), confirmed: false },
        ];
        let link = ReturnLink { name: Hall::Window.text(&self.locale), url: "https://localhost:8451/".into() };
        let frames = vec!["https://localhost:8451/logout?iss=x&sid=y".to_owned()];
        let framed =
            SignedOutPage { page: self.page("/"), halls: halls.clone(), return_to: Some(link.clone()), frames };
        self.add("signed-out-frames", framed);
        self.add("signed-out", SignedOutPage { page: self.page("/"), halls, return_to: Some(link), frames: vec![] });
        self.add(
            "signed-out-plain",
            SignedOutPage { page: self.page("/"), halls: vec![], return_to: None, frames: vec![] },
        );
        let fields = vec![("code".to_owned(), "aB3".to_owned()), ("state".to_owned(), "x".to_owned())];
        let action = "https://localhost:8451/callback".to_owned();
        self.add("return", ReturnPage { page: self.page("/"), action, fields });
    }

    fn welcome(&self, problems: Vec<Problem>) -> WelcomePage {
        WelcomePage {
            page: self.page("/login/a1/welcome"),
            attempt: "a1".into(),
            client_name: Hall::Window.text(&self.locale),
            person: person(),
            certificate: certificate(),
            username: String::new(),
            problems,
        }
    }

    fn errors(&mut self) {
        for reason in RefusalReason::ALL {
            let readable = !matches!(reason, RefusalReason::NoCertificatePresented | RefusalReason::Malformed);
            self.add(
                format!("refusal-{}", reason.code()),
                RefusalPage {
                    page: self.page("/login/a1"),
                    reason: *reason,
                    certificate: readable.then(certificate),
                    since: (*reason == RefusalReason::Revoked).then_some(NOW - 9 * DAY),
                    technical: readable.then(technical),
                    incident: "7KQ2-9DXM".into(),
                    at: NOW,
                    another_way_url: "/login/a1".into(),
                },
            );
        }
        for kind in ErrorKind::ALL {
            let bad_address = *kind == ErrorKind::BadRedirectUri;
            self.add(
                format!("error-{}", kind.code()),
                ErrorPage {
                    page: self.page("/nowhere?x=1"),
                    kind: *kind,
                    detail: bad_address.then(|| "https://hall.example/\"><script>alert(1)</script>".into()),
                    incident: kind.is_logged().then(|| "7KQ2-9DXM".into()),
                    at: NOW,
                    retry_url: (*kind == ErrorKind::FormExpired).then(|| "/account".into()),
                },
            );
        }
    }

    fn account(&mut self) {
        self.add("account", self.account_page());
        self.add(
            "account-empty",
            AccountPage {
                notice: Some(Notice::AccountOpened),
                sessions: vec![session("s1", true)],
                password: None,
                totp_since: None,
                recovery_codes: None,
                passkeys: None,
                mandates: None,
                unfamiliar: None,
                issued: vec![],
                profiles: vec![],
                halls: vec![],
                ..self.account_page()
            },
        );
        let problems = vec![Problem::ProfileRefused, Problem::CsrUnreadable];
        self.add("account-wrong", AccountPage { csr: "<not a request>".into(), problems, ..self.account_page() });
        self.add(
            "link",
            LinkPage {
                page: self.page_of_person("/account/link"),
                certificate_url: Some("https://localhost:8444/account/link".into()),
                challenge_url: "/login/a2/challenge".into(),
                problems: vec![Problem::AlreadyLinked],
            },
        );
        self.passkeys();
        self.recovery();
        self.mandates();
        for (name, numbers) in [("export", true), ("export-masked", false)] {
            self.add(name, ExportPage { page: self.page_of_person("/account/export"), numbers });
        }
        for (name, kept) in [
            ("unlink", None),
            ("unlink-only", Some(KeptBecause::OnlyWayIn)),
            ("unlink-own", Some(KeptBecause::IssuedHere)),
            ("unlink-first", Some(KeptBecause::OpenedAccount)),
        ] {
            self.add(
                name,
                UnlinkPage {
                    page: self.page_of_person("/account/credentials/c1/unlink"),
                    action: "/account/credentials/c1/unlink".into(),
                    certificate: certificate(),
                    kept,
                    opened_this_session: false,
                },
            );
        }
        for (name, just_issued, state) in
            [("issued-new", true, IssuedState::Valid), ("issued", false, IssuedState::Revoked)]
        {
            self.add(
                name,
                IssuedPage {
                    page: self.page_of_person("/account/certificates/4F1A"),
                    just_issued,
                    certificate: certificate(),
                    profile: self.profile().name,
                    algorithm: "SM2 with SM3".into(),
                    state,
                    pem_url: "/account/certificates/4F1A.pem".into(),
                    der_url: "/account/certificates/4F1A.der".into(),
                    chain_url: "/account/certificates/4F1A-chain.pem".into(),
                },
            );
        }
    }

    fn mandates(&mut self) {
        let codes = || vec!["tax-return".to_owned(), "permit:17".to_owned()];
        for (name, problems) in [("mandate", vec![]), ("mandate-wrong", vec![Problem::MandateTerms])] {
            let (page, until) = (self.page_of_person("/account/mandates/new"), "2026-12-31".to_owned());
            self.add(name, GiveMandatePage { page, until, items: "tax-return".into(), problems });
        }
        let address = "https://localhost:8443/mandate/3q2-7w3q2-7w3q2-7w3q2-7w3q2-7w3q2-7w3q2-7w3q2".to_owned();
        let (page, qr) = (self.page_of_person("/account"), Qr::of(&address));
        self.add("mandate-given", MandateGivenPage { page, qr, address, items: codes(), until: NOW + 90 * DAY });
        let (page, company) = (self.page_of_person("/mandate/x"), "珠江口贸易有限公司".to_owned());
        let (action, until) = ("/mandate/x".to_owned(), NOW + 90 * DAY);
        self.add("offer", OfferPage { page, action, company, display_name: "陈大文".into(), items: vec![], until });
        for (name, problems) in [("represent", vec![]), ("represent-wrong", vec![Problem::NotACompany])] {
            let page = self.page_of_person("/account/mandates/certificate");
            let certificate_url = "https://localhost:8444/certificate/a2".to_owned();
            self.add(
                name,
                RepresentPage { page, certificate_url, challenge_url: "/login/a2/challenge".into(), problems },
            );
        }
        for outcome in MandateOutcome::ALL {
            let page = self.page_of_person("/mandate/x");
            self.add(format!("offer-{}", outcome.code()), OfferDonePage { page, outcome: *outcome });
        }
        let company = |name: &str, items| Company { mandate: "m1".into(), name: name.into(), items, until: NOW };
        self.add(
            "whom",
            WhomPage {
                page: self.page_of_person("/login/a1/for"),
                attempt: "a1".into(),
                client_name: Hall::City.text(&self.locale),
                display_name: "陈大文".into(),
                companies: vec![company("珠江口贸易有限公司", vec![]), company("Delta Consulting Ltd", codes())],
            },
        );
    }

    fn phone(&mut self) {
        for standing in PhoneStanding::ALL {
            let address = "https://localhost:8443/phone/3q2-7w3q2-7w3q2-7w3q2-7w3q2-7w3q2-7w3q2-7w3q2".to_owned();
            self.add(
                format!("phone-{}", standing.code()),
                PhonePage {
                    page: self.page("/login/a1/phone"),
                    attempt: "a1".into(),
                    client_name: Hall::City.text(&self.locale),
                    qr: Qr::of(&address),
                    address,
                    number: 47,
                    expires_at: NOW + 120,
                    standing: *standing,
                },
            );
        }
        for (name, same_network) in [("screen", true), ("screen-elsewhere", false)] {
            self.add(
                name,
                ScreenPage {
                    page: PageContext { kiosk: same_network.then_some(300), ..self.page_of_person("/phone/x") },
                    action: "/phone/x".into(),
                    client_name: Hall::City.text(&self.locale),
                    device: "Chrome · Windows".into(),
                    address: "203.0.113.27".into(),
                    same_network,
                    asked_at: NOW,
                    numbers: vec![23, 47, 81],
                },
            );
        }
        for outcome in ScreenOutcome::ALL {
            let page = self.page_of_person("/phone/x");
            self.add(format!("screen-{}", outcome.code()), ScreenDonePage { page, outcome: *outcome });
        }
    }

    fn recovery(&mut self) {
        let codes = ["BCDFG-HJKLM", "NPQRS-TVWXZ", "CDFGH-JKLMN"].map(String::from);
        let known = RecoveryCodes { left: 10, made_at: NOW, used_at: None };
        let some = RecoveryCodes { left: 3, used_at: Some(NOW - DAY), ..known };
        for (name, known, made) in [
            ("recovery-codes", None, vec![]),
            ("recovery-codes-some", Some(some), vec![]),
            ("recovery-codes-made", Some(known), codes.iter().cycle().take(10).cloned().collect()),
        ] {
            self.add(name, RecoveryCodesPage { page: self.page_of_person("/account/recovery-codes"), known, made });
        }
        for (name, problems) in [("authenticator", vec![]), ("authenticator-wrong", vec![Problem::CodeWrong])] {
            let page = self.page_of_person("/account/authenticator");
            let qr =
                Qr::of("otpauth://totp/Pearlbridge:chan?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Pearlbridge");
            let secret = "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP".into();
            self.add(name, AuthenticatorPage { page, qr, secret, problems });
        }
    }

    fn passkeys(&mut self) {
        for (name, problems) in
            [("passkey", vec![]), ("passkey-wrong", vec![Problem::PasskeyNameMissing, Problem::PasskeyNotMade])]
        {
            let page = self.page_of_person("/account/passkeys/new");
            let options = "{\"challenge\":\"AA\",\"user\":{\"id\":\"AA\"}}".into();
            self.add(name, AddPasskeyPage { page, options, name: "Chrome · Android".into(), problems });
        }
        for (name, only_way_in) in [("passkey-remove", false), ("passkey-only", true)] {
            self.add(
                name,
                RemovePasskeyPage {
                    page: self.page_of_person("/account/passkeys/p1/remove"),
                    action: "/account/passkeys/p1/remove".into(),
                    name: "iPhone".into(),
                    added_at: NOW - 30 * DAY,
                    used_at: (!only_way_in).then_some(NOW),
                    only_way_in,
                    opened_this_session: only_way_in,
                },
            );
        }
    }

    fn account_page(&self) -> AccountPage {
        let read =
            |claims: &[ClaimName], last_at| HallRead { claims: claims.to_vec(), first_at: NOW - 30 * DAY, last_at };
        let access = |hall: Hall, read| HallAccess {
            name: hall.text(&self.locale),
            read,
            withdraw_url: (hall == Hall::City).then(|| "/account/halls/hall-city/withdraw".into()),
        };
        AccountPage {
            page: self.page_of_person("/account"),
            notice: None,
            person: person(),
            sessions: vec![session("s1", true), session("s2", false)],
            password: Some(PasswordCredential { username: "chan.taiman".into(), set_at: NOW - 90 * DAY }),
            totp_since: Some(NOW - 90 * DAY),
            recovery_codes: Some(RecoveryCodes { left: 3, made_at: NOW - 30 * DAY, used_at: Some(NOW - DAY) }),
            passkeys: Some(vec![passkey("iPhone", false), passkey("旧平板", true)]),
            certificates: vec![linked(NOW - 30 * DAY, false), linked(NOW - 800 * DAY, true)],
            mandates: Some(Mandates { gives: true, rows: MandateState::ALL.iter().map(mandate).collect() }),
            issued: vec![IssuedCertificate {
                certificate: certificate(),
                profile: self.profile().name,
                state: IssuedState::Valid,
                url: "/account/certificates/4F1A".into(),
            }],
            profiles: vec![self.profile()],
            csr: String::new(),
            problems: vec![],
            unfamiliar: Some(Unfamiliar {
                device: "Firefox · Windows".into(),
                address: "203.0.113.5".into(),
                at: NOW - DAY,
            }),
            halls: vec![
                access(Hall::Window, vec![read(&[ClaimName::Level], NOW), read(ClaimName::ALL, NOW - DAY)]),
                access(Hall::City, vec![read(&[ClaimName::Name, ClaimName::Level], NOW - 30 * DAY)]),
            ],
            activity: ActivityKind::ALL.iter().zip(0..).map(activity).collect(),
        }
    }

    fn profile(&self) -> Profile {
        let name = match self.locale {
            Locale::ZhHans => "个人签名证书（SM2）",
            Locale::ZhHant => "個人簽署證書（SM2）",
            Locale::En => "Personal signing certificate (SM2)",
            Locale::Pt => "Certificado pessoal de assinatura (SM2)",
        };
        Profile { id: "person-sm2".into(), name: name.into() }
    }

    fn verify(&mut self) {
        let form = |result, problems| VerifyPage {
            page: self.page("/verify"),
            pem: String::new(),
            at: String::new(),
            problems,
            result,
        };
        let mut pages: Vec<(String, VerifyPage)> = [
            ("verify", form(None, vec![])),
            ("verify-wrong", form(None, vec![Problem::CertificateUnreadable, Problem::DateUnreadable])),
            ("verify-valid", form(Some(valid()), vec![])),
            ("verify-revoked", form(Some(revoked()), vec![])),
            ("verify-unknown", form(Some(unknown()), vec![])),
            ("verify-unknown-ca", form(Some(unknown_ca()), vec![])),
        ]
        .map(|(name, page)| (name.to_owned(), page))
        .into();
        for standing in Standing::ALL {
            pages.push((format!("verify-{}", standing.code()), form(Some(described(*standing)), vec![])));
        }
        for reason in RefusalReason::ALL {
            let refused = VerifyResult { reason: Some(*reason), ..revoked() };
            pages.push((format!("verify-refused-{}", reason.code()), form(Some(refused), vec![])));
        }
        for (name, page) in pages {
            self.add(name, page);
        }
    }

    fn trust(&mut self) {
        self.add("trust", self.trust_list(records()));
        self.add("trust-empty", self.trust_list(vec![]));
        let change = |days: i64, status, reason: Option<&str>| StatusChange {
            at: NOW - days * DAY,
            status,
            reason: reason.map(Into::into),
        };
        let record = TrustRecordPage {
            page: self.page("/trust/hk-demo-1"),
            id: "hk-demo-1".into(),
            row: records().remove(2),
            root_name: "Demo Hong Kong Root CA".into(),
            root_fingerprint: FINGERPRINT.into(),
            ca_fingerprint: FINGERPRINT.into(),
            policies: vec!["2.16.344.8.2.2008.810.2.2012.1.0".into(), "2.16.344.8.2.2008.810.2.2013.1.0".into()],
            mapped_policy: Some("1.3.6.1.4.1.32473.1.1".into()),
            valid_from: NOW - 400 * DAY,
            valid_until: Some(NOW + 700 * DAY),
            legal_basis: Some("粤港两地电子签名证书互认办法".into()),
            cross_certificate: Some(CrossCertificate {
                serial: "4F1A09C2".into(),
                not_after: NOW + 60 * DAY,
                url: "/pki/bridge-hk-demo-1.cer".into(),
            }),
            history: vec![
                change(3, RecordStatus::Suspended, Some("年度评估逾期")),
                change(400, RecordStatus::Granted, None),
            ],
        };
        self.add("trust-record", record.clone());
        self.add(
            "trust-record-bare",
            TrustRecordPage {
                valid_until: None,
                legal_basis: None,
                mapped_policy: None,
                cross_certificate: None,
                ..record
            },
        );
    }

    fn trust_list(&self, records: Vec<TrustRecordRow>) -> TrustListPage {
        TrustListPage {
            page: self.page("/trust"),
            sequence: 42,
            issued_at: NOW - DAY,
            next_update: Some(NOW + 29 * DAY),
            anchors: 3,
            records,
        }
    }

    fn halls(&mut self) {
        for hall in Hall::ALL {
            let items = hall.items().to_vec();
            self.add(
                format!("hall-{}", hall.code()),
                HallFrontPage { page: self.page("/"), hall: context(*hall), items: items.clone() },
            );
            for item in items {
                self.add(format!("hall-item-{}", item.code()), self.item(*hall, item, vec![]));
            }
        }
        let label = |field| HallItemPage::label(&self.locale, field);
        let wrong = vec![
            Problem::FieldUnchosen { field: "purpose".into(), label: label("purpose") },
            Problem::FieldInvalid { field: "phone".into(), label: label("phone") },
        ];
        self.add("hall-item-wrong", self.item(Hall::Window, Item::Practice, wrong));
        self.add(
            "hall-receipt",
            HallReceiptPage {
                page: self.page_of_person("/items/practice/receipt"),
                hall: context(Hall::Window),
                item: Item::Practice,
                receipt_number: "4400-20260305-0000173".into(),
                applicant: "陳大文".into(),
                received_at: NOW,
            },
        );
        self.add("hall-signed-out", HallSignedOutPage { page: self.page("/"), hall: context(Hall::City) });
        for kind in HallError::ALL {
            self.add(
                format!("hall-error-{}", kind.code()),
                HallErrorPage {
                    page: self.page("/"),
                    hall: context(Hall::Window),
                    kind: *kind,
                    incident: "W-3F9A".into(),
                    retry_url: (*kind != HallError::NotEligible).then(|| "/login".into()),
                },
            );
        }
    }

    fn item(&self, hall: Hall, item: Item, problems: Vec<Problem>) -> HallItemPage {
        HallItemPage {
            page: self.page_of_person(&format!("/items/{}", item.code())),
            hall: context(hall),
            item,
            person: if item == Item::Insurance { company() } else { person() },
            phone: "+852 5123 4567".into(),
            purpose: problems.is_empty().then_some(Purpose::First),
            remarks: String::new(),
            problems,
        }
    }
}

fn step_up(reason: StepUpReason) -> StepUp {
    StepUp { display_name: "陳大文".into(), reason }
}

fn person() -> Person {
    Person {
        names: vec![
            PersonName { script: NameScript::Traditional, value: "陳大文".into() },
            PersonName { script: NameScript::Latin, value: "CHAN Tai Man".into() },
        ],
        region: Region::HongKong,
        document: Some(Document { kind: DocumentKind::SubscriberReference, masked_number: "00****5678".into() }),
        subject: SubjectKind::Person,
        level: 4,
        verified_by: HK_CA.into(),
        verified_how: Method::Certificate,
        verified_at: NOW,
    }
}

fn company() -> Person {
    Person {
        names: vec![PersonName {
            script: NameScript::Simplified, value: "珠海横琴示范贸易有限公司".into()
        }],
        region: Region::Guangdong,
        document: Some(Document { kind: DocumentKind::CreditCode, masked_number: "9144************65".into() }),
        subject: SubjectKind::Company,
        verified_by: "演示广东电子认证 CA（SM2）".into(),
        verified_how: Method::SignedChallenge,
        ..person()
    }
}

fn certificate() -> CertificateFacts {
    CertificateFacts {
        holder: "CHAN Tai Man".into(),
        issuer: HK_CA.into(),
        serial: "4F1A09C2D377E1B0".into(),
        not_before: NOW - 200 * DAY,
        not_after: NOW + 165 * DAY,
    }
}

fn technical() -> TechnicalReason {
    TechnicalReason {
        code: "cert_expired".into(),
        message: "the certificate expired at 2026-02-28T16:00:00Z".into(),
        rfc: "RFC 5280 §6.1.3 (a)(2)".into(),
    }
}

fn linked(linked_at: i64, expired: bool) -> LinkedCertificate {
    let unlink_url = "/account/credentials/c1/unlink".into();
    LinkedCertificate { certificate: certificate(), unlink_url, linked_at, expired }
}

fn session(id: &str, current: bool) -> Session {
    Session {
        id: id.into(),
        device: if current { "Chrome · Windows" } else { "Safari · iPhone" }.into(),
        address: "203.0.113.27".into(),
        method: if current { Method::Certificate } else { Method::PasswordTotp },
        since: NOW - 3600,
        last_used: NOW,
        current,
    }
}

fn activity((kind, hours): (&ActivityKind, i64)) -> Activity {
    Activity {
        at: NOW - hours * 3600,
        kind: *kind,
        detail: (hours % 3 != 2).then(|| HK_CA.into()),
        address: (hours % 2 == 0).then(|| "203.0.113.27".into()),
    }
}

fn valid() -> VerifyResult {
    VerifyResult {
        verdict: Verdict::Valid,
        standing: None,
        record_url: Some("/trust/hk-demo-1".into()),
        reason: None,
        technical: None,
        at: NOW,
        holder: "CHAN Tai Man".into(),
        subject: Some(SubjectKind::Person),
        issuer: HK_CA.into(),
        region: Some(Region::HongKong),
        level: Some(4),
        path: vec![
            node(NodeRole::Person, "CHAN Tai Man", "RSA 2048 · SHA-256"),
            node(NodeRole::IssuingCa, HK_CA, "RSA 2048 · SHA-256"),
            node(NodeRole::Bridge, "Pearlbridge Demo Bridge CA", "ECDSA P-256 · SHA-256"),
            PathNode { checks: vec![], ..node(NodeRole::Root, "演示广东省根 CA", "SM2 · SM3") },
        ],
        anchored: true,
        report: Some(report(None)),
    }
}

/// With one check of the first certificate that came out otherwise, if there is one.
fn report(wrong: Option<(ReportCheck, ReportOutcome)>) -> ReportView {
    let check = |kind: ReportCheck, outcome| ReportedCheck {
        kind,
        outcome,
        rfc: "RFC 5280 §6.1.3 (a)(1)",
        why: matches!(outcome, ReportOutcome::Failed | ReportOutcome::Unknown).then(technical),
        evidence: match (kind, outcome) {
            (ReportCheck::Revocation, ReportOutcome::Passed | ReportOutcome::Failed) => {
                vec![ReportedEvidence { kind: "CRL", of: HK_CA.into(), at: NOW - DAY }]
            }
            _ => Vec::new(),
        },
    };
    let usual = |kind: &ReportCheck| match kind {
        ReportCheck::NameConstraints => ReportOutcome::NotApplicable,
        ReportCheck::Names | ReportCheck::Purpose => ReportOutcome::NotAsked,
        _ => ReportOutcome::Passed,
    };
    let certificate = |name: &str| ReportedCertificate {
        name: name.into(),
        checks: ReportCheck::ALL.iter().map(|kind| check(*kind, usual(kind))).collect(),
    };
    let mut certificates = vec![certificate("CHAN Tai Man"), certificate(HK_CA), certificate("演示广东省根 CA")];
    if let Some((kind, outcome)) = wrong {
        certificates[0].checks.iter_mut().filter(|one| one.kind == kind).for_each(|one| *one = check(kind, outcome));
    }
    let names = ["CHAN Tai Man", HK_CA, "Pearlbridge Demo Bridge CA"].join(" ← ");
    ReportView {
        certificates,
        assumptions: vec![Assumed::AnyPurpose, Assumed::AnyName, Assumed::KnownAt],
        rejected: vec![RejectedPath { names, why: technical() }],
        untold: 3,
    }
}

fn described(standing: Standing) -> VerifyResult {
    let anchored = matches!(standing, Standing::OwnRoot | Standing::OwnIssuing | Standing::Recognised);
    let mut result = VerifyResult {
        verdict: if standing.is_in_force() { Verdict::Valid } else { Verdict::Invalid },
        standing: Some(standing),
        record_url: (standing == Standing::Recognised).then(|| "/trust/hk-demo-1".into()),
        holder: HK_CA.into(),
        subject: None,
        level: None,
        anchored,
        report: None,
        ..valid()
    };
    result.path = if standing == Standing::OwnRoot { result.path.split_off(3) } else { result.path.split_off(2) };
    if !anchored {
        result.path.truncate(1);
    }
    result
}

fn revoked() -> VerifyResult {
    let mut result = VerifyResult {
        verdict: Verdict::Invalid,
        reason: Some(RefusalReason::Revoked),
        technical: Some(technical()),
        level: None,
        report: Some(report(Some((ReportCheck::Revocation, ReportOutcome::Failed)))),
        ..valid()
    };
    result.path[0].checks[2] = check(CheckKind::Revocation, Outcome::Failed, Some("2026-02-24"));
    result.path[0].checks[3].outcome = Outcome::Skipped;
    result
}

fn unknown() -> VerifyResult {
    let mut result =
        VerifyResult { verdict: Verdict::Unknown, reason: Some(RefusalReason::RevocationUnknown), ..revoked() };
    result.path[0].role = NodeRole::Company;
    result.path[0].checks[2].outcome = Outcome::Unknown;
    result
}

fn unknown_ca() -> VerifyResult {
    let mut result = VerifyResult {
        reason: Some(RefusalReason::UnknownCa),
        record_url: None,
        region: None,
        anchored: false,
        ..revoked()
    };
    result.path = vec![PathNode {
        checks: vec![
            check(CheckKind::Period, Outcome::Passed, None),
            check(CheckKind::Signature, Outcome::Unknown, None),
        ],
        names: vec!["dns:stranger.example".into(), "dns:xn--lhrz14b.example (政務.example)".into()],
        ..node(NodeRole::EndEntity, "stranger.example", "RSA 2048 · SHA-256")
    }];
    result
}

fn node(role: NodeRole, name: &str, algorithm: &str) -> PathNode {
    PathNode {
        names: vec![],
        role,
        name: name.into(),
        subject: format!("CN={name},O=Pearlbridge Demonstration,C=HK"),
        issuer: format!("CN={HK_CA},O=Pearlbridge Demonstration,C=HK"),
        serial: "4F1A09C2D377E1B0".into(),
        not_before: NOW - 200 * DAY,
        not_after: NOW + 165 * DAY,
        algorithm: algorithm.into(),
        fingerprint: FINGERPRINT.into(),
        checks: vec![
            check(CheckKind::Period, Outcome::Passed, None),
            check(CheckKind::Signature, Outcome::Passed, None),
            check(CheckKind::Revocation, Outcome::Passed, Some("CRL 2026-03-05")),
            check(CheckKind::Policy, Outcome::Passed, Some("1.3.6.1.4.1.32473.1.1")),
        ],
    }
}

fn check(kind: CheckKind, outcome: Outcome, note: Option<&str>) -> Check {
    Check { kind, outcome, note: note.map(Into::into) }
}

fn records() -> Vec<TrustRecordRow> {
    let record = |id: &str, ca_name: &str, name: &str, scheme, region, level, status| TrustRecordRow {
        url: format!("/trust/{id}"),
        name: name.into(),
        ca_name: ca_name.into(),
        scheme,
        region,
        level,
        status,
        since: NOW - 400 * DAY,
    };
    use {RecordStatus as S, Region as R, Scheme as L};
    vec![
        record("gd", "演示广东省签发 CA（SM2）", "个人与企业证书", L::Provincial, R::Guangdong, 5, S::Granted),
        record("cn-demo", "演示广东电子认证 CA（SM2）", "个人证书", L::Licensed, R::Guangdong, 4, S::Granted),
        record(
            "hk-demo-1",
            HK_CA,
            "e-Cert (Personal) with Mutual Recognition",
            L::HongKong,
            R::HongKong,
            4,
            S::Suspended,
        ),
        record("mo-demo-1", "Demo Macao eSignTrust CA", "Certificado qualificado", L::Macao, R::Macao, 4, S::Granted),
        record(
            "mo-demo-0",
            "Demo Macao eSignTrust CA (2019)",
            "Certificado normalizado",
            L::Macao,
            R::Macao,
            3,
            S::Withdrawn,
        ),
    ]
}

fn context(hall: Hall) -> HallContext {
    HallContext {
        hall,
        issuer_url: "https://localhost:8443".into(),
        sign_in_url: "/login".into(),
        sign_out_action: "/logout".into(),
    }
}

fn passkey(name: &str, blocked: bool) -> Passkey {
    Passkey {
        name: name.into(),
        added_at: NOW - 30 * DAY,
        used_at: blocked.then_some(NOW - DAY),
        blocked,
        remove_url: "/account/passkeys/p1/remove".into(),
    }
}

fn mandate(state: &MandateState) -> Mandate {
    let offered = *state == MandateState::Offered;
    let live = offered || *state == MandateState::InForce;
    Mandate {
        party: (!offered).then(|| "陈大文".into()),
        items: if live { vec![] } else { vec!["tax-return".into()] },
        given_at: NOW - 30 * DAY,
        until: NOW + 90 * DAY,
        state: *state,
        withdraw_url: live.then(|| "/account/mandates/m1/withdraw".into()),
    }
}
