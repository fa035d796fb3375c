#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The check of the stories can fail: every kind of fault, on a small page and report of its own.
set -euo pipefail
stories=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../scripts/parts" && pwd)/stories
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
faults=0

page() { # "count of stories", then the rows
  printf 'All 3 of 2 stories.\n\n| criterion | what | tests |\n|---|---|---|\n' >"$work/page.md"
  printf '%s\n' "$@" >>"$work/page.md"
}
report() { # name=status ...
  local one
  echo '<testsuite>' >"$work/junit.xml"
  for one in "$@"; do
    printf '  <testcase name="%s" classname="x" time="1" status="%s">\n' "${one%=*}" "${one##*=}" >>"$work/junit.xml"
  done
  echo '</testsuite>' >>"$work/junit.xml"
}
expect() { # exit code, text of the output, further arguments of the check
  local code=0 out
  out=$("$stories" "$work/page.md" "$work/junit.xml" "${@:3}" 2>&1) || code=$?
  if [ "$code" != "$1" ] || [[ $out != *"$2"* ]]; then
    printf 'expected exit %s and "%s", got %s and:\n%s\n' "$1" "$2" "$code" "$out"
    faults=$((faults + 1))
  fi
}

first='| US-001.1 | one | `One\.Works` |'
second='| US-001.2 | two. *Here:* otherwise | `Two\.Works` `Park/Two\.Waits/.*` |'
third='| US-002.1 | three | `One\.Works` |'
all=(One.Works=run Two.Works=run Park/Two.Waits/A=run Park/Two.Waits/B=run)

page "$first" "$second" "$third"
report "${all[@]}"
expect 0 '3 of 3 criteria proved'
report "${all[@]}" Other.IsSkipped=notrun
expect 1 'SKIPPED Other.IsSkipped'
report One.Works=run Two.Works=run
expect 1 'NO TEST RAN that is Park/Two\.Waits/.*'
expect 0 '2 of 3 criteria proved' --partial
report One.Works=run Two.Works=run Park/Two.Waits/A=run Park/Two.Waits/B=fail
expect 1 'FAILED Park/Two.Waits/B'
report One.WorksToo=run Two.Works=run Park/Two.Waits/A=run
expect 1 'NO TEST RAN that is One\.Works'

report "${all[@]}"
page "$first" "$second"
expect 1 'speaks of 3 criteria of 2 stories and lists 2 of 1'
page "$first" "${second/001.2/001.3}" "$third"
expect 1 'its number does not follow US-001.1'
page "$first" '| US-001.2 | two | |' "$third"
expect 1 'NAMES NO TEST'
rm "$work/junit.xml"
expect 1 'no test report'

[ "$faults" = 0 ]
