#!/usr/bin/env bash
# Prints a Python new enough for the portal and whole; one that can make virtual environments
# with pip comes first. Prints nothing and fails when there is none.
set -uo pipefail

works() { "$1" -c "import sys, ssl, sqlite3, ctypes, venv$2; sys.exit(sys.version_info < (3, 11))"; }

for needs in ", ensurepip" ""; do
  for python in python3.13 python3.12 python3.11 python3; do
    if command -v "$python" >/dev/null && works "$python" "$needs" 2>/dev/null; then
      command -v "$python"
      exit 0
    fi
  done
done
exit 1
