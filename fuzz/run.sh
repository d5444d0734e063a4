#!/usr/bin/env bash
# Runs each target (or those named) for SECONDS_EACH, 1800 by default; ends at the first crash, hang over a second, or input
# that takes over 64 MiB. Needs `cargo install cargo-fuzz`. There is no unsafe code in the engine, so no sanitizer is
# wanted: the compiler's own checks of overflow and bounds are on.
set -euo pipefail
cd "$(dirname "$0")/.."

targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then mapfile -t targets < <(cargo fuzz list); fi
[ -d fuzz/corpus ] || fuzz/seed.sh
for target in "${targets[@]}"; do
    echo "== $target"
    # The coverage counters are an unstable option of the compiler.
    RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none --debug-assertions "$target" -- \
        -max_total_time="${SECONDS_EACH:-1800}" -timeout=1 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1
done
