// SPDX-License-Identifier: Apache-2.0
// What sql and events refuse before anything is sent to a server. tests/integration shows what they do with one.
#include <gmock/gmock.h>

#include <dlrgw/abi/events.h>
#include <dlrgw/abi/sql.h>

#include "boundary/call_scope.hpp"
#include "boundary/testing/services_fixture.hpp"

namespace dlrgw::host {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr std::string_view kUuid = "7d444840-9dc0-11d1-b245-5ffdce74fad2";

class SqlServices : public ServicesFixture {
 protected:
  SqlServices() : ServicesFixture({"sql", "events"}) {
    host_.pools.emplace("svc", &pool_);
    batch_.id = 7;
    Delivery delivery;
    delivery.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    batch_.receipts.emplace_back(std::move(delivery), Inbound{}, batch_.handle_of(0));
  }
  std::int32_t define(std::uint32_t verb, std::string_view sql_text, std::uint32_t* id) {
    dlrgw_sql_def def{};
    def.struct_size = sizeof def;
    def.verb = verb;
    def.name = text("seen");
    def.text = text(sql_text);
    def.key_count = 1;
    def.columns = &column_;
    def.column_count = 1;
    def.column_stride = sizeof column_;
    return sql().define(sql().self, &def, id, &error_);
  }
  // A write and a query of one text column each, as they are after create().
  void define_both() {
    ASSERT_EQ(define(DLRGW_SQL_WRITE, "INSERT INTO acme.seen (id) SELECT id FROM dlrgw_rows", &write_), DLRGW_OK)
        << told();
    ASSERT_EQ(define(DLRGW_SQL_QUERY, "SELECT id FROM acme.seen JOIN dlrgw_rows USING (id)", &query_), DLRGW_OK)
        << told();
    ASSERT_TRUE(context_.seal(1, nullptr));
  }
  static dlrgw_sql_value value(std::string_view of, std::uint32_t type = DLRGW_SQL_TEXT) {
    return {sizeof(dlrgw_sql_value), type, 0, 0, text(of)};
  }
  const dlrgw_sql& sql() { return service<dlrgw_sql>(DLRGW_SERVICE_SQL); }
  std::int32_t add(dlrgw_uow& work, std::uint32_t statement, std::uint64_t receipt, const dlrgw_sql_value& v,
                   std::uint32_t count = 1) {
    return sql().add_row(sql().self, &work, statement, receipt, &v, count, sizeof v, &error_);
  }

