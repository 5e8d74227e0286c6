#!/usr/bin/env bash
# Installs the official OpenAI clients that the tests of /v1 use, for Python and Node, into the cache; prints where they are.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
exec "$here/../../../native/clients.sh" "$here" openai "$@"
