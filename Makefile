# Every target makes its own environment in .venv when there is none.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
WORKERS ?= 2
export QT_LOGGING_RULES ?= qt.qpa.*=false

.DEFAULT_GOAL := help
.PHONY: help demo run test test-all check format lint types bench shots faults installer clean

help: ## Say what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(STAMP): pyproject.toml packaging/constraints.txt
	@echo "Setting up $(VENV): the first time downloads torch (several hundred MB) and takes a few minutes."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --constraint packaging/constraints.txt --editable '.[dev]'
	@touch $@
	@echo "Ready."

demo: $(STAMP) ## Train a real model from data to exported bundle, with no display and no network
	@$(BIN)/thaw demo

run: $(STAMP) ## Open the window
	@$(BIN)/thaw

test: $(STAMP) ## Run the tests (no display, no GPU, no network needed)
	@echo "Running the tests on $(WORKERS) cores."
	@OMP_NUM_THREADS=1 QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "not slow and not gpu" -q

test-all: $(STAMP) ## Run the slow and GPU tests too
	@OMP_NUM_THREADS=1 QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -q

check: format lint types test ## Format, lint, types, tests

format: $(STAMP) ## Format the code
	@$(BIN)/ruff format studio tests packaging

lint: $(STAMP) ## Look for mistakes
	@$(BIN)/ruff format --check studio tests packaging
	@$(BIN)/ruff check studio tests packaging

types: $(STAMP) ## Check the types
	@$(BIN)/mypy

bench: $(STAMP) ## Print the benchmarks, each as a ratio side by side
	@QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.bench

shots: $(STAMP) ## Save a picture of every page in both themes to shots/
	@QT_QPA_PLATFORM=offscreen $(BIN)/python -m studio.ui.shots --out shots

faults: $(STAMP) ## Kill, fill and corrupt on purpose: the long version, with a table
	@OMP_NUM_THREADS=1 QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest tests/faults -q
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.faults.matrix

installer: $(STAMP) ## Build the installer folder for this system with PyInstaller
	@$(BIN)/python -m pip install --quiet --constraint packaging/constraints.txt '.[package]'
	@$(BIN)/pyinstaller --noconfirm packaging/thaw-studio.spec

clean: ## Remove what was built (not the environment)
	@rm -rf build dist shots .mypy_cache .ruff_cache .hypothesis
