#!/bin/sh
# The contract breaks nothing that has landed (proto/landed.binpb), by the rules in buf.yaml.
set -eu
. "$(dirname -- "$0")/../setup/common.sh"

cd "$ROOT"
buf=web-client/node_modules/.bin/buf
landed=proto/landed.binpb
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

[ -s "$landed" ] || fail "$landed is missing: there is nothing to compare with"

# A check that finds nothing is worth something only if it finds something where there is something:
# the same package with nothing in it breaks every service.
mkdir "$work/proto"
printf 'syntax = "proto3";\npackage taskchat.v1;\n' >"$work/proto/empty.proto"
cp buf.yaml "$work/buf.yaml"
status=0
"$buf" breaking "$work" --against "$landed" >"$work/found" || status=$?
services=$(grep -c 'Previously present service' "$work/found" || true)
[ "$status" -eq 100 ] && [ "$services" -ge 5 ] \
    || fail "buf breaking does not see that everything is gone (exit code $status, $services services)"

# What has landed before, where git knows it: a newer image may not hide what it broke.
change=$(git log -n 1 --format=%H -- "$landed" 2>/dev/null || true)
if [ -n "$change" ] && git show "$change^:$landed" >"$work/before.binpb" 2>/dev/null; then
    "$buf" breaking "$landed" --against "$work/before.binpb" --config buf.yaml \
        || fail "$landed breaks what had landed before it"
fi

"$buf" breaking . --against "$landed" || fail "the contract breaks what has landed"
