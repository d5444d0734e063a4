//! How long reading takes, here and in x509-parser, side by side on the same files:
//! `cargo run --release -p pearl --example parse_time -- CERTIFICATE.der …`

#![expect(clippy::disallowed_methods, reason = "measuring is looking at the clock")]

use std::hint::black_box;
use std::time::Instant;

const ROUNDS: u32 = 20_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for file in std::env::args().skip(1) {
        let der = std::fs::read(&file)?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        // Alternately, so that both have the same weather.
        for _ in 0..9 {
            ours.push(time(|| pki::Certificate::from_der(black_box(&der)).is_ok()));
            theirs.push(time(|| x509_parser::parse_x509_certificate(black_box(&der)).is_ok()));
        }
        let median = |times: &mut Vec<f64>| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        };
        let (ours, theirs) = (median(&mut ours), median(&mut theirs));
        println!("{file}: {} octets, pki {ours:.2} µs, x509-parser {theirs:.2} µs", der.len());
    }
    Ok(())
}

/// Microseconds a round.
fn time(read: impl Fn() -> bool) -> f64 {
    let start = Instant::now();
    for _ in 0..ROUNDS {
        black_box(read());
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS)
}
