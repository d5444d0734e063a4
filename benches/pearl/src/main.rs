//! Benchmarks: each row measures ours and a named peer alternately, in one run, and gives the ratio of the medians.
//!
//! `make bench` writes `target/bench.json` and prints a table; `ONLY=path_cold,sm2_verify` runs some. What they gave on one
//! machine stands in `docs/benchmarks.md`. `pearl lines 1000000` writes lines for `pearlbridge validate --batch` instead.

mod chain;
mod heaps;
mod lists;
mod measure;
mod oidc;
mod program;
mod rows;

use rows::{ALL, Row};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, count] = &arguments[..]
        && command == "lines"
    {
        return program::write_lines(count.parse().expect("a number of lines")).expect("the lines can be written");
    }
    let results: Vec<measure::Result> = wanted().into_iter().map(measured).collect();
    let list: Vec<serde_json::Value> = results.iter().map(measure::Result::to_json).collect();
    let text = serde_json::to_string_pretty(&list).expect("results serialise");
    std::fs::create_dir_all("target")
        .and_then(|()| std::fs::write("target/bench.json", text))
        .expect("target/ can be written");
}

/// The rows that the environment names, else all of them.
///
/// # Panics
/// It names one that does not exist.
fn wanted() -> Vec<&'static (&'static str, Row)> {
    let Some(only) = std::env::var("ONLY").ok().filter(|only| !only.is_empty()) else { return ALL.iter().collect() };
    let row = |wanted| ALL.iter().find(|(name, _)| *name == wanted);
    only.split(',').map(|wanted| row(wanted).ok_or(wanted).expect("ONLY names rows that there are")).collect()
}

/// Measures a row and prints it.
fn measured((name, row): &(&str, Row)) -> measure::Result {
    let result = row().named(name);
    println!("{result}");
    result
}
