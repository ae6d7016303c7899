#!/bin/sh
# A Chromium for the browser tests: the one that is there, or Debian's where apt is there.
set -eu
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if ! command -v apt-get >/dev/null 2>&1; then
    echo "The browser tests need Chromium: install it by hand (for instance: brew install --cask chromium)." >&2
    echo "浏览器测试需要 Chromium，请自行安装。" >&2
    exit 0
fi
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo"
    else
        echo "The browser tests need Chromium: run  sudo apt-get install chromium" >&2
        exit 0
    fi
fi
echo "Installing Chromium for the browser tests …"
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends chromium >/dev/null
