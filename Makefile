# What a developer does; `make` alone lists it. Needs a Python that is new enough, and nothing else:
# uv is used if it is there, because it installs faster.

.DEFAULT_GOAL := help
.PHONY: help install demo browser test fuzz test-examples test-slow coverage lint inventory format docs \
	bench bench-all calibration extrapolation next-runs lock clean

BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null)

# The first of these that runs (a shim may exist and fail) and is new enough makes the environment.
PYTHONS := python3.13 python3.12 python3.14 python3
ABOUT := import os, sys; \
	print("%d.%d.%d" % sys.version_info[:3] + " at " + os.path.realpath(sys.executable)); \
	sys.exit(sys.version_info < (3, 12))
FIND_PYTHON = seen="no Python at all"; \
	for candidate in $(PYTHONS); do \
		if about=$$($$candidate -c '$(ABOUT)' 2>/dev/null); then break; fi; \
		seen=$${about:-$$seen}; about=; \
	done; \
	if [ -z "$$about" ]; then \
		echo "bayescale needs Python 3.12 or newer but found $$seen:" \
			"install Python 3.13 so that python3.13 is on PATH, then run make again." >&2; \
		exit 1; \
	fi; \
	python=$${about\#* at }

ifdef UV
MAKE_ENVIRONMENT = "$(UV)" venv --quiet --python "$$python" .venv
INSTALL = "$(UV)" pip install --quiet --python $(BIN)/python --no-deps
CHECK = "$(UV)" pip check --quiet --python $(BIN)/python
else
MAKE_ENVIRONMENT = "$$python" -m venv .venv
PIP = $(BIN)/python -m pip --quiet --disable-pip-version-check
INSTALL = $(PIP) install --no-compile --no-deps
CHECK = $(PIP) check
endif

# Compile to bytecode while installing, whatever PYTHONDONTWRITEBYTECODE says: without it every
# command would compile its imports anew. On all cores and without tests, in a third of the time
# that the installers take for it.
COMPILE_BYTECODE = $(BIN)/python -m compileall -qq -j 0 -x '/tests?/' .venv/lib || true

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: .venv/installed ## make .venv with exactly the locked versions, and this package

demo: .venv/installed ## fit a sweep, foretell larger runs, plan a budget and write a report
	$(BIN)/bayescale demo

# Tests of pages are skipped without one. Its own build, or that of the system where only packages
# can be reached.
browser: .venv/installed ## a headless Chromium for the tests of reports, where there is none
	@command -v chromium chromium-browser google-chrome >/dev/null \
		|| $(BIN)/playwright install --with-deps chromium \
		|| { apt-get --quiet update && apt-get --quiet --yes install chromium; }

# One process a core; a file stays in one process, which compiles its densities once. More options
# of pytest, such as --durations=25 or --numprocesses=0, go into OPTIONS.
PYTEST = $(BIN)/python -m pytest --numprocesses auto

test: .venv/installed ## the tests and the examples in docstrings, in minutes
	$(PYTEST) --dist loadfile $(OPTIONS)

test-examples: .venv/installed ## run each script in examples/ and check what it finds
	$(PYTEST) -m example --dist worksteal $(OPTIONS) tests/test_examples.py

fuzz: .venv/installed ## ten thousand tables, questions, cards and command lines nobody would write
	BAYESCALE_FUZZ=long $(PYTEST) --dist worksteal $(OPTIONS) tests/fuzz

test-slow: .venv/installed ## coverage of intervals, every model, a fresh install: far longer
	$(PYTEST) -m slow --dist worksteal $(OPTIONS)

coverage: .venv/installed ## which lines no test runs; fails below the floor in pyproject.toml
	$(PYTEST) --dist loadfile --cov --cov-report term $(OPTIONS)

lint: .venv/installed ## style, formatting, types, which package imports which, the inventory
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/inventory.py

inventory: .venv/installed ## write the inventory in ARCHITECTURE.md anew from the tree
	$(BIN)/python docs/inventory.py --write

format: .venv/installed ## mend style and formatting
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

docs: .venv/docs ## build the documentation into docs/_build/html
	$(BIN)/python -m sphinx --fail-on-warning --keep-going docs docs/_build/html
	@echo "open docs/_build/html/index.html"

extrapolation: .venv/installed ## whether intervals hold beyond public runs (BAYESCALE_DATA), into docs
	$(BIN)/python benchmarks/extrapolation.py
	$(BIN)/python benchmarks/truths.py
	$(BIN)/python benchmarks/curves.py
	$(BIN)/python benchmarks/progress.py

next-runs: .venv/installed ## whether next_runs chooses better runs than grids do, into docs
	$(BIN)/python benchmarks/next_runs.py $(OPTIONS)

bench: .venv/installed ## how long a fit takes beside others, in minutes, into docs/speed.md
	$(BIN)/python benchmarks/speed.py

bench-all: .venv/installed ## run every script in benchmarks/: hours
	@set -e; for script in benchmarks/[!_]*.py; do \
		if [ -e "$$script" ]; then echo "$$script"; $(BIN)/python "$$script"; fi; \
	done

calibration: .venv/installed ## do fits of every card recover what they believe? Hours; continues
	$(BIN)/python benchmarks/calibration.py $(OPTIONS)

# Pins that still fit are kept; `make lock UPGRADE=--upgrade` takes the newest versions instead.
COMPILE = "$(UV)" pip compile --quiet --universal --python-version 3.12 --generate-hashes \
	--custom-compile-command "make lock" $(UPGRADE)

lock: ## resolve the dependencies in pyproject.toml into requirements-*.lock
	@if [ -z "$(UV)" ]; then \
		echo "make lock needs uv and it is not on PATH: pip install uv, then run make lock again." >&2; \
		exit 1; \
	fi
	$(COMPILE) pyproject.toml --group dev --output-file requirements-dev.lock
	$(COMPILE) --group docs --constraint requirements-dev.lock --output-file requirements-docs.lock

clean: ## remove everything that make has made, .venv too
	rm -rf .venv dist build docs/_build docs/laws docs/api docs/examples \
		docs/gallery docs/curves docs/evidence docs/commands.md
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/locked: requirements-dev.lock
	@$(FIND_PYTHON); \
	echo "making .venv with Python $$about"; \
	rm -rf .venv && $(MAKE_ENVIRONMENT)
	@$(INSTALL) --requirement requirements-dev.lock
	@$(COMPILE_BYTECODE)
	@touch $@

.venv/installed: .venv/locked pyproject.toml
	@$(INSTALL) --no-build-isolation --editable .
	@$(CHECK) || { \
		echo "pyproject.toml asks for what requirements-dev.lock does not pin: run make lock." >&2; \
		exit 1; \
	}
	@touch $@

.venv/docs: .venv/installed requirements-docs.lock
	@$(INSTALL) --requirement requirements-docs.lock
	@$(COMPILE_BYTECODE)
	@touch $@
