#!/usr/bin/env bash
# A stranger's project uses lodge: install_test.sh prefix|find_package|pkg_config|add_subdirectory FOLDER
# The environment names SOURCE, BUILD, CMAKE, GENERATOR, CXX, LAUNCHER, FLAGS (tests/install/CMakeLists.txt).
set -euo pipefail
what=$1
folder=$2/$1
prefix=$2/elsewhere
example=$SOURCE/docs/snippets/five_lines.cpp
stranger=$SOURCE/tests/install/stranger

skip() { echo "SKIPPED: $*"; exit 77; }
fail() { echo "FAILED: $*" >&2; exit 1; }

# The README's example runs offline: its form waits, durable, and the program ends.
run_example() {
  local store=$folder/run
  rm -rf "$store" && mkdir -p "$store"
  local said
  said=$(cd "$store" && timeout 60 "$1") || fail "the example ended with status $?"
  [ "$said" = "1 waiting" ] || fail "the example says \"$said\""
  [ -s "$store/kiosk.lodge" ] || fail "the example left no store"
  [ "$(stat -c %a "$store/kiosk.lodge")" = 600 ] || fail "the store can be read by others"
}

configure() {
  "$CMAKE" -S "$stranger" -B "$folder/build" -G "$GENERATOR" -DCMAKE_CXX_COMPILER="$CXX" \
    -DCMAKE_CXX_COMPILER_LAUNCHER="$LAUNCHER" -DREADME_EXAMPLE="$example" -DKIT_EXAMPLE="$stranger/kiosk_test.cpp" "$@"
}

# Installs, checks what was installed, and moves it, since a package is built in one place and used in
# another.
make_prefix() {
  rm -rf "$folder" "$prefix" && mkdir -p "$folder"
  "$CMAKE" --install "$BUILD" --prefix "$folder/here" >"$folder/log"
  local public installed
  public=$(cd "$SOURCE" && ls -d {storage,queue,client}/include/lodge/*.hpp client/testing/include/lodge/testing/*.hpp | sed 's|.*/include/||' | sort)
  installed=$(cd "$folder/here/include" && find . -type f | sed 's|^\./||' | sort)
  [ "$public" = "$installed" ] || fail "not exactly the public headers are installed:
$(diff <(echo "$public") <(echo "$installed"))"
  if grep -rlF -e "$SOURCE" -e "$folder" --include='*.cmake' --include='*.pc' "$folder/here"; then
    fail "these files name folders of the machine that built them"
  fi
  mv "$folder/here" "$prefix"
}

find_package() {
  rm -rf "$folder/build"
  configure -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_FLAGS="$FLAGS -Wall -Wextra -Werror"
  "$CMAKE" --build "$folder/build"
  run_example "$folder/build/kiosk"
  timeout 60 "$folder/build/kiosk_test" || fail "the stranger's own test ended with status $?"
}

pkg_config() {
  command -v pkg-config >/dev/null || skip "pkg-config is not installed"
  local pc
  pc=$(find "$prefix" -name lodge.pc)
  export PKG_CONFIG_PATH=${pc%/*}
  mkdir -p "$folder"
  # shellcheck disable=SC2046,SC2086
  $CXX -std=c++20 $FLAGS -Wall -Wextra -Werror "$example" -o "$folder/kiosk" \
    $(pkg-config --cflags --libs lodge)
  run_example "$folder/kiosk"
}

# The build folder is kept: it compiles all of lodge, in batches, which takes a third of the time.
add_subdirectory() {
  configure -DEMBEDDED_LODGE="$SOURCE" -DLODGE_BATCHES=all -DCMAKE_CXX_FLAGS="$FLAGS -Wall -Wextra -Werror"
  "$CMAKE" --build "$folder/build" --target kiosk kiosk_test --parallel 2
  run_example "$folder/build/kiosk"
  timeout 60 "$folder/build/kiosk_test" || fail "the stranger's own test ended with status $?"
  "$CMAKE" --install "$folder/build" --prefix "$folder/nothing" >"$folder/log"
  [ ! -e "$folder/nothing/include" ] || fail "an embedded lodge installs itself"
}

case $what in
  prefix) make_prefix ;;
  find_package | pkg_config | add_subdirectory) "$what" ;;
  *) fail "no such test: $what" ;;
esac
