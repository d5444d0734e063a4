//! Benchmarks: each row measures ours and a named peer alternately, in one run, and gives the ratio of the medians.
//!
//! `make bench` writes `target/bench.json` and prints a table; `ONLY=path_cold,sm2_verify` runs some.

mod batch;
mod chain;
mod heaps;
mod lists;
mod measure;
mod rows;

fn main() {
    let only = std::env::var("ONLY").ok();
    let wanted = |name: &str| only.as_ref().is_none_or(|list| list.split(',').any(|wanted| wanted == name));
    let results: Vec<measure::Result> =
        rows::ALL.iter().filter(|(name, _)| wanted(name)).map(|(name, row)| row().named(name)).collect();
    for result in &results {
        println!("{result}");
    }
    let list: Vec<serde_json::Value> = results.iter().map(measure::Result::to_json).collect();
    let text = serde_json::to_string_pretty(&list).expect("results serialise");
    std::fs::create_dir_all("target")
        .and_then(|()| std::fs::write("target/bench.json", text))
        .expect("target/ can be written");
}
