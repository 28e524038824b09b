#!/usr/bin/env bash
# Looks for the Debian or Ubuntu packages that a target needs (run, test, check) and
# installs the missing ones when this user may. Otherwise it prints the line to run and goes on:
# it never fails, never asks, and waits for no network longer than a few minutes.
set -uo pipefail
cd "$(dirname "$0")/.."

paper=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-wqy-microhei)
case "${1:-run}" in
  run) wanted=("${paper[@]}") ;;
  test) wanted=("${paper[@]}" chromium lynx postgresql) ;;
  check) wanted=(nodejs npm) ;;
  *) echo "usage: $0 run|test|check" >&2; exit 2 ;;
esac

there() {
  case "$1" in
    chromium) tools/find-program.sh chromium >/dev/null ;;
    postgresql) tools/find-program.sh postgresql >/dev/null ;;
    nodejs) command -v node >/dev/null ;;
    npm | lynx) command -v "$1" >/dev/null ;;
    *) [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ;;
  esac
}

if ! command -v apt-get >/dev/null; then
  [ "${1:-run}" = check ] ||
    echo "Not Debian or Ubuntu: PDF pages need Pango, HarfBuzz and the font WenQuanYi Micro Hei."
  exit 0
fi

missing=()
for package in "${wanted[@]}"; do
  there "$package" || missing+=("$package")
done
if [ ! -x .venv/bin/python ]; then
  if ! python=$(tools/find-python.sh); then
    missing+=(python3 python3-venv)
  elif ! "$python" -c "import ensurepip" 2>/dev/null; then
    missing+=("python3.$("$python" -c 'import sys; print(sys.version_info.minor)')-venv")
  fi
fi
[ ${#missing[@]} -gt 0 ] || exit 0

# Ubuntu's package is an empty one that fetches a snap, for which it may wait without end.
if grep -q '^ID=ubuntu' /etc/os-release 2>/dev/null; then
  for i in "${!missing[@]}"; do
    if [ "${missing[i]}" = chromium ]; then
      echo "Chromium is missing. To install it: sudo snap install chromium"
      unset "missing[i]"
    fi
  done
  [ ${#missing[@]} -gt 0 ] || exit 0
fi
line="sudo apt-get install --no-install-recommends ${missing[*]}"

if [ "$(id -u)" = 0 ]; then
  as_root=()
elif sudo -n true 2>/dev/null; then
  as_root=(sudo -n)
else
  printf 'Missing system packages. To install them:\n  %s\n' "$line"
  exit 0
fi

# One try for each list of packages: without a network every start would wait for it again.
tried=.cache/packages-tried-${1:-run}
if [ "$(cat "$tried" 2>/dev/null)" = "${missing[*]}" ]; then
  printf 'Still missing, after one try to install them:\n  %s\n' "$line"
  exit 0
fi
mkdir -p .cache
echo "${missing[*]}" >"$tried"

apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive timeout --kill-after=10 "$1" apt-get -qq \
    -o DPkg::Lock::Timeout=60 -o Acquire::Retries=1 -o Acquire::http::Timeout=20 \
    -o Dpkg::Use-Pty=0 "${@:2}" </dev/null
}

echo "Installing system packages: ${missing[*]}"
log=.cache/packages.log
apt 120 update >"$log" 2>&1
offered=()
for package in "${missing[@]}"; do
  apt-cache show "$package" >/dev/null 2>&1 && offered+=("$package") ||
    echo "  $package is not offered by this machine's package sources"
done

# The tests start PostgreSQL themselves: Debian's package must start no server of its own.
no_server=/etc/postgresql-common/createcluster.d/portal-tests.conf
quiet_postgresql=false
if [[ " ${offered[*]} " == *" postgresql "* ]]; then
  quiet_postgresql=true
  "${as_root[@]}" mkdir -p "$(dirname "$no_server")"
  echo "create_main_cluster = false" | "${as_root[@]}" tee "$no_server" >/dev/null
fi
# Downloading may be cut short safely, unpacking may not: so the time limit is on the first.
if [ ${#offered[@]} -gt 0 ] &&
  apt 300 install --no-install-recommends --download-only "${offered[@]}" >>"$log" 2>&1 &&
  apt 900 install --no-install-recommends --no-download "${offered[@]}" >>"$log" 2>&1; then
  [ ${#offered[@]} -lt ${#missing[@]} ] || rm -f "$tried"
else
  printf 'They could not be installed (see %s). To try by hand:\n  %s\n' "$log" "$line"
fi
[ "$quiet_postgresql" = false ] || "${as_root[@]}" rm -f "$no_server"
exit 0
