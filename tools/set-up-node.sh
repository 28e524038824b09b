#!/usr/bin/env bash
# Installs the checkers for CSS and JavaScript into tools/node_modules, once until the lock
# changes. Without Node.js it leaves them out: tools/check.sh says so.
set -euo pipefail
cd "$(dirname "$0")"
stamp=node_modules/.installed

command -v node >/dev/null && command -v npm >/dev/null || exit 0
[ "$(cat "$stamp" 2>/dev/null)" != "$(sha256sum package-lock.json)" ] || exit 0
echo "Installing tools/package-lock.json (once, until it changes)"
npm ci --silent --no-audit --no-fund
sha256sum package-lock.json >"$stamp"
