#!/usr/bin/env bash
# Installs the senders that the tests of WHIP use (ffmpeg, libdatachannel, a web client) into the cache; prints where they are.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
exec "$here/../../../native/clients.sh" "$here" whip "$@"
