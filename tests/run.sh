#!/bin/bash
# The proof, stage by stage: run.sh [STAGE...], all of them when none is named.
#
# Stops at the first stage that fails and says which; ends with the number of tests passed and
# failed. Installs what the stages need first (tests/setup).
set -uo pipefail
cd "$(dirname "$0")/.."
setup=$PWD/tests/setup
CARGO=${CARGO:-cargo}
export PATH="$PWD/tests/.venv/node/bin:$PATH:$HOME/.cargo/bin"
# Colour codes would only be in the way of counting.
export NO_COLOR=1 CARGO_TERM_COLOR=never CI=${CI:-1}

logs=$("$setup/target.sh")/test-logs
mkdir -p "$logs"
passed=0
failed=0
began=$SECONDS

finish() {
    printf '\n%d passed, %d failed (%d s)\n' "$passed" "$failed" $((SECONDS - began))
    exit "$1"
}

# count LOG: adds up what the test runners say; a stage without tests of its own counts as one.
count() {
    local sums
    sums=$(awk '
        /^test result: /            { p += $4; f += $6; seen = 1 }                  # cargo
        /^ *Tests +.*passed|^ *Tests +.*failed/ {                                   # vitest
            for (i = 1; i < NF; i++) { if ($(i+1) ~ /^passed/) p += $i; if ($(i+1) ~ /^failed/) f += $i }
            seen = 1 }
        /^# pass [0-9]+|^ℹ pass [0-9]+/ { p += $3; seen = 1 }                       # node --test
        /^# fail [0-9]+|^ℹ fail [0-9]+/ { f += $3; seen = 1 }
        END { print p + 0, f + 0, seen + 0 }' "$1")
    read -r stage_passed stage_failed stage_seen <<<"$sums"
}

# stage NAME COMMAND...: runs one stage; ends everything when it fails.
stage() {
    local name=$1 log=$logs/$1.log status
    shift
    printf '\n==> %s\n' "$name"
    local start=$SECONDS
    "$@" </dev/null 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
    count "$log"
    if [ "$status" -ne 0 ] || [ "$stage_failed" -ne 0 ]; then
        passed=$((passed + stage_passed))
        failed=$((failed + (stage_failed > 0 ? stage_failed : 1)))
        printf '\nFAILED: stage "%s" (exit code %d); its output is in %s\n' "$name" "$status" "$log"
        finish 1
    fi
    passed=$((passed + (stage_seen ? stage_passed : 1)))
    printf -- '--- %s: ok (%d s)\n' "$name" $((SECONDS - start))
}

# --- what each stage does -------------------------------------------------------------------

run_tools() { "$setup/tools.sh" && "$setup/npm.sh" web-client; }
run_test_tools() { "$setup/system.sh" && "$setup/grpcurl.sh" && "$setup/schemathesis.sh" \
    && "$setup/oracles.sh" && "$setup/npm.sh" tests/browser; }
run_proto() { (cd web-client && npx --no-install buf lint ..) && tests/contract/breaking.sh; }
run_fmt() { "$CARGO" fmt --all --check; }
run_page() { "$setup/page.sh"; }
run_clippy() {
    "$CARGO" clippy --workspace --all-targets --locked -- -D warnings || return
    # The edge as another project takes it: without the feature `taskchat`, which the workspace has on.
    # What that needs is built once more with features of its own, a minute or two the first time.
    "$CARGO" clippy --locked -p library-example -- -D warnings
}
run_build() { "$CARGO" build --workspace --all-targets --locked; }
run_rust() { "$setup/postgres.sh" "$CARGO" test --workspace --locked --no-fail-fast; }
run_oracles() { "$CARGO" test --workspace --locked --no-fail-fast --test envoy --test protojson; }
run_fuzz() { tests/fuzz/run.sh; }
run_web_lint() { npm --prefix web-client run --silent lint && npm --prefix web-client run --silent typecheck; }
run_web() { npm --prefix web-client test; }
run_clients() { node --test --test-reporter=tap tests/clients/*.test.mjs; }
run_openapi() { node --test --test-reporter=tap tests/openapi/*.test.mjs; }
run_browser() { node --test --test-reporter=tap --test-concurrency=1 tests/browser/*.test.mjs; }

lint() {
    stage tools run_tools
    stage proto run_proto
    stage fmt run_fmt
    stage page run_page
    stage clippy run_clippy
    stage web-lint run_web_lint
}

everything() {
    lint
    stage test-tools run_test_tools
    stage build run_build
    stage rust run_rust
    stage fuzz run_fuzz
    stage web run_web
    stage clients run_clients
    stage openapi run_openapi
    stage browser run_browser
}

# One stage on its own, with what it stands on.
one() {
    case $1 in
    lint) lint ;;
    rust) stage tools run_tools && stage page run_page && stage test-tools run_test_tools \
        && stage build run_build && stage rust run_rust ;;
    # Part of `rust`, and of interest alone.
    oracles) stage tools run_tools && stage page run_page && stage test-tools run_test_tools \
        && stage oracles run_oracles ;;
    fuzz) stage tools run_tools && stage page run_page && stage fuzz run_fuzz ;;
    web) stage tools run_tools && stage web run_web ;;
    clients) stage tools run_tools && stage test-tools run_test_tools && stage build run_build && stage clients run_clients ;;
    openapi) stage test-tools run_test_tools && stage build run_build && stage openapi run_openapi ;;
    browser) stage test-tools run_test_tools && stage page run_page && stage build run_build \
        && stage browser run_browser ;;
    *) echo "unknown stage $1: lint, rust, oracles, fuzz, web, clients, openapi or browser" >&2 && exit 2 ;;
    esac
}

if [ $# -eq 0 ]; then
    everything
else
    for name in "$@"; do one "$name"; done
fi
finish 0
