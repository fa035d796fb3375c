#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Each kind of claim of a page, wrong by one line in an otherwise right tree, is reported by docs.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{docs,host/intake}
echo 'int take() { return 0; }' >"$root/host/intake/buffer.cpp"
cat >"$root/docs/page.md" <<'E2'
[a link](../host/intake/buffer.cpp#L1), [the web](https://example.org/x), `host/intake/*.cpp`, `host/` and `take()`
| 1 | `host/intake/buffer.cpp` | `take()` takes |
E2
"$here/docs.sh" "$root" || { echo "a right page was refused"; exit 1; }

failed=0
expect() { # sentence, line of the page
  cp "$root/docs/page.md" "$root/before"
  echo "$2" >>"$root/docs/page.md"
  local output
  if output=$("$here/docs.sh" "$root"); then
    echo "not refused: $2"
    failed=1
  elif [[ $output != "./docs/page.md: $1" ]]; then
    printf 'refused %s for another reason:\n%s\n' "$2" "$output"
    failed=1
  fi
  mv "$root/before" "$root/docs/page.md"
}
expect 'its link gone.md leads nowhere' '[gone](gone.md#part)'
expect 'there is no host/intake/gone.cpp' 'in `host/intake/gone.cpp`'
expect 'there is no host/*/gone_*.cpp' 'in `host/*/gone_*.cpp`'
expect 'host/intake/buffer.cpp has no give()' '| 2 | `host/intake/buffer.cpp` | `give()` gives |'
rm "$root/docs/page.md"
if "$here/docs.sh" "$root" >/dev/null; then
  echo "not refused: a tree without pages"
  failed=1
fi
exit "$failed"
