//! A certificate falls under any record of the authority that issued it.

use pearlbridge::trust::Reason;
use pki::{Certificate, oid};

use crate::house::{Asked, House, Partner};

const FIRST: &str = "1.3.6.1.4.1.32473.1.1";
const SECOND: &str = "1.3.6.1.4.1.32473.2.1";

fn leaf(house: &House, partner: &Partner, kind: &str, policy: &str) -> Certificate {
    let subject = [
        (oid::COUNTRY, "HK"),
        (oid::ORGANIZATION, kind),
        (oid::ORGANIZATIONAL_UNIT, "1000000001"),
        (oid::COMMON_NAME, "CHAN Tai Man"),
    ];
    partner.leaf(Asked { subject: &subject, policy: Some(policy), ..Asked::default() }, house.now())
}

#[tokio::test]
async fn of_two_records_for_one_authority_each_recognises_its_own_type() {
    let house = House::open().await;
    let partner = house.partner("a-personal", "HK", FIRST).await;
    let mut second = partner.record("b-organisational", SECOND);
    (second.type_name, second.type_oid) = (Some("Organisational".to_owned()), Some(oid::ORGANIZATION.to_string()));
    house.recognise(second).await;

    for (kind, policy, record) in [("Personal", FIRST, "a-personal"), ("Organisational", SECOND, "b-organisational")] {
        let accepted = house.judge(&leaf(&house, &partner, kind, policy)).await;
        let accepted = accepted.unwrap_or_else(|refusal| panic!("{kind}: {refusal}"));
        assert_eq!((accepted.ca.as_str(), accepted.scheme), (record, format!("scheme of {record}")));
    }
    // The second's policy without the second's type falls under none.
    let refused = house.judge(&leaf(&house, &partner, "Personal", SECOND)).await;
    assert_eq!(refused.map(|_| ()).map_err(|refusal| refusal.reason), Err(Reason::WrongPolicy));
}

#[tokio::test]
async fn a_withdrawn_record_does_not_take_the_other_type_along() {
    let house = House::open().await;
    let partner = house.partner("a-personal", "HK", FIRST).await;
    house.recognise(partner.record("b-organisational", SECOND)).await;
    let circumstance = pearlbridge::audit::Circumstance::operator(house.app.clock.now());
    house.app.ca.set_record_status("a-personal", "withdrawn", "a test", circumstance).await.expect("it is withdrawn");
    house.pass(1);
    let refused = house.judge(&leaf(&house, &partner, "Personal", FIRST)).await;
    assert_eq!(refused.map(|_| ()).map_err(|refusal| refusal.reason), Err(Reason::Withdrawn));
    house.judge(&leaf(&house, &partner, "Organisational", SECOND)).await.expect("its record is granted");
}
