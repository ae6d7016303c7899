#!/bin/sh
# Node for the tests of WebAssembly: the one that is there, or Debian's where apt is there.
set -eu
if command -v node >/dev/null 2>&1; then exit 0; fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "The tests of WebAssembly need Node: install it by hand (for instance: brew install node)." >&2
    echo "WebAssembly测试需要Node，请自行安装。" >&2
    exit 0
fi
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo"
    else
        echo "The tests of WebAssembly need Node: run  sudo apt-get install nodejs" >&2
        exit 0
    fi
fi
echo "Installing Node for the tests of WebAssembly …"
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends nodejs >/dev/null
