// SPDX-License-Identifier: Apache-2.0
// log, metrics, control and pipeline, called as a plugin calls them from outside a batch.
#include <string>

#include <gmock/gmock.h>

#include <dlrgw/abi/control.h>
#include <dlrgw/abi/log.h>
#include <dlrgw/abi/metrics.h>
#include <dlrgw/abi/pipeline.h>

#include "boundary/testing/services_fixture.hpp"

namespace dlrgw::host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Notes what is asked of it, and refuses what is called "refused".
class NotingPlane final : public ControlPlane {
 public:
  std::string read(Document what) override { return "{\"document\":" + std::to_string(static_cast<int>(what)) + "}"; }
  Status set_stage(const std::string& stage, bool enabled) override {
    return note("stage " + stage + (enabled ? " on" : " off"));
  }
  Status set_plugin(const std::string& plugin, bool enabled) override {
    return note("plugin " + plugin + (enabled ? " on" : " off"));
  }
  Status reload() override { return note("reload"); }
  Status run_job(std::string_view job) override { return note("job " + std::string(job)); }
  Status reset_quirk(std::string_view quirk) override { return note("quirk " + std::string(quirk)); }
  Status reset_stage(std::string_view stage) override { return note("stage reset " + std::string(stage)); }

  std::vector<std::string> noted;

 private:
  Status note(std::string what) {
    if (what.find("refused") != std::string::npos) return Error{ErrorCode::kNotFound, "there is no such thing"};
    noted.push_back(std::move(what));
    return {};
  }
};

class HostServicesTest : public ServicesFixture {
 protected:
  HostServicesTest() : ServicesFixture({"control", "pipeline"}) {
    host_.control = &plane_;
    host_.submit = [this](const Submission& s) {
      submitted_ = s;
      return answer_;
    };
  }

  NotingPlane plane_;
  Submission submitted_;
  Result<SubmissionResult> answer_ = SubmissionResult{"applied", "", "", "{}"};
};

TEST_F(HostServicesTest, ALogLineHasItsTypedFieldsAndThePluginsId) {
  const auto& log = service<dlrgw_log>(DLRGW_SERVICE_LOG);
  const auto field = [](std::uint32_t type, std::string_view name) {
    dlrgw_log_field out{};
    out.struct_size = sizeof out;
    out.type = type;
    out.name = text(name);
    return out;
  };
  std::vector<dlrgw_log_field> fields = {field(DLRGW_FIELD_TYPE_TEXT, "why"),
                                         field(DLRGW_FIELD_TYPE_INT, "count"),
                                         field(DLRGW_FIELD_TYPE_FLOAT, "share"),
                                         field(DLRGW_FIELD_TYPE_BOOL, "last"),
                                         field(DLRGW_FIELD_TYPE_MSISDN, "to"),
                                         field(DLRGW_FIELD_TYPE_TIME, "at"),
                                         field(99, "unheardOf")};
  fields[0].text = text("late");
  fields[1].integer = 7;
  fields[2].number = 0.5;
  fields[3].integer = 1;
  fields[4].text = text("+491715550177");
  fields[5].integer = 1'767'225'600'000'000;
  log.emit(log.self, 0, DLRGW_LOG_WARN, text("acme.swept"), fields.data(), static_cast<std::uint32_t>(fields.size()),
           sizeof fields[0]);
  for (const char* part :
       {R"("level":"warn","event":"acme.swept")", R"("why":"late")", R"("count":7)", R"("share":0.5)", R"("last":true)",
        R"("at":"2026-01-01T00:00:00.000Z")", "(field type of a newer SDK)", R"("plugin":"com.acme")"})
    EXPECT_THAT(lines_, HasSubstr(part));
  EXPECT_THAT(lines_, Not(HasSubstr("5550177"))) << "a phone number is masked";
}

TEST_F(HostServicesTest, ALevelThatIsNoneIsAnErrorAndOneBelowIsNotWritten) {
  const auto& log = service<dlrgw_log>(DLRGW_SERVICE_LOG);
  log.emit(log.self, 0, DLRGW_LOG_DEBUG, text("acme.quiet"), nullptr, 0, 0);
  EXPECT_EQ(lines_, "");
  log.emit(log.self, 0, 17, text("acme.loud"), nullptr, 0, 0);
  EXPECT_THAT(lines_, HasSubstr(R"("level":"error","event":"acme.loud")"));
  EXPECT_EQ(log.enabled(log.self, DLRGW_LOG_DEBUG), 0);
  EXPECT_EQ(log.enabled(log.self, DLRGW_LOG_INFO), 1);
  EXPECT_EQ(log.enabled(log.self, 17), 0);
}

