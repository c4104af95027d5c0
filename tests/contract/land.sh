#!/bin/sh
# Remembers the contract as it is now as the one that has landed. To be run on main, after it has.
set -eu
. "$(dirname -- "$0")/../setup/common.sh"

"$ROOT/tests/contract/breaking.sh"
cd "$ROOT"
web-client/node_modules/.bin/buf build . --exclude-source-info -o proto/landed.binpb
