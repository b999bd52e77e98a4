#!/usr/bin/env bash
# cases.sh notices a missing row, a missing test and a tag without a row: plants each in a copy.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/docs"
cp -r "$here/.." "$tree/tests"
rm -rf "$tree/tests/house"
cp "$here/../../docs/cases.md" "$tree/docs/"
failures=0

"$here/cases.sh" "$tree" >/dev/null || { echo 'the page is not in order as it is'; failures=1; }
notices() { # notices WHAT, after the tree was spoiled
  local said
  said=$("$here/cases.sh" "$tree")
  grep -qF "$1" <<<"$said" || { echo "not noticed: $1"; failures=1; }
}
sed -i '/^| N4 |/d' "$tree/docs/cases.md"
notices 'N4: has no row'
sed -i 's/\[N13\]//' "$tree/tests/client/curl/curl_time_test.cpp"
notices 'N13: tests/client/curl/curl_time_test.cpp does not carry its tag'
sed -i 's/^| N14 |\(.*|\).*|$/| N14 |\1 soon |/' "$tree/docs/cases.md"
notices 'N14: names no test and no reason'
echo '// "[N999]"' >>"$tree/tests/client/curl/curl_time_test.cpp"
notices 'N999: has no row'
row=$(grep '^| N5 |' "$tree/docs/cases.md") && echo "$row" >>"$tree/docs/cases.md"
notices 'N5: has two rows'
[ $failures = 0 ] && echo 'What is amiss is noticed.'
exit $failures
