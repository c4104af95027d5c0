#!/bin/sh
# Measures the release build; `make bench` builds it first.
set -eu
. "$(dirname -- "$0")/../setup/common.sh"
cd "$ROOT"
exec node tests/bench/bench.mjs
