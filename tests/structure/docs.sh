#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# docs.sh ROOT: every link of a page leads to a file, every path that a page names in `code` exists, and a row of a
# walk-through that names a function names one of its file. Prints every breach, exits 1 if there is one.
set -euo pipefail
shopt -s nullglob
cd "$1"
checked=0
breaches=0

breach() {
  printf '%s: %s\n' "$1" "$2"
  breaches=$((breaches + 1))
}
exists() { # a path, of which * may be a part
  # shellcheck disable=SC2206
  local matches=($1)
  [ -e "${matches[0]:-}" ]
}

# page, what it is, the path, and of a call its name; separated by tabs.
claims() {
  find . -name '*.md' -not -path './build/*' -not -path './tests/abi/frozen/*' -not -path '*/node_modules/*' -print0 |
    sort -z | xargs -0 -r awk '
      function each(pattern, kind,   rest, found) {
        rest = $0
        while (match(rest, pattern)) {
          found = substr(rest, RSTART, RLENGTH)
          rest = substr(rest, RSTART + RLENGTH)
          gsub(/^\]\(|\)$|#.*$|`/, "", found)
          print FILENAME "\t" kind "\t" found
        }
      }
      {
        each("\\]\\([^)#: ]+(#[^)]*)?\\)", "link")
        each("`(host|plugins|sdk|tests|scripts|config|docs|cmake)/[A-Za-z0-9_.*/-]+`", "path")
      }
      /^\| *[0-9]+ *\| *`[a-z_\/]+\.[a-z]+` *\|/ { # the row of a walk-through
        split($0, column, "|")
        file = column[3]
        gsub(/[` ]/, "", file)
        rest = column[4]
        while (match(rest, /`[a-z_]+\(\)`/)) {
          print FILENAME "\tcall\t" file "\t" substr(rest, RSTART + 1, RLENGTH - 4)
          rest = substr(rest, RSTART + RLENGTH)
        }
      }'
}

while IFS=$'\t' read -r page kind path name; do
  checked=$((checked + 1))
  folder=${page%/*}
  case $kind in
    link) exists "$folder/$path" || breach "$page" "its link $path leads nowhere" ;;
    path) exists "$path" || exists "$folder/$path" || breach "$page" "there is no $path" ;;
    call) grep -qs "\b$name(" "$path" "$folder/$path" || breach "$page" "$path has no $name()" ;;
  esac
done < <(claims)

if [ "$checked" -eq 0 ]; then breach docs.sh "no page names a file: the patterns do not fit any more"; fi
if [ "$breaches" -gt 0 ]; then exit 1; fi
