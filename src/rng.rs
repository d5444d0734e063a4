//! The only place that may ask the system for random bytes.

/// Fills `buffer` from the operating system's generator.
///
/// # Panics
/// When the system has no randomness to give: nothing safe could be done after that.
#[expect(clippy::disallowed_methods, reason = "this is the place that the rule sends everyone to")]
pub fn fill(buffer: &mut [u8]) {
    aws_lc_rs::rand::fill(buffer).expect("the operating system always has randomness after boot");
}

/// `N` random bytes.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut buffer = [0; N];
    fill(&mut buffer);
    buffer
}
