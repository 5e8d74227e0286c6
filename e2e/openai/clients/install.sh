#!/usr/bin/env bash
# Installs the official OpenAI clients that the tests of /v1 use, for Python and Node, into the cache; prints where they
# are. A second run finds them there and ends. Without a network the tests skip.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${AMTSLEITUNG_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/amtsleitung}
pins=$(cat "$here/requirements.txt" "$here/package-lock.json" | sha256sum | cut -c 1-16)
place=$cache/clients/openai-$pins

if [[ ! -e $place/complete ]]; then
  echo "clients: installing the official OpenAI clients for the tests" >&2
  mkdir -p "$cache/clients"
  tmp=$(mktemp -d "$cache/clients/tmp.XXXXXX")
  trap 'rm -rf "$tmp"' EXIT
  # A virtual environment knows its own place, so Python's packages are a plain folder.
  python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$tmp/python" -r "$here/requirements.txt" >&2
  cp "$here/package.json" "$here/package-lock.json" "$tmp/"
  (cd "$tmp" && npm ci --silent --no-audit --no-fund >&2)
  touch "$tmp/complete"
  rm -rf "$place"
  mv "$tmp" "$place"
  trap - EXIT
fi
echo "$place"
