#!/bin/sh
# say.sh TEXT: one line of progress.
set -eu
. "$(dirname -- "$0")/common.sh"
say "$*"
