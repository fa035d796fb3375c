#!/bin/bash
# Each rule of run.sh, broken by one line in an otherwise clean tree, is reported.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{host/storage,host/app,host/attic,plugins/dedup,sdk/include/dlrgw/cpp}
echo '#include <pqxx/pqxx>' >"$root/host/storage/pool.hpp"
echo '#include <vector>' >"$root/sdk/include/dlrgw/cpp/a.hpp"
printf '%s\n' '#include <dlrgw/cpp/a.hpp>' '#include <hiredis/hiredis.h>' >"$root/plugins/dedup/a.cpp"
printf '%s\n' '// an orphan is not our word' '/* DELIVRD' '   billing */ int x; /* orphan */ int y;' >"$root/host/app/a.cpp"
echo 'foreach(room storage app)' >"$root/host/CMakeLists.txt"
echo '#include "app/a.hpp"' >"$root/host/storage/pool_test.cpp"
echo 'const char *word = "orphan";' >"$root/host/app/a_test.cpp"
"$here/run.sh" "$root" || { echo "a clean tree was refused"; exit 1; }

failed=0
expect() { # sentence, file, line of code that breaks the rule
  local before=''
  if [ -f "$root/$2" ]; then before=$(cat "$root/$2"); fi
  echo "$3" >>"$root/$2"
  local output
  if output=$("$here/run.sh" "$root"); then
    echo "not refused: $3 in $2"
    failed=1
  elif [[ $output != *"$1"* ]]; then
    printf 'refused %s for another reason:\n%s\n' "$3" "$output"
    failed=1
  fi
  if [ -n "$before" ]; then printf '%s\n' "$before" >"$root/$2"; else rm "$root/$2"; fi
}
expect 'must not include a header of host/' plugins/dedup/a.cpp '#include "storage/pool.hpp"'
expect 'must not include a header of host/' plugins/dedup/b.hpp '  #include "../../host/storage/pool.hpp"'
expect 'must not include a header of host/' sdk/include/dlrgw/cpp/b.hpp '#include <storage/pool.hpp>'
expect 'must not link to host modules' plugins/dedup/CMakeLists.txt 'target_link_libraries(x host_storage)'
expect 'must not know what a receipt means' host/app/a.cpp 'const char *word = "Orphaned"; // why'
expect 'must not know what a receipt means' host/app/a.cpp 'int billing_events; /* why */'
expect 'must not name a plugin file' host/app/a.cpp 'const char *file = "dlrgw_outbox.so";'
expect 'belongs into host/storage alone' host/app/a.cpp '#include <pqxx/connection>'
expect 'belongs into host/http alone' host/app/a.cpp '#include <boost/beast/core.hpp>'
expect 'belongs into host/nats alone' plugins/dedup/a.cpp '#include <nats/nats.h>'
expect 'belongs into plugins/dedup alone' host/app/a.cpp '#include <hiredis/hiredis.h>'
expect 'built after it' host/storage/pool.hpp '#include "app/a.hpp"'
expect 'built after it' host/attic/a.hpp '#include "storage/pool.hpp"'
expect 'only themselves and the standard library' sdk/include/dlrgw/cpp/a.hpp '#include <sys/stat.h>'
expect 'only themselves and the standard library' sdk/include/dlrgw/cpp/a.hpp '#include <unistd.h>'
expect 'only themselves and the standard library' sdk/include/dlrgw/cpp/a.hpp '#include <dlrgw/cpp/none.hpp>'
expect 'only themselves and the standard library' sdk/include/dlrgw/cpp/a.hpp '#include <gtest/gtest.h>'
exit $failed
