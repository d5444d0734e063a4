#!/usr/bin/env bash
# Runs the benchmarks and writes target/bench.json and a table. ONLY=name,… runs some.
set -euo pipefail
cd "$(dirname "$0")/.."
exec cargo bench --locked --bench pearl --quiet
