#!/usr/bin/env bash
# Prints where a program of the tests is (chromium, postgresql), or fails: Debian keeps
# PostgreSQL's server programs off the PATH, and Chromium goes by several names.
set -uo pipefail

case "$1" in
  chromium)
    for name in chromium chromium-browser google-chrome /snap/bin/chromium; do
      command -v "$name" && exit 0
    done
    ;;
  postgresql)
    newest=$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -n 1)
    for program in initdb "$newest"; do
      [ -n "$program" ] && found=$(command -v "$program") && dirname "$found" && exit 0
    done
    ;;
esac
exit 1
