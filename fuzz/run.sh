#!/usr/bin/env bash
# Runs each target (or those named) for SECONDS_EACH of processor time, 1800 by default; ends at the first crash, or input that
# takes over a second or 64 MiB. Needs `cargo install cargo-fuzz`. There is no unsafe code in the engine, so no sanitizer
# is wanted: the compiler's own checks of overflow and bounds are on.
set -euo pipefail
cd "$(dirname "$0")/.."

targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then mapfile -t targets < <(cargo fuzz list); fi
[ -d fuzz/corpus ] || fuzz/seed.sh
# The coverage counters are an unstable option of the compiler.
RUSTC_BOOTSTRAP=1 cargo fuzz build --sanitizer none --debug-assertions
programs=fuzz/target/$(rustc -vV | sed -n 's/^host: //p')/release

# libFuzzer counts the clock's seconds, which on a busy machine are not the program's: so in rounds, until enough is used.
TIMEFORMAT='%0U'
for target in "${targets[@]}"; do
    echo "== $target"
    mkdir -p "fuzz/artifacts/$target"
    left=${SECONDS_EACH:-1800}
    while [ "$left" -gt 0 ]; do
        used=$( { time "$programs/$target" "fuzz/corpus/$target" -max_total_time=$((left < 300 ? left : 300)) -timeout=60 \
            -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 -artifact_prefix="fuzz/artifacts/$target/" \
            >"fuzz/artifacts/$target.log" 2>&1; } 2>&1) || { tail -n 40 "fuzz/artifacts/$target.log"; exit 1; }
        left=$((left - (used > 0 ? used : 1)))
        echo "$used s: $(sed -nE 's/^stat::number_of_executed_units: *//p' "fuzz/artifacts/$target.log") inputs, peak" \
            "$(sed -nE 's/^stat::peak_rss_mb: *//p' "fuzz/artifacts/$target.log") MB"
    done
done
