#!/usr/bin/env bash
# Installs the independent parsers that the tests of the exports use, for Python and Node, into the cache; prints where
# they are. A second run finds them there and ends. Without them the tests skip.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${AMTSLEITUNG_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/amtsleitung}
pins=$(cat "$here/requirements.txt" "$here/package-lock.json" | sha256sum | cut -c 1-16)
place=$cache/clients/subtitles-$pins

if [[ ${1:-} == --where ]]; then
  [[ -e $place/complete ]] || { echo "validators: not installed; run $here/install.sh" >&2; exit 1; }
elif [[ ! -e $place/complete ]]; then
  echo "validators: installing parsers of subtitles for the tests" >&2
  mkdir -p "$cache/clients"
  tmp=$(mktemp -d "$cache/clients/tmp.XXXXXX")
  trap 'rm -rf "$tmp"' EXIT
  python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$tmp/python" -r "$here/requirements.txt" >&2
  cp "$here/package.json" "$here/package-lock.json" "$tmp/"
  (cd "$tmp" && npm ci --silent --no-audit --no-fund >&2)
  touch "$tmp/complete"
  rm -rf "$place"
  mv "$tmp" "$place"
  trap - EXIT
fi
echo "$place"
