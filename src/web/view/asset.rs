//! The static files of the pages. They are served under `/assets/`, may be cached for ever, and change their
//! address when their content changes.

/// `/assets/style.css`, the whole visual system.
pub const STYLE: &str = include_str!("../assets/style.css");

/// `/assets/enhance.js`, small comforts; every page works without it.
pub const ENHANCE: &str = include_str!("../assets/enhance.js");

/// `/assets/passkey.js`, for the pages that ask for a passkey.
pub const PASSKEY: &str = include_str!("../assets/passkey.js");

/// `/assets/phone.js`, for the page that waits for a phone.
pub const PHONE: &str = include_str!("../assets/phone.js");

/// `/assets/check_session.js`, the frame in which clients watch a login.
pub const CHECK_SESSION: &str = include_str!("../assets/check_session.js");

/// `/assets/favicon.svg`.
pub const FAVICON: &str = include_str!("../assets/favicon.svg");

/// The value of `?v=` in the addresses of the assets: a fingerprint of all of them.
#[must_use]
pub fn version() -> String {
    const PAGES: u64 =
        fnv1a(PHONE, fnv1a(PASSKEY, fnv1a(FAVICON, fnv1a(ENHANCE, fnv1a(STYLE, 0xcbf2_9ce4_8422_2325)))));
    const VERSION: u64 = fnv1a(CHECK_SESSION, PAGES);
    format!("{VERSION:016x}")
}

/// FNV-1a, 64 bits: enough to tell one build's files from another's, and computable at compile time.
const fn fnv1a(text: &str, seed: u64) -> u64 {
    let bytes = text.as_bytes();
    let (mut hash, mut index) = (seed, 0);
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u64).wrapping_mul(0x0100_0000_01b3);
        index += 1;
    }
    hash
}
