#!/bin/sh
# Makes sure of tests/.venv, the home of the Python packages that carry tools.
set -eu
. "$(dirname -- "$0")/common.sh"

[ -x "$TOOLS/bin/pip" ] && exit 0
need python3 python3 python3-venv
say "making $TOOLS"
python3 -m venv "$TOOLS" >/dev/null 2>&1 || {
    # Debian's python3 comes without ensurepip.
    install_packages python3-venv
    python3 -m venv "$TOOLS"
}
