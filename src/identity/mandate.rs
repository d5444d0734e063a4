//! Acting for a company: the company gives a mandate, for some items or all, until a day; a person takes it up; either
//! withdraws it, which revokes all that was granted by it in the same transaction.
//!
//! *How does the company name the person?* It does not: it gets a link, good for a week and once, and hands that to whom it
//! means. So nobody's number has to be known to anybody, and nobody is made an agent without a word of their own.

use super::login::Entered;
use super::revoked::Revoked;
use super::session::{self, SignedIn, is_fresh};
use super::{Error, Identity, Origin, Result, level};
use crate::audit::{self, Circumstance, Event};
use crate::clock::{DAY, Micros};
use crate::store;
use crate::store::Connection;
use crate::store::attempt::{Attempt, CertificateProof, Progress};
use crate::store::credential::CertificateCredential;
use crate::store::mandate::{Given, Mandate};
use crate::store::person::Person;
use crate::store::session::Session;

/// So long an offer can be taken up.
const OFFER: Micros = 7 * DAY;

/// No mandate lasts longer: three years, one leap day among them.
const LONGEST: Micros = (3 * 365 + 1) * DAY;

/// So many codes of items, and so long ones.
const ITEMS: usize = 50;
const ITEM_LENGTH: usize = 64;

/// A mandate with the other side's account.
#[derive(Clone, Debug)]
pub struct WithParty {
    /// The mandate.
    pub mandate: Mandate,
    /// The company of one that was received; the holder of one that was given and taken up.
    pub party: Option<Person>,
}

/// What an offered mandate is for.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Codes of items; none for all.
    pub items: Vec<String>,
    /// Its end.
    pub until: Micros,
}

impl Identity {
    /// Whether mandates are this account's to give.
    pub fn gives_mandates(&self, person: &Person) -> bool {
        person.kind == "company"
    }

    /// The level that a session needs, proved a moment ago, to give or take up a mandate; `None` when it has it.
    pub fn mandate_lacks(&self, signed_in: &SignedIn) -> Option<i64> {
        let (session, level) = (&signed_in.session, self.mandate_level(signed_in));
        let proved = session.level >= level && is_fresh(session, self.clock.now());
        (!proved).then_some(level)
    }

    fn mandate_level(&self, signed_in: &SignedIn) -> i64 {
        match self.gives_mandates(&signed_in.person) {
            true => self.settings.level_give_mandate,
            false => level::reached(signed_in.person.level, self.settings.level_take_mandate),
        }
    }

