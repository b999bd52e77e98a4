#!/usr/bin/env bash
# demo/run and tests/run in a tree of their own, with stand-ins for what they call: whatever was
# configured before them, each builds what it needs, and leaves the other's switches alone.
set -uo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0
cd "$tree" || exit 2
mkdir -p bin demo tests build/release/demo
cp "$source"/demo/{run,packages.sh} demo
cp "$source/tests/run" tests

stand_in() { cat >"$1" && chmod +x "$1"; }
# Remembers switches as CMake's cache does.
stand_in bin/cmake <<'EOF'
#!/usr/bin/env bash
[ "$1" = --preset ] || exit 0
mkdir -p "build/$2"
cache=build/$2/CMakeCache.txt
touch "$cache"
for word in "$@"; do
  [[ $word = -DLODGE_* ]] || continue
  sed -i "/^${word%%=*}=/d" "$cache"
  echo "$word" >>"$cache"
done
EOF
stand_in bin/dpkg-query <<<'echo install ok installed'
stand_in bin/ctest <<<'exit 0'
stand_in build/release/demo/forms-server <<<'echo "server $*"'
export PATH="$tree/bin:$PATH"

expect() { # expect WHAT SWITCH...: these are in the cache of the release
  local what=$1 switch
  shift
  for switch in "$@"; do
    grep -qx -- "-DLODGE_BUILD_$switch" build/release/CMakeCache.txt && continue
    echo "$what: no $switch"
    failures=1
  done
}

said=$(./demo/run server)
expect 'the demo in a fresh folder' DEMO=ON TESTS=OFF
grep -q 'server --port 8087$' <<<"$said" || { echo "the server does not wait where the form files: $said"; failures=1; }
said=$(./demo/run server --port 9)
grep -q -- '--port 9$' <<<"$said" || { echo "the server ignores --port: $said"; failures=1; }

embed() { cmake --preset release -DLODGE_BUILD_TESTS=OFF -DLODGE_BUILD_DEMO=OFF; }
embed
./demo/run server >/dev/null
expect 'the demo after an installation' DEMO=ON
embed
./tests/run --preset release >/dev/null
expect 'the tests after an installation' DEMO=ON TESTS=ON
./demo/run server >/dev/null
expect 'the demo after the tests' DEMO=ON TESTS=ON

exit $failures
