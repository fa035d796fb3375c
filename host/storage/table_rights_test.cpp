// SPDX-License-Identifier: Apache-2.0
#include "storage/table_rights.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <dlrgw/abi/plugin.h>

namespace dlrgw::host {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint32_t kReadInsert = DLRGW_TABLE_SELECT | DLRGW_TABLE_INSERT;

TEST(TableRights, AreNamedAsPostgresNamesThem) {
  EXPECT_EQ(rights_text(kReadInsert | DLRGW_TABLE_DELETE), "SELECT, INSERT, DELETE");
  EXPECT_EQ(rights_text(0), "nothing");
  EXPECT_EQ(right_of("UPDATE"), DLRGW_TABLE_UPDATE);
  EXPECT_EQ(right_of("TRUNCATE"), 0U);
}

TEST(TableRights, NothingIsDoneWhereTheyStandAsDeclared) {
  const std::vector<TableRights> declared{{"seen", kReadInsert, 0}};
  const std::vector<GrantedRelation> found{{{"seen", kReadInsert, 0}}};
  EXPECT_THAT(plan_rights(declared, found).statements, IsEmpty());
}

TEST(TableRights, WhatDiffersIsMadeExactlyAsDeclared) {
  const std::vector<TableRights> declared{{"seen", kReadInsert, DLRGW_TABLE_DELETE}};
  const std::vector<GrantedRelation> found{{{"seen", kReadInsert, 0}}};
  EXPECT_THAT(plan_rights(declared, found).statements,
              ElementsAre("REVOKE ALL ON dlr.\"seen\" FROM PUBLIC, dlr_svc, dlr_maint; GRANT SELECT, INSERT ON "
                          "dlr.\"seen\" TO dlr_svc; GRANT DELETE ON dlr.\"seen\" TO dlr_maint;"));
}

TEST(TableRights, MoreThanDeclaredAndTablesNobodyDeclaredAreTakenBack) {
  const std::vector<TableRights> declared{{"seen", kReadInsert, 0}};
  const std::vector<GrantedRelation> found{{{"seen", kReadInsert, 0}, false}, {{"other", kReadInsert, 0}}};
  EXPECT_EQ(plan_rights(declared, found).statements.size(), 2U);
  EXPECT_EQ(plan_rights(declared, found).statements[1], "REVOKE ALL ON dlr.\"other\" FROM PUBLIC, dlr_svc, dlr_maint;");
}

TEST(TableRights, ADeclaredTableThatNoScriptMadeIsNamed) {
  EXPECT_THAT(plan_rights(std::vector<TableRights>{{"ghost", kReadInsert, 0}}, {}).not_there, ElementsAre("ghost"));
}

}  // namespace
}  // namespace dlrgw::host
