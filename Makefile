# The commands of the project. Each says in one line what it does; stamps let a second run start at once.
#
#   make run [PORT=9000]   set up what is missing, serve on http://127.0.0.1:8000 until Ctrl-C
#   make test [ARGS=...]   set up what is missing, pass every test
#   make sure              format, lint, types, import layers, tests
#   make bench [ARGS=...]  measure against the floor (docs/performance.md)
#   make setup             only set up
#   make lock              choose the newest versions that setup.cfg and package.json allow
#   make clean             remove what set-up made; the data in var/ stays

SHELL := /bin/bash
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
VENV := .venv/.made
PACKAGES := node_modules/.made
VENDOR := app/static/vendor/.made
CATALOGS := $(patsubst %.po,%.mo,$(wildcard app/translations/*/LC_MESSAGES/*.po))
# Published as a source alone, a single module; Flask-Security needs it.
UNBUILT := --no-binary flask-principal
UNIT_JS := $(shell find tests -name '*.test.mjs' -o -name '*.test.js' 2>/dev/null)

export PYTHON
# Where it is set, every process of the tests compiles the whole project anew.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.PHONY: help run test sure bench setup lock clean system-run system-test javascript

help:
	@sed -n 's/^#   //p' Makefile

run: system-run $(VENV) $(VENDOR) $(CATALOGS)
	@exec $(BIN)/cortile run

test: setup javascript
	@echo "Running the tests"
	@# In their own order: the files with the fewest tests are the longest, and must not come last.
	@$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

sure: setup
	@echo "Checking format, lint, types and import layers"
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@node_modules/.bin/tsc --project tsconfig.json
	@$(MAKE) --no-print-directory test

bench: setup
	@$(BIN)/python -m benchmarks $(ARGS)

setup: system-test $(VENV) $(VENDOR) $(CATALOGS)

system-run:
	@tools/system-packages run

system-test:
	@tools/system-packages test

javascript: $(PACKAGES)
ifneq ($(UNIT_JS),)
	@echo "Running the unit tests of the browser modules"
	@node --test --test-reporter=dot $(UNIT_JS)
endif

$(VENV): requirements.lock setup.cfg pyproject.toml | system-run
	@echo "Installing the Python libraries of requirements.lock into .venv (about a minute)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$$($(PYTHON) --version) is too old: Cortile needs 3.11 or newer (make PYTHON=python3.12)" >&2; exit 3; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes --only-binary :all: $(UNBUILT) -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .
	@touch $@

$(PACKAGES): package.json package-lock.json | system-run
	@echo "Installing the browser packages of package-lock.json into node_modules"
	@npm ci --silent --no-audit --no-fund
	@touch $@

$(VENDOR): $(PACKAGES) tools/vendor.mjs $(VENV)
	@echo "Copying the browser packages that the pages load to app/static/vendor and geo/leaflet/vendor"
	@node tools/vendor.mjs
	@$(BIN)/python -m whitenoise.compress --quiet app/static/vendor
	@touch $@

%.mo: %.po $(VENV)
	@echo "Compiling the translations of $<"
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

# Resolves in a venv of its own, so that what is installed never leaks into what is chosen; and keeps the address
# of the registry out of both files, because where a package is fetched from is the reader's business.
lock:
	@echo "Choosing versions: requirements.lock, package-lock.json"
	@test -x .venv/lock/bin/uv || { $(PYTHON) -m venv .venv/lock && .venv/lock/bin/pip install --quiet uv; }
	@.venv/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header --no-emit-index-url --extra dev setup.cfg --output-file requirements.lock
	@npm update --silent --package-lock-only --omit-lockfile-registry-resolved

clean:
	@echo "Removing .venv, node_modules, vendored files, catalogs and caches; var/ (the data) stays"
	@rm -rf .venv node_modules app/static/vendor geo/leaflet/vendor .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage *.egg-info
	@find app -name '*.mo' -delete
	@find app geo tests migrations benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
