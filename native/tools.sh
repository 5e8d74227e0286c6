#!/usr/bin/env bash
# Checks the tools and Debian packages needed to run ("run") or to test ("test");
# installs what is missing when root, otherwise names the apt-get line.
set -euo pipefail

# package and how to see that it is there: a command, a pkg-config module (pc:), a Python module (py:) or a file (file:)
run_needs="
golang-go go
g++ g++
cmake cmake
cargo cargo
python3-pip py:pip
npm npm
git git
pkg-config pkg-config
libspandsp-dev pc:spandsp
libopus-dev pc:opus
libspeexdsp-dev pc:speexdsp
libespeak-ng-dev pc:espeak-ng
espeak-ng-data file:/usr/lib/*/espeak-ng-data/phontab
libasound2-dev pc:alsa
"
test_needs="
sip-tester sipp
baresip-core baresip
kamailio /usr/sbin/kamailio
chromium chromium
coturn turnserver
linphone-cli linphonec
sox sox
python3-venv py:ensurepip
"

there() {
  case $1 in
    pc:*) pkg-config --exists "${1#pc:}" 2>/dev/null ;;
    py:*) python3 -c 'import importlib.util as u, sys; sys.exit(not u.find_spec(sys.argv[1]))' "${1#py:}" 2>/dev/null ;;
    file:*) compgen -G "${1#file:}" >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

missing() {
  local package probe
  while read -r package probe; do
    [[ -z $package ]] || there "$probe" || echo "$package"
  done <<<"$1"
}

# What the tests use of others: the official OpenAI clients, parsers of subtitles, senders of WHIP with ffmpeg.
clients() {
  "$(dirname "${BASH_SOURCE[0]}")/../e2e/openai/clients/install.sh" >/dev/null ||
    echo "tools: the OpenAI clients cannot be installed; the tests with them will be skipped" >&2
  "$(dirname "${BASH_SOURCE[0]}")/../subtitles/testdata/validators/install.sh" >/dev/null ||
    echo "tools: the parsers of subtitles cannot be installed; the tests with them will be skipped" >&2
  "$(dirname "${BASH_SOURCE[0]}")/../e2e/whip/clients/install.sh" >/dev/null ||
    echo "tools: the senders of WHIP cannot be installed; the tests with them will be skipped" >&2
}

# finish is what is left to do when all packages are there.
finish() { if [[ $1 == test ]]; then clients; fi; }

case ${1:-} in
  run) needs=$run_needs ;;
  test) needs=$run_needs$test_needs ;;
  *) echo "usage: native/tools.sh run|test" >&2; exit 2 ;;
esac

mapfile -t absent < <(missing "$needs")
if ((${#absent[@]} == 0)); then
  finish "$1"
  exit 0
fi
install="apt-get install -y --no-install-recommends ${absent[*]}"
echo "tools: missing: ${absent[*]}" >&2
if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
  echo "tools: install them with: sudo $install" >&2
  exit 1
fi
echo "tools: installing: $install"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
$install </dev/null
mapfile -t absent < <(missing "$needs")
((${#absent[@]} == 0)) || { echo "tools: still missing after installation: ${absent[*]}" >&2; exit 1; }
finish "$1"
