//! The login itself: an attempt begins, proves something, and ends in a session.

use std::sync::Arc;

use super::link::Addition;
use super::session::{Opened, Proof, is_fresh};
use super::{Error, Identity, Origin, Result};
use crate::clock::{MINUTE, SECOND};
use crate::store;
use crate::store::attempt::{Attempt, CertificateProof, Destination, Progress};
use crate::store::person::Person;
use crate::store::session::Session;
use crate::trust::OWN_SCHEME;

/// What a good certificate leads to.
#[derive(Debug)]
pub enum Entered {
    /// Into the account that it opens.
    Session(Box<Opened>),
    /// To the question *new here* or *link to my account*.
    Stranger,
    /// It was added to the account of the person that is signed in, whose session it raised.
    Linked(Box<Opened>),
    /// It is a company's, which the person that is signed in may act for from now on.
    Represented,
}

impl Identity {
    /// Begins an attempt of the browser with this cookie. Gives its id.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin(&self, browser: &str, destination: Destination) -> Result<String> {
        self.begin_with(browser, destination, Progress::default()).await
    }

    /// Begins an attempt that adds a certificate to the account of a session. `None` when the session was proved too long
    /// ago: whoever finds a browser that was left open must not give themselves a way in that stays.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin_linking(
        &self,
        browser: &str,
        destination: Destination,
        session: &Session,
    ) -> Result<Option<String>> {
        if !is_fresh(session, self.clock.now()) {
            return Ok(None);
        }
        let progress = Progress { linking: Some(session.person_id.clone()), ..Progress::default() };
        self.begin_with(browser, destination, progress).await.map(Some)
    }

    pub(super) async fn begin_with(
        &self,
        browser: &str,
        destination: Destination,
        progress: Progress,
    ) -> Result<String> {
        let now = self.clock.now();
        let attempt = Attempt {
            id: crate::id::new_id(),
            browser_hash: crate::id::digest(browser),
            destination,
            progress,
            expires_at: now + self.settings.attempt_lifetime * SECOND,
            finished_at: None,
            session_id: None,
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
        store::attempt::find(&mut *self.store.look_up().await?, id, now).await?.ok_or(Error::AttemptGone)
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
            by: None,
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
    /// When it is to be linked: [`Error::AlreadyLinked`] and [`Error::AnotherPerson`] for what it is,
    /// [`Error::ProvedLongAgo`] for the session that it is to be linked from.
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
        if let Some(person_id) = attempt.progress.representing.clone() {
            let company = known.zip(owner);
            return self.represent(attempt, &proof, company, &person_id, current, origin).await;
        }
        if let Some(person_id) = attempt.progress.linking.clone() {
            return self.link_to_signed_in(attempt, proof, &person_id, current, origin).await;
        }
        match (known, owner) {
            (Some(credential), Some(person)) => {
                let proved = self.certificate_proof(person, &proof, credential.id);
                let opened = self.finish(attempt, proved, current, origin, Some(Addition::Seen(proof))).await?;
                Ok(Entered::Session(Box::new(opened)))
            }
            _ if proof.scheme == OWN_SCHEME => self.enter_own(attempt, proof, current, origin).await,
            _ => {
                let progress = Progress { stranger: Some(proof), ..attempt.progress.clone() };
                self.record_progress(attempt, progress).await?;
                Ok(Entered::Stranger)
            }
        }
    }

    /// A certificate that the province issued opens the account that it was issued to, from its first use on: nothing of
    /// it has to be linked at issuance, and it is never a stranger's.
    async fn enter_own(
        self: &Arc<Self>,
        attempt: &Attempt,
        proof: CertificateProof,
        current: Option<Session>,
        origin: &Origin,
    ) -> Result<Entered> {
        let mut connection = self.store.read().await?;
        let issued = store::authority::with_serial(&mut connection, &proof.serial).await?;
        let holder = issued.into_iter().find(|row| row.authority_id == proof.ca).and_then(|row| row.person_id);
        let person = match holder {
            Some(id) => store::person::find(&mut connection, &id).await?,
            None => None,
        };
        drop(connection);
        let proved = self.certificate_proof(person.ok_or(Error::AttemptGone)?, &proof, crate::id::new_id());
        let opened = self.finish(attempt, proved, current, origin, Some(Addition::Link(proof, "issued"))).await?;
        Ok(Entered::Session(Box::new(opened)))
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
        let person = self.verify_code(username, code, origin).await?;
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
        let by_holder = current.as_ref().filter(|session| session.person_id == person_id).ok_or(Error::AttemptGone)?;
        // The page may have been left open.
        if !is_fresh(by_holder, self.clock.now()) {
            return Err(Error::ProvedLongAgo);
        }
        let person = store::person::find(&mut *self.store.read().await?, person_id).await?;
        let person = person.ok_or(Error::AttemptGone)?;
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
            by: None,
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

    /// Writes what the login adds, opens the session, ends the attempt in it: one transaction.
    pub(super) async fn finish(
        self: &Arc<Self>,
        attempt: &Attempt,
        mut proof: Proof,
        current: Option<Session>,
        origin: &Origin,
        addition: Option<Addition>,
    ) -> Result<Opened> {
        let (this, id, origin, now) = (self.clone(), attempt.id.clone(), origin.clone(), self.clock.now());
        let destination = attempt.destination.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    if let Some(addition) = addition {
                        this.write_addition(tx, &mut proof, addition, &origin).await?;
                    }
                    let bounds = this.bounds(tx, &destination, current.as_ref()).await?;
                    let opened = this.open(tx, proof, current.as_ref(), &origin, bounds).await?;
                    if !store::attempt::finish(tx, &id, &opened.session.id, now).await? {
                        return Err(Error::AttemptGone);
                    }
                    Ok(opened)
                })
            })
            .await
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
}
