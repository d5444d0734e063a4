//! The login itself: an attempt begins, proves something, and ends in a session.

use std::sync::Arc;

use super::credential::{password, totp};
use super::session::{Opened, Proof};
use super::{Error, Identity, Origin, Result};
use crate::audit::{self, Actor, Circumstance, Event};
use crate::clock::{MINUTE, Micros, SECOND};
use crate::store::attempt::{Attempt, CertificateProof, Destination, Progress};
use crate::store::credential::CertificateCredential;
use crate::store::person::{Document, Person};
use crate::store::session::Session;
use crate::store::{self, Connection};

/// What a good certificate leads to.
#[derive(Debug)]
pub enum Entered {
    /// Into the account that it opens.
    Session(Box<Opened>),
    /// To the question *new here* or *link to my account*.
    Stranger,
    /// It was added to the account of the person that is signed in, whose session it raised.
    Linked(Box<Opened>),
}

impl Identity {
    /// Begins an attempt of the browser with this cookie. Gives its id.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin(&self, browser: &str, destination: Destination, linking: Option<String>) -> Result<String> {
        let now = self.clock.now();
        let attempt = Attempt {
            id: crate::id::new_id(),
            browser_hash: crate::id::digest(browser),
            destination,
            progress: Progress { linking, ..Progress::default() },
            expires_at: now + self.settings.attempt_lifetime * SECOND,
            finished_at: None,
        };
        let id = attempt.id.clone();
        self.store
            .write(move |tx| Box::pin(async move { Ok::<_, Error>(store::attempt::insert(tx, &attempt, now).await?) }))
            .await?;
        Ok(id)
    }

    /// The attempt `id`, finished or not, if this browser began it.
    ///
    /// # Errors
    /// [`Error::AttemptGone`] when it is over or another browser's.
    pub async fn attempt(&self, id: &str, browser: &str) -> Result<Attempt> {
        let attempt = self.attempt_of_anyone(id).await?;
        if crate::id::same(&attempt.browser_hash, &crate::id::digest(browser)) {
            Ok(attempt)
        } else {
            Err(Error::AttemptGone)
        }
    }

    /// The attempt `id` on the mutual-TLS listener, where its browser's cookie may not be seen. What is proved there is
    /// handed to the browser as a secret, and counts only together with the cookie.
    ///
    /// # Errors
    /// [`Error::AttemptGone`] when it is over.
    pub async fn attempt_of_anyone(&self, id: &str) -> Result<Attempt> {
        let now = self.clock.now();
        store::attempt::find(&mut *self.store.read().await?, id, now).await?.ok_or(Error::AttemptGone)
    }

    /// First factor: user name and password. The second is still to come.
    ///
    /// # Errors
    /// Wrong, or throttled.
    pub async fn check_password(
        &self,
        attempt: &Attempt,
        username: &str,
        password: &str,
        origin: &Origin,
    ) -> Result<()> {
        self.verify_password(username, password, origin).await?;
        let progress = Progress { password_of: Some(username.to_owned()), ..attempt.progress.clone() };
        self.record_progress(attempt, progress).await
    }

    /// Second factor: the code; opens the session.
    ///
    /// # Errors
    /// Wrong, used, throttled, or the first factor is missing.
    pub async fn check_code(
        self: &Arc<Self>,
        attempt: &Attempt,
        code: &str,
        current: Option<Session>,
        origin: &Origin,
    ) -> Result<Opened> {
        let username = attempt.progress.password_of.clone().ok_or(Error::AttemptGone)?;
        let person = self.verify_code(&username, code, origin).await?;
        let proof = Proof {
            person,
            method: "password".to_owned(),
            method_level: self.settings.level_password,
            credential: username,
            fingerprint: None,
        };
        self.finish(attempt, proof, current, origin, None).await
    }

    /// Leaves what was proved on the mutual-TLS listener for the attempt's browser. Gives the secret to fetch it with.
    ///
    /// # Errors
    /// The database's.
    pub async fn leave_proof(&self, attempt: &str, proof: CertificateProof) -> Result<String> {
        let secret = crate::id::new_secret();
        let (hash, attempt, expires_at) = (crate::id::digest(&secret), attempt.to_owned(), self.clock.now() + MINUTE);
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    Ok::<_, Error>(store::attempt::leave_proof(tx, &hash, &attempt, &proof, expires_at).await?)
                })
            })
            .await?;
        Ok(secret)
    }

    /// Picks it up, once.
    ///
    /// # Errors
    /// [`Error::AttemptGone`] when it was picked up, is too old, or belongs to another attempt.
    pub async fn take_proof(&self, attempt: &Attempt, secret: &str) -> Result<CertificateProof> {
        let (hash, id, now) = (crate::id::digest(secret), attempt.id.clone(), self.clock.now());
        let proof = self
            .store
            .write(move |tx| {
                Box::pin(async move { Ok::<_, Error>(store::attempt::take_proof(tx, &hash, &id, now).await?) })
            })
            .await?;
        proof.ok_or(Error::AttemptGone)
    }

    /// Goes on with a good certificate: into its account, to the question, or to the account that links it.
    ///
    /// # Errors
    /// [`Error::AlreadyLinked`] when it is to be linked and opens another account.
    pub async fn enter(
        self: &Arc<Self>,
        attempt: &Attempt,
        proof: CertificateProof,
        current: Option<Session>,
        origin: &Origin,
    ) -> Result<Entered> {
        let mut connection = self.store.read().await?;
        let known =
            store::credential::find_certificate(&mut connection, &proof.scheme, &proof.ca, &proof.subject_key).await?;
        let owner = match &known {
            Some(credential) => store::person::find(&mut connection, &credential.person_id).await?,
            None => None,
        };
        drop(connection);
        if let Some(person_id) = attempt.progress.linking.clone() {
            return self.link_to_signed_in(attempt, proof, &person_id, current, origin).await;
        }
        match (known, owner) {
            (Some(credential), Some(person)) => {
                let proved = self.certificate_proof(person, &proof, credential.id);
                let opened = self.finish(attempt, proved, current, origin, Some(Addition::Seen(proof))).await?;
                Ok(Entered::Session(Box::new(opened)))
            }
            _ => {
                let progress = Progress { stranger: Some(proof), ..attempt.progress.clone() };
                self.record_progress(attempt, progress).await?;
                Ok(Entered::Stranger)
            }
        }
    }

    /// *New here*: an account for the certificate that was shown.
    ///
    /// # Errors
    /// [`Error::AttemptGone`] when none was shown; [`Error::AlreadyLinked`] when it opens an account by now.
    pub async fn open_account(
        self: &Arc<Self>,
        attempt: &Attempt,
        current: Option<Session>,
        origin: &Origin,
    ) -> Result<Opened> {
        let proof = attempt.progress.stranger.clone().ok_or(Error::AttemptGone)?;
        let person = self.new_person(&proof);
        let proved = self.certificate_proof(person, &proof, crate::id::new_id());
        self.finish(attempt, proved, current, origin, Some(Addition::Account(proof))).await
    }

    /// *Link to my account*: the holder proves the account too, by password and code.
    ///
    /// # Errors
    /// As both factors; [`Error::AlreadyLinked`] when the certificate opens an account by now.
    pub async fn link_account(
        self: &Arc<Self>,
        attempt: &Attempt,
        (username, password, code): (&str, &str, &str),
        current: Option<Session>,
        origin: &Origin,
    ) -> Result<Opened> {
        let proof = attempt.progress.stranger.clone().ok_or(Error::AttemptGone)?;
        self.verify_password(username, password, origin).await?;
        let mut person = self.verify_code(username, code, origin).await?;
        person.level = person.level.max(proof.level);
        let proved = self.certificate_proof(person, &proof, crate::id::new_id());
        self.finish(attempt, proved, current, origin, Some(Addition::Link(proof, "password"))).await
    }

    async fn link_to_signed_in(
        self: &Arc<Self>,
        attempt: &Attempt,
        proof: CertificateProof,
        person_id: &str,
        current: Option<Session>,
        origin: &Origin,
    ) -> Result<Entered> {
        if current.as_ref().is_none_or(|session| session.person_id != person_id) {
            return Err(Error::AttemptGone);
        }
        let person = store::person::find(&mut *self.store.read().await?, person_id).await?;
        let mut person = person.ok_or(Error::AttemptGone)?;
        person.level = person.level.max(proof.level);
        let proved = self.certificate_proof(person, &proof, crate::id::new_id());
        let opened = self.finish(attempt, proved, current, origin, Some(Addition::Link(proof, "session"))).await?;
        Ok(Entered::Linked(Box::new(opened)))
    }

    fn certificate_proof(&self, person: Person, proof: &CertificateProof, credential: String) -> Proof {
        Proof {
            person,
            method: proof.method.clone(),
            method_level: proof.level,
            credential,
            fingerprint: Some(proof.fingerprint.clone()),
        }
    }

    fn new_person(&self, proof: &CertificateProof) -> Person {
        let now = self.clock.now();
        Person {
            id: crate::id::new_id(),
            kind: proof.kind.clone(),
            region: proof.region.clone(),
            names: proof.names.clone(),
            level: proof.level,
            verified_at: now,
            verified_how: format!("certificate:{}", proof.ca),
            created_at: now,
        }
    }

    /// Ends the attempt, writes what the login adds, opens the session: one transaction.
    async fn finish(
        self: &Arc<Self>,
        attempt: &Attempt,
        proof: Proof,
        current: Option<Session>,
        origin: &Origin,
        addition: Option<Addition>,
    ) -> Result<Opened> {
        let (this, id, origin, now) = (self.clone(), attempt.id.clone(), origin.clone(), self.clock.now());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    if !store::attempt::finish(tx, &id, now).await? {
                        return Err(Error::AttemptGone);
                    }
                    if let Some(addition) = addition {
                        this.write_addition(tx, &proof, addition, &origin).await?;
                    }
                    this.open(tx, proof, current.as_ref(), &origin).await
                })
            })
            .await
    }

    async fn write_addition(
        &self,
        tx: &mut Connection,
        proof: &Proof,
        addition: Addition,
        origin: &Origin,
    ) -> Result<()> {
        let (certificate, how) = match addition {
            Addition::Seen(seen) => {
                return Ok(store::credential::refresh_certificate(tx, &proof.credential, &seen).await?);
            }
            Addition::Account(certificate) => {
                store::person::insert(tx, &proof.person).await?;
                let event = Event::AccountCreated { how: "certificate".to_owned() };
                audit::record(tx, &self.by_holder(proof, origin), &event).await?;
                (certificate, "new")
            }
            Addition::Link(certificate, how) => (certificate, how),
        };
        self.write_link(tx, proof, &certificate, how, origin).await
    }

    async fn write_link(
        &self,
        tx: &mut Connection,
        proof: &Proof,
        certificate: &CertificateProof,
        how: &str,
        origin: &Origin,
    ) -> Result<()> {
        let now = self.clock.now();
        let link = credential(&proof.credential, &proof.person.id, certificate, how, now);
        if !store::credential::link_certificate(tx, &link).await? {
            return Err(Error::AlreadyLinked);
        }
        let verified = format!("certificate:{}", certificate.ca);
        store::person::raise_level(tx, &proof.person.id, certificate.level, &verified, now).await?;
        if let Some((kind, number)) = &certificate.document {
            let document = self.document(&proof.person.id, kind, number);
            store::person::add_document(tx, &document, now).await?;
        }
        let event = Event::CertificateLinked { ca: certificate.ca.clone(), how: how.to_owned() };
        Ok(audit::record(tx, &self.by_holder(proof, origin), &event).await?)
    }

    /// Links a certificate that the province just issued to `person`, so that it opens their account.
    ///
    /// # Errors
    /// When trust does not accept it, which would be a fault of ours; the database's.
    pub async fn link_issued(&self, person: &Person, certificate: &pki::Certificate, origin: &Origin) -> Result<()> {
        let proof = self.judge_certificate("issued", certificate, &[], origin).await?;
        let now = self.clock.now();
        let link = credential(&crate::id::new_id(), &person.id, &proof, "issued", now);
        let (person, address) = (person.id.clone(), origin.address.clone());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    if store::credential::link_certificate(tx, &link).await? {
                        let event = Event::CertificateLinked { ca: link.ca.clone(), how: link.linked_how.clone() };
                        audit::record(tx, &Circumstance::person(now, &person, Some(&address)), &event).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .await
    }

    /// A document as it is stored: hashed to be found, sealed to be kept, masked to be shown.
    pub fn document(&self, person_id: &str, kind: &str, number: &str) -> Document {
        let id = crate::id::new_id();
        Document {
            number_hash: self.custody.index(kind, number),
            number_sealed: self.custody.seal(&format!("document {id}"), number.as_bytes()),
            number_masked: super::document::mask(number),
            person_id: person_id.to_owned(),
            kind: kind.to_owned(),
            id,
        }
    }

    fn by_holder<'a>(&self, proof: &'a Proof, origin: &'a Origin) -> Circumstance<'a> {
        Circumstance::person(self.clock.now(), &proof.person.id, Some(&origin.address))
    }

    async fn record_progress(&self, attempt: &Attempt, progress: Progress) -> Result<()> {
        let (id, now) = (attempt.id.clone(), self.clock.now());
        let open = self
            .store
            .write(move |tx| {
                Box::pin(async move { Ok::<_, Error>(store::attempt::record_progress(tx, &id, &progress, now).await?) })
            })
            .await?;
        if open { Ok(()) } else { Err(Error::AttemptGone) }
    }

    async fn verify_password(&self, username: &str, password: &str, origin: &Origin) -> Result<()> {
        self.check_throttle(username, origin).await?;
        let known = store::credential::find_password(&mut *self.store.read().await?, username).await?;
        if password::verify(password.to_owned(), known.map(|known| known.phc)).await {
            return Ok(());
        }
        self.count_failure("password", username, origin).await?;
        Err(Error::CredentialsWrong)
    }

    async fn verify_code(&self, username: &str, code: &str, origin: &Origin) -> Result<Person> {
        self.check_throttle(username, origin).await?;
        let mut connection = self.store.read().await?;
        let known = store::credential::find_password(&mut connection, username).await?.ok_or(Error::AttemptGone)?;
        let person = store::person::find(&mut connection, &known.person_id).await?.ok_or(Error::AttemptGone)?;
        drop(connection);
        let secret = self.custody.unseal(&totp_purpose(username), &known.totp_sealed)?;
        let Some(step) = totp::matching_step(&secret, code, self.clock.now()) else {
            self.count_failure("totp", username, origin).await?;
            return Err(Error::CodeWrong);
        };
        let name = username.to_owned();
        let fresh = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let fresh = store::credential::use_totp_step(tx, &name, step).await?;
                    if fresh {
                        store::throttle::clear(tx, &account_counter(&name)).await?;
                    }
                    Ok::<_, Error>(fresh)
                })
            })
            .await?;
        if fresh { Ok(person) } else { Err(Error::CodeUsed) }
    }

    async fn check_throttle(&self, username: &str, origin: &Origin) -> Result<()> {
        let (now, window) = (self.clock.now(), self.settings.throttle_window * SECOND);
        let counters = [
            (account_counter(username), self.settings.throttle_account),
            (address_counter(&origin.address), self.settings.throttle_address),
        ];
        let mut connection = self.store.read().await?;
        for (counter, limit) in counters {
            let failures = store::throttle::failures(&mut connection, &counter, now - window).await?;
            if let Some((_, began)) = failures.filter(|(count, _)| *count >= limit) {
                let wait = (began + window - now) / SECOND + 1;
                return Err(Error::Throttled { wait_seconds: wait.unsigned_abs() });
            }
        }
        Ok(())
    }

    async fn count_failure(&self, method: &str, username: &str, origin: &Origin) -> Result<()> {
        let (now, since) = (self.clock.now(), self.clock.now() - self.settings.throttle_window * SECOND);
        let (account, network) = (account_counter(username), address_counter(&origin.address));
        let known = store::credential::find_password(&mut *self.store.read().await?, username).await?;
        let person = known.map(|known| known.person_id);
        let event = Event::SignInRefused {
            method: method.to_owned(),
            reason: "wrong".to_owned(),
            detail: String::new(),
            incident: crate::id::new_id(),
        };
        let address = origin.address.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    store::throttle::fail(tx, &account, now, since).await?;
                    store::throttle::fail(tx, &network, now, since).await?;
                    let person = person.as_deref();
                    let circumstance =
                        Circumstance { at: now, actor: Actor::Anonymous, person, address: Some(&address) };
                    audit::record(tx, &circumstance, &event).await?;
                    Ok::<_, Error>(())
                })
            })
            .await
    }
}