    /// Gives a mandate. Gives the secret of the link by which it is taken up.
    ///
    /// # Errors
    /// [`Error::ProvedLongAgo`] when a login comes first; [`Error::MandateTerms`] for an end that is past or too far, or for
    /// items that are too many.
    pub async fn give_mandate(&self, signed_in: &SignedIn, terms: Terms, origin: &Origin) -> Result<String> {
        let now = self.clock.now();
        if self.mandate_lacks(signed_in).is_some() {
            return Err(Error::ProvedLongAgo);
        }
        let fits = terms.items.len() <= ITEMS && terms.items.iter().all(|item| is_code(item));
        if !self.gives_mandates(&signed_in.person) || !fits || terms.until <= now || terms.until > now + LONGEST {
            return Err(Error::MandateTerms);
        }
        let secret = crate::id::new_secret();
        let given = Given {
            id: crate::id::new_id(),
            company_id: signed_in.person.id.clone(),
            offer_hash: crate::id::digest(&secret),
            offer_until: now + OFFER,
            items: terms.items,
            until: terms.until,
            level: signed_in.session.level,
            proof: signed_in.session.credential.clone(),
            fingerprint: signed_in.session.fingerprint.clone(),
        };
        let (address, session, needed) =
            (origin.address.clone(), signed_in.session.clone(), self.settings.level_give_mandate);
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    session::held(tx, &session, needed, now).await?;
                    store::mandate::insert(tx, &given, now).await?;
                    let event = Event::MandateGiven { mandate: given.id, items: given.items };
                    let circumstance = Circumstance::person(now, &given.company_id, Some(&address));
                    Ok::<_, Error>(audit::record(tx, &circumstance, &event).await?)
                })
            })
            .await?;
        Ok(secret)
    }

    /// The mandate behind a link, with its company; `None` when it is over or taken, or a company's session looks.
    ///
    /// # Errors
    /// The database's.
    pub async fn offered_mandate(&self, secret: &str, signed_in: &SignedIn) -> Result<Option<(Mandate, Person)>> {
        if self.gives_mandates(&signed_in.person) {
            return Ok(None);
        }
        let (hash, now) = (crate::id::digest(secret), self.clock.now());
        let mut connection = self.store.read().await?;
        let Some(mandate) = store::mandate::offer(&mut connection, &hash, now).await? else { return Ok(None) };
        let company = store::person::find(&mut connection, &mandate.company_id).await?;
        Ok(company.map(|company| (mandate, company)))
    }

    /// Takes an offered mandate up. `false` when somebody else did, or it is over.
    ///
    /// # Errors
    /// [`Error::ProvedLongAgo`] when a login comes first; the database's.
    pub async fn take_mandate(&self, mandate: &Mandate, signed_in: &SignedIn, origin: &Origin) -> Result<bool> {
        if self.mandate_lacks(signed_in).is_some() || self.gives_mandates(&signed_in.person) {
            return Err(Error::ProvedLongAgo);
        }
        let (mandate, person, session) = (mandate.clone(), signed_in.person.id.clone(), signed_in.session.clone());
        let needed = self.mandate_level(signed_in);
        let (address, now) = (origin.address.clone(), self.clock.now());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let level = session::held(tx, &session, needed, now).await?.level;
                    let taken = store::mandate::accept(tx, &mandate.id, &person, level, now).await?;
                    if taken {
                        let event = Event::MandateTaken { mandate: mandate.id.clone() };
                        tell(tx, &mandate.company_id, &person, &person, &address, &event, now).await?;
                    }
                    Ok::<_, Error>(taken)
                })
            })
            .await
    }

    /// Withdraws a mandate that the person gave or has; its tokens are refused from now on. `false` when it is neither.
    ///
    /// # Errors
    /// The database's.
    pub async fn withdraw_mandate(&self, id: &str, person: &Person, origin: &Origin) -> Result<bool> {
        let (id, person, address, now) = (id.to_owned(), person.id.clone(), origin.address.clone(), self.clock.now());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let Some(by) = store::mandate::withdraw(tx, &id, &person, now).await? else { return Ok(false) };
                    let mandate = store::mandate::find(tx, &id).await?.ok_or(Error::AttemptGone)?;
                    let event = Event::MandateWithdrawn { mandate: id, by };
                    let holder = mandate.holder_id.as_deref().unwrap_or(&mandate.company_id);
                    tell(tx, &mandate.company_id, holder, &person, &address, &event, now).await?;
                    Ok::<_, Error>(true)
                })
            })
            .await
    }

    /// Ends what was granted by mandates that are over. Gives how many grants.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_mandates(&self) -> Result<u64> {
        let now = self.clock.now();
        self.store
            .write(move |tx| Box::pin(async move { Ok::<_, Error>(store::mandate::revoke_over(tx, now).await?) }))
            .await
    }

    /// Ends the mandates whose certificate counts no longer, and what was granted by them.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_revoked_mandates(&self, revoked: &Revoked) -> Result<()> {
        let ids: Vec<String> = revoked.mandates.iter().map(|mandate| mandate.id.clone()).collect();
        let now = self.clock.now();
        if ids.is_empty() {
            return Ok(());
        }
        self.store.write(move |tx| Box::pin(async move { end(tx, &ids, now).await })).await
    }

    /// The mandates of an account: those that it gave, or those that it has.
    ///
    /// # Errors
    /// The database's.
    pub async fn mandates(&self, person: &Person) -> Result<Vec<WithParty>> {
        let mut connection = self.store.read().await?;
        let gives = self.gives_mandates(person);
        let mandates = match gives {
            true => store::mandate::of_company(&mut connection, &person.id).await?,
            false => store::mandate::of_holder(&mut connection, &person.id).await?,
        };
        let mut found = Vec::new();
        for mandate in mandates {
            let party = if gives { mandate.holder_id.as_deref() } else { Some(mandate.company_id.as_str()) };
            let party = match party {
                Some(id) => store::person::find(&mut connection, id).await?,
                None => None,
            };
            found.push(WithParty { mandate, party });
        }
        Ok(found)
    }

    /// The companies that a person may act for now.
    ///
    /// # Errors
    /// The database's.
    pub async fn live_mandates(&self, person: &Person) -> Result<Vec<(Mandate, Person)>> {
        let now = self.clock.now();
        if self.gives_mandates(person) {
            return Ok(Vec::new());
        }
        let mandates = self.mandates(person).await?;
        let live = mandates.into_iter().filter(|known| known.mandate.is_live(now));
        Ok(live.filter_map(|known| Some((known.mandate, known.party?))).collect())
    }

    /// Chooses for whom a session acts at a client: by one of the person's mandates, or for themselves. `false` when the
    /// mandate is none of theirs, or over.
    ///
    /// # Errors
    /// The database's.
    pub async fn act_for(&self, signed_in: &SignedIn, client_id: &str, mandate_id: Option<&str>) -> Result<bool> {
        let live = self.live_mandates(&signed_in.person).await?;
        if mandate_id.is_some_and(|id| !live.iter().any(|(mandate, _)| mandate.id == id)) {
            return Ok(false);
        }
        let (session, client, now) = (signed_in.session.id.clone(), client_id.to_owned(), self.clock.now());
        let mandate = mandate_id.map(str::to_owned);
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    Ok::<_, Error>(store::mandate::act(tx, &session, &client, mandate.as_deref(), now).await?)
                })
            })
            .await?;
        Ok(true)
    }

    /// Begins an attempt in which the person of a session shows a company's certificate, to act for it. `None` when the session
    /// proved too little, or too long ago.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin_representing(&self, browser: &str, signed_in: &SignedIn) -> Result<Option<String>> {
        if self.mandate_lacks(signed_in).is_some() || self.gives_mandates(&signed_in.person) {
            return Ok(None);
        }
        let path = "/account?notice=mandate_taken".to_owned();
        let destination = store::attempt::Destination::Page { path, level: 0 };
        let progress = Progress { representing: Some(signed_in.person.id.clone()), ..Progress::default() };
        self.begin_with(browser, destination, progress).await.map(Some)
    }

    /// Whoever shows a company's certificate, signed in as themselves, has its mandate until that certificate ends: they could
    /// act as the company anyway, and now it is written who does.
    pub(super) async fn represent(
        &self,
        attempt: &Attempt,
        shown: &CertificateProof,
        company: Option<(CertificateCredential, Person)>,
        person_id: &str,
        current: Option<Session>,
        origin: &Origin,
    ) -> Result<Entered> {
        let now = self.clock.now();
        let session = current.filter(|session| session.person_id == person_id).ok_or(Error::AttemptGone)?;
        let person = store::person::find(&mut *self.store.read().await?, person_id).await?.ok_or(Error::AttemptGone)?;
        let signed_in = SignedIn { session, person };
        // The page may have been left open, and the session be another by now.
        if self.mandate_lacks(&signed_in).is_some() {
            return Err(Error::ProvedLongAgo);
        }
        let (session, needed) = (signed_in.session.clone(), self.mandate_level(&signed_in));
        let company = company.filter(|(_, company)| self.gives_mandates(company));
        let (credential, company) = company.ok_or(Error::NotACompany)?;
        if level::reached(company.level, shown.level) < self.settings.level_give_mandate {
            return Err(Error::CompanyUnproved);
        }
        let given = Given {
            id: crate::id::new_id(),
            company_id: company.id,
            // Nobody has a link to it.
            offer_hash: crate::id::digest(&crate::id::new_secret()),
            offer_until: now + OFFER,
            items: Vec::new(),
            until: shown.not_after.min(now + LONGEST),
            level: shown.level,
            proof: credential.id,
            fingerprint: Some(shown.fingerprint.clone()),
        };
        let (attempt, address, shown) = (attempt.id.clone(), origin.address.clone(), shown.clone());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let level = session::held(tx, &session, needed, now).await?.level;
                    store::shown_certificate::keep(tx, &shown.fingerprint, &shown.ca, &shown.serial).await?;
                    store::mandate::insert(tx, &given, now).await?;
                    store::mandate::accept(tx, &given.id, &session.person_id, level, now).await?;
                    let event = Event::MandateTaken { mandate: given.id };
                    let (company, holder) = (&given.company_id, &session.person_id);
                    tell(tx, company, holder, holder, &address, &event, now).await?;
                    match store::attempt::finish(tx, &attempt, &session.id, now).await? {
                        true => Ok(Entered::Represented),
                        false => Err(Error::AttemptGone),
                    }
                })
            })
            .await
    }

    /// An attempt that has ended in a session that is there already: only for whom it acts is still to be said.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin_signed_in(
        &self,
        browser: &str,
        destination: store::attempt::Destination,
        session: &Session,
    ) -> Result<String> {
        let (id, session, now) = (self.begin(browser, destination).await?, session.id.clone(), self.clock.now());
        let attempt = id.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move { Ok::<_, Error>(store::attempt::finish(tx, &attempt, &session, now).await?) })
            })
            .await?;
        Ok(id)
    }
}

