# DigitLab's commands. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help setup run test check bench wheel lock clean

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif

# What `make run` hands to the app and `make test` to pytest, for example: make test ARGS="-k raster -x"
ARGS ?=

# The whole suite is divided by files. More processes wait for one another: tests paint, train and start programs.
IN_TWO_PROCESSES := -n 2 --dist loadfile

help: ## list these commands
	@echo 'DigitLab: draw digits, train the classic Keras network and look inside it.'
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make the environment .venv, or bring it up to date
	@packaging/environment.sh run

run: ## open DigitLab; with no display, let it draw pictures of its panels into demo-output
	@if [ "$$(uname -s)" = Linux ] && [ -z "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ]; then \
	  packaging/system-libraries.sh offscreen; \
	  packaging/environment.sh run; \
	  echo 'No display was found, so DigitLab shows itself in pictures ...'; \
	  QT_QPA_PLATFORM=offscreen $(BIN)/digitlab demo --out demo-output; \
	  echo "The pictures are in $$PWD/demo-output"; \
	else \
	  packaging/system-libraries.sh window; \
	  packaging/environment.sh run; \
	  $(BIN)/digitlab $(ARGS); \
	fi

test: ## run all tests, with no display
	@packaging/system-libraries.sh tests
	@packaging/environment.sh run dev
	@QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest $(if $(ARGS),$(ARGS),$(IN_TWO_PROCESSES))

check: ## lint, formatting and types
	@packaging/environment.sh run dev
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy

bench: ## measure start, latency and training against their targets
	@packaging/system-libraries.sh offscreen
	@packaging/environment.sh run dev
	@case ' $(ARGS) ' in '  ' | *' training '*) packaging/environment.sh run bench || \
	  echo 'PyTorch, which the bench compares DigitLab with, is not there; the bench continues without it.' ;; esac
	@$(BIN)/python -m tests.bench $(ARGS)

wheel: ## build dist/digitlab-*.whl
	@packaging/environment.sh run
	@$(BIN)/python -m pip wheel --disable-pip-version-check --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@ls -l dist/*.whl

lock: ## write the lock files of the packages; to raise a version: make lock ARGS="--upgrade-package keras"
	@packaging/environment.sh run lock
	@$(BIN)/python packaging/lock.py $(ARGS)

clean: ## remove what was built or cached; .venv stays
	rm -rf build dist demo-output .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find digitlab tests packaging -name __pycache__ -type d -prune -exec rm -rf {} +
