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
sed -i '/^| N4 |/d' "$tree/docs/cases.md"
sed -i 's/\[N13\]//' "$tree/tests/client/curl/curl_time_test.cpp"
sed -i 's/^| N14 |\(.*|\).*|$/| N14 |\1 soon |/' "$tree/docs/cases.md"
echo '// "[N999]"' >>"$tree/tests/client/curl/curl_time_test.cpp"
row=$(grep '^| N5 |' "$tree/docs/cases.md") && echo "$row" >>"$tree/docs/cases.md"
said=$("$here/cases.sh" "$tree")
for amiss in 'N4: has no row' 'N13: tests/client/curl/curl_time_test.cpp does not carry its tag' \
  'N14: names no test and no reason' 'N999: has no row' 'N5: has two rows'; do
  grep -qF "$amiss" <<<"$said" || { echo "not noticed: $amiss"; failures=1; }
done
[ $failures = 0 ] && echo 'What is amiss is noticed.'
exit $failures
