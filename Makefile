# DigitLab's commands. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help setup run test check bench wheel clean

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif

# What `make run` hands to the app and `make test` to pytest, for example: make test ARGS="-k raster -x"
ARGS ?=

help: ## list these commands
	@echo 'DigitLab: draw digits, train the classic Keras network and look inside it.'
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make the environment .venv, or bring it up to date
	@packaging/environment.sh

run: setup ## open DigitLab; with no display, let it draw pictures of its panels into demo-output
	@if [ "$$(uname -s)" = Linux ] && [ -z "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ]; then \
	  packaging/system-libraries.sh offscreen; \
	  echo 'No display was found, so DigitLab shows itself in pictures ...'; \
	  QT_QPA_PLATFORM=offscreen $(BIN)/digitlab demo --out demo-output; \
	  echo "The pictures are in $$PWD/demo-output"; \
	else \
	  packaging/system-libraries.sh window; \
	  $(BIN)/digitlab $(ARGS); \
	fi

test: setup ## run all tests, with no display
	@packaging/system-libraries.sh tests
	@QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest $(ARGS)

check: setup ## lint, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup ## measure start, latency and training against their targets
	@packaging/system-libraries.sh offscreen
	@case ' $(ARGS) ' in '  ' | *' training '*) packaging/bench-extra.sh ;; esac
	@$(BIN)/python -m tests.bench $(ARGS)

wheel: setup ## build dist/digitlab-*.whl
	@PIP_CONSTRAINT="file://$$PWD/constraints.txt" PIP_BUILD_CONSTRAINT="file://$$PWD/constraints.txt" \
	  $(BIN)/python -m pip wheel --disable-pip-version-check --quiet --no-deps --wheel-dir dist .
	@ls -l dist/*.whl

clean: ## remove what was built or cached; .venv stays
	rm -rf build dist demo-output .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find digitlab tests packaging -name __pycache__ -type d -prune -exec rm -rf {} +
