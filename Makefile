# Each word below is all a newcomer needs. Set-up happens by itself, and only when something changed.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin

.PHONY: help setup setup-dev run test test-browser test-slow quality check format lock

help:            ## what there is
	@grep -hE '^[a-z-]+: .*## ' $(MAKEFILE_LIST) | sed 's/: .*## /\t/'

setup:
	@$(or $(PYTHON),python3) scripts/setup.py
setup-dev:
	@$(or $(PYTHON),python3) scripts/setup.py --dev

run: setup       ## set up what is missing, then serve the demo city on http://127.0.0.1:8080
	@exec $(BIN)/madoguchi serve --demo

test: setup-dev  ## the default tests, with a real PostgreSQL and Valkey that they start themselves
	@$(BIN)/pytest -q -n auto --dist worksteal

test-browser: setup-dev  ## the journeys, in Debian's Chromium
	@$(BIN)/pytest -q -n auto --dist loadfile -m browser

test-slow: setup-dev     ## crash run and other minutes-long tests
	@$(BIN)/pytest -q -n auto --dist worksteal -m slow

quality: setup   ## how good the answers are, into docs/quality.md; OPTIONS="--quick" leaves out what takes many minutes
	@$(BIN)/python -m benchmarks.quality $(OPTIONS)

check: setup-dev ## ruff, mypy strict, import-linter
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

format: setup-dev ## bring the code into shape
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

lock: setup-dev  ## write the lock files anew (needs pip-tools)
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/lock.sh
