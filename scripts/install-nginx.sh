#!/bin/sh
# nginx for the test of the reverse proxy: the one that is there, or Debian's where apt is there.
set -eu
PATH="$PATH:/usr/sbin:/sbin"
if command -v nginx >/dev/null 2>&1; then exit 0; fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "The test of the reverse proxy needs nginx: install it by hand (for instance: brew install nginx)." >&2
    echo "反向代理测试需要 nginx，请自行安装。" >&2
    exit 0
fi
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo"
    else
        echo "The test of the reverse proxy needs nginx: run  sudo apt-get install nginx-light" >&2
        exit 0
    fi
fi
echo "Installing nginx for the test of the reverse proxy …"
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends nginx-light >/dev/null
# The test starts its own; the service that the package may have started is not wanted.
$as_root systemctl disable --quiet --now nginx 2>/dev/null || true
