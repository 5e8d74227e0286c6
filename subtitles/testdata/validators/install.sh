#!/usr/bin/env bash
# Installs the independent parsers that the tests of the exports use, for Python and Node, into the cache; prints where
# they are.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
exec "$here/../../../native/clients.sh" "$here" subtitles "$@"