/// A code of an item: letters, digits and what joins them.
fn is_code(item: &str) -> bool {
    let joins = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | ':' | '/');
    !item.is_empty() && item.len() <= ITEM_LENGTH && item.chars().all(joins)
}

/// Ends mandates with what they rest on: both sides have it in their activity.
pub(super) async fn end(tx: &mut Connection, ids: &[String], now: Micros) -> Result<()> {
    for id in ids {
        if !store::mandate::end(tx, id, now).await? {
            continue;
        }
        let mandate = store::mandate::find(tx, id).await?.ok_or(Error::AttemptGone)?;
        let event = Event::MandateWithdrawn { mandate: id.clone(), by: "certificate".to_owned() };
        for person in [Some(mandate.company_id), mandate.holder_id].into_iter().flatten() {
            let circumstance = Circumstance { person: Some(&person), ..Circumstance::system(now) };
            audit::record(tx, &circumstance, &event).await?;
        }
    }
    Ok(())
}

/// Both sides have it in their activity.
async fn tell(
    tx: &mut Connection,
    company: &str,
    holder: &str,
    actor: &str,
    address: &str,
    event: &Event,
    now: Micros,
) -> Result<()> {
    let actor = audit::Actor::Person(actor.to_owned());
    let mut sides = vec![company, holder];
    sides.dedup();
    for person in sides {
        // Where the one side is, is not the other's business.
        let here = matches!(&actor, audit::Actor::Person(id) if id == person);
        let circumstance =
            Circumstance { at: now, actor: actor.clone(), person: Some(person), address: here.then_some(address) };
        audit::record(tx, &circumstance, event).await?;
    }
    Ok(())
}
