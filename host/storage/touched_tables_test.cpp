// SPDX-License-Identifier: Apache-2.0
#include "storage/touched_tables.hpp"

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

TEST(TouchedTables, OursAlone) {
  for (const char* sql : {
           "INSERT INTO dlr.seen (id) SELECT id FROM dlrgw_rows",
           "INSERT INTO dlr.seen AS s (id) SELECT r.id FROM dlrgw_rows r ON CONFLICT (id) DO UPDATE SET n = excluded.n",
           "SELECT o.id FROM dlrgw_rows r JOIN dlr.orphan_dlrs o ON o.orphan_id = r.orphan_id",
           "UPDATE dlr.seen SET n = 1 FROM dlrgw_rows WHERE seen.id = dlrgw_rows.id",
           "WITH gone AS (DELETE FROM outbox RETURNING id) SELECT gone.id FROM gone",
           "SELECT pg_catalog.now(), x.y::pg_catalog.text FROM (SELECT 1 AS y) x",
           "SELECT 'orch.sms_messages', $q$ smpp.t $q$, E'\\' orch.t' FROM dlr.a -- orch.t\n /* smpp.t /* x */ orch.t "
           "*/",
           "SELECT \"Q\".a FROM dlr.b AS \"Q\"",
           "SELECT a.b IS DISTINCT FROM c.d FROM dlr.a a, dlr.c c",
           "SELECT 1.5, .5, r.x FROM dlrgw_rows r",
           "",
       })
    EXPECT_TRUE(touches_only_own_tables(sql)) << sql;
}

TEST(TouchedTables, AnybodyElses) {
  for (const char* sql : {
           "UPDATE orch.sms_messages m SET status = r.status FROM dlrgw_rows r WHERE m.message_id = r.message_id",
           "SELECT x.message_id FROM SMPP . Message_Correlations x",
           "SELECT 1 FROM \"orch\".\"sms_messages\"",
           "SELECT 1 FROM dlrgw_rows r JOIN acme.prices p ON p.id = r.id",
           "INSERT INTO dlr.a SELECT * FROM public.b",
           "SELECT orch FROM orch.sms_messages orch",
           "SELECT 1 FROM sms.orch.sms_messages",
           "SELECT E'it\\'s' FROM orch.t",
           "SELECT $$ $$, * FROM acme.t",
       })
    EXPECT_FALSE(touches_only_own_tables(sql)) << sql;
}

}  // namespace
}  // namespace dlrgw::host
