// SPDX-License-Identifier: Apache-2.0
// US-020 what role dlr_portal can read, in raw SQL: the messages of the session's tenant through one view, no table.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pqxx/pqxx>

#include "integration/stories_support.hpp"

namespace dlrgw::test {
namespace {

using ::testing::HasSubstr;

class Us020Sql : public testing::Test {
 protected:
  void SetUp() override {
    s_.postgres().exec("ALTER ROLE dlr_portal PASSWORD 'portal-of-the-test'");
    dsn_ = s_.postgres().dsn_of("dlr_portal", "portal-of-the-test");
    messages_ = s_.add_messages(2);
    for (const Message& message : messages_) {
      const std::string ids = "'" + message.message_id + "', 1, 'T', ";
      s_.postgres().exec(
          "UPDATE orch.sms_messages SET segment_count = 2 WHERE message_id = '" + message.message_id +
          "'; INSERT INTO dlr.segment_dlrs (filed_under, message_id, segment_index, state_key, total_segments, "
          "account_id, status, "
          "received_at, occurred_at) VALUES ((SELECT submitted_at FROM orch.sms_messages WHERE message_id = '" +
          message.message_id + "'), " + ids + "2, '" + message.account_id + "', 'DELIVERED', now(), now())");
    }
  }
  static std::string tenant(const std::string& account) {
    return "SELECT set_config('app.account_id', '" + account + "', true)";
  }
  static std::vector<std::string> ids(pqxx::work& work) {
    std::vector<std::string> out;
    for (const auto& row : work.exec("SELECT DISTINCT message_id FROM dlr.portal_segments ORDER BY 1"))
      out.emplace_back(row[0].c_str());
    return out;
  }
  Scenario s_;
  std::string dsn_;
  std::vector<Message> messages_;
};

TEST_F(Us020Sql, WithoutATenantThereIsNothing) {
  pqxx::connection connection(dsn_);
  pqxx::work work(connection);
  EXPECT_TRUE(ids(work).empty());
  work.exec(tenant(""));
  EXPECT_TRUE(ids(work).empty());
}

TEST_F(Us020Sql, TenantsFollowEachOtherOnOneConnectionWithoutASlip) {
  pqxx::connection connection(dsn_);
  for (int round = 0; round < 3; ++round) {
    for (const Message& message : messages_) {
      pqxx::work work(connection);
      EXPECT_TRUE(ids(work).empty()) << "the tenant of the transaction before is gone";
      work.exec(tenant(message.account_id));
      EXPECT_EQ(ids(work), std::vector<std::string>{message.message_id});
      const auto rows = work.exec("SELECT status FROM dlr.portal_segments ORDER BY segment_index");
      ASSERT_EQ(rows.size(), 2U);
      EXPECT_STREQ(rows[0][0].c_str(), "DELIVERED") << "row level security hides no own segment";
      EXPECT_STREQ(rows[1][0].c_str(), "PENDING");
      const auto other = message.message_id == messages_[0].message_id ? messages_[1] : messages_[0];
      EXPECT_TRUE(work.exec("SELECT 1 FROM dlr.portal_segments WHERE message_id = '" + other.message_id + "'").empty());
      if (round == 1) work.abort();
      if (round != 1) work.commit();
    }
  }
}

TEST_F(Us020Sql, ABadTenantIsAnErrorNotEverybody) {
  pqxx::connection connection(dsn_);
  pqxx::work work(connection);
  work.exec(tenant("nobody"));
  EXPECT_THROW(ids(work), pqxx::sql_error);
}

TEST_F(Us020Sql, EverythingElseIsDenied) {
  const auto tables = s_.postgres().rows(
      "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
      "WHERE n.nspname IN ('dlr', 'orch', 'smpp') AND c.relkind IN ('r', 'p', 'v') AND c.relname <> 'portal_segments'");
  ASSERT_GT(tables.size(), 15U);
  const auto refused = [&](const std::string& sql) {
    pqxx::connection connection(dsn_);
    pqxx::work work(connection);
    work.exec(tenant(messages_[0].account_id));
    try {
      work.exec(sql);
    } catch (const pqxx::sql_error& e) {
      return std::string(e.what());
    }
    return std::string("done");
  };
  for (const Row& table : tables)
    EXPECT_THAT(refused("SELECT 1 FROM " + table[0] + " LIMIT 1"), HasSubstr("permission denied")) << table[0];
  for (const char* change : {"INSERT INTO dlr.portal_segments (message_id) VALUES (gen_random_uuid())",
                             "UPDATE dlr.portal_segments SET late = true", "DELETE FROM dlr.portal_segments",
                             "SET ROLE dlr_owner", "CREATE TABLE dlr.mine (a int)", "CREATE TABLE public.mine (a int)"})
    EXPECT_NE(refused(change), "done") << change;
}

// A function of the caller's own must not see rows of others before the tenant's filter.
TEST_F(Us020Sql, AConditionOfTheCallersSeesNoForeignRow) {
  pqxx::connection connection(dsn_);
  pqxx::work work(connection);
  work.exec(tenant(messages_[0].account_id));
  work.exec(
      "CREATE FUNCTION pg_temp.spy(id uuid) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN "
      "IF id = '" +
      messages_[1].message_id + "' THEN RAISE EXCEPTION 'seen'; END IF; RETURN true; END $$");
  EXPECT_NO_THROW(work.exec("SELECT * FROM dlr.portal_segments WHERE pg_temp.spy(message_id)"));
}

// One message of an account with very many is read by its key. What a session has read is told after it has ended.
TEST_F(Us020Sql, OneMessageIsReadByItsKey) {
  s_.postgres().exec(
      "INSERT INTO orch.sms_messages (message_id, account_id, operator_id, to_addr, from_addr, segment_count, status, "
      "submitted_at) SELECT gen_random_uuid(), '" +
      messages_[0].account_id +
      "', 'mno-test', '', '', 2, 'SUBMITTED', now() FROM generate_series(1, 20000); ANALYZE orch.sms_messages");
  const auto rows_read = [&](const std::string& column) {
    return s_.postgres().count("SELECT " + column +
                               " FROM pg_stat_user_tables WHERE relid = 'orch.sms_messages'::regclass");
  };
  const std::int64_t scanned = rows_read("seq_tup_read");
  const std::int64_t fetched = rows_read("idx_tup_fetch");
  {
    pqxx::connection connection(dsn_);
    pqxx::work work(connection);
    work.exec(tenant(messages_[0].account_id));
    work.exec("SELECT set_config('app.message_id', '" + messages_[0].message_id + "', true)");
    EXPECT_EQ(ids(work), std::vector<std::string>{messages_[0].message_id});
  }
  EXPECT_TRUE(eventually([&] { return rows_read("idx_tup_fetch") > fetched; }));
  EXPECT_EQ(rows_read("seq_tup_read"), scanned);
}

TEST_F(Us020Sql, OneMessageOfAnotherTenantIsNothing) {
  pqxx::connection connection(dsn_);
  pqxx::work work(connection);
  work.exec(tenant(messages_[0].account_id));
  work.exec("SELECT set_config('app.message_id', '" + messages_[1].message_id + "', true)");
  EXPECT_TRUE(ids(work).empty());
}

// Views, rules, functions with a parsed body, foreign keys, triggers, policies, types: whatever refers to an object of
// others would be in the way of its owner.
TEST_F(Us020Sql, NothingOfOursDependsOnWhatOthersOwn) {
  const auto found = s_.postgres().rows(
      "WITH ours AS (SELECT d.* FROM pg_depend d WHERE d.deptype IN ('n', 'a')) "
      "SELECT pg_describe_object(o.classid, o.objid, o.objsubid), pg_describe_object(o.refclassid, o.refobjid, "
      "o.refobjsubid) FROM ours o "
      "CROSS JOIN LATERAL pg_identify_object(o.refclassid, o.refobjid, o.refobjsubid) theirs "
      "CROSS JOIN LATERAL pg_identify_object(o.classid, o.objid, o.objsubid) mine "
      "LEFT JOIN pg_rewrite w ON o.classid = 'pg_rewrite'::regclass AND w.oid = o.objid "
      "LEFT JOIN pg_class v ON v.oid = w.ev_class "
      "WHERE (theirs.schema IN ('orch', 'smpp') OR theirs.identity ~ '(^| on )(orch|smpp)[.]') "
      "AND (mine.schema = 'dlr' OR v.relnamespace = 'dlr'::regnamespace OR mine.identity ~ ' on dlr[.]')");
  for (const Row& row : found) ADD_FAILURE() << row[0] << " depends on " << row[1];
  EXPECT_GT(s_.postgres().count("SELECT count(*) FROM pg_depend d JOIN pg_rewrite w ON w.oid = d.objid JOIN pg_class v "
                                "ON v.oid = w.ev_class WHERE d.classid = 'pg_rewrite'::regclass AND "
                                "v.relnamespace = 'dlr'::regnamespace AND d.refclassid = 'pg_class'::regclass"),
            5)
      << "the view on our own tables is found in the same way";
}

// The owner of orch.sms_messages changes the type of every column, drops one and makes the table anew.
TEST_F(Us020Sql, TheOwnerOfAMessagesRowChangesItAsTheyLike) {
  s_.postgres().exec("ALTER TABLE orch.sms_messages ALTER status TYPE varchar(40), ALTER segment_count TYPE bigint");
  const auto rows_of = [&] {
    pqxx::connection connection(dsn_);
    pqxx::work work(connection);
    work.exec(tenant(messages_[0].account_id));
    std::string text;
    for (const auto& row : work.exec("SELECT message_status, status FROM dlr.portal_segments ORDER BY segment_index"))
      text += std::string(row[0].c_str()) + " " + row[1].c_str() + "\n";
    return text;
  };
  EXPECT_EQ(rows_of(), "SUBMITTED DELIVERED\nSUBMITTED PENDING\n");
  s_.postgres().exec("UPDATE orch.sms_messages SET segment_count = 3000000000");
  EXPECT_EQ(std::ranges::count(rows_of(), '\n'), 255);
  s_.postgres().exec("ALTER TABLE orch.sms_messages DROP segment_count");
  EXPECT_THROW(rows_of(), pqxx::sql_error);
  s_.postgres().exec(
      "ALTER TABLE orch.sms_messages RENAME TO sms_messages_of_before; CREATE TABLE orch.sms_messages AS SELECT *, 2 "
      "AS "
      "segment_count FROM orch.sms_messages_of_before; DROP TABLE orch.sms_messages_of_before; GRANT SELECT "
      "(message_id, "
      "account_id, segment_count, status, submitted_at) ON orch.sms_messages TO dlr_owner");
  EXPECT_EQ(rows_of(), "SUBMITTED DELIVERED\nSUBMITTED PENDING\n");
}

}  // namespace
}  // namespace dlrgw::test
