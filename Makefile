# Everything a developer does here. `make test` and `make demo` set themselves up in .venv;
# they need Python 3.11 or newer and nothing else. PYTHON=… chooses another interpreter.

.DELETE_ON_ERROR:
.PHONY: help test demo lint wheel bench docs docs-check torture clean

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

help:
	@echo "make test        set up and run the tests"
	@echo "make demo        set up and show the main job on the seeds"
	@echo "make lint        ruff, mypy, import-linter"
	@echo "make wheel       build, check, and try the wheel in a clean environment"
	@echo "make bench       measure, beside peers (minutes)"
	@echo "make torture     the tests with a thousand examples a property, and of all faults the most (long)"
	@echo "make docs        write the generated pages; docs-check: are they up to date?"
	@echo "make clean       remove what these made"

test: .venv/dev.stamp
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

torture: .venv/dev.stamp
	@WHEREFROM_PROFILE=torture $(BIN)/python -m pytest $(ARGS)

demo: .venv/run.stamp
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh seeds/demo.sh

lint: .venv/dev.stamp
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo

wheel: .venv/dev.stamp
	@sh .ci/check-wheel "$(CURDIR)/$(BIN)/python"

bench: .venv/bench.stamp
	@$(BIN)/python -m benchmarks $(ARGS)

docs: .venv/dev.stamp
	@$(BIN)/python docs/generate.py

docs-check: .venv/dev.stamp
	@$(BIN)/python docs/generate.py --check

clean:
	rm -rf .venv build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps: what is installed stays until pyproject.toml asks for something else.

.venv/run.stamp: pyproject.toml | $(BIN)/python
	@echo "Installing wherefrom into .venv" >&2
	@$(PIP) install --editable .
	@touch $@

.venv/dev.stamp: pyproject.toml | $(BIN)/python
	@echo "Installing wherefrom and its development tools into .venv" >&2
	@$(PIP) install --editable '.[dev]'
	@touch .venv/run.stamp $@

.venv/bench.stamp: pyproject.toml | $(BIN)/python
	@echo "Installing wherefrom and what it is measured against into .venv" >&2
	@$(PIP) install --editable '.[bench]'
	@touch .venv/run.stamp $@

$(BIN)/python:
	@for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11); do \
	    if "$$python" -c '$(NEW_ENOUGH)' 2>/dev/null; then \
	        echo "Setting up .venv with $$("$$python" --version)" >&2; \
	        exec "$$python" -m venv --clear .venv; \
	    fi; \
	done; \
	found=$$("$(or $(PYTHON),python3)" --version 2>&1); \
	echo "wherefrom needs Python 3.11 or newer; $(or $(PYTHON),python3) says: $$found" >&2; \
	echo "Install one, or name it: make PYTHON=/path/to/python3.12 test" >&2; \
	exit 1
