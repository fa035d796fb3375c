#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Each rule of run.sh, broken by one line in an otherwise clean tree, is reported.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{host/storage/sql,host/app,host/attic,plugins/{dedup,message,segments/sql/tables},sdk/include/dlrgw/cpp}
echo '#include <pqxx/pqxx>' >"$root/host/storage/pool.hpp"
echo '#include <vector>' >"$root/sdk/include/dlrgw/cpp/a.hpp"
printf '%s\n' '#include <dlrgw/cpp/a.hpp>' '#include <hiredis/hiredis.h>' >"$root/plugins/dedup/a.cpp"
printf '%s\n' '// an orphan is not our word' '/* DELIVRD' '   billing */ int x; /* orphan */ int y;' >"$root/host/app/a.cpp"
echo 'foreach(room storage app)' >"$root/host/CMakeLists.txt"
echo '#include "app/a.hpp"' >"$root/host/storage/pool_test.cpp"
echo 'const char *word = "orphan";' >"$root/host/app/a_test.cpp"
echo 'CREATE TABLE dlr.segment_dlrs (message_id uuid);' >"$root/plugins/segments/sql/tables/a.sql"
echo 'CREATE TABLE IF NOT EXISTS dlr.audit_log (at timestamptz);' >"$root/host/storage/sql/a.sql"
printf '%s\n' '#include "message/handover.hpp"' '"INSERT INTO dlr.segment_dlrs (a)"' '"UPDATE orch.sms_messages m SET"' \
  '"INSERT INTO dlr.audit_log (at)"' '{"dlr.segment_dlrs", "received_at"}' '"SELECT 1 FROM dlr.other FOR SHARE"' \
  '"dlr.rawest"' >"$root/plugins/segments/segments.cpp"
printf '%s\n' '#include <dlrgw/cpp/a.hpp>' 'constexpr Attribute<RawStatus> kRawStatus{"dlr.raw"};' \
  'constexpr Attribute<bool> kLong{' '"correlate.dlr_requested"};' >"$root/plugins/message/handover.hpp"
printf '%s\n' '"FOR NO KEY UPDATE"' >"$root/plugins/message/sql.hpp"
printf '%s\n' '"6f1c8a52-3d0e-5b7a-9c41-d2f7e85b0a13"' >"$root/plugins/message/ids.hpp"
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
expect 'must not know what a receipt means' host/app/a.cpp 'auto s = to_string(static_cast<DlrStatus>(view.status));'
expect 'must not know what a receipt means' host/app/a.cpp 'if (status == DLRGW_STATUS_EXPIRED) return;'
expect 'must not know what a receipt means' host/app/a.cpp 'if (status == dlrgw::DlrStatus::kDelivered) return;'
expect 'must not know what a receipt means' host/app/a.cpp 'json.member("fingerprint", hex);'
expect 'must not name an attribute' host/app/a.cpp 'receipt.get_attribute("dlr.raw", raw);'
expect 'must not name a plugin file' host/app/a.cpp 'const char *file = "dlrgw_outbox.so";'
expect 'belongs into host/storage alone' host/app/a.cpp '#include <pqxx/connection>'
expect 'belongs into host/http alone' host/app/a.cpp '#include <boost/beast/core.hpp>'
expect 'belongs into host/nats alone' plugins/dedup/a.cpp '#include <nats/nats.h>'
expect 'belongs into plugins/dedup alone' host/app/a.cpp '#include <hiredis/hiredis.h>'
expect 'built after it' host/storage/pool.hpp '#include "app/a.hpp"'
expect 'must be a dlrgw::Mutex' host/app/a.cpp 'std::mutex mutex;'
expect 'must be a dlrgw::Mutex' plugins/dedup/a.cpp 'const std::lock_guard lock(mutex_);'
expect 'built after it' host/attic/a.hpp '#include "storage/pool.hpp"'
expect 'only themselves and the standard library' sdk/include/dlrgw/cpp/a.hpp '#include <sys/stat.h>'
expect 'only themselves and the standard library' sdk/include/dlrgw/cpp/a.hpp '#include <unistd.h>'
expect 'only themselves and the standard library' sdk/include/dlrgw/cpp/a.hpp '#include <dlrgw/cpp/none.hpp>'
expect 'only themselves and the standard library' sdk/include/dlrgw/cpp/a.hpp '#include <gtest/gtest.h>'
expect 'must not include a header of another one' plugins/dedup/a.cpp '#include "segments/store.hpp"'
expect 'must not include a header of another one' plugins/message/a.cpp '#include "../segments/store.hpp"'
expect 'must not link to another one' plugins/dedup/CMakeLists.txt 'target_link_libraries(dlrgw_dedup dlrgw_segments)'
expect 'must not link to another one' plugins/dedup/CMakeLists.txt 'add_library(x ../segments/segments.cpp)'
expect 'written by its owner alone' plugins/dedup/a.cpp '"INSERT INTO dlr.segment_dlrs (a)"'
expect 'written by its owner alone' plugins/dedup/a.cpp $'R"(INSERT INTO\n  dlr.segment_dlrs (a))"'
expect 'written by its owner alone' plugins/dedup/a.cpp '"WITH x AS (DELETE FROM dlr.segment_dlrs WHERE a)"'
expect 'written by its owner alone' plugins/dedup/a.cpp '"UPDATE orch.sms_messages m SET"'
expect 'written by its owner alone' plugins/dedup/a.cpp '{"dlr.segment_dlrs", "received_at"}'
expect 'written by its owner alone' plugins/message/a.cpp '"INSERT INTO dlr.audit_log (at)"'
expect 'written by its owner alone' plugins/dedup/a.sql 'ALTER TABLE dlr.segment_dlrs ADD x int;'
expect 'written by its owner alone' host/app/a.cpp '"DELETE FROM dlr.segment_dlrs"'
expect 'written by its owner alone' plugins/segments/segments.cpp '"DELETE FROM dlr.nobodys"'
expect 'named and reached in' plugins/dedup/a.cpp 'get("dlr.raw");'
expect 'named and reached in' plugins/dedup/a.cpp 'get("correlate.dlr_requested");'
expect 'named and reached in' plugins/dedup/a.cpp 'Attributes attributes(host);'
expect 'locked by the statement in' plugins/dedup/a.cpp '"SELECT 1 FROM orch.sms_messages FOR NO KEY UPDATE"'
expect 'stands in plugins/message/ids.hpp alone' plugins/dedup/a.cpp '"6f1c8a52-3d0e-5b7a-9c41-d2f7e85b0a13"'
expect 'takes the final statuses from' plugins/dedup/a.cpp "IN ('DELIVERED', 'UNDELIVERED')"
exit $failed
