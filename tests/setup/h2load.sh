#!/bin/sh
# Installs h2load (Debian's nghttp2-client): one load generator for HTTP/1.1, HTTP/2 and so for gRPC.
set -eu
. "$(dirname -- "$0")/common.sh"

need h2load nghttp2-client
