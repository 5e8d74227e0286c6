#!/usr/bin/env bash
# Puts the style sheet and fonts of KERN into web/kern, from where they are
# embedded into the binary; with "test" also fetches axe-core, which the tests
# of the pages need. A second run finds all there and ends.
set -euo pipefail
export LC_ALL=C

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${AMTSLEITUNG_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/amtsleitung}
packages=$cache/packages
kern=$root/web/kern

kern_package="@kern-ux/native 2.7.2 b82c23c35a198e60ee4c53c5d14911432437f03802441b7473e8d7003795adb0"
axe_package="axe-core 4.14.1 e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745"
kern_files=(kern.min.css fonts/fira-sans/FiraSans-Regular.woff2 fonts/fira-sans/FiraSans-SemiBold.woff2)

say() { printf 'web-assets: %s\n' "$*" >&2; }

# archive NAME VERSION SHA256 prints the path of the checked package; 1 means
# that it cannot be fetched. A package with another content gives 2.
archive() {
  local base=${1##*/} file tmp
  file=$packages/$base-$2-${3:0:12}
  if ! echo "$3  $file" | sha256sum --check --status 2>/dev/null; then
    say "fetching $1 $2"
    mkdir -p "$packages"
    tmp=$(mktemp -d "$packages/tmp.XXXXXX")
    if ! npm pack --silent --pack-destination "$tmp" "$1@$2" >/dev/null; then
      rm -rf "$tmp"
      return 1
    fi
    if ! echo "$3  $(echo "$tmp"/*)" | sha256sum --check --status; then
      rm -rf "$tmp"
      say "$1 $2 has another sha256 than this script says; not used"
      return 2
    fi
    mv "$tmp"/* "$file"
    rm -rf "$tmp"
  fi
  echo "$file"
}

place_kern() {
  local version stamp=$kern/.version file tmp name
  version=$(echo "$kern_package" | cut -d ' ' -f 2,3)
  if [[ -s $stamp && $(<"$stamp") == "$version" ]] && have_kern; then return; fi
  # shellcheck disable=SC2086 # the three words are three arguments
  file=$(archive $kern_package) || {
    (($? == 1)) || exit 1
    have_kern || say "cannot fetch KERN; the pages keep the plain style until this runs again with a network"
    return
  }
  tmp=$(mktemp -d "$packages/tmp.XXXXXX")
  tar -xzf "$file" -C "$tmp"
  for name in "${kern_files[@]}"; do install -m 644 "$tmp/package/dist/$name" "$kern/${name##*/}"; done
  rm -rf "$tmp"
  echo "$version" >"$stamp"
  say "KERN ${version% *} is in web/kern"
}

have_kern() { local name; for name in "${kern_files[@]}"; do [[ -s $kern/${name##*/} ]] || return 1; done; }

fetch_axe() {
  # shellcheck disable=SC2086
  archive $axe_package >/dev/null || {
    (($? == 1)) || exit 1
    say "cannot fetch axe-core; the accessibility tests will be skipped"
  }
}

place_kern
if [[ ${1:-} == test ]]; then fetch_axe; fi
