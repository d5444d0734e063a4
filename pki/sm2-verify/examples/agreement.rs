//! Draws cases and compares our verdict with that of RustCrypto's `sm2`: `agreement [HOW MANY] [SEED]`, a million by
//! default. Ends at the first difference, with the case.

#[path = "../tests/support/mod.rs"]
#[expect(dead_code, reason = "the tests use all of it")]
mod support;

use support::{Random, changed, draw};

fn main() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse().map_err(|_| "not a number"));
    let count: u64 = arguments.next().unwrap_or(Ok(1_000_000))?;
    let mut random = Random(arguments.next().unwrap_or(Ok(1))?);
    let mut good = 0u64;
    for _ in 0..count / 2 {
        let case = draw(&mut random);
        good += u64::from(case.verdict()?);
        good += u64::from(changed(&mut random, &case).verdict()?);
    }
    println!("{count} cases, {good} of them good: the same verdict in all");
    Ok(())
}
