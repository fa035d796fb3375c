// SPDX-License-Identifier: Apache-2.0
// What a stage may do with one receipt of its batch: edit, attributes, pii and quirks; and what log, metrics, control
// and pipeline do differently inside a batch.
#include <array>

#include <gmock/gmock.h>

#include <dlrgw/abi/attributes.h>
#include <dlrgw/abi/control.h>
#include <dlrgw/abi/edit.h>
#include <dlrgw/abi/log.h>
#include <dlrgw/abi/metrics.h>
#include <dlrgw/abi/pii.h>
#include <dlrgw/abi/pipeline.h>
#include <dlrgw/abi/quirks.h>

#include "boundary/call_scope.hpp"
#include "boundary/testing/services_fixture.hpp"

namespace dlrgw::host {
namespace {

using ::testing::HasSubstr;

class ReceiptServices : public ServicesFixture {
 protected:
  ReceiptServices() : ServicesFixture({"pii", "pipeline", "control"}) {
    batch_.id = 7;
    Inbound in;
    in.operator_id = "mno-a";
    in.source_addr = "ACME";
    in.dest_addr = "+491715550177";
    in.raw_receipt = "id:1 stat:DELIVRD";
    in.tlvs = {{0x0427, "02"}, {0x1400, "0102030405060708"}, {0x1401, "010203040506070809"}, {0x1402, ""}};
    Delivery delivery;
    delivery.payload = "{}";
    delivery.stream_seq = 4711;
    batch_.receipts.emplace_back(std::move(delivery), std::move(in), batch_.handle_of(0));
  }
  Receipt& receipt() { return batch_.receipts[0]; }
  std::uint64_t handle() { return receipt().handle(); }

