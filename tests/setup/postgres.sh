#!/bin/sh
# postgres.sh COMMAND...: runs a command with TASKCHAT_TEST_POSTGRES_URL set to a throw-away
# PostgreSQL cluster, which is stopped and removed however the command ends.
#
# The server refuses to run as root; then it runs as the user `postgres` of Debian's package. It
# listens on a socket in its own folder and on a free port of the loopback interface.
set -eu
. "$(dirname -- "$0")/common.sh"

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || fail "PostgreSQL is missing: run tests/setup/system.sh"

as_server() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid postgres --regid postgres --clear-groups env HOME="$home" "$@"
    else
        "$@"
    fi
}

home=$(mktemp -d /tmp/taskchat-postgres.XXXXXX)
[ "$(id -u)" != 0 ] || chown postgres "$home"

stop() {
    if [ -s "$home/data/postmaster.pid" ]; then
        # Fast shutdown of exactly this server: its process id is in its own folder.
        kill -INT "$(head -n 1 "$home/data/postmaster.pid")" 2>/dev/null || true
        for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            [ -s "$home/data/postmaster.pid" ] || break
            sleep 0.25
        done
    fi
    rm -rf "$home"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP PIPE

# A port that nobody listens on right now.
free_port() {
    node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => {
        console.log(s.address().port); s.close(); })'
}

say "starting PostgreSQL"
cd "$home"
as_server "$bin/initdb" --pgdata "$home/data" --username taskchat --auth trust --encoding UTF8 \
    --no-sync --no-instructions >"$home/initdb.log" 2>&1 || { cat "$home/initdb.log" >&2; fail initdb; }
started=
for _ in 1 2 3; do
    port=$(free_port)
    if as_server "$bin/pg_ctl" --pgdata "$home/data" --wait --timeout 60 --silent --log "$home/server.log" \
        --options "-p $port -k $home -h 127.0.0.1 -c fsync=off -c max_connections=300" start >/dev/null; then
        started=yes
        break
    fi
done
[ -n "$started" ] || { cat "$home/server.log" >&2; fail "PostgreSQL did not start"; }

cd "$ROOT"
TASKCHAT_TEST_POSTGRES_URL="postgres://taskchat@127.0.0.1:$port/postgres"
export TASKCHAT_TEST_POSTGRES_URL
"$@"
