#!/usr/bin/env bash
# Prints the path of a Python that DigitLab runs on: $PYTHON, if set, or the first that is found.
#
#   packaging/find-python.sh            3.11, 3.12 or 3.13; says what to do if there is none
#   packaging/find-python.sh --fits X   only says by its exit code whether X starts and has such a version
set -euo pipefail

version_fits() {
  "$@" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1 </dev/null
}

if [ "${1:-}" = --fits ]; then
  version_fits "$2"
  exit
fi

# A name on PATH may be a shim without a Python.
for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3 python}; do
  if version_fits "$candidate"; then
    exec "$candidate" -c 'import sys; print(sys.executable)' </dev/null
  fi
done
cat >&2 <<MESSAGE
DigitLab needs Python 3.11, 3.12 or 3.13, and none was found${PYTHON:+ as $PYTHON}.
Install one (Debian, Ubuntu: apt-get install python3 python3-venv; Fedora: dnf install python3.13;
macOS: brew install python@3.13) or name it: make setup PYTHON=/path/to/python3
MESSAGE
exit 1
