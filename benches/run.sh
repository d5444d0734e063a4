#!/usr/bin/env bash
# Runs the benchmarks and writes target/bench.json and a table. ONLY=name,… runs some. The program itself and its peer from
# npm are made ready only for the rows that drive them.
set -euo pipefail
cd "$(dirname "$0")/.."
case ",${ONLY:-batch,oidc_}," in
    *,batch,* | *,oidc_*) cargo build --release --locked --quiet ;;
esac
case ",${ONLY:-oidc_}," in
    *,oidc_*) (cd benches/oidc-provider && npm ci --ignore-scripts --no-audit --no-fund --silent) ;;
esac
exec cargo run --release --locked --quiet --package pearl
