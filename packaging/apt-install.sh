#!/usr/bin/env bash
# Installs Debian packages as root, asking nothing: packaging/apt-install.sh PACKAGE...
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
options=(-qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# An update that fails for one source still leaves the lists of the others: the installation decides.
apt-get update "${options[@]}" </dev/null >"$log" 2>&1 || true
if ! apt-get install -y "${options[@]}" --no-install-recommends "$@" </dev/null >>"$log" 2>&1; then
  tail -n 30 "$log" >&2
  exit 1
fi
