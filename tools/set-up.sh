#!/usr/bin/env bash
# Makes .venv and installs one lock file into it (requirements.txt or requirements-dev.txt),
# unless exactly that is there already. A moved checkout, another Python or a changed lock
# is noticed; so is a run that was killed half-way.
set -euo pipefail
cd "$(dirname "$0")/.."
lock=$1
stamp=.venv/.installed

place() { echo "$PWD $(.venv/bin/python -V 2>/dev/null)"; }

if [ -f "$stamp" ] && [ "$(head -n 1 "$stamp")" = "$(place)" ] &&
  grep -qxF "$(sha256sum "$lock")" "$stamp"; then
  exit 0
fi

if ! python=$(tools/find-python.sh); then
  echo "The portal needs Python 3.11 or newer, and none was found." >&2
  echo "Install it, for example: sudo apt-get install python3 python3-venv" >&2
  exit 1
fi
if [ -f "$stamp" ] && [ "$(head -n 1 "$stamp")" != "$(place)" ]; then
  rm -rf .venv
fi
rm -f "$stamp"

if "$python" -c "import ensurepip" 2>/dev/null; then
  .venv/bin/python -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear .venv
  pip=(.venv/bin/python -m pip)
elif "$python" -m pip --python "$python" --version >/dev/null 2>&1; then
  .venv/bin/python -V >/dev/null 2>&1 || "$python" -m venv --clear --without-pip .venv
  pip=("$python" -m pip --python .venv/bin/python)
else
  minor=$("$python" -c 'import sys; print(sys.version_info.minor)')
  echo "$python can make no virtual environment: it lacks ensurepip, and there is no pip." >&2
  echo "To mend it: sudo apt-get install python3.$minor-venv" >&2
  exit 1
fi

echo "Installing $lock (once, until it changes)"
install=("${pip[@]}" install --quiet --disable-pip-version-check --no-deps)
"${install[@]}" --require-hashes --only-binary :all: -r "$lock"
"${install[@]}" --no-build-isolation --no-index --editable .

{
  place
  sha256sum requirements.txt
  # The development lock holds everything of the other one, at the same versions.
  [ "$lock" = requirements.txt ] || sha256sum "$lock"
} >"$stamp"