  Batch batch_;
  Snapshot snapshot_;
  LaneInstances lane_;
};

TEST_F(ReceiptServices, NoReceiptIsFoundOutsideOfACallNorByAHandleOfAnotherBatch) {
  const auto& edit = service<dlrgw_edit>(DLRGW_SERVICE_EDIT);
  const auto& attributes = service<dlrgw_attributes>(DLRGW_SERVICE_ATTRIBUTES);
  const auto& pii = service<dlrgw_pii>(DLRGW_SERVICE_PII);
  const auto& quirks = service<dlrgw_quirks>(DLRGW_SERVICE_QUIRKS);
  const auto refused = [&](std::uint64_t of) {
    dlrgw_str out{};
    std::int64_t number = 0;
    std::uint32_t result = 0;
    dlrgw_candidate candidate{};
    candidate.struct_size = sizeof candidate;
    EXPECT_EQ(edit.set_text(edit.self, of, DLRGW_EDIT_ERROR_CODE, text("77")), DLRGW_E_INVALID);
    EXPECT_EQ(edit.set_int(edit.self, of, DLRGW_EDIT_STATUS, DLRGW_STATUS_DELIVERED), DLRGW_E_INVALID);
    EXPECT_EQ(edit.set_candidates(edit.self, of, nullptr, 0, 0), DLRGW_E_INVALID);
    EXPECT_EQ(edit.add_flag(edit.self, of, text("late")), DLRGW_E_INVALID);
    EXPECT_EQ(edit.get_text(edit.self, of, DLRGW_EDIT_ERROR_CODE, &out), DLRGW_E_INVALID);
    EXPECT_EQ(edit.get_int(edit.self, of, DLRGW_EDIT_STATUS, &number), DLRGW_E_INVALID);
    EXPECT_EQ(edit.get_candidate(edit.self, of, 0, &candidate), DLRGW_E_INVALID);
    EXPECT_EQ(attributes.set(attributes.self, of, text("acme.x"), text("1")), DLRGW_E_INVALID);
    EXPECT_EQ(attributes.get(attributes.self, of, text("acme.x"), &out), DLRGW_E_INVALID);
    EXPECT_EQ(pii.get(pii.self, of, DLRGW_PII_PAYLOAD, &out), DLRGW_E_INVALID);
    EXPECT_EQ(pii.get_tlv(pii.self, of, 0x0427, &out), DLRGW_E_INVALID);
    EXPECT_EQ(quirks.apply(quirks.self, of, &result, &error_), DLRGW_E_INVALID);
    EXPECT_EQ(told(), "no receipt of this batch");
  };
  refused(handle());
  const CallScope scope(batch_, snapshot_, lane_);
  Batch other;
  other.id = 8;
  refused(other.handle_of(0));
  refused(0);
}

TEST_F(ReceiptServices, AnEditIsSeenByItsStageAtOnceAndByOthersLater) {
  const auto& edit = service<dlrgw_edit>(DLRGW_SERVICE_EDIT);
  const CallScope scope(batch_, snapshot_, lane_);
  ASSERT_EQ(edit.set_int(edit.self, handle(), DLRGW_EDIT_STATUS, DLRGW_STATUS_EXPIRED), DLRGW_OK);
  std::int64_t status = 0;
  ASSERT_EQ(edit.get_int(edit.self, handle(), DLRGW_EDIT_STATUS, &status), DLRGW_OK);
  EXPECT_EQ(status, DLRGW_STATUS_EXPIRED);
  EXPECT_EQ(receipt().view().status, DLRGW_STATUS_NONE);
  ASSERT_TRUE(receipt().apply_edits());
  EXPECT_EQ(receipt().view().status, DLRGW_STATUS_EXPIRED);

  EXPECT_EQ(edit.get_int(edit.self, handle(), DLRGW_EDIT_STATUS, nullptr), DLRGW_E_INVALID);
  EXPECT_EQ(edit.get_text(edit.self, handle(), DLRGW_EDIT_ERROR_CODE, nullptr), DLRGW_E_INVALID);
  dlrgw_candidate candidate{};
  candidate.struct_size = 8;
  EXPECT_EQ(edit.get_candidate(edit.self, handle(), 0, &candidate), DLRGW_E_INVALID) << "too short for an id";
  candidate.struct_size = sizeof candidate;
  EXPECT_EQ(edit.get_candidate(edit.self, handle(), 0, &candidate), DLRGW_E_NOT_FOUND);
}

TEST_F(ReceiptServices, AnAttributeIsReplacedAndOneThatIsNotThereIsNotFound) {
  const auto& attributes = service<dlrgw_attributes>(DLRGW_SERVICE_ATTRIBUTES);
  const CallScope scope(batch_, snapshot_, lane_);
  dlrgw_str value{};
  EXPECT_EQ(attributes.get(attributes.self, handle(), text("acme.x"), &value), DLRGW_E_NOT_FOUND);
  ASSERT_EQ(attributes.set(attributes.self, handle(), text("acme.x"), text("1")), DLRGW_OK);
  ASSERT_EQ(attributes.set(attributes.self, handle(), text("acme.x"), text("2")), DLRGW_OK);
  ASSERT_EQ(attributes.get(attributes.self, handle(), text("acme.x"), &value), DLRGW_OK);
  EXPECT_EQ(string(value), "2");
  EXPECT_EQ(attributes.get(attributes.self, handle(), text("acme.x"), nullptr), DLRGW_E_INVALID);
}

TEST_F(ReceiptServices, PersonalDataIsGivenByFieldAndWhatIsAbsentIsNotFound) {
  const auto& pii = service<dlrgw_pii>(DLRGW_SERVICE_PII);
  const CallScope scope(batch_, snapshot_, lane_);
  const auto field = [&](std::uint32_t which) {
    dlrgw_str out{};
    EXPECT_EQ(pii.get(pii.self, handle(), which, &out), DLRGW_OK) << which;
    return string(out);
  };
  EXPECT_EQ(field(DLRGW_PII_SOURCE_ADDR), "ACME");
  EXPECT_EQ(field(DLRGW_PII_DEST_ADDR), "+491715550177");
  EXPECT_EQ(field(DLRGW_PII_RAW_RECEIPT), "id:1 stat:DELIVRD");
  EXPECT_EQ(field(DLRGW_PII_PAYLOAD), "{}");
  EXPECT_EQ(field(DLRGW_PII_RECEIPT_AS_RECEIVED), "id:1 stat:DELIVRD") << "it had no control characters";

  Inbound in;
  in.raw_receipt = "id:1 ";
  in.receipt_as_received = std::string("id:1\0", 5);
  batch_.receipts.emplace_back(Delivery{}, std::move(in), batch_.handle_of(1));
  const std::uint64_t second = batch_.handle_of(1);
  dlrgw_str out{};
  ASSERT_EQ(pii.get(pii.self, second, DLRGW_PII_RECEIPT_AS_RECEIVED, &out), DLRGW_OK);
  EXPECT_EQ(string(out), std::string("id:1\0", 5));
  EXPECT_EQ(pii.get(pii.self, second, DLRGW_PII_DEST_ADDR, &out), DLRGW_E_NOT_FOUND);
  EXPECT_EQ(pii.get(pii.self, second, 99, &out), DLRGW_E_INVALID);
  EXPECT_EQ(pii.get(pii.self, second, DLRGW_PII_RAW_RECEIPT, nullptr), DLRGW_E_INVALID);
}

TEST_F(ReceiptServices, ATlvIsGivenAsHexAsOctetsAndAsANumber) {
  const auto& pii = service<dlrgw_pii>(DLRGW_SERVICE_PII);
  const CallScope scope(batch_, snapshot_, lane_);
  dlrgw_str hex{};
  ASSERT_EQ(pii.get_tlv(pii.self, handle(), 0x1400, &hex), DLRGW_OK);
  EXPECT_EQ(string(hex), "0102030405060708");

  std::array<std::uint8_t, 3> octets{};
  std::uint32_t length = 0;
  ASSERT_EQ(pii.get_tlv_octets(pii.self, handle(), 0x1400, octets.data(), 2, &length), DLRGW_OK);
  EXPECT_EQ(length, 8U) << "how many there are";
  EXPECT_EQ(octets, (std::array<std::uint8_t, 3>{1, 2, 0})) << "as many as fit";
  EXPECT_EQ(pii.get_tlv_octets(pii.self, handle(), 0x1400, nullptr, 0, &length), DLRGW_OK) << "asks for the length";
  EXPECT_EQ(pii.get_tlv_octets(pii.self, handle(), 0x1400, nullptr, 1, &length), DLRGW_E_INVALID);
  EXPECT_EQ(pii.get_tlv_octets(pii.self, handle(), 0x1400, octets.data(), 1, nullptr), DLRGW_E_INVALID);

  std::uint64_t number = 0;
  ASSERT_EQ(pii.get_tlv_integer(pii.self, handle(), 0x1400, &number), DLRGW_OK);
  EXPECT_EQ(number, 0x0102030405060708U);
  ASSERT_EQ(pii.get_tlv_integer(pii.self, handle(), 0x0427, &number), DLRGW_OK);
  EXPECT_EQ(number, 2U);
  EXPECT_EQ(pii.get_tlv_integer(pii.self, handle(), 0x1401, &number), DLRGW_E_INVALID) << "nine octets";
  EXPECT_EQ(pii.get_tlv_integer(pii.self, handle(), 0x1402, &number), DLRGW_E_INVALID) << "empty";
  EXPECT_EQ(pii.get_tlv_integer(pii.self, handle(), 0x0427, nullptr), DLRGW_E_INVALID);
  for (const std::uint32_t absent : {0x0428U, 0x1'0427U}) {
    EXPECT_EQ(pii.get_tlv(pii.self, handle(), absent, &hex), DLRGW_E_NOT_FOUND);
    EXPECT_EQ(pii.get_tlv_octets(pii.self, handle(), absent, octets.data(), 3, &length), DLRGW_E_NOT_FOUND);
    EXPECT_EQ(pii.get_tlv_integer(pii.self, handle(), absent, &number), DLRGW_E_NOT_FOUND);
  }
}

TEST_F(ReceiptServices, WhatIsLoggedAndCountedForAReceiptWaitsForItsCommit) {
  const auto& log = service<dlrgw_log>(DLRGW_SERVICE_LOG);
  const auto& metrics = service<dlrgw_metrics>(DLRGW_SERVICE_METRICS);
  const Result<MetricId> seen = metrics_.define({MetricType::kGauge, "acme_seen", "receipts seen", {"operatorId"}, {}});
  ASSERT_TRUE(seen);
  const dlrgw_str labels[] = {text("mno-a")};
  const std::string_view views[] = {"mno-a"};
  const CallScope scope(batch_, snapshot_, lane_);
  log.emit(log.self, handle(), DLRGW_LOG_WARN, text("acme.late"), nullptr, 0, 0);
  metrics.record(metrics.self, handle(), *seen, labels, 1, sizeof labels[0], 3);
  EXPECT_EQ(lines_, "");
  EXPECT_EQ(metrics_.value(*seen, views), 0);
  receipt().held_back.release(logger_, metrics_, {});
  EXPECT_THAT(lines_, HasSubstr("acme.late"));
  EXPECT_EQ(metrics_.value(*seen, views), 3);
}

TEST_F(ReceiptServices, AStageReadsWhatASubmissionSkipsAndNeitherSubmitsNorControls) {
  const auto& pipeline = service<dlrgw_pipeline>(DLRGW_SERVICE_PIPELINE);
  const auto& control = service<dlrgw_control>(DLRGW_SERVICE_CONTROL);
  batch_.skips = {"quarantine"};
  EXPECT_EQ(pipeline.skips(pipeline.self, handle(), text("quarantine")), 0) << "outside of a call";
  class Silent final : public ControlPlane {
    std::string read(Document) override { return "{}"; }
    Status set_stage(const std::string&, bool) override { return {}; }
    Status set_plugin(const std::string&, bool) override { return {}; }
    Status reload() override { return {}; }
    Status run_job(std::string_view) override { return {}; }
    Status reset_quirk(std::string_view) override { return {}; }
    Status reset_stage(std::string_view) override { return {}; }
  } plane;
  host_.control = &plane;

  const CallScope scope(batch_, snapshot_, lane_);
  EXPECT_EQ(pipeline.skips(pipeline.self, handle(), text("quarantine")), 1);
  EXPECT_EQ(pipeline.skips(pipeline.self, handle(), text("orphan")), 0);
  dlrgw_submission submission{};
  submission.struct_size = sizeof submission;
  dlrgw_submission_result result{};
  result.struct_size = sizeof result;
  EXPECT_EQ(pipeline.submit(pipeline.self, &submission, &result, &error_), DLRGW_E_DENIED);
  EXPECT_EQ(told(), "a stage cannot submit");
  EXPECT_EQ(control.reload(control.self, &error_), DLRGW_E_DENIED);
  EXPECT_EQ(told(), "a stage cannot change the pipeline");
}

// A quirk that does what the test says, and always edits first.
class QuirkServices : public ReceiptServices {
 protected:
  QuirkServices() {
    const Result<MetricId> errors =
        metrics_.define({MetricType::kCounter, "dlr_plugin_errors_total", "", {"plugin", "kind"}, {}});
    context_.plugin_errors = errors ? *errors : 0;
    identity_.id = "com.acme.quirk";
    identity_.version = "1.2.3";
    QuirkSlot slot;
    slot.name = "acme";
    slot.plugin = &identity_;
    slot.breaker = std::make_shared<Breaker>(
        BreakerSubject{BreakerKind::kQuirk, slot.name, identity_.id, identity_.version, health_, logger_},
        std::make_shared<std::atomic<std::size_t>>(0));
    slot.table.struct_size = sizeof slot.table;
    slot.table.apply = [](void* self, const dlrgw_receipt* receipt, std::uint32_t* result, dlrgw_error* error) {
      return static_cast<QuirkServices*>(self)->on_apply(*receipt, *result, *error);
    };
    snapshot_.quirks.push_back(std::move(slot));
    snapshot_.quirk_of_operator.emplace("mno-a", 0);
    lane_.quirks = {this};
  }
  std::int32_t on_apply(const dlrgw_receipt& of, std::uint32_t& result, dlrgw_error& error) {
    ++calls_;
    const auto& edit = service<dlrgw_edit>(DLRGW_SERVICE_EDIT);
    EXPECT_EQ(edit.set_text(edit.self, of.handle, DLRGW_EDIT_ERROR_CODE, text("77")), DLRGW_OK);
    result = says_;
    if (returns_ == DLRGW_OK) return DLRGW_OK;
    error.text_len = 10;
    std::copy_n("cannot see", error.text_len, error.text);
    return returns_;
  }
  std::uint32_t apply() {
    const auto& quirks = service<dlrgw_quirks>(DLRGW_SERVICE_QUIRKS);
    const CallScope scope(batch_, snapshot_, lane_);
    std::uint32_t result = 99;
    EXPECT_EQ(quirks.apply(quirks.self, handle(), &result, &error_), DLRGW_OK) << told();
    return result;
  }
  std::string error_code() {
    std::string_view out;
    EXPECT_EQ(receipt().get_text(DLRGW_EDIT_ERROR_CODE, out), DLRGW_OK);
    return std::string(out);
  }
  Breaker& breaker() { return *snapshot_.quirks[0].breaker; }

  PluginIdentity identity_;
  int calls_ = 0;
  std::uint32_t says_ = DLRGW_QUIRK_HANDLED;
  std::int32_t returns_ = DLRGW_OK;
};

TEST_F(QuirkServices, WhatItHandledStandsUnderItsName) {
  EXPECT_EQ(apply(), DLRGW_QUIRKS_HANDLED);
  EXPECT_EQ(error_code(), "77");
  ASSERT_TRUE(receipt().apply_edits());
  EXPECT_EQ(string(receipt().view().quirk_plugin), "com.acme.quirk");
  EXPECT_EQ(string(receipt().view().quirk_version), "1.2.3");
}

TEST_F(QuirkServices, WhatIsNotItsOwnIsAsIfItHadNotBeenAsked) {
  says_ = DLRGW_QUIRK_NOT_MINE;
  EXPECT_EQ(apply(), DLRGW_QUIRKS_NONE);
  EXPECT_EQ(calls_, 1);
  EXPECT_EQ(error_code(), "");
  snapshot_.quirk_of_operator.clear();
  EXPECT_EQ(apply(), DLRGW_QUIRKS_NONE);
  EXPECT_EQ(calls_, 1) << "no quirk answers for the operator";
}

TEST_F(QuirkServices, AFailureIsUndoneToldAndCountedWithItsReceipt) {
  returns_ = DLRGW_E_INTERNAL;
  EXPECT_EQ(apply(), DLRGW_QUIRKS_FAILED);
  EXPECT_EQ(error_code(), "");
  EXPECT_EQ(told(), "plugin com.acme.quirk: quirk acme: cannot see");
  EXPECT_EQ(lines_, "") << "a batch that is replayed must not tell it twice";
  receipt().held_back.release(logger_, metrics_, {});
  EXPECT_THAT(lines_, HasSubstr(R"("event":"dlr.plugin.failed")"));
  const std::string_view labels[] = {"com.acme.quirk", "quirk"};
  EXPECT_EQ(metrics_.value(context_.plugin_errors, labels), 1);
  EXPECT_EQ(receipt().turned_away_by, nullptr) << "it was called";
}

TEST_F(QuirkServices, AResultThatIsNoneIsAFailure) {
  says_ = 17;
  EXPECT_EQ(apply(), DLRGW_QUIRKS_FAILED);
  EXPECT_EQ(error_code(), "");
  EXPECT_EQ(told(), "plugin com.acme.quirk: quirk acme gave an unknown result");
}

TEST_F(QuirkServices, OneThatKeepsFailingIsNotCalledUntilAProbeWorks) {
  returns_ = DLRGW_E_DATA;
  for (std::uint32_t i = 0; i < kFailuresToOpen; ++i) EXPECT_EQ(apply(), DLRGW_QUIRKS_FAILED);
  EXPECT_THAT(lines_, HasSubstr(R"("event":"dlr.quirk.breaker")")) << "at once, whatever becomes of the batch";
  EXPECT_THAT(lines_, HasSubstr(R"("state":"open")"));
  EXPECT_EQ(health_.entries().at("quirk acme").state, HealthState::kDegraded);

  const int calls = calls_;
  EXPECT_EQ(apply(), DLRGW_QUIRKS_FAILED);
  EXPECT_EQ(calls_, calls);
  EXPECT_EQ(told(), "quirk acme is not called for now, because it kept failing");
  EXPECT_EQ(receipt().turned_away_by, &breaker());
  EXPECT_TRUE(breaker().hold(receipt().delivery().stream_seq, clock_.monotonic_us(), true));

  returns_ = DLRGW_OK;
  clock_.advance_us(kProbeEveryUs);
  EXPECT_EQ(apply(), DLRGW_QUIRKS_HANDLED);
  EXPECT_EQ(calls_, calls + 1);
  EXPECT_THAT(lines_, HasSubstr(R"("state":"closed")"));
  EXPECT_EQ(health_.entries().at("quirk acme").state, HealthState::kOk);
  EXPECT_EQ(breaker().state().held, 0U) << "it is held no longer";
}

}  // namespace
}  // namespace dlrgw::host
