#!/usr/bin/env bash
# Each house rule notices what it is there for: plants a breach of each in a small tree.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

mkdir -p "$tree"/{client,queue,storage}/include/lodge "$tree"/queue/schedule "$tree"/tests/queue/schedule "$tree"/demo "$tree"/docs
cd "$tree" || exit 2
touch CMakeLists.txt README.md LICENSE
printf '#pragma once\n#include "lodge/time.hpp"\n' | tee {client,queue,storage}/include/lodge/x.hpp >queue/schedule/plan.hpp
printf 'TEST_CASE("it works") {}\n' >tests/queue/schedule/plan_test.cpp
"$here/check.sh" "$tree" || { echo 'an orderly house is not in order'; failures=1; }

expected=()
plant() { # plant RULE FILE TEXT: adds a line, to be noticed as a breach of that rule
  mkdir -p "$(dirname "$2")"
  printf '%b' "$3" >>"$2"
  expected+=("$2:$(wc -l <"$2"):|$1")
}

plant 'at most 400 lines' queue/long.cpp "$(yes '//\n' | head -401 | tr -d '\n')"
plant 'not an agreed entry' notes.txt 'hello\n'
plant 'named after the product' client/lodge.cpp '\n'
plant 'end in .cpp and .hpp' client/old.h '\n'
plant 'queue includes' queue/schedule/plan.cpp '#include "storage/store.hpp"\n'
plant 'queue has no I/O' queue/schedule/plan.cpp '#include <thread>\n'
plant 'queue has no I/O' queue/schedule/plan.cpp '#include <sqlite3.h>\n'
plant 'queue has no I/O' queue/schedule/plan.cpp 'auto now = std::chrono::system_clock::now();\n'
plant 'queue has no I/O' queue/schedule/plan.cpp '#include <random>\n'
plant 'neither queue nor client' storage/store.cpp '#include "queue/schedule/plan.hpp"\n'
plant 'neither queue nor client' storage/store.cpp '#include "client/delivery/worker.hpp"\n'
plant 'neither demo nor tests' client/x.cpp '#include "demo/forms.hpp"\n'
plant 'does not know its test kit' client/x.cpp '#include "lodge/testing/clock.hpp"\n'
plant 'lodge/testing/x.hpp' client/testing/include/lodge/clock.hpp '#pragma once\n'
plant 'for storage/sqlite alone' client/x.cpp '#include <sqlite3.h>\n'
plant 'without its times' client/x.cpp 'bool same = one.st_ino == other.st_ino;\n'
plant 'client/curl alone' client/x.cpp '#include <curl/curl.h>\n'
plant 'event bus alone' client/x.cpp '#include <boost/signals2/signal.hpp>\n'
plant 'for the reference server' client/x.cpp '#include <boost/beast/core.hpp>\n'
plant '#pragma once' client/include/lodge/y.hpp 'int y;\n'
plant '#pragma once' client/y.hpp 'int y;\n'
plant 'no private one' client/include/lodge/x.hpp '#include "client/delivery/worker.hpp"\n'
plant 'no library but' client/include/lodge/x.hpp '#include <curl/curl.h>\n'
plant '<package>/include/lodge' client/include/y.hpp '#pragma once\n'
plant 'no test sleeps' tests/queue/schedule/plan_test.cpp '  std::this_thread::sleep_for(1ms);\n'
plant 'no test sleeps' tests/queue/schedule/plan_test.cpp '  sleep(1);\n'
plant 'no test sleeps' tests/run '  sleep 1\n'
plant 'a test is' tests/queue/plan.cpp 'TEST_CASE("elsewhere") {}\n'
plant 'holds tests' tests/queue/empty_test.cpp 'int x;\n'
plant 'nothing is left for later' docs/a.md 'TO''DO: more\n'
plant 'never prints' client/x.cpp '  std::cout << 1;\n'
plant 'end of a line' client/x.cpp 'int x; \n'
mkdir tests/misc && expected+=('tests/misc:1:|mirror the house')

said=$("$here/check.sh" "$tree") && { echo 'nothing is noticed at all'; exit 1; }
for one in "${expected[@]}"; do
  grep -F -- "${one#*|}" <<<"$said" | grep -q "^${one%%|*}" && continue
  echo "not noticed: ${one%%|*} as a breach of \"${one#*|}\""
  failures=$((failures + 1))
done
[ $failures = 0 ] && echo "Each rule notices its breach: ${#expected[@]} were planted."
exit $failures