/// The link of a certificate to a person.
pub(super) fn credential(
    id: &str,
    person: &str,
    certificate: &CertificateProof,
    how: &str,
    now: Micros,
) -> CertificateCredential {
    CertificateCredential {
        id: id.to_owned(),
        person_id: person.to_owned(),
        scheme: certificate.scheme.clone(),
        ca: certificate.ca.clone(),
        subject_key: certificate.subject_key.clone(),
        subject: certificate.subject.clone(),
        level: certificate.level,
        fingerprint: certificate.fingerprint.clone(),
        serial: certificate.serial.clone(),
        not_before: certificate.not_before,
        not_after: certificate.not_after,
        linked_at: now,
        linked_how: how.to_owned(),
    }
}

/// What a login writes beside the session.
enum Addition {
    /// The credential's certificate as it was seen now.
    Seen(CertificateProof),
    /// A new account with its certificate.
    Account(CertificateProof),
    /// A certificate for an account that exists, and on what proof.
    Link(CertificateProof, &'static str),
}

/// For what a TOTP secret is sealed.
pub fn totp_purpose(username: &str) -> String {
    format!("totp of {username}")
}

/// A counter's name tells no user name: it is hashed.
fn account_counter(username: &str) -> String {
    format!("account:{}", hex::encode(crate::id::sha256(username.as_bytes())))
}

fn address_counter(address: &str) -> String {
    format!("address:{address}")
}
