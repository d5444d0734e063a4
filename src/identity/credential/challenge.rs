//! Login by signed challenge: for SM2, and for tokens that no browser reaches.
//!
//! What is signed is a text of five lines, so that its signer can read it and `openssl dgst` can sign it: a label that
//! separates it from anything else that may be signed, the service, the attempt, the nonce and the time.

use pki::Certificate;
use pki::algorithm::{Digest, KeyAlgorithm, SignatureAlgorithm};

use crate::clock::{Micros, SECOND};
use crate::identity::{Error, Identity, Result};
use crate::store::{self, attempt::Attempt};

const LABEL: &str = "pearlbridge login challenge v1";

/// A challenge that waits for its signature.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// The bytes to sign.
    pub bytes: Vec<u8>,
    /// When it runs out.
    pub expires_at: Micros,
}

impl Identity {
    /// The attempt's challenge; a new one when there is none that still counts.
    ///
    /// # Errors
    /// The database's.
    pub async fn challenge(&self, attempt: &Attempt) -> Result<Challenge> {
        let now = self.clock.now();
        let lifetime = self.settings.challenge_lifetime * SECOND;
        let known = store::attempt::challenge(&mut *self.store.read().await?, &attempt.id).await?;
        if let Some((nonce, issued_at)) = known.filter(|(_, issued_at)| issued_at + lifetime > now) {
            return Ok(self.build(&attempt.id, &nonce, issued_at));
        }
        let nonce = crate::rng::bytes::<32>();
        let id = attempt.id.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move { Ok::<_, Error>(store::attempt::set_challenge(tx, &id, &nonce, now).await?) })
            })
            .await?;
        Ok(self.build(&attempt.id, &nonce, now))
    }

    fn build(&self, attempt: &str, nonce: &[u8], issued_at: Micros) -> Challenge {
        let time = pki::Time(issued_at / SECOND);
        let text = format!("{LABEL}\n{}\n{attempt}\n{}\n{time}\n", self.service, crate::id::base64url(nonce));
        Challenge { bytes: text.into_bytes(), expires_at: issued_at + self.settings.challenge_lifetime * SECOND }
    }

    /// Whether `signature` answers the attempt's challenge with the key of `leaf`. The challenge is used up by it.
    ///
    /// # Errors
    /// When the challenge is over, or the signature does not verify.
    pub async fn check_challenge(&self, attempt: &Attempt, leaf: &Certificate, signature: &[u8]) -> Result<()> {
        let now = self.clock.now();
        let known = store::attempt::challenge(&mut *self.store.read().await?, &attempt.id).await?;
        let (nonce, issued_at) = known.ok_or(Error::ChallengeExpired)?;
        if issued_at + self.settings.challenge_lifetime * SECOND <= now {
            return Err(Error::ChallengeExpired);
        }
        let bytes = self.build(&attempt.id, &nonce, issued_at).bytes;
        let accepted = accepted_algorithms(leaf.public_key().algorithm());
        if !accepted.iter().any(|algorithm| leaf.public_key().verify(*algorithm, &bytes, signature).is_ok()) {
            return Err(Error::SignatureWrong);
        }
        let id = attempt.id.clone();
        let used = self
            .store
            .write(move |tx| {
                Box::pin(async move { Ok::<_, Error>(store::attempt::use_challenge(tx, &id, &nonce, now).await?) })
            })
            .await?;
        if used { Ok(()) } else { Err(Error::ChallengeExpired) }
    }
}

/// What a signer of this kind of key may have used: tokens differ in digest and padding.
fn accepted_algorithms(key: KeyAlgorithm) -> &'static [SignatureAlgorithm] {
    use SignatureAlgorithm::{Ecdsa, Ed25519, RsaPkcs1, RsaPss, Sm2Sm3};
    match key {
        KeyAlgorithm::Rsa { .. } => {
            &[RsaPkcs1(Digest::Sha256), RsaPss(Digest::Sha256), RsaPkcs1(Digest::Sha384), RsaPkcs1(Digest::Sha512)]
        }
        KeyAlgorithm::EcdsaP256 | KeyAlgorithm::EcdsaP384 | KeyAlgorithm::EcdsaP521 => {
            &[Ecdsa(Digest::Sha256), Ecdsa(Digest::Sha384), Ecdsa(Digest::Sha512)]
        }
        KeyAlgorithm::Ed25519 => &[Ed25519],
        KeyAlgorithm::Sm2 => &[Sm2Sm3],
        _ => &[],
    }
}
