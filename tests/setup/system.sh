#!/bin/sh
# Installs the Debian packages that the tests use: curl, openssl, Chromium, PostgreSQL.
set -eu
. "$(dirname -- "$0")/common.sh"

need curl curl
need openssl openssl
need chromium chromium
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || install_packages postgresql
