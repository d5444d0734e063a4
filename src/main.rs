//! The one program: `pearlbridge --help` lists what it does.

fn main() {}
