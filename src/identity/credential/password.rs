//! Passwords: argon2id, checked off the asynchronous threads, a few at a time.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;

/// Each check takes 19 MiB; more at once would only push each other out of the cache.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// A hash of nobody's password: checked when the user name is unknown, so that the answer takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$cGVhcmxicmlkZ2Utbm9ib2R5$p6h1J5y2k8Qm0b5C3Qk0m8oXo0w0b1iJ7wq2cQ1m0eE";

/// The PHC string of a new password.
pub async fn hash(password: String) -> String {
    let _permit = AT_ONCE.acquire().await;
    let hash = aside(move || {
        let salt = crate::rng::bytes::<16>();
        Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).map(|hash| hash.to_string())
    });
    hash.await.expect("hashing does not panic").expect("the default parameters are valid")
}

/// Runs `work` on a thread of its own, and `None` if that ends without an answer.
///
/// *Why not on the runtime's blocking threads?* The allocator gives each thread an arena, and what was freed stays in
/// it. On whichever of a dozen threads was idle, 19 MiB would stay in each; a thread that ends leaves its arena to
/// the next one.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (answer, answered) = tokio::sync::oneshot::channel();
    std::thread::Builder::new().name("password".into()).spawn(move || answer.send(work())).ok()?;
    answered.await.ok()
}

/// So many may wait for a check; more would only wait in vain.
static WAITING: Semaphore = Semaphore::const_new(32);

/// Whether `password` is the one behind `phc`; with no `phc`, takes its time and says no. `None` when too many wait.
pub async fn verify(password: String, phc: Option<String>) -> Option<bool> {
    let _waiting = WAITING.try_acquire().ok()?;
    let known = phc.is_some();
    let phc = phc.unwrap_or_else(|| NOBODY.to_owned());
    let _permit = AT_ONCE.acquire().await;
    let good = aside(move || {
        PasswordHash::new(&phc).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    });
    Some(good.await.unwrap_or(false) && known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_verifies() {
        let phc = hash("珠江 bridge".into()).await;
        assert!(phc.starts_with("$argon2id$"));
        assert_eq!(verify("珠江 bridge".into(), Some(phc.clone())).await, Some(true));
        assert_eq!(verify("other".into(), Some(phc)).await, Some(false));
        assert_eq!(verify("other".into(), None).await, Some(false));
    }

    #[test]
    fn the_hash_for_unknown_names_is_a_real_one() {
        assert!(PasswordHash::new(NOBODY).is_ok());
    }
}
