//! A stolen copy of the database tells no identity number.

use std::path::Path;

use pearlbridge::config::Settings;
use pearlbridge::store::{self};
use pki::oid;

use crate::house::{Asked, House, origin};
use crate::login_page;
use crate::support::browser::Browser;
use crate::support::client::{self, code, go};
use crate::support::demo::Demo;

const RESIDENT: &str = "440100199001010015";
const CREDIT_CODE: &str = "91440300123456788M";
const REFERENCE: &str = "MO-7654321";
const SUBSCRIBER: &str = "1000000003";

const MAINLAND: &str = "1.3.6.1.4.1.32473.86.1.1";
const MACAO: &str = "1.3.6.1.4.1.32473.853.1.1";
const HONG_KONG: &str = "2.16.344.8.2.2008.810.2.2018.1.1";

/// The files of a SQLite database, also what is not yet moved into it.
fn database(directory: &Path) -> Vec<u8> {
    let entries = std::fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path());
    let files = entries.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().contains(".db")));
    files.flat_map(|path| std::fs::read(path).expect("a file")).collect()
}

/// Which of these texts lie in there, as they are or in hexadecimal.
fn found<'t>(bytes: &[u8], texts: &[&'t str]) -> Vec<&'t str> {
    let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    texts.iter().copied().filter(|text| holds(text.as_bytes()) || holds(hex::encode(text).as_bytes())).collect()
}

#[tokio::test]
async fn no_number_and_no_subject_lies_in_the_database_after_a_first_login() {
    // SQLite, whatever the run is about: its files are looked at.
    let file = |settings: &Settings| settings.custody.master_key_file.with_file_name("pearlbridge.db");
    let on_files = |settings: &mut Settings| settings.database.url = format!("sqlite:{}", file(settings).display());
    let house = House::open_with(on_files).await;
    let mainland = house.partner("cn-licensed", "GD", MAINLAND).await;
    let macao = house.partner("mo-qualified", "MO", MACAO).await;
    let hong_kong = house.partner("hk-ecert-personal", "HK", HONG_KONG).await;
    let person = [(oid::COUNTRY, "CN"), (oid::COMMON_NAME, "张伟"), (oid::SERIAL_NUMBER, RESIDENT)];
    let company = [(oid::COUNTRY, "CN"), (oid::ORGANIZATION, "演示公司"), (oid::SERIAL_NUMBER, CREDIT_CODE)];
    let in_macao = [(oid::COUNTRY, "MO"), (oid::COMMON_NAME, "LEI Ka Ian"), (oid::SERIAL_NUMBER, REFERENCE)];
    let in_hong_kong =
        [(oid::COUNTRY, "HK"), (oid::ORGANIZATIONAL_UNIT, SUBSCRIBER), (oid::COMMON_NAME, "CHAN Tai Man")];
    let (of_person, of_company) = (("1.2.156.10260.4.1.1", RESIDENT), ("1.2.156.10260.4.1.4", CREDIT_CODE));
    let asked = |subject, policy, text| Asked { subject, policy: Some(policy), text, ..Asked::default() };
    let leaves = [
        (&mainland, asked(&person, MAINLAND, Some(of_person))),
        (&mainland, asked(&company, MAINLAND, Some(of_company))),
        (&macao, asked(&in_macao, MACAO, None)),
        (&hong_kong, asked(&in_hong_kong, HONG_KONG, None)),
    ];
    for (partner, asked) in leaves {
        let leaf = partner.leaf(asked, house.now());
        let first = house.sign_in(&leaf).await;
        assert_eq!(house.sign_in(&leaf).await.person.id, first.person.id);
        // Refused ones are written down too: over, of another policy, outside of what the bridge permits.
        let abroad = [(oid::COUNTRY, "ZZ")];
        let abroad: Vec<_> = abroad.iter().chain(&asked.subject[1..]).copied().collect();
        let refused = [
            Asked { over: 1, ..asked },
            Asked { policy: Some("1.3.6.1.4.1.32473.9.9"), ..asked },
            Asked { subject: &abroad, ..asked },
        ];
        for asked in refused {
            let leaf = partner.leaf(asked, house.now());
            let judged = house.app.identity.judge_certificate("mtls", &leaf, &[], &origin()).await;
            assert!(judged.is_err());
        }
    }
    let bytes = database(&house.directory);
    assert_eq!(found(&bytes, &["CHAN Tai Man", "CN=Bridge"]), ["CHAN Tai Man", "CN=Bridge"], "texts are found");
    let secret = [RESIDENT, CREDIT_CODE, REFERENCE, SUBSCRIBER, "serialNumber=", "2.5.4.5="];
    assert_eq!(found(&bytes, &secret), [""; 0]);
    house.app.store.close().await;
    assert_eq!(found(&database(&house.directory), &secret), [""; 0]);
}

/// The demonstration plays the partners: their books, which are not the service's, hold what they certified.
#[tokio::test]
async fn beside_the_partners_books_no_number_lies_in_the_demonstrations_database() {
    let mut demo = Demo::start_with(None, &[]); // SQLite: its files are looked at
    for username in ["chan", "lei"] {
        client::tokens(&Browser::of(&demo, demo.person(username)), &demo);
    }
    let browser = Browser::new(&demo);
    code(&client::with_password(&browser, &demo, &login_page(&demo, &browser), "zhang"));
    let partner = demo.partner("HK");
    let newcomer = Browser::new(&demo).with_certificate(&partner.leaf, &partner.leaf_key);
    let welcome = client::with_certificate(&newcomer, &login_page(&demo, &newcomer)).expect(200);
    code(&go(&newcomer, newcomer.send(&welcome.form("/welcome"), &[("action", "new")])));
    demo.kill();

    let app = demo.open().await;
    let removed: store::Result<u64> = app
        .store
        .write(|tx| {
            Box::pin(async move {
                let sql = "DELETE FROM issued_certificate WHERE authority_id IN ('hk-ca', 'mo-ca', 'cn-ca')";
                Ok(sqlx::query(sql).execute(tx).await?.rows_affected())
            })
        })
        .await;
    assert_eq!(removed.expect("the rows can be removed"), 5);
    app.store.close().await;
    let bytes = database(&demo.directory);
    let numbers = [RESIDENT, CREDIT_CODE, "MO-0000017", "1000000001", "1000000002", "serialNumber=", "2.5.4.5="];
    assert_eq!(found(&bytes, &["CHAN Tai Man"]), ["CHAN Tai Man"]);
    assert_eq!(found(&bytes, &numbers), [""; 0]);
}
