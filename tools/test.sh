#!/usr/bin/env bash
# Runs pytest on two processes and ends with what ran, and what this machine could not run.
set -uo pipefail
cd "$(dirname "$0")/.."

.venv/bin/pytest -n 2 --dist loadfile "$@"
result=$?

echo
if postgresql=$(tools/find-program.sh postgresql); then
  echo "PostgreSQL: $postgresql, started by the tests in a temporary folder."
else
  echo "PostgreSQL: its programs are not on this machine, so its tests were skipped."
fi
if chromium=$(tools/find-program.sh chromium); then
  echo "Chromium:   $chromium"
else
  echo "Chromium:   not on this machine, so its tests were skipped."
fi
if [ "$result" = 0 ]; then
  echo "Tests: passed."
else
  echo "Tests: FAILED."
fi
exit "$result"
