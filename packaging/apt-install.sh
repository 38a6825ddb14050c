#!/usr/bin/env bash
# Installs Debian packages as root, without questions: packaging/apt-install.sh PACKAGE...
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
options=(-qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# If the update fails for one source, the lists of the others are still usable, so only the installation counts.
apt-get update "${options[@]}" </dev/null >"$log" 2>&1 || true
if ! apt-get install -y "${options[@]}" --no-install-recommends "$@" </dev/null >>"$log" 2>&1; then
  tail -n 30 "$log" >&2
  exit 1
fi
