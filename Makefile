# Two commands: `make run` and `make test`. Each does its own set-up and needs nothing before it.

SHELL := bash
.NOTPARALLEL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# Given on the command line or in the environment: make run HOST=0.0.0.0 PORT=9000
export HOST PORT

catalogues := $(patsubst %.po,%.mo,$(wildcard portal/translations/*/LC_MESSAGES/messages.po))

.PHONY: run
run: run-set-up $(catalogues) ## serve the portal with a demo company on 127.0.0.1:8000 (HOST, PORT)
	@exec .venv/bin/portal run

.PHONY: test
test: test-set-up $(catalogues) ## run all tests, or some: make test TESTS=tests/claims
	@tools/test.sh $(TESTS)

.PHONY: check
check: check-set-up ## format, lint, types, imports, translations, templates, CSS and JavaScript
	@tools/check.sh

.PHONY: engines
engines: test-set-up $(catalogues) ## the journey in every browser engine, old ones as well
	@PYTHON=.venv/bin/python tools/engines.sh
	@.venv/bin/pytest tests/journeys -m "engines or not engines"

.PHONY: bench
bench: test-set-up $(catalogues) ## measure speed and size at 10,000 and 1,000,000 claims
	@exec .venv/bin/python -m benchmarks

.PHONY: translations
translations: test-set-up ## bring the catalogues up to date with the sources, and compile them
	@.venv/bin/python tools/translations.py update

.PHONY: lock
lock: test-set-up ## make the lock files again from pyproject.toml and tools/package.json
	@tools/lock.sh

.PHONY: clean
clean: ## remove everything made here except instance/ (your data)
	rm -rf .venv .cache tools/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis
	rm -rf .import_linter_cache
	rm -f $(catalogues)
	find portal tests -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## list these targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

.PHONY: run-set-up
run-set-up:
	@tools/system-libraries.sh run
	@tools/set-up.sh requirements.txt

.PHONY: test-set-up
test-set-up:
	@tools/system-libraries.sh test
	@tools/set-up.sh requirements-dev.txt

.PHONY: check-set-up
check-set-up:
	@tools/system-libraries.sh check
	@tools/set-up.sh requirements-dev.txt
	@tools/set-up-node.sh

%.mo: %.po
	@.venv/bin/pybabel --quiet compile --input-file $< --output-file $@ --locale $(notdir $(patsubst %/LC_MESSAGES/messages,%,$*))
