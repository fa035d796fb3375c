#include "storage/db_error.hpp"

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

// libpqxx 6 makes some of its exceptions from a message alone, 7 from message, query and SQLSTATE.
template <class Exception>
Exception without_sqlstate() {
  if constexpr (std::is_constructible_v<Exception, std::string>) {
    return Exception(std::string("m"));
  } else {
    return Exception(std::string("m"), std::string("q"), nullptr);
  }
}

ErrorCode code_of(std::string_view sqlstate) { return classify_sqlstate(sqlstate, {}, "x").code; }

TEST(ClassifySqlstate, EveryFamily) {
  const std::vector<std::pair<ErrorCode, std::vector<const char*>>> table{
      {ErrorCode::kUnavailable,
       {"08000", "08006", "08P01", "28P01", "53100", "53200", "53300", "57P01", "57P02", "57P03", "57P05", "58030",
        "25006", "42501", "42P01", "3F000"}},
      {ErrorCode::kTransient, {"40001", "40P01", "40000", "40003", "55P03", "57014", "25P03", "26000", "23505"}},
      {ErrorCode::kData,
       {"21000", "22001", "22003", "22021", "22P02", "22P05", "23000", "23502", "23503", "23514", "23P01", "42804",
        "44000", "54000"}},
      {ErrorCode::kInternal, {"", "0A000", "25P02", "42601", "42703", "P0001", "XX000"}},
  };
  for (const auto& [code, states] : table)
    for (const char* state : states) EXPECT_EQ(code_of(state), code) << state;
}

TEST(ClassifySqlstate, OnlyAUniqueKeyIsAnInvariant) {
  EXPECT_TRUE(classify_sqlstate("23505", {}, "x").invariant);
  EXPECT_FALSE(classify_sqlstate("23514", {}, "x").invariant);
}

TEST(ClassifySqlstate, SpoiltSessionsAreDropped) {
  for (const char* state : {"08006", "57P01", "25P03", "26000", "25006"})
    EXPECT_TRUE(classify_sqlstate(state, {}, "x").drop_connection) << state;
  for (const char* state : {"40P01", "23505", "22001", "57014"})
    EXPECT_FALSE(classify_sqlstate(state, {}, "x").drop_connection) << state;
}

TEST(ClassifySqlstate, NamesConstraintAndColumnButNoValue) {
  const DbFailure unique = classify_sqlstate("23505",
                                             "ERROR:  duplicate key value violates unique constraint "
                                             "\"seen_pkey\"\nDETAIL:  Key (id)=(4915) already exists.\n",
                                             "statement acme.seen");
  EXPECT_THAT(unique.text, HasSubstr("statement acme.seen: "));
  EXPECT_THAT(unique.text, HasSubstr("(SQLSTATE 23505), constraint seen_pkey"));
  EXPECT_THAT(unique.text, Not(HasSubstr("4915")));
  const DbFailure null = classify_sqlstate("23502",
                                           "ERROR:  null value in column \"to_addr\" of relation \"t\" violates "
                                           "not-null constraint\nDETAIL:  Failing row contains (4915).",
                                           "x");
  EXPECT_THAT(null.text, HasSubstr("column to_addr"));
  EXPECT_THAT(null.text, Not(HasSubstr("4915")));
}

TEST(ClassifySqlstate, NeverQuotesAValue) {
  for (const char* state : {"22P02", "22001", "P0001", "42804", "XX000", "23514", "21000", ""})
    EXPECT_THAT(classify_sqlstate(state, "ERROR:  invalid input syntax for type integer: \"4915\"", "x").text,
                Not(HasSubstr("4915")))
        << state;
}

TEST(ClassifySqlstate, ShowsWhatIsWrongWithAStatement) {
  EXPECT_THAT(classify_sqlstate("42501", "ERROR:  permission denied for table outbox\n", "x").text,
              HasSubstr("permission denied for table outbox"));
  EXPECT_THAT(classify_sqlstate("42601", "ERROR:  syntax error at or near \"FORM\"\nLINE 1: ...", "x").text,
              HasSubstr("at or near \"FORM\""));
}

// With the first part that libpqxx 7 adds, and without.
TEST(ClassifySqlstate, AStalePlanIsRetriedOnAFreshSession) {
  for (const char* message : {"ERROR:  cached plan must not change result type\n",
                              "Failure during 'acme.all_0011': ERROR:  cached plan must not change result type\n"}) {
    const DbFailure failure = classify_sqlstate("0A000", message, "x");
    EXPECT_EQ(failure.code, ErrorCode::kTransient);
    EXPECT_TRUE(failure.drop_connection);
  }
}

TEST(Classify, TranslatesWhatLibpqxxThrows) {
  EXPECT_EQ(classify(pqxx::broken_connection("gone"), "x", true).code, ErrorCode::kUnavailable);
  EXPECT_EQ(classify(pqxx::sql_error("m", "q", "22001"), "x", false).sqlstate, "22001");
  EXPECT_EQ(classify(std::bad_alloc(), "x", false).code, ErrorCode::kInternal);
  EXPECT_EQ(classify(pqxx::usage_error("misuse"), "x", false).code, ErrorCode::kInternal);
}

// libpqxx 6.4 throws these without a SQLSTATE.
TEST(Classify, TheTypeStandsInForAMissingSqlstate) {
  EXPECT_EQ(classify(without_sqlstate<pqxx::insufficient_privilege>(), "x", false).code, ErrorCode::kUnavailable);
  EXPECT_EQ(classify(without_sqlstate<pqxx::deadlock_detected>(), "x", false).sqlstate, "40P01");
  EXPECT_EQ(classify(without_sqlstate<pqxx::serialization_failure>(), "x", false).code, ErrorCode::kTransient);
  EXPECT_EQ(classify(without_sqlstate<pqxx::too_many_connections>(), "x", false).code, ErrorCode::kUnavailable);
  EXPECT_EQ(classify(without_sqlstate<pqxx::disk_full>(), "x", false).code, ErrorCode::kUnavailable);
  EXPECT_TRUE(classify(without_sqlstate<pqxx::unique_violation>(), "x", false).invariant);
  EXPECT_EQ(classify(without_sqlstate<pqxx::check_violation>(), "x", false).code, ErrorCode::kData);
}

TEST(Classify, ALostConnectionDecidesWhenThereIsNoSqlstate) {
  const DbFailure failure = classify(pqxx::sql_error("server closed the connection", "q", nullptr), "x", true);
  EXPECT_EQ(failure.code, ErrorCode::kUnavailable);
  EXPECT_TRUE(failure.drop_connection);
  EXPECT_FALSE(failure.in_doubt);
}

TEST(Classify, InDoubtIsKept) {
  const DbFailure failure = classify(pqxx::in_doubt_error("?"), "COMMIT", true);
  EXPECT_TRUE(failure.in_doubt);
  EXPECT_EQ(failure.code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace dlrgw::host
