# One command each; every target works on a fresh machine with git, make and Python 3.11 or newer.
#   make demo   create the environment, run the main job on the embedded case, show the report's path
#   make test   everything a change must pass: format, lint, types, tests, documentation examples
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check install --constraint constraints.txt
CHECKED := src tests benchmarks docs scripts contrib

.PHONY: help demo test test-slow format bench clean
.NOTPARALLEL:

help:
	@echo "make demo       run the embedded lithium case and show where its report is"
	@echo "make test       format check, lint, types, tests, documentation examples"
	@echo "make test-slow  the slow tests as well"
	@echo "make bench      the benchmarks"
	@echo "make format     put the code in its standard form"
	@echo "make clean      remove the environment and everything generated"

demo: $(VENV)/.installed
	@$(BIN)/workshare demo

test: $(VENV)/.installed-dev
	$(BIN)/ruff format --check $(CHECKED)
	$(BIN)/ruff check $(CHECKED)
	$(BIN)/mypy
	$(BIN)/pytest --quiet

test-slow: $(VENV)/.installed-dev
	$(BIN)/pytest --quiet -m "slow or not slow" --hypothesis-profile=search

format: $(VENV)/.installed-dev
	$(BIN)/ruff format $(CHECKED)
	$(BIN)/ruff check --fix $(CHECKED)

bench: $(VENV)/.installed
	$(BIN)/python benchmarks/run.py

clean:
	rm -rf $(VENV) build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis workshare-report
	find $(CHECKED) -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment is made anew whenever the dependencies or their pinned versions change.
$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "workshare needs Python 3.11 or newer; '$(PYTHON)' is older or absent."; \
		echo "Install one, or name one: make $(or $(MAKECMDGOALS),demo) PYTHON=/path/to/python3.11"; \
		exit 1; }
	@echo "Creating the environment in $(VENV) (about half a minute with a warm package cache)..."
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) || { \
		echo "Python's venv module is not complete; on Debian and Ubuntu: apt install python3-venv"; \
		exit 1; }
	@$(PIP) --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Adding the development tools..."
	@$(PIP) --editable '.[dev]'
	@touch $@
