#!/bin/sh
# Makes sure of what it takes to build: a C compiler, Rust, Node.js with npm.
#
# Installs what is missing where that is possible, else says which and how. Changes nothing when
# everything is there.
set -eu
. "$(dirname -- "$0")/common.sh"

RUST=1.94   # `rust-version` in Cargo.toml
NODE=20.19  # `engines` in web-client/package.json

# at_least WANTED FOUND: compares versions.
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

node_version() { node --version 2>/dev/null | sed 's/^v//'; }

need cc build-essential

have cargo || fail "Rust $RUST or newer is missing: see https://rustup.rs"
found=$(cargo --version | awk '{ print $2 }')
at_least "$RUST" "$found" || fail "Rust $found is too old: $RUST is needed ('rustup update')"

if ! have node || ! have npm || ! at_least "$NODE" "$(node_version)"; then
    # Debian's own Node.js may be too old; the Python package carries a current one.
    "$ROOT/tests/setup/node.sh"
fi
at_least "$NODE" "$(node_version)" || fail "Node.js $NODE or newer is missing: see https://nodejs.org"