TEST_F(HostServicesTest, AMetricIsDefinedOnceAndRefusedInAnotherShape) {
  const auto& metrics = service<dlrgw_metrics>(DLRGW_SERVICE_METRICS);
  const dlrgw_str keys[] = {text("operatorId")};
  dlrgw_metric_def def{};
  def.struct_size = sizeof def;
  def.type = DLRGW_METRIC_COUNTER;
  def.name = text("acme_seen_total");
  def.help = text("receipts seen");
  def.label_keys = keys;
  def.label_count = 1;
  def.label_stride = sizeof keys[0];
  std::uint64_t family = 0;
  ASSERT_EQ(metrics.define(metrics.self, &def, &family, &error_), DLRGW_OK) << told();
  std::uint64_t again = 0;
  ASSERT_EQ(metrics.define(metrics.self, &def, &again, &error_), DLRGW_OK);
  EXPECT_EQ(again, family);
  const dlrgw_str labels[] = {text("mno-a")};
  metrics.record(metrics.self, 0, family, labels, 1, sizeof labels[0], 2);
  EXPECT_THAT(metrics_.expose(), HasSubstr(R"(acme_seen_total{operatorId="mno-a"} 2)"));

  def.type = DLRGW_METRIC_GAUGE;
  EXPECT_EQ(metrics.define(metrics.self, &def, &family, &error_), DLRGW_E_INVALID) << "another shape";
  def.type = 9;
  EXPECT_EQ(metrics.define(metrics.self, &def, &family, &error_), DLRGW_E_INVALID);
  EXPECT_EQ(told(), "metric type is none of DLRGW_METRIC_");
  def.struct_size = 8;
  EXPECT_EQ(metrics.define(metrics.self, &def, &family, &error_), DLRGW_E_INVALID);
  EXPECT_EQ(told(), "metric definition is missing or too short");
  EXPECT_EQ(metrics.define(metrics.self, nullptr, &family, &error_), DLRGW_E_INVALID);
}

TEST_F(HostServicesTest, ControlHandsOnWhatIsAskedAndWhatIsRefused) {
  const auto& control = service<dlrgw_control>(DLRGW_SERVICE_CONTROL);
  std::string document;
  const auto take = [](void* into, dlrgw_str json) { static_cast<std::string*>(into)->assign(json.ptr, json.len); };
  EXPECT_EQ(control.read(control.self, DLRGW_CONTROL_JOBS, take, &document), DLRGW_OK);
  EXPECT_EQ(document, R"({"document":3})");
  EXPECT_EQ(control.read(control.self, 4, take, &document), DLRGW_E_INVALID);
  EXPECT_EQ(control.read(control.self, DLRGW_CONTROL_JOBS, nullptr, nullptr), DLRGW_E_INVALID);

  EXPECT_EQ(control.set_stage(control.self, text("correlate"), 0, &error_), DLRGW_OK);
  EXPECT_EQ(control.set_plugin(control.self, text("acme"), 1, &error_), DLRGW_OK);
  EXPECT_EQ(control.reload(control.self, &error_), DLRGW_OK);
  EXPECT_EQ(control.run_job(control.self, text("outbox.relay"), &error_), DLRGW_OK);
  EXPECT_EQ(control.reset_quirk(control.self, text("german"), &error_), DLRGW_OK);
  EXPECT_THAT(plane_.noted,
              ElementsAre("stage correlate off", "plugin acme on", "reload", "job outbox.relay", "quirk german"));
  EXPECT_EQ(control.run_job(control.self, text("refused"), &error_), DLRGW_E_NOT_FOUND);
  EXPECT_EQ(told(), "there is no such thing");
}

TEST_F(HostServicesTest, WithoutARunningGatewayThereIsNothingToControl) {
  host_.control = nullptr;
  const auto& control = service<dlrgw_control>(DLRGW_SERVICE_CONTROL);
  EXPECT_EQ(control.read(
                control.self, DLRGW_CONTROL_JOBS, [](void*, dlrgw_str) {}, nullptr),
            DLRGW_E_UNAVAILABLE);
  EXPECT_EQ(control.reload(control.self, &error_), DLRGW_E_UNAVAILABLE);
  EXPECT_EQ(told(), "the gateway is not running yet");
}

