#!/usr/bin/env bash
# Makes the lock files again: the newest versions that fit, hashes for every platform and for
# Python 3.11 and later, and nothing about where they came from.
set -euo pipefail
cd "$(dirname "$0")/.."

lock() {
  .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
    --only-binary :all: --generate-hashes --no-annotate --no-header \
    --no-emit-index-url --no-emit-find-links --no-emit-build-options --output-file "$@"
}

lock requirements.txt pyproject.toml --group build
lock requirements-dev.txt pyproject.toml --group build --group dev --constraints requirements.txt

cd tools
npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund
