#!/bin/sh
# Puts schemathesis and openapi-spec-validator into tests/.venv.
set -eu
. "$(dirname -- "$0")/common.sh"

stamp=$TOOLS/.schemathesis
wanted="schemathesis==4.32.5 openapi-spec-validator==0.9.0"
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && exit 0
"$ROOT/tests/setup/python.sh"
say "installing $wanted"
# shellcheck disable=SC2086 # two words
"$TOOLS/bin/pip" install --quiet --disable-pip-version-check $wanted || fail "pip install $wanted"
printf '%s' "$wanted" >"$stamp"
