#!/usr/bin/env bash
# Compiles the C smoke test of the Rust library and runs it with real weights, if they are there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
prefix=$(dirname "$here")/.native
weights=${AMTSLEITUNG_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/amtsleitung}/models/bergamot/enpt

if [[ ! -s $weights/vocab.enpt.spm ]]; then
  echo "smoke: skipped, no translation weights; fetch them with: amtsleitung models fetch bergamot-enpt"
  exit 0
fi
program=$(mktemp)
trap 'rm -f "$program"' EXIT
gcc -Wall -Wextra -I"$prefix/include" "$here/rust/smoke.c" -o "$program" \
  -L"$prefix/lib" -lamtsleitung_native -lstdc++ -lgcc_s -lm -ldl -lpthread
"$program" "$weights"
