#!/usr/bin/env bash
# Runs the benchmarks and writes target/bench.json and a table. ONLY=name,… runs some. The program itself is built only
# for the rows that drive it.
set -euo pipefail
cd "$(dirname "$0")/.."
case ",${ONLY:-batch}," in
    *,batch,*) cargo build --release --locked --quiet ;;
esac
exec cargo run --release --locked --quiet --package pearl
