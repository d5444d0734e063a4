//! `pearlbridge completions`: what a shell needs to complete our commands, made from their definition.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::{Arguments, Done};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Which shell
    #[arg(value_parser = ["bash", "zsh", "fish"])]
    shell: String,
}

pub(super) fn run(options: &Options) -> Done {
    let shell = match options.shell.as_str() {
        "zsh" => Shell::Zsh,
        "fish" => Shell::Fish,
        _ => Shell::Bash,
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "pearlbridge", &mut script);
    // Whoever reads may have had enough.
    let _ = std::io::Write::write_all(&mut std::io::stdout(), &script);
    Ok(())
}
