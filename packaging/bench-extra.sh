#!/usr/bin/env bash
# Installs PyTorch into .venv for comparison in the bench, unless it is already there. The bench also works without it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case "${OS:-}" in
  Windows_NT) python=.venv/Scripts/python.exe ;;
  *) python=.venv/bin/python ;;
esac

"$python" -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec("torch") is None)' && exit 0

echo "Installing PyTorch into .venv for comparison in the bench (once; on some platforms gigabytes of GPU libraries) ..." >&2
constraints=$("$python" -c 'import pathlib; print(pathlib.Path("constraints.txt").resolve().as_uri())')
PIP_CONSTRAINT=$constraints PIP_BUILD_CONSTRAINT=$constraints "$python" -m pip install --disable-pip-version-check \
  --no-input --quiet --retries 1 -c constraints.txt -e '.[dev,bench]' </dev/null >&2 ||
  echo "PyTorch could not be installed; the bench continues without it." >&2