TEST_F(HostServicesTest, ASubmissionArrivesAsItWasAskedFor) {
  const auto& pipeline = service<dlrgw_pipeline>(DLRGW_SERVICE_PIPELINE);
  const dlrgw_str skip[] = {text("quarantine"), text("orphan")};
  dlrgw_submission s{};
  s.struct_size = sizeof s;
  s.flags = DLRGW_SUBMIT_DRY_RUN;
  s.payload = text("{}");
  s.event_id = text("7d444840-9dc0-11d1-b245-5ffdce74fad2");
  s.received_at_us = DLRGW_NO_TIME;
  s.origin = text("acme.retry");
  s.skip = skip;
  s.skip_count = 2;
  s.skip_stride = sizeof skip[0];
  dlrgw_submission_result result{};
  result.struct_size = sizeof result;
  answer_ = SubmissionResult{"dropped", "late", "dedup.replay", R"({"a":1})"};
  ASSERT_EQ(pipeline.submit(pipeline.self, &s, &result, &error_), DLRGW_OK) << told();
  EXPECT_EQ(submitted_.payload, "{}");
  EXPECT_EQ(submitted_.event_id, "7d444840-9dc0-11d1-b245-5ffdce74fad2");
  EXPECT_FALSE(submitted_.received_at_us);
  EXPECT_EQ(submitted_.origin, "acme.retry");
  EXPECT_THAT(submitted_.skips, ElementsAre("quarantine", "orphan"));
  EXPECT_TRUE(submitted_.dry_run);
  EXPECT_FALSE(submitted_.complete);
  EXPECT_EQ(std::string(result.outcome, result.outcome_len), "dropped");
  EXPECT_EQ(std::string(result.reason, result.reason_len), "late");
  EXPECT_EQ(std::string(result.stage, result.stage_len), "dedup.replay");
  EXPECT_EQ(std::string(result.report, result.report_len), R"({"a":1})");

  answer_ = SubmissionResult{"applied", std::string(70, 'r'), "", std::string(4'001, 'x')};
  s.received_at_us = 5;
  ASSERT_EQ(pipeline.submit(pipeline.self, &s, &result, &error_), DLRGW_OK);
  EXPECT_EQ(submitted_.received_at_us, 5);
  EXPECT_EQ(result.reason_len, 64U) << "cut to fit";
  EXPECT_EQ(result.report_len, 0U) << "half a document is worthless";
}

TEST_F(HostServicesTest, ASubmissionThatCannotBeMeantIsRefused) {
  const auto& pipeline = service<dlrgw_pipeline>(DLRGW_SERVICE_PIPELINE);
  dlrgw_submission s{};
  s.struct_size = sizeof s;
  dlrgw_submission_result result{};
  result.struct_size = 16;
  EXPECT_EQ(pipeline.submit(pipeline.self, &s, &result, &error_), DLRGW_E_INVALID);
  EXPECT_EQ(told(), "submission or result is missing or too short");
  result.struct_size = sizeof result;
  EXPECT_EQ(pipeline.submit(pipeline.self, nullptr, &result, &error_), DLRGW_E_INVALID);
  dlrgw_sql_value value{};
  s.completion_values = &value;
  s.completion_count = 1;
  s.completion_stride = sizeof value;
  EXPECT_EQ(pipeline.submit(pipeline.self, &s, &result, &error_), DLRGW_E_INVALID);
  EXPECT_EQ(told(), "unknown completion statement");
  s.completion_values = nullptr;
  answer_ = Error{ErrorCode::kDenied, "another submission won"};
  EXPECT_EQ(pipeline.submit(pipeline.self, &s, &result, &error_), DLRGW_E_DENIED);
  EXPECT_EQ(told(), "another submission won");
}

TEST_F(HostServicesTest, ACompletionIsAWriteWithAValuePerColumnOneOfThemTheOutcome) {
  const auto statement = [](bool is_query) {
    StatementDef def;
    def.owner = "com.acme";
    def.name = is_query ? "look" : "done";
    def.text = is_query ? "SELECT id, outcome FROM dlrgw_rows"
                        : "INSERT INTO acme.done (id, outcome) SELECT id, outcome FROM dlrgw_rows";
    def.is_query = is_query;
    def.key_count = 1;
    def.columns = {{"id", ColumnType::kText}, {"outcome", ColumnType::kText}};
    return *Statement::compile(std::move(def), 0);
  };
  context_.statements = {statement(false), statement(true)};
  const auto& pipeline = service<dlrgw_pipeline>(DLRGW_SERVICE_PIPELINE);
  dlrgw_sql_value values[2] = {};
  values[0].type = DLRGW_SQL_TEXT;
  dlrgw_submission s{};
  s.struct_size = sizeof s;
  s.completion_values = values;
  s.completion_count = 2;
  s.completion_stride = sizeof values[0];
  s.completion_outcome = 1;
  dlrgw_submission_result result{};
  result.struct_size = sizeof result;
  const auto submit = [&] { return pipeline.submit(pipeline.self, &s, &result, &error_); };
  EXPECT_EQ(submit(), DLRGW_OK) << told();
  EXPECT_TRUE(submitted_.complete) << "it is written once the outcome is known";

  const std::string rule = ": a completion is a write with one value per column, one of which is the outcome";
  s.completion_statement = 1;
  EXPECT_EQ(submit(), DLRGW_E_INVALID);
  EXPECT_EQ(told(), "com.acme.look" + rule);
  s.completion_statement = 0;
  s.completion_count = 1;
  EXPECT_EQ(submit(), DLRGW_E_INVALID);
  EXPECT_EQ(told(), "com.acme.done" + rule);
  s.completion_count = 2;
  s.completion_outcome = 2;
  EXPECT_EQ(submit(), DLRGW_E_INVALID);
  EXPECT_EQ(told(), "com.acme.done" + rule);
  s.completion_outcome = 1;
  values[0].type = DLRGW_SQL_JSON + 1;
  EXPECT_EQ(submit(), DLRGW_E_INVALID);
  EXPECT_EQ(told(), "com.acme.done: unknown value type");
}

}  // namespace
}  // namespace dlrgw::host
