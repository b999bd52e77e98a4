#!/usr/bin/env bash
# Compares docs/cases.md with the tests: cases.sh [FOLDER]. Prints what is amiss; exit 1 if anything.
#   - each of the 88 numbers has one row, and so has each number that a test carries as a tag;
#   - each file that a row names carries the row's tag;
#   - a row that names none says why ("not covered").
set -uo pipefail
cd "${1:-$(dirname "$0")/../..}" || exit 2
amiss=$(mktemp)
trap 'rm -f "$amiss"' EXIT
page=docs/cases.md

rows() { grep -oE '^\| [NDCPISF][0-9]+ \|' "$page" | tr -d '| '; }
tags() { grep -rhoE --include='*.cpp' '\[[NDCPISF][0-9]+\]' tests | tr -d '[]' | sort -u; }
the_88() { for kind in N25 D18 C6 P15 I8 S13 F3; do seq -f "${kind:0:1}%g" "${kind:1}"; done; }

rows | sort | uniq -d | sed 's/$/: has two rows/' >>"$amiss"
{ the_88; tags; } | sort -u | comm -23 - <(rows | sort -u) | sed 's/$/: has no row/' >>"$amiss"

while IFS= read -r row; do
  number=$(sed -E 's/^\| ([A-Z][0-9]+) .*/\1/' <<<"$row")
  # The files are in the row's last cell.
  cell=$(sed -E 's/ *\|$//; s/.*\| //' <<<"$row")
  files=$(grep -oE '`[a-z0-9_/]+\.(cpp|sh)`' <<<"$cell" | tr -d '`')
  if [ -z "$files" ]; then
    grep -q 'not covered' <<<"$cell" || echo "$number: names no test and no reason" >>"$amiss"
  fi
  for file in $files; do
    grep -qsF "[$number]" "$file" || echo "$number: $file does not carry its tag" >>"$amiss"
  done
done < <(grep -E '^\| [NDCPISF][0-9]+ \|' "$page")

if [ -s "$amiss" ]; then
  cat "$amiss"
  exit 1
fi
echo "$(rows | wc -l) cases, of which $(grep -cE '^\| [NDCPISF][0-9]+ .*not covered' "$page") are not covered."
