#!/usr/bin/env bash
# Builds and runs every test. The last line is "N passed, N failed"; the exit code is not 0 when a test failed, or none ran.
set -uo pipefail
cd "$(dirname "$0")/../.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT

cargo test --workspace --locked --no-fail-fast 2>&1 | tee "$log"
status=${PIPESTATUS[0]}

# The same again on PostgreSQL, for what runs on one database at a time. The whole workspace again, or cargo builds the
# dependencies anew, with the features that this one package asks for.
echo "on PostgreSQL:" | tee -a "$log"
PEARLBRIDGE_TEST_DATABASE=postgresql cargo test --workspace --locked --no-fail-fast \
    --test bad_input --test challenge --test halls --test held --test oidc_clients --test own_certificate --test peers \
    --test frames --test operator --test province --test registration 2>&1 | tee -a "$log"
status=$((status + PIPESTATUS[0]))

# test result: ok. 12 passed; 0 failed; 0 ignored; …
counts=$(sed -nE 's/^test result: .* ([0-9]+) passed; ([0-9]+) failed; .*/\1 \2/p' "$log")
passed=0 failed=0
while read -r good bad; do
    passed=$((passed + ${good:-0})) failed=$((failed + ${bad:-0}))
done <<<"$counts"

# What did not build, or died without a result, is a failure too.
if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
    echo "cargo test ended with $status"
    failed=1
fi
echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
