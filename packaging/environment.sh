#!/usr/bin/env bash
# Creates .venv, DigitLab's Python environment, or brings it up to date.
#
#   packaging/environment.sh run        what DigitLab needs to run
#   packaging/environment.sh run dev    the same, and what tests and checks it
#
# Each name is a lock file in packaging/locks; what has not changed since it was installed is left alone. If an
# update fails, an environment that has all that is needed is used as it is. PYTHON selects another interpreter:
# PYTHON=/opt/python3.12/bin/python3 make setup
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

environment=.venv
log=$environment/setup.log
sets=("${@:-run}")
case "${OS:-}" in
  Windows_NT) python=$environment/Scripts/python.exe ;;
  *) python=$environment/bin/python ;;
esac

# Prints what decides whether a part is installed again: its lock file; for DigitLab itself (`project`), the parts of
# pyproject.toml that an installation is made from, and its folder, which is written into the environment.
key() {
  if [ "$1" = project ]; then
    { awk '/^\[/ { used = /^\[(build-system|project|tool\.hatch)/ } used' pyproject.toml; pwd; } | cksum
  else
    cksum <"packaging/locks/$1.txt"
  fi
}

stamp() {
  echo "$environment/.digitlab-$1"
}

is_current() {
  [ -f "$(stamp "$1")" ] && [ "$(cat "$(stamp "$1")")" = "$(key "$1")" ]
}

# On Debian, the module that creates environments is in a separate package.
ensure_venv_module() {
  "$1" -c 'import ensurepip, venv' >/dev/null 2>&1 </dev/null && return
  local package
  package=$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])' </dev/null)
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "Python's own module 'venv' is missing. Installing the system package $package (apt-get install) ..."
    packaging/apt-install.sh "$package"
  else
    echo "Python's own module 'venv' is missing. On Debian or Ubuntu: sudo apt-get install $package" >&2
    return 1
  fi
}

# Installs a part. Until it is complete it has no stamp, so that after an interruption it is installed again.
install() {
  local options=(--disable-pip-version-check --no-input --log "$log" --retries "$retries")
  [ -t 1 ] || options+=(--quiet --progress-bar off)
  if [ "$1" = project ]; then
    options+=(--no-deps --no-build-isolation -e .) # the build backend is among the packages of the set `run`
  else
    options+=(--require-hashes --only-binary :all: -r "packaging/locks/$1.txt")
  fi
  rm -f "$(stamp "$1")"
  # What pip says about a failure is in its log; after a failed download it blames the package.
  "$python" -m pip install "${options[@]}" </dev/null 2>/dev/null &&
    key "$1" >"$(stamp "$1").new" && mv "$(stamp "$1").new" "$(stamp "$1")"
}

# Prints why pip failed, from its log.
cause() {
  if grep -q 'Errno 28' "$log"; then
    echo 'The disk is full.'
  elif grep -q 'DO NOT MATCH THE HASHES' "$log"; then
    echo 'A downloaded file was not the one that packaging/locks names (its hash differs).'
  elif grep -qE 'connection broken by|Connection(Error|Timeout|ResetError)|ReadTimeout|ProxyError' "$log"; then
    echo 'The package index could not be reached. Is this computer online?'
  else
    sed -n 's/^[^ ]* *ERROR: //p' "$log" | head -n 1
  fi
}

outdated=()
for part in "${sets[@]}" project; do
  is_current "$part" || outdated+=("$part")
done
if [ -x "$python" ] && [ ${#outdated[@]} = 0 ]; then
  exit 0
fi

if packaging/find-python.sh --fits "$python" && "$python" -c 'import pip' 2>/dev/null </dev/null; then
  retries=1 # somebody with an environment that works should not wait long for a network that is not there
  echo "Bringing $environment up to date (${outdated[*]}) ..."
else
  base=$(packaging/find-python.sh)
  ensure_venv_module "$base"
  echo "Creating $environment with $("$base" --version) ..."
  "$base" -m venv --clear "$environment"
  outdated=("${sets[@]}" project) retries=4
  echo "Installing DigitLab's packages (about 700 MB to download, one or two minutes) ..."
fi

rm -f "$log"
for part in "${outdated[@]}"; do
  install "$part" && continue
  echo "The packages in $environment could not be brought up to date. $(cause)" >&2
  if lacking=$("$python" packaging/lacking.py "${sets[@]}" </dev/null); then
    echo "The packages that are there are sufficient, so they are used. The next make tries again." >&2
    exit 0
  fi
  echo "Missing: $lacking. Run make again when that is solved; $log has the details." >&2
  exit 1
done
echo "Ready: $environment"
