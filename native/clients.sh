#!/usr/bin/env bash
# clients.sh FOLDER NAME [--where]: installs the packages that FOLDER pins for Python and Node (requirements.txt, package.json,
# package-lock.json) into the cache under NAME, for tests; prints where they are. A second run finds them there and ends.
# With --where nothing is installed. Without them the tests skip.
set -euo pipefail
from=$1 name=$2
cache=${AMTSLEITUNG_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/amtsleitung}
pins=$(cat "$from/requirements.txt" "$from/package-lock.json" | sha256sum | cut -c 1-16)
place=$cache/clients/$name-$pins

if [[ ${3:-} == --where ]]; then
  [[ -e $place/complete ]] || { echo "clients: $name is not installed; run $from/install.sh" >&2; exit 1; }
elif [[ ! -e $place/complete ]]; then
  echo "clients: installing $name for the tests" >&2
  mkdir -p "$cache/clients"
  tmp=$(mktemp -d "$cache/clients/tmp.XXXXXX")
  trap 'rm -rf "$tmp"' EXIT
  # A virtual environment knows its own place, so Python's packages are a plain folder.
  python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$tmp/python" -r "$from/requirements.txt" >&2
  cp "$from/package.json" "$from/package-lock.json" "$tmp/"
  (cd "$tmp" && npm ci --silent --no-audit --no-fund >&2)
  touch "$tmp/complete"
  rm -rf "$place"
  mv "$tmp" "$place"
  trap - EXIT
fi
echo "$place"
