#!/usr/bin/env bash
# Runs pytest on two processes, then what touches the database once more on PostgreSQL, and
# ends with what ran, and what this machine could not run.
set -uo pipefail
cd "$(dirname "$0")/.."

.venv/bin/pytest -n 2 --dist loadfile "$@"
result=$?

if postgresql=$(tools/find-program.sh postgresql); then
  .venv/bin/pytest -n 2 --dist loadfile --database=postgresql -m "not engines and not browser" "$@"
  again=$?
  # 5: none of the chosen tests touches the database.
  [ "$again" = 0 ] || [ "$again" = 5 ] || result=$again
fi

echo
if [ -n "$postgresql" ]; then
  echo "PostgreSQL: $postgresql, started by the tests in a temporary folder."
else
  echo "PostgreSQL: its programs are not on this machine, so the tests ran on SQLite alone."
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
