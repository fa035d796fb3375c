// SPDX-License-Identifier: Apache-2.0
#include "storage/schema_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/digest.hpp"

namespace dlrgw::host {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class JudgeSchema : public testing::Test {
 protected:
  static Migration table(std::string owner, std::string name, std::string version,
                         std::string sql = "CREATE TABLE x ()") {
    return {std::move(owner), std::move(name), false, std::move(sql), std::move(version)};
  }
  static AppliedScript applied(const Migration& one) {
    return {one.owner, one.name, one.is_view, sha256_hex(one.sql), one.version, min_binary_of(one.sql)};
  }
};

TEST_F(JudgeSchema, WhatWasAppliedFits) {
  const std::vector<Migration> needed{table("host", "010_a", "1.2.0"), table("acme", "010_b", "0.3.0")};
  EXPECT_THAT(judge_schema(std::vector{applied(needed[0]), applied(needed[1])}, needed), IsEmpty());
}

TEST_F(JudgeSchema, AnEmptyDatabaseIsBehindEveryOwner) {
  const std::vector<Migration> needed{table("host", "010_a", "1.2.0"), table("host", "020_b", "1.2.0"),
                                      table("acme", "010_b", "0.3.0")};
  EXPECT_THAT(
      judge_schema({}, needed),
      ElementsAre("the database is behind plugin acme 0.3.0: acme: tables/010_b.sql was not applied to it; run "
                  "dlr-gateway migrate",
                  "the database is behind dlr-gateway 1.2.0: host: tables/010_a.sql and 1 more were not applied "
                  "to it; run dlr-gateway migrate"));
}

TEST_F(JudgeSchema, ANewerSchemaIsFineUntilAScriptSaysOtherwise) {
  const std::vector<Migration> needed{table("host", "010_a", "1.2.0")};
  const AppliedScript fine = applied(table("host", "020_new", "1.3.0"));
  EXPECT_THAT(judge_schema(std::vector{applied(needed[0]), fine}, needed), IsEmpty());
  const AppliedScript not_fine =
      applied(table("host", "030_drop", "1.4.0", "-- Drops a column.\n-- min_binary: 1.3.0\nDROP"));
  EXPECT_THAT(judge_schema(std::vector{applied(needed[0]), fine, not_fine}, needed),
              ElementsAre("dlr-gateway 1.2.0 is behind the database: host: tables/030_drop.sql needs 1.3.0 or newer; "
                          "upgrade this gateway"));
  EXPECT_THAT(judge_schema(std::vector{applied(table("host", "010_a", "1.3.0")), not_fine},
                           std::vector{table("host", "010_a", "1.3.0")}),
              IsEmpty());
}

TEST_F(JudgeSchema, APluginIsJudgedByItsOwnVersion) {
  const std::vector<Migration> needed{table("acme", "010_a", "0.9.0")};
  const AppliedScript later = applied(table("acme", "020_b", "0.10.0", "-- min_binary: 0.10.0\nDROP TABLE y"));
  EXPECT_THAT(judge_schema(std::vector{applied(needed[0]), later}, needed),
              ElementsAre("plugin acme 0.9.0 is behind the database: acme: tables/020_b.sql needs 0.10.0 or newer; "
                          "upgrade plugin acme"));
  // A plugin that is not configured has no say.
  EXPECT_THAT(judge_schema(std::vector{later}, std::vector<Migration>{}), IsEmpty());
}

TEST_F(JudgeSchema, AnAppliedTableScriptNeverChanges) {
  const std::vector<Migration> needed{table("host", "010_a", "1.2.0", "CREATE TABLE other ()")};
  EXPECT_THAT(judge_schema(std::vector{applied(table("host", "010_a", "1.2.0"))}, needed),
              ElementsAre("the database was made by another build than dlr-gateway 1.2.0: host: tables/010_a.sql has "
                          "another text there; run the build that made it, or one that leaves applied scripts as they "
                          "were"));
}

TEST_F(JudgeSchema, AViewBelongsToTheNewerSide) {
  Migration ours = table("host", "view", "1.2.0", "CREATE VIEW v AS SELECT 1");
  ours.is_view = true;
  Migration theirs = ours;
  theirs.sql = "CREATE VIEW v AS SELECT 2";
  theirs.version = "1.3.0";
  EXPECT_THAT(judge_schema(std::vector{applied(theirs)}, std::vector{ours}), IsEmpty());
  EXPECT_THAT(judge_schema(std::vector{applied(ours)}, std::vector{theirs}),
              ElementsAre("the database is behind dlr-gateway 1.3.0: host: views/view.sql was not applied to it; run "
                          "dlr-gateway migrate"));
}

TEST(MinBinary, StandsInTheCommentsBeforeTheFirstStatement) {
  EXPECT_EQ(min_binary_of("-- What it does.\n\n  -- min_binary: 1.4.0 \r\nALTER TABLE x;"), "1.4.0");
  EXPECT_EQ(min_binary_of("ALTER TABLE x;\n-- min_binary: 1.4.0\n"), "");
  EXPECT_EQ(min_binary_of(""), "");
}

}  // namespace
}  // namespace dlrgw::host
