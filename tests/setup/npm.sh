#!/bin/sh
# npm.sh FOLDER: installs the npm packages of a folder as its lock says, unless they are there.
set -eu
. "$(dirname -- "$0")/common.sh"
cd "$ROOT/$1"

# What node_modules was made from; written last, so that a broken install is repeated.
stamp=node_modules/.installed-from
wanted=$(cat package.json package-lock.json 2>/dev/null | cksum; node --version)
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && exit 0

say "installing npm packages of $1"
log=$(mktemp)
keep=$(mktemp)
trap 'rm -f "$log" "$keep"' EXIT
if ! npm ci --no-audit --no-fund </dev/null >"$log" 2>&1; then
    # `npm ci` wants binaries for every platform in the lock; registries that lack some of them
    # make it refuse. `install` over the same lock takes the same versions.
    grep -q EUSAGE "$log" || { cat "$log" >&2; fail "npm ci in $1"; }
    cp package-lock.json "$keep"
    if ! npm install --no-save --no-audit --no-fund </dev/null >"$log" 2>&1; then
        cat "$log" >&2
        cp "$keep" package-lock.json
        fail "npm install in $1"
    fi
    cp "$keep" package-lock.json
fi
printf '%s' "$wanted" >"$stamp"
