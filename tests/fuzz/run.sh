#!/bin/bash
# Builds the fuzz targets and runs each for some seconds, beginning from its corpus:
# run.sh [TARGET...]; TASKCHAT_FUZZ_SECONDS says how long (20), TASKCHAT_FUZZ_SEED with which dice (1).
#
# What it finds is not added to the corpus; `cargo fuzz` does that (see tests/README.md).
set -euo pipefail
cd "$(dirname "$0")/../.."
CARGO=${CARGO:-cargo}
target=$(tests/setup/target.sh)
targets=("$@")
[ $# -gt 0 ] || targets=(path query json)

bins=()
for name in "${targets[@]}"; do bins+=(--bin "$name"); done
RUSTC_WORKSPACE_WRAPPER=$PWD/tests/fuzz/instrument.sh "$CARGO" build --workspace --locked "${bins[@]}"

seconds=${TASKCHAT_FUZZ_SECONDS:-20} seed=${TASKCHAT_FUZZ_SEED:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$target/fuzz"
pids=()
for name in "${targets[@]}"; do
    mkdir "$work/$name"
    "$target/debug/$name" "$work/$name" "tests/fuzz/corpus/$name" -max_len=2048 -timeout=10 \
        -max_total_time="$seconds" -seed="$seed" \
        -artifact_prefix="$target/fuzz/$name-" \
        >"$work/$name.log" 2>&1 &
    pids+=($!)
done
failed=0
for at in "${!targets[@]}"; do
    name=${targets[$at]}
    if wait "${pids[$at]}"; then
        printf '%s: %s\n' "$name" "$(tail -n 1 "$work/$name.log")"
    else
        failed=1
        tail -n 60 "$work/$name.log"
        printf '%s failed. The same dice again: TASKCHAT_FUZZ_SEED=%s TASKCHAT_FUZZ_SECONDS=%s %s %s\n' \
            "$name" "$seed" "$seconds" tests/fuzz/run.sh "$name"
        input=$(sed -n 's/.*Test unit written to //p' "$work/$name.log" | tail -n 1)
        if [ -n "$input" ]; then
            printf 'The input alone: %s %s\n' "$target/debug/$name" "$input"
        fi
    fi
done
exit "$failed"
