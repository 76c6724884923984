# Seven verbs and what they need. `make venv` alone makes the environment with everything the tests use.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SHELL := /bin/sh
# The tests are compiled once, not by each worker and each process that they start: an empty value is none.
export PYTHONDONTWRITEBYTECODE :=

# What does not wait for another is made beside it: the environment and the scripts' tools, their form and Python's.
MAKEFLAGS += --jobs=2

PRETTIER := node_modules/.bin/prettier
SCRIPTS := 'dashboard/**/*.js' 'dashboard/**/*.d.ts' 'tests/**/*.js' 'tests/*.mjs' '!dashboard/shell/kit.js'

.PHONY: demo cluster test tests compiled quick quick-tests scripts prove bench bundle lint format venv lock vendor

demo: $(VENV)/.runtime
	$(BIN)/python app.py demo $(DEMO)

# Needs Debian's nats-server and caddy. What to break of it: python app.py cluster break
cluster: $(VENV)/.runtime
	$(BIN)/python app.py cluster run $(CLUSTER)

test: lint tests

# Beside Python's form and types, which take half a minute. tests/conftest.py says in which order.
tests: scripts compiled
	.ci/tests $(BIN) -m "not prove" $(PYTEST)

# The workers begin together: each would compile all tests. What keeps one from being read is said here.
compiled: $(VENV)/.test
	@said=$$($(BIN)/pytest --collect-only -qq) || { echo "$$said"; exit 1; }

# While working, less than two minutes: form, types, the tests that start no process and touch no file, one journey in the browser.
quick: lint quick-tests

quick-tests: $(VENV)/.test
	$(BIN)/pytest -q -n $$(nproc) --dist loadfile --no-loadscope-reorder --hypothesis-profile=quick -m "quick or journey" $(PYTEST)

# The scripts of the pages: their form, their types, and the pure ones run in Node.js.
scripts: node_modules/.made
	.ci/system-packages
	$(PRETTIER) --check --log-level warn $(SCRIPTS)
	node_modules/.bin/tsc --project .
	node --test $$(git ls-files 'tests/*.test.js')

prove: $(VENV)/.test
	.ci/system-packages
	$(BIN)/python -m tests.prove

bench: $(VENV)/.test
	.ci/system-packages
	$(BIN)/python app.py bench $(BENCH)

# What installs Vigie, for the Python of the environment, on a machine without a network.
bundle: $(VENV)/.test
	.ci/bundle $(BIN)/python

lint: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(MAKE) node_modules/.made
	$(PRETTIER) --write --log-level warn $(SCRIPTS)

venv: $(VENV)/.test

$(VENV)/bin/python:
	.ci/make-venv "$(PYTHON)" "$(VENV)"

$(VENV)/.runtime: requirements.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

$(VENV)/.test: requirements-test.lock requirements-zones.lock | $(VENV)/bin/python
	.ci/install $(BIN)
	touch $@ $(VENV)/.runtime

node_modules/.made: package.json package-lock.json
	.ci/system-packages
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

# The kit of the pages, from its package in the lock file (a test compares).
vendor: node_modules/.made
	node tests/kit.mjs

# Names, versions and hashes only: no address goes into a lock file.
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-annotate
lock: $(VENV)/.test
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) --group test pyproject.toml -o requirements-test.lock
	$(LOCK) --no-deps --group zones -o requirements-zones.lock
	npm install --package-lock-only --ignore-scripts --no-audit --no-fund
	node -e 'const f = require("fs"), n = "package-lock.json", l = JSON.parse(f.readFileSync(n)); \
		for (const p of Object.values(l.packages)) delete p.funding; f.writeFileSync(n, JSON.stringify(l, null, 2) + "\n")'
