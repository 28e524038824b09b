#!/usr/bin/env bash
# Runs every check, also after one failed, and ends with a summary. A check that could not run
# is named there; with CI=true it counts as failed.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
node=tools/node_modules/.bin
not_run=3
passed=() failed=() left_out=()

check() {
  local name=$1
  shift
  printf '\n== %s\n' "$name"
  "$@"
  case $? in
    0) passed+=("$name") ;;
    "$not_run") left_out+=("$name") ;;
    *) failed+=("$name") ;;
  esac
}

with_node() {
  if [ ! -x "$node/$1" ]; then
    echo "Node.js 18.18 or newer with npm is not on this machine: $1 did not run."
    [ "${CI:-}" = true ] && return 1 || return "$not_run"
  fi
  "$node/$@"
}

check "Python format" $bin/ruff format --check .
check "Python lint" $bin/ruff check .
check "types" $bin/mypy
check "import contracts" $bin/lint-imports
check "translations" $bin/python tools/translations.py check
check "templates" $bin/djlint portal/templates --lint --quiet
check "sizes" $bin/python tools/check_sizes.py
check "CSS for old engines" with_node stylelint --config tools/stylelint.config.mjs \
  "portal/static/css/*.css"
check "JavaScript for old engines" with_node eslint --config tools/eslint.config.mjs \
  portal/static/js
check "JavaScript is ES5" with_node es-check es5 "portal/static/js/*.js" \
  "portal/static/vendor/*.js"
check "known vulnerabilities" $bin/python tools/audit.py

names() { local IFS=,; echo "${*//,/, }" | sed 's/,/, /g'; }
printf '\nChecks passed: %s\n' "$(names "${passed[@]:-none}")"
[ ${#left_out[@]} = 0 ] || echo "Checks that did not run: $(names "${left_out[@]}")"
[ ${#failed[@]} = 0 ] || echo "Checks FAILED: $(names "${failed[@]}")"
[ ${#failed[@]} = 0 ]