  Pool pool_{{}};  // of no server
  Batch batch_;
  Snapshot snapshot_;
  LaneInstances lane_;
  dlrgw_uow of_batch_{pool_, clock_, clock_.monotonic_us() + 1'000'000, true};
  dlrgw_uow of_job_{pool_, clock_, clock_.monotonic_us() + 1'000'000, false};
  dlrgw_sql_column column_{sizeof(dlrgw_sql_column), DLRGW_SQL_TEXT, text("id")};
  std::uint32_t write_ = 99, query_ = 99;
};

TEST_F(SqlServices, AStatementIsDefinedDuringCreateAndWhatCannotBeMeantIsNamed) {
  define_both();
  EXPECT_EQ(write_, 0U);
  EXPECT_EQ(query_, 1U);
  EXPECT_EQ(context_.statements[0].full_name(), "com.acme.seen");
  EXPECT_EQ(define(DLRGW_SQL_WRITE, "DELETE FROM acme.seen", &write_), DLRGW_E_DENIED);
  EXPECT_EQ(told(), "statements are defined in create() of the plugin, not later");

  context_.creating = true;
  EXPECT_EQ(define(3, "SELECT id FROM dlrgw_rows", &write_), DLRGW_E_INVALID);
  EXPECT_EQ(told(), "statement verb is neither DLRGW_SQL_QUERY nor DLRGW_SQL_WRITE");
  column_.type = DLRGW_SQL_NULL;
  EXPECT_EQ(define(DLRGW_SQL_QUERY, "SELECT id FROM dlrgw_rows", &write_), DLRGW_E_INVALID);
  EXPECT_EQ(told(), "column type is none of DLRGW_SQL_");
  column_.type = DLRGW_SQL_TEXT;
  EXPECT_EQ(define(DLRGW_SQL_WRITE, "INSERT INTO acme.seen VALUES (1)", &write_), DLRGW_E_INVALID);
  EXPECT_THAT(told(), HasSubstr("com.acme.seen"));
  EXPECT_EQ(define(DLRGW_SQL_QUERY, "SELECT id FROM dlrgw_rows", nullptr), DLRGW_E_INVALID);
  dlrgw_sql_def def{};
  def.struct_size = sizeof def;
  def.verb = DLRGW_SQL_QUERY;
  def.column_count = 33;
  EXPECT_EQ(sql().define(sql().self, &def, &write_, &error_), DLRGW_E_LIMIT);
  def.struct_size = 8;
  EXPECT_EQ(sql().define(sql().self, &def, &write_, &error_), DLRGW_E_INVALID);
  EXPECT_EQ(told(), "statement definition is missing or too short");
  EXPECT_THAT(context_.definitions, SizeIs(0)) << "none of these";
}

TEST_F(SqlServices, ARowHasItsColumnsAndInABatchAWriteHasItsReceipt) {
  define_both();
  const CallScope scope(batch_, snapshot_, lane_);
  const std::uint64_t receipt = batch_.handle_of(0);
  EXPECT_EQ(add(of_batch_, write_, receipt, value("a")), DLRGW_OK) << told();
  EXPECT_EQ(add(of_batch_, query_, 0, value("a")), DLRGW_OK) << "a query needs none";
  EXPECT_EQ(add(of_batch_, write_, 0, value("a")), DLRGW_E_INVALID);
  EXPECT_EQ(told(), "com.acme.seen: a write in a batch needs the handle of its receipt");
  EXPECT_EQ(add(of_job_, write_, 0, value("a")), DLRGW_OK) << "nor does a job";
  EXPECT_EQ(add(of_batch_, write_, receipt, value("a"), 0), DLRGW_E_INVALID);
  EXPECT_EQ(told(), "com.acme.seen: a row needs 1 values, got 0");
  EXPECT_EQ(add(of_batch_, write_, receipt, value("a", DLRGW_SQL_JSON + 1)), DLRGW_E_INVALID);
  EXPECT_EQ(told(), "com.acme.seen: unknown value type");
  EXPECT_EQ(add(of_batch_, 2, receipt, value("a")), DLRGW_E_INVALID);
  EXPECT_EQ(told(), "unknown unit of work or statement");
}

TEST_F(SqlServices, AQueryIsNoWriteAndWithoutRowsItIsNotSent) {
  define_both();
  std::uint32_t rows = 99;
  EXPECT_EQ(sql().query(sql().self, &of_job_, write_, &rows, &error_), DLRGW_E_INVALID);
  EXPECT_EQ(told(), "com.acme.seen is a write, not a query");
  EXPECT_EQ(sql().query(sql().self, &of_job_, query_, &rows, &error_), DLRGW_OK) << told();
  EXPECT_EQ(rows, 0U);
  EXPECT_EQ(sql().query(sql().self, nullptr, query_, &rows, &error_), DLRGW_E_INVALID);
  EXPECT_EQ(sql().query(sql().self, &of_job_, query_, nullptr, &error_), DLRGW_E_INVALID);

  dlrgw_sql_value out{};
  out.struct_size = sizeof out;
  EXPECT_NE(sql().get(sql().self, &of_job_, 0, 0, DLRGW_SQL_TEXT, &out), DLRGW_OK) << "there is no such row";
  EXPECT_EQ(sql().get(sql().self, &of_job_, 0, 0, DLRGW_SQL_NULL, &out), DLRGW_E_INVALID);
  out.struct_size = 8;
  EXPECT_EQ(sql().get(sql().self, &of_job_, 0, 0, DLRGW_SQL_TEXT, &out), DLRGW_E_INVALID);
}

TEST_F(SqlServices, AJobOpensAUnitOfWorkOnAPoolAndAStageOpensNoneAndCommitsNone) {
  dlrgw_uow* work = nullptr;
  ASSERT_EQ(sql().open(sql().self, text("svc"), &work, &error_), DLRGW_OK) << told();
  sql().close(sql().self, work);
  sql().close(sql().self, nullptr);
  EXPECT_EQ(sql().open(sql().self, text("root"), &work, &error_), DLRGW_E_NOT_FOUND);
  EXPECT_THAT(told(), HasSubstr("no pool \"root\""));
  EXPECT_EQ(sql().open(sql().self, text("svc"), nullptr, &error_), DLRGW_E_INVALID);
  EXPECT_EQ(sql().commit(sql().self, &of_batch_, nullptr, &error_), DLRGW_E_DENIED);
  EXPECT_EQ(told(), "the host commits a batch, not a stage");
  const CallScope scope(batch_, snapshot_, lane_);
  EXPECT_EQ(sql().open(sql().self, text("svc"), &work, &error_), DLRGW_E_DENIED);
  EXPECT_EQ(told(), "a stage uses the unit of work of its batch, it opens none of its own");
}

TEST_F(SqlServices, AnEventHasASubjectAnIdAndInABatchItsReceiptWhoseTraceItContinues) {
  const auto& events = service<dlrgw_events_service>(DLRGW_SERVICE_EVENTS);
  dlrgw_event event{};
  event.struct_size = sizeof event;
  event.event_id = text(kUuid);
  event.subject = text("acme.told");
  event.payload = text("{}");
  const auto emit = [&](dlrgw_uow& work) { return events.emit(events.self, &work, &event, &error_); };
  EXPECT_EQ(emit(of_job_), DLRGW_OK) << told();
  EXPECT_EQ(emit(of_batch_), DLRGW_E_INVALID);
  EXPECT_EQ(told(), "an event of a batch needs the handle of its receipt");

  const CallScope scope(batch_, snapshot_, lane_);
  event.receipt = batch_.handle_of(0);
  ASSERT_EQ(emit(of_batch_), DLRGW_OK) << told();
  EXPECT_EQ(of_batch_.events[0].receipt, batch_.handle_of(0));
  EXPECT_EQ(of_batch_.events[0].traceparent, batch_.receipts[0].traceparent());
  EXPECT_THAT(of_batch_.events[0].traceparent, HasSubstr("4bf92f3577b34da6a3ce929d0e0e4736"));
  event.traceparent = text("00-11111111111111111111111111111111-2222222222222222-01");
  ASSERT_EQ(emit(of_batch_), DLRGW_OK);
  EXPECT_EQ(of_batch_.events[1].traceparent, string(event.traceparent)) << "its own";

  event.event_id = text("no uuid");
  EXPECT_EQ(emit(of_batch_), DLRGW_E_INVALID);
  EXPECT_EQ(told(), "an event needs a subject and a UUID as event id");
  event.event_id = text(kUuid);
  event.subject = {};
  EXPECT_EQ(emit(of_batch_), DLRGW_E_INVALID);
  event.subject = text("acme.told");
  const std::string large(256 * 1024 + 1, ' ');
  event.payload = text(large);
  EXPECT_EQ(emit(of_batch_), DLRGW_E_LIMIT);
  event.struct_size = 8;
  EXPECT_EQ(emit(of_batch_), DLRGW_E_INVALID);
  EXPECT_THAT(of_batch_.events, SizeIs(2));
}

}  // namespace
}  // namespace dlrgw::host
