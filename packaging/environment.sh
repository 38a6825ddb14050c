#!/usr/bin/env bash
# Creates .venv, DigitLab's Python environment, or does nothing if it already matches pyproject.toml and
# constraints.txt. PYTHON selects another interpreter: PYTHON=/opt/python3.12/bin/python3 make setup
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

environment=.venv
stamp=$environment/.digitlab-setup
case "${OS:-}" in
  Windows_NT) python=$environment/Scripts/python.exe ;;
  *) python=$environment/bin/python ;;
esac

# An environment cannot be moved, so its folder is part of the key.
key() {
  { cat pyproject.toml constraints.txt packaging/environment.sh; pwd; } | cksum
}

version_fits() {
  "$@" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1 </dev/null
}

# Prints the first interpreter that starts and has a supported version; a name on PATH may be a shim without a Python.
find_python() {
  local candidate
  for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3 python}; do
    if version_fits "$candidate"; then
      "$candidate" -c 'import sys; print(sys.executable)' </dev/null
      return
    fi
  done
  cat >&2 <<MESSAGE
DigitLab needs Python 3.11, 3.12 or 3.13, and none was found${PYTHON:+ as $PYTHON}.
Install one (Debian, Ubuntu: apt-get install python3 python3-venv; Fedora: dnf install python3.13;
macOS: brew install python@3.13) or name it: make setup PYTHON=/path/to/python3
MESSAGE
  return 1
}

# On Debian, the module that creates environments is in a separate package.
ensure_venv_module() {
  "$1" -c 'import ensurepip, venv' >/dev/null 2>&1 </dev/null && return
  local package
  package=$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])' </dev/null)
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "Installing $package, which creates Python environments ..."
    packaging/apt-install.sh "$package"
  else
    echo "Python's own module 'venv' is missing. On Debian or Ubuntu: sudo apt-get install $package" >&2
    return 1
  fi
}

if [ -x "$python" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(key)" ]; then
  exit 0
fi

# From here on the environment is incomplete: after an interruption there must be no stamp.
rm -f "$stamp"

if ! { version_fits "$python" && "$python" -m pip --version >/dev/null 2>&1 </dev/null; }; then
  base=$(find_python)
  ensure_venv_module "$base"
  echo "Creating $environment with $("$base" --version) ..."
  "$base" -m venv --clear "$environment"
fi

echo "Installing DigitLab and its dependencies into $environment (about 700 MB the first time, a few minutes) ..."
options=(--disable-pip-version-check --no-input)
[ -t 1 ] || options+=(--quiet --progress-bar off)
# pip installs the build backend into a separate environment, which takes its versions from PIP_CONSTRAINT (older pip)
# or PIP_BUILD_CONSTRAINT (pip 25.3 and later). Given as a file:// URL, because pip splits these settings at spaces.
constraints=$("$python" -c 'import pathlib; print(pathlib.Path("constraints.txt").resolve().as_uri())')
PIP_CONSTRAINT=$constraints PIP_BUILD_CONSTRAINT=$constraints \
  "$python" -m pip install "${options[@]}" -c constraints.txt -e '.[dev]' </dev/null

key >"$stamp.new"
mv "$stamp.new" "$stamp"
echo "Ready: $environment"
