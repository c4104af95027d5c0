#!/bin/sh
# Builds the page into web-client/dist, unless nothing it is made from has changed.
set -eu
. "$(dirname -- "$0")/common.sh"

"$ROOT/tests/setup/npm.sh" web-client
cd "$ROOT/web-client"
if [ -f dist/index.html ] && [ -z "$(find . ../proto/taskchat ../proto/google -newer dist/index.html -type f \
    -not -path './node_modules/*' -not -path './dist/*' -not -path './src/gen/*' | head -n 1)" ]; then
    exit 0
fi
say "building the page"
npm run --silent build </dev/null >&2 || fail "npm run build in web-client"
