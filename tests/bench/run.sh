#!/bin/sh
# Measures the release build; `make bench` builds it first. `tests/bench/run.sh edge` measures one part.
set -eu
. "$(dirname -- "$0")/../setup/common.sh"
cd "$ROOT"

program() { node tests/bench/bench.mjs; }

engine() {
    ${CARGO:-cargo} bench --workspace --locked --bench checks --bench texts --bench turns
}

edge() {
    # The same features as the rest, so that nothing is compiled twice.
    ${CARGO:-cargo} build --release --workspace --locked --bin library-bench
    ${CARGO:-cargo} test --locked -p taskchat-edge --lib --quiet -- --ignored --nocapture time_to_match
    tests/setup/oracles.sh
    tests/setup/h2load.sh
    node tests/bench/edge.mjs
}

page() {
    tests/setup/system.sh
    tests/setup/npm.sh tests/browser
    tests/setup/npm.sh tests/bench
    node tests/bench/browser.mjs
    node tests/bench/lighthouse.mjs
}

for part in ${1:-program engine page edge}; do
    "$part"
done
