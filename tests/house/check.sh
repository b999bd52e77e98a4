#!/usr/bin/env bash
# The house rules over a source tree: check.sh [FOLDER]. Prints file:line for each breach; exit 1 if any.
set -uo pipefail
cd "${1:-$(dirname "$0")/../..}" || exit 2
shopt -s nullglob
breaches=$(mktemp)
trap 'rm -f "$breaches"' EXIT

files() { # files FOLDERS... -- PATTERNS...: what is there of these, build folders aside
  local folders=() names=() target=folders word
  for word in "$@"; do
    [ "$word" = -- ] && target=names && continue
    if [ $target = folders ]; then [ -e "$word" ] && folders+=("$word"); else names+=(-o -name "$word"); fi
  done
  [ ${#folders[@]} = 0 ] && return
  find "${folders[@]}" -type d \( -name 'build*' -o -name .git \) -prune -o \
    -type f \( "${names[@]:1}" \) -print | sed 's|^\./||'
}
sources() { files "$@" -- '*.cpp' '*.hpp'; }
breach() { sed "s|\$|  <- $1|" >>"$breaches"; }
lines_with() { # lines_with REGEX < file names: file:line:text of each match
  xargs -r -d '\n' grep -nHE -e "$1" --
}

# Size.
files . -- '*.cpp' '*.hpp' '*.md' '*.sh' '*.cmake' '*.in' 'CMakeLists.txt' run |
  xargs -r -d '\n' awk 'FNR == 401 { print FILENAME ":401:" }' | breach 'a file has at most 400 lines'

# The folders and their arrows.
entries='^(CMakeLists\.txt|CMakePresets\.json|LICENSE|README\.md|\.ci|\.clang-format|\.git|\.gitignore|build.*|client|demo|docs|queue|storage|tests)$'
ls -A | grep -vE "$entries" | sed 's|$|:1:|' | breach 'not an agreed entry of the top folder'
files . -- lodge.cpp lodge.hpp | sed 's|$|:1:|' | breach 'no file is named after the product'
files . -- '*.cc' '*.cxx' '*.h' '*.hh' | sed 's|$|:1:|' | breach 'C++ files end in .cpp and .hpp'

includes() { lines_with '^[[:space:]]*#[[:space:]]*include'; }
sources queue | includes | grep '"' | grep -vE '"(lodge/|queue/|storage/delivery_rows\.hpp")' |
  breach 'queue includes lodge/, queue/ and storage/delivery_rows.hpp alone'
sources queue | includes |
  grep -E '[<"](sqlite3|curl|boost|openssl|thread|mutex|shared_mutex|condition_variable|atomic|future|stop_token|semaphore|random|ctime|time\.h|fstream|iostream|filesystem|unistd|sys/|cstdlib)' |
  breach 'queue has no I/O, clock, chance or threads'
sources queue | lines_with '(_clock|[^a-z_]clock)::now|[^a-z_:.]s?rand *\(|std::time *\(|getenv|[^a-z_]thread_local' |
  breach 'queue has no I/O, clock, chance or threads'
sources storage | includes | grep -E '"(queue|client|demo|tests|support)/' | breach 'storage includes neither queue nor client'
sources client queue storage | includes | grep -E '"(demo|tests|support)/' | breach 'the library includes neither demo nor tests'
sources client queue storage | grep -v '^client/testing/' | includes | grep -E '"(lodge|client)/testing/' |
  breach 'the library does not know its test kit'
sources . | includes | grep 'sqlite3' | grep -vE '^(storage/sqlite|tests/(benchmark|crash|storage|support))/' |
  breach 'sqlite3.h is for storage/sqlite alone'
sources . | includes | grep '<curl/' | grep -vE '^(client/curl|tests/benchmark)/' | breach 'curl/curl.h is for client/curl alone'
sources . | includes | grep 'boost/signals2' | grep -vE '^client/events/event_bus\.cpp' |
  breach 'Boost.Signals2 is for the event bus alone'
sources . | includes | grep 'boost/beast' | grep -vE '^(demo|tests)/' | breach 'Boost.Beast is for the reference server'

sources client queue storage | lines_with '\bst_ino\b' |
  grep -vE '^storage/sqlite/(file_identity|store_file|write_lock_holder)\.cpp:' |
  breach 'which file it is says storage/sqlite/file_identity, without its times'

# Public headers.
for header in {client,queue,storage}/include/lodge/*.hpp client/testing/include/lodge/testing/*.hpp; do
  grep -qx '#pragma once' "$header" || echo "$header:1:"
done | breach 'a header has #pragma once'
sources client queue storage demo tests docs | grep '\.hpp$' | xargs -r -d '\n' grep -LxF '#pragma once' -- |
  sed 's|$|:1:|' | breach 'a header has #pragma once'
files {client,queue,storage,client/testing}/include -- '*' | includes | grep '"' | grep -v '"lodge/' |
  breach 'a public header includes no private one'
files {client,queue,storage,client/testing}/include -- '*' | includes | grep -E '<(sqlite3|curl|boost|openssl|sys/|unistd)' |
  breach 'a public header shows no library but nlohmann/json'
files {client,queue,storage}/include -- '*' | grep -vE '/include/lodge/[a-z_]+\.hpp$' | sed 's|$|:1:|' |
  breach 'public headers are <package>/include/lodge/x.hpp'
files client/testing/include -- '*' | grep -vE '/include/lodge/testing/[a-z_]+\.hpp$' | sed 's|$|:1:|' |
  breach 'the test kit'"'"'s headers are lodge/testing/x.hpp'

# Tests.
# (The VFS imitates a disk that takes its time.)
sources tests | grep -v '^tests/support/fault_vfs\.cpp$' | lines_with '(^|[^a-z_.])(sleep_for|sleep_until|usleep|nanosleep)\b|(^|[ \t;:])sleep *\( *[0-9]' |
  breach 'no test sleeps'
files tests -- '*.sh' run | lines_with '(^|[;&| ])sleep +[0-9.]' | grep -vE '^tests/(house|servers)/' |
  breach 'no test sleeps'  # a start script may wait for its server
# (Hidden ones, "[.]", are run by a test in a process of their own.)
sources tests/client tests/crash tests/demo tests/processes tests/queue tests/storage |
  lines_with '^(TEST_CASE|SCENARIO|TEMPLATE_TEST_CASE)' | grep -v '"\[\.' |
  grep -vE '^tests/([a-z]+/){1,2}[a-z0-9_]+_test\.cpp:' | breach 'a test is in a file called <name>_test.cpp'
sources tests/client tests/crash tests/demo tests/processes tests/queue tests/storage | grep '_test\.cpp$' |
  xargs -r -d '\n' grep -LE '^(TEST_CASE|SCENARIO|TEMPLATE_TEST_CASE)' -- | sed 's|$|:1:|' |
  breach 'a file called _test.cpp holds tests'
for folder in tests/*/; do
  name=$(basename "$folder")
  [ -d "$name" ] || grep -qw "$name" <<<'support docs house install servers processes simulation crash benchmark fuzz mutation' ||
    echo "tests/$name:1:"
done | breach 'the folders of tests mirror the house'

# Words.
files . -- '*.cpp' '*.hpp' '*.md' '*.sh' '*.cmake' 'CMakeLists.txt' run |
  lines_with '\b(TO''DO|FIX''ME|XX''X)\b' | breach 'nothing is left for later'
sources client queue storage | lines_with 'std::(cout|cerr|clog)|[^a-z_nf]printf *\(' | breach 'the library never prints'
sources client queue storage demo tests docs | lines_with '[[:space:]]$' | breach 'no space at the end of a line'

if [ -s "$breaches" ]; then
  cat "$breaches"
  exit 1
fi
echo "The house is in order."
