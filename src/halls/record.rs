//! What people hand in, and the receipt (统一回执) that they get for it.

use serde_json::Value;
use time::OffsetDateTime;
use time::macros::{format_description, offset};

use super::Hall;
use super::error::Error;
use super::session::Session;
use crate::clock::{Micros, SECOND};
use crate::store::hall::ServiceRecord;
use crate::store::{self};

/// Digits and letters that cannot be taken for one another (no I, L, O, U), as a receipt is read out on the telephone.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// So often a number that exists already is drawn anew. Two of a day's 2⁴⁰ meet hardly ever, three times never.
const DRAWS: usize = 3;

impl Hall {
    /// Takes an application for `item` in: the number of its receipt.
    ///
    /// # Errors
    /// The database's.
    pub async fn hand_in(&self, session: &Session, item: &str, form: &Value) -> Result<String, Error> {
        let mut outcome = self.write_record(session, item, form).await;
        for _ in 1..DRAWS {
            if !matches!(&outcome, Err(Error::Store(error)) if error.is_conflict()) {
                break;
            }
            outcome = self.write_record(session, item, form).await;
        }
        outcome
    }

    /// An application that the session's holder handed in here.
    ///
    /// # Errors
    /// The database's.
    pub async fn record(&self, session: &Session, id: &str) -> Result<Option<ServiceRecord>, Error> {
        let mut connection = self.store.read().await?;
        Ok(store::hall::record(&mut connection, self.kind().id(), &session.subject, id).await?)
    }

    async fn write_record(&self, session: &Session, item: &str, form: &Value) -> Result<String, Error> {
        let now = self.clock.now();
        let record = ServiceRecord {
            id: receipt_number(now, crate::rng::bytes()),
            hall: self.kind().id().to_owned(),
            item: item.to_owned(),
            subject: session.subject.clone(),
            form: form.to_string(),
            created_at: now,
        };
        let id = record.id.clone();
        self.store
            .write(move |tx| Box::pin(async move { Ok::<_, Error>(store::hall::hand_in(tx, &record).await?) }))
            .await?;
        Ok(id)
    }
}

/// `GD`, the day in the province, eight random characters: `GD20260305K7Q2M9XA`.
fn receipt_number(now: Micros, random: [u8; 8]) -> String {
    let at = OffsetDateTime::from_unix_timestamp(now.div_euclid(SECOND)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let day = at.to_offset(offset!(+8)).format(format_description!("[year][month][day]")).unwrap_or_default();
    let tail = random.map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
    format!("GD{day}{}", String::from_iter(tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_number_holds_the_provinces_day() {
        // 2026-03-04T16:05:00Z is past midnight in Guangzhou.
        assert_eq!(receipt_number(1_772_640_300 * SECOND, [0, 31, 32, 255, 10, 1, 2, 3]), "GD202603050Z0ZA123");
    }
}
