#!/bin/sh
# serve.sh DATA LISTEN: runs the development build and says where to look.
set -eu
. "$(dirname -- "$0")/common.sh"

case $2 in
127.0.0.1:* | 0.0.0.0:* | localhost:*) address=http://localhost:${2##*:} ;;
*) address=http://$2 ;;
esac
say "taskchat will be at $address (data in $1, Ctrl-C stops it)"
cd "$ROOT"
TASKCHAT_LISTEN=$2 TASKCHAT_DATA_DIR=$1 exec "$("$ROOT/tests/setup/target.sh")/debug/taskchat" serve
