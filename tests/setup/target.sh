#!/bin/sh
# Prints the folder that cargo builds into.
set -eu
. "$(dirname -- "$0")/common.sh"
cd "$ROOT"
printf '%s\n' "${CARGO_TARGET_DIR:-$ROOT/target}"
