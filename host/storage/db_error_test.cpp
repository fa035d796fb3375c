// SPDX-License-Identifier: Apache-2.0
#include "storage/db_error.hpp"

#include <fstream>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pqxx/pqxx>

namespace dlrgw::host {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Executing kOwn{.own_tables_only = true};
constexpr Executing kForeign{.own_tables_only = false};

// libpqxx 6 makes some of its exceptions from a message alone, 7 from message, query and SQLSTATE.
template <class Exception>
Exception without_sqlstate(const std::string& message = "m") {
  if constexpr (std::is_constructible_v<Exception, std::string>) {
    return Exception(message);
  } else {
    return Exception(message, std::string("q"), nullptr);
  }
}

struct Line {
  std::string state, condition, own, foreign;
};

std::vector<Line> every_sqlstate() {
  std::ifstream file(DLRGW_SQLSTATES);
  std::vector<Line> lines;
  for (std::string text; std::getline(file, text);) {
    if (text.empty() || text[0] == '#') continue;
    Line line;
    std::istringstream(text) >> line.state >> line.condition >> line.own >> line.foreign;
    lines.push_back(line);
  }
  return lines;
}

std::string_view blamed(const std::string& state, Executing executing) {
  return to_string(classify_sqlstate(state, {}, "x", executing).blame);
}

TEST(WhoIsBlamed, ForEverySqlstateInOwnAndInForeignStatements) {
  const std::vector<Line> lines = every_sqlstate();
  ASSERT_GT(lines.size(), 250U);
  for (const Line& line : lines) {
    EXPECT_EQ(blamed(line.state, kOwn), line.own) << line.state << ' ' << line.condition;
    EXPECT_EQ(blamed(line.state, kForeign), line.foreign) << line.state << ' ' << line.condition;
  }
}

TEST(WhoIsBlamed, WhatNoListNamesIsTheEnvironments) {
  for (const char* state : {"", "0X123", "99999", "P0ABC", "XX999", "42ZZZ"})
    for (const Executing executing : {kOwn, kForeign}) EXPECT_EQ(blamed(state, executing), "environment") << state;
}

TEST(WhoIsBlamed, NobodyIsBlamedForWhatAnotherSchemaOwns) {
  const std::string message =
      "ERROR:  23514: new row for relation \"sms_messages\" violates check constraint \"theirs\"\nDETAIL:  Failing row "
      "contains (4915).\nSCHEMA NAME:  orch\nTABLE NAME:  sms_messages\nCONSTRAINT NAME:  theirs\nLOCATION:  x\n";
  EXPECT_EQ(classify_sqlstate("23514", message, "x", kOwn).blame, Blame::kEnvironment);
  EXPECT_EQ(classify_sqlstate("23505", message, "x", kOwn).blame, Blame::kEnvironment);
}

// As PostgreSQL reports it, in any language: the SQLSTATE of a check constraint, and no constraint.
TEST(WhoIsBlamed, AMissingPartitionIsNotTheRowsFault) {
  const std::string message =
      "FEHLER:  23514: keine Partition von Relation »orphan_dlrs« für die Zeile gefunden\nDETAIL:  x\nSCHEMA NAME:  "
      "dlr\n"
      "TABLE NAME:  orphan_dlrs\nLOCATION:  ExecFindPartition, execPartition.c:355\n";
  EXPECT_EQ(classify_sqlstate("23514", message, "x", kOwn).blame, Blame::kEnvironment);
}

TEST(ClassifySqlstate, TellsPluginsTheCodeOfTheBlame) {
  const std::vector<std::pair<const char*, ErrorCode>> table{
      {"57P01", ErrorCode::kUnavailable}, {"42703", ErrorCode::kUnavailable}, {"40P01", ErrorCode::kTransient},
      {"55P03", ErrorCode::kTransient},   {"23505", ErrorCode::kTransient},   {"22001", ErrorCode::kData}};
  for (const auto& [state, code] : table) EXPECT_EQ(classify_sqlstate(state, {}, "x", kOwn).code, code) << state;
}

TEST(ClassifySqlstate, TellsWhatATimeOutWasSpentOn) {
  EXPECT_EQ(classify_sqlstate("55P03", {}, "x", kOwn).timed_out, TimedOut::kOthers);
  EXPECT_EQ(classify_sqlstate("57014", {}, "x", kOwn).timed_out, TimedOut::kStatement);
  EXPECT_EQ(classify_sqlstate("40P01", {}, "x", kOwn).timed_out, TimedOut::kNo);
}

TEST(ClassifySqlstate, SpoiltSessionsAreDropped) {
  for (const char* state : {"08006", "57P01", "25P03", "26000", "25006"})
    EXPECT_TRUE(classify_sqlstate(state, {}, "x", kOwn).drop_connection) << state;
  for (const char* state : {"40P01", "23505", "22001", "57014", "42703"})
    EXPECT_FALSE(classify_sqlstate(state, {}, "x", kOwn).drop_connection) << state;
}

TEST(ClassifySqlstate, KeepsWhereTheStatementIsWrong) {
  const auto at = [](const char* state, const std::string& message) {
    return classify_sqlstate(state, message, "x", kOwn).at;
  };
  const std::string syntax =
      "ERROR:  42601: syntax error at or near \"dlr\"\nLINE 1: SELECT 1 FORM dlr.seen\n"
      "                      ^\nLOCATION:  x\n";
  EXPECT_EQ(at("42601", syntax), "dlr.seen");
  EXPECT_EQ(at("22P02", syntax), "") << "its message may quote a row";
  EXPECT_EQ(at("42601", "ERROR:  42601: x\nLINE 1: SELECT 1"), "");
  EXPECT_EQ(at("42601", "ERROR:  42601: x\nLINE 1: SELECT '\xC3\xBC' FORM x\n                    ^\n"), "");
  EXPECT_EQ(at("42601", "ERROR:  42601: x"), "");
}

TEST(ClassifySqlstate, NamesConstraintAndColumnButNoValue) {
  const DbFailure unique = classify_sqlstate("23505",
                                             "ERROR:  23505: duplicate key value violates unique constraint "
                                             "\"seen_pkey\"\nDETAIL:  Key (id)=(4915) already exists.\n"
                                             "SCHEMA NAME:  dlr\nTABLE NAME:  seen\nCONSTRAINT NAME:  seen_pkey\n",
                                             "statement acme.seen", kOwn);
  EXPECT_THAT(unique.text, HasSubstr("statement acme.seen: "));
  EXPECT_THAT(unique.text, HasSubstr("(SQLSTATE 23505), constraint seen_pkey"));
  EXPECT_THAT(unique.text, Not(HasSubstr("4915")));
  const DbFailure null = classify_sqlstate("23502",
                                           "ERROR:  23502: null value in column \"to_addr\" of relation \"t\" violates "
                                           "not-null constraint\nDETAIL:  Failing row contains (4915).\n"
                                           "SCHEMA NAME:  dlr\nTABLE NAME:  t\nCOLUMN NAME:  to_addr\n",
                                           "x", kOwn);
  EXPECT_THAT(null.text, HasSubstr("column to_addr"));
  EXPECT_THAT(null.text, Not(HasSubstr("4915")));
}

TEST(ClassifySqlstate, NeverQuotesAValue) {
  for (const char* state : {"22P02", "22001", "P0001", "42804", "XX000", "23514", "21000", ""})
    EXPECT_THAT(
        classify_sqlstate(state, "ERROR:  22P02: invalid input syntax for type integer: \"4915\"", "x", kOwn).text,
        Not(HasSubstr("4915")))
        << state;
}

TEST(ClassifySqlstate, ShowsWhatIsWrongWithAStatement) {
  EXPECT_THAT(
      classify_sqlstate("42501", "ERROR:  42501: permission denied for table outbox\nLOCATION:  x\n", "x", kOwn).text,
      testing::EndsWith(": permission denied for table outbox"));
  // libpqxx 7 puts the statement's name first.
  EXPECT_THAT(
      classify_sqlstate(
          "42601", "Failure during 'acme.all': ERROR:  42601: syntax error at or near \"FORM\"\nLINE 1: ...", "x", kOwn)
          .text,
      testing::EndsWith(": syntax error at or near \"FORM\""));
}

TEST(ClassifySqlstate, AStalePlanIsRetriedOnAFreshSessionAndOnlyThere) {
  const DbFailure stale =
      classify_sqlstate("0A000", "FEHLER:  0A000: was auch immer", "x", {.own_tables_only = false, .run_before = true});
  EXPECT_EQ(stale.blame, Blame::kConflict);
  EXPECT_TRUE(stale.drop_connection);
  const DbFailure fresh =
      classify_sqlstate("0A000", "ERROR:  0A000: cached plan must not change result type", "x", kForeign);
  EXPECT_EQ(fresh.blame, Blame::kEnvironment) << "the words of the server decide nothing";
  EXPECT_FALSE(fresh.drop_connection);
}

TEST(Classify, TranslatesWhatLibpqxxThrows) {
  EXPECT_EQ(classify(pqxx::broken_connection("gone"), "x", true, kOwn).blame, Blame::kServer);
  EXPECT_EQ(classify(pqxx::sql_error("m", "q", "22001"), "x", false, kOwn).sqlstate, "22001");
  EXPECT_EQ(classify(std::bad_alloc(), "x", false, kOwn).blame, Blame::kEnvironment);
  EXPECT_EQ(classify(pqxx::usage_error("misuse"), "x", false, kOwn).code, ErrorCode::kInternal);
  EXPECT_EQ(classify(pqxx::usage_error("misuse"), "x", false, kOwn).blame, Blame::kCaller);
}

// libpqxx 6.4 throws these without a SQLSTATE: the message has it, or else the type stands in.
TEST(Classify, TheMessageOrTheTypeStandsInForAMissingSqlstate) {
  EXPECT_EQ(classify(without_sqlstate<pqxx::feature_not_supported>("ERROR:  0A001: x\nLOCATION:  y"), "x", false, kOwn)
                .sqlstate,
            "0A001");
  EXPECT_EQ(classify(without_sqlstate<pqxx::insufficient_privilege>(), "x", false, kOwn).sqlstate, "42501");
  EXPECT_EQ(classify(without_sqlstate<pqxx::undefined_column>(), "x", false, kOwn).sqlstate, "42703");
  EXPECT_EQ(classify(without_sqlstate<pqxx::deadlock_detected>(), "x", false, kOwn).sqlstate, "40P01");
  EXPECT_EQ(classify(without_sqlstate<pqxx::serialization_failure>(), "x", false, kOwn).blame, Blame::kConflict);
  EXPECT_EQ(classify(without_sqlstate<pqxx::too_many_connections>(), "x", false, kOwn).blame, Blame::kServer);
  EXPECT_EQ(classify(without_sqlstate<pqxx::disk_full>(), "x", false, kOwn).blame, Blame::kServer);
  EXPECT_EQ(classify(without_sqlstate<pqxx::unique_violation>(), "x", false, kOwn).blame, Blame::kInvariant);
  EXPECT_EQ(classify(without_sqlstate<pqxx::check_violation>(), "x", false, kOwn).blame, Blame::kRow);
  EXPECT_EQ(classify(without_sqlstate<pqxx::check_violation>(), "x", false, kForeign).blame, Blame::kEnvironment);
}

TEST(Classify, ALostConnectionDecidesWhenThereIsNoSqlstate) {
  const DbFailure failure = classify(pqxx::sql_error("server closed the connection", "q", nullptr), "x", true, kOwn);
  EXPECT_EQ(failure.blame, Blame::kServer);
  EXPECT_TRUE(failure.drop_connection);
  EXPECT_FALSE(failure.in_doubt);
}

TEST(Classify, InDoubtIsKept) {
  const DbFailure failure = classify(pqxx::in_doubt_error("?"), "COMMIT", true, kOwn);
  EXPECT_TRUE(failure.in_doubt);
  EXPECT_EQ(failure.blame, Blame::kServer);
}

}  // namespace
}  // namespace dlrgw::host
