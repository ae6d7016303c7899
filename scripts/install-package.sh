#!/bin/sh
# What some tests need and Debian has: install-package.sh PACKAGE "what needs it" "何处需要" COMMAND ...
# Nothing is done where one of the commands is there; where apt is not, it is said what to install by hand.
set -eu
package=$1; needs=$2; needs_zh=$3
shift 3
PATH="$PATH:/usr/sbin:/sbin"
for name in "$@"; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if ! command -v apt-get >/dev/null 2>&1; then
    echo "$needs need $1: install it by hand (for instance: brew install $1)." >&2
    echo "$needs_zh 需要 $1，请自行安装。" >&2
    exit 0
fi
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo"
    else
        echo "$needs need $1: run  sudo apt-get install $package" >&2
        exit 0
    fi
fi
echo "Installing $package …"
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$package" >/dev/null
# A test starts its own nginx; the service that the package may have started is not wanted.
if [ "$package" = nginx-light ]; then $as_root systemctl disable --quiet --now nginx 2>/dev/null || true; fi
