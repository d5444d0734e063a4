//! The one program: `pearlbridge --help` lists what it does.

use std::process::ExitCode;

fn main() -> ExitCode {
    pearlbridge::cli::run()
}
