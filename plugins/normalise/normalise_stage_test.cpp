// SPDX-License-Identifier: Apache-2.0
// The stage around the rules: what a quirk says stands, a failing quirk is no fall-back, an id is required.
#include "normalise_stage.hpp"

#include <functional>
#include <map>

#include <gtest/gtest.h>

namespace dlrgw::normalise {
namespace {

// One receipt in a host of a few lambdas; handles, operators and lanes do not matter here.
class FakeHost {
 public:
  FakeHost() {
    host_.struct_size = sizeof host_;
    host_.self = this;
    host_.get_service = [](void* self, dlrgw_str id) { return static_cast<FakeHost*>(self)->service(view(id)); };
    edit_ = {sizeof edit_, 1, this, set_text, set_int, set_candidates, add_flag, get_text, get_int, get_candidate};
    attributes_ = {sizeof attributes_, 1, this,
                   [](void* self, std::uint64_t, dlrgw_str name, dlrgw_str value) {
                     of(self).attributes[std::string(view(name))] = view(value);
                     return DLRGW_OK;
                   },
                   [](void*, std::uint64_t, dlrgw_str, dlrgw_str*) { return DLRGW_E_NOT_FOUND; }};
    pii_ = {sizeof pii_,
            1,
            this,
            [](void* self, std::uint64_t, std::uint32_t field, dlrgw_str* out) {
              if (field != DLRGW_PII_RAW_RECEIPT) return DLRGW_E_NOT_FOUND;
              *out = str(of(self).raw_receipt);
              return DLRGW_OK;
            },
            [](void*, std::uint64_t, std::uint32_t, dlrgw_str*) { return DLRGW_E_NOT_FOUND; },
            nullptr,
            nullptr};
    quirks_ = {sizeof quirks_, 1, this, [](void* self, std::uint64_t, std::uint32_t* result, dlrgw_error*) {
                 *result = of(self).quirk ? of(self).quirk(of(self)) : DLRGW_QUIRKS_NONE;
                 return DLRGW_OK;
               }};
    digest_.struct_size = sizeof digest_;
    digest_.self = this;
    digest_.sha256 = [](void* self, dlrgw_str data, std::uint8_t* out) {
      of(self).digested.emplace_back(view(data));
      for (int i = 0; i < 32; ++i) out[i] = static_cast<std::uint8_t>(of(self).digested.size());
    };
    metrics_.struct_size = sizeof metrics_;
    metrics_.self = this;
    metrics_.define = [](void*, const dlrgw_metric_def*, std::uint64_t*, dlrgw_error*) { return DLRGW_OK; };
    metrics_.record = [](void* self, std::uint64_t, std::uint64_t, const dlrgw_str*, std::uint32_t, std::uint32_t,
                         double value) { of(self).unknown_stats += value; };
    log_.struct_size = sizeof log_;
    log_.self = this;
    log_.emit = [](void* self, std::uint64_t, std::int32_t, dlrgw_str event, const dlrgw_log_field* fields,
                   std::uint32_t count, std::uint32_t) {
      std::string line(view(event));
      for (std::uint32_t i = 0; i < count; ++i) line += " " + std::string(view(fields[i].text));
      of(self).lines.push_back(line);
    };
    config_.struct_size = sizeof config_;
    config_.self = this;
    config_.get_string = [](void* self, dlrgw_str, dlrgw_str key, dlrgw_str* out) {
      const auto found = of(self).profile.find(view(key));
      if (found == of(self).profile.end()) return DLRGW_E_NOT_FOUND;
      *out = str(found->second);
      return DLRGW_OK;
    };
    config_.get_size = [](void*, dlrgw_str, dlrgw_str, std::uint32_t*) { return DLRGW_E_NOT_FOUND; };
    config_.operator_count = [](void* self) { return of(self).profile.empty() ? 0U : 1U; };
    config_.refuse = [](void* self, dlrgw_str operator_id, dlrgw_str key, dlrgw_str entry, dlrgw_str text) {
      of(self).refused += std::string(view(operator_id)) + " " + std::string(view(key)) + " " +
                          std::string(view(entry)) + ": " + std::string(view(text));
      return DLRGW_OK;
    };
    config_.connector_count = [](void*, dlrgw_str) { return 0U; };
    config_.operator_at = [](void*, std::uint32_t, dlrgw_str* id) {
      *id = str("mno");
      return DLRGW_OK;
    };
  }
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  dlrgw_verdict run() {
    const NormaliseParts shared{Host(&host_)};
    NormaliseStage stage(shared, inventory);
    dlrgw_receipt receipt{};
    receipt.struct_size = sizeof receipt;
    receipt.handle = 1;
    receipt.operator_id = str("mno");
    receipt.operator_message_id = str(id_field);
    receipt.message_state = DLRGW_NO_MESSAGE_STATE;
    receipt.received_at_us = 60'000'000;
    receipt.dlr_timestamp_us = DLRGW_NO_TIME;
    dlrgw_batch batch{};
    batch.struct_size = sizeof batch;
    batch.count = 1;
    batch.items = &receipt;
    batch.item_stride = sizeof receipt;
    batch.verdict_stride = sizeof(dlrgw_verdict);
    dlrgw_verdict verdict{};
    Batch cpp(&batch, &verdict);
    stage.process(cpp);
    dlrgw_outcome outcome{sizeof outcome, fate, str("applied")};
    const dlrgw_outcomes outcomes{sizeof outcomes, 1, sizeof outcome, 0, &outcome};
    stage.settled(Settled(&batch, &outcomes));
    return verdict;
  }

  std::string raw_receipt = "id:255 stat:DELIVRD err:000";
  std::string id_field;
  std::map<std::string, std::string, std::less<>> profile;
  std::function<std::uint32_t(FakeHost&)> quirk;
  std::map<std::uint32_t, std::string> texts;
  std::map<std::uint32_t, std::int64_t> ints;
  std::vector<std::pair<std::string, std::uint32_t>> candidates;
  std::map<std::string, std::string> attributes;
  std::vector<std::string> digested;
  double unknown_stats = 0;
  std::string refused;
  Inventory inventory;
  std::uint32_t fate = DLRGW_FATE_COMMITTED;
  std::vector<std::string> lines;  // logged

 private:
  static FakeHost& of(void* self) { return *static_cast<FakeHost*>(self); }
  const void* service(std::string_view id) const {
    if (id == DLRGW_SERVICE_EDIT) return &edit_;
    if (id == DLRGW_SERVICE_ATTRIBUTES) return &attributes_;
    if (id == DLRGW_SERVICE_PII) return &pii_;
    if (id == DLRGW_SERVICE_QUIRKS) return &quirks_;
    if (id == DLRGW_SERVICE_DIGEST) return &digest_;
    if (id == DLRGW_SERVICE_METRICS) return &metrics_;
    if (id == DLRGW_SERVICE_CONFIG) return &config_;
    if (id == DLRGW_SERVICE_LOG) return &log_;
    return nullptr;
  }
  static std::int32_t set_text(void* self, std::uint64_t, std::uint32_t field, dlrgw_str value) {
    of(self).texts[field] = view(value);
    return DLRGW_OK;
  }
  static std::int32_t set_int(void* self, std::uint64_t, std::uint32_t field, std::int64_t value) {
    of(self).ints[field] = value;
    return DLRGW_OK;
  }
  static std::int32_t set_candidates(void* self, std::uint64_t, const dlrgw_candidate* items, std::uint32_t count,
                                     std::uint32_t) {
    of(self).candidates.clear();
    for (std::uint32_t i = 0; i < count; ++i) of(self).candidates.emplace_back(view(items[i].id), items[i].rank);
    return DLRGW_OK;
  }
  static std::int32_t add_flag(void*, std::uint64_t, dlrgw_str) { return DLRGW_OK; }
  static std::int32_t get_text(void* self, std::uint64_t, std::uint32_t field, dlrgw_str* out) {
    *out = str(of(self).texts[field]);
    return DLRGW_OK;
  }
  static std::int32_t get_int(void* self, std::uint64_t, std::uint32_t field, std::int64_t* out) {
    const auto found = of(self).ints.find(field);
    *out = found != of(self).ints.end()        ? found->second
           : field == DLRGW_EDIT_DLR_TIMESTAMP ? DLRGW_NO_TIME
           : field == DLRGW_EDIT_MESSAGE_STATE ? std::int64_t{DLRGW_NO_MESSAGE_STATE}
                                               : 0;
    return DLRGW_OK;
  }
  static std::int32_t get_candidate(void* self, std::uint64_t, std::uint32_t index, dlrgw_candidate* out) {
    if (index >= of(self).candidates.size()) return DLRGW_E_NOT_FOUND;
    out->id = str(of(self).candidates[index].first);
    out->rank = of(self).candidates[index].second;
    return DLRGW_OK;
  }

  dlrgw_host host_{};
  dlrgw_edit edit_{};
  dlrgw_attributes attributes_{};
  dlrgw_pii pii_{};
  dlrgw_quirks quirks_{};
  dlrgw_digest digest_{};
  dlrgw_metrics metrics_{};
  dlrgw_config config_{};
  dlrgw_log log_{};
};

TEST(NormaliseStage, WritesWhatTheRulesSay) {
  FakeHost host;
  EXPECT_EQ(host.run().action, DLRGW_ACTION_CONTINUE);
  EXPECT_EQ(host.ints[DLRGW_EDIT_STATUS], DLRGW_STATUS_DELIVERED);
  EXPECT_EQ(host.texts[DLRGW_EDIT_RAW_STATUS], "DELIVRD");
  EXPECT_EQ(host.texts[DLRGW_EDIT_OPERATOR_MESSAGE_ID], "255");
  ASSERT_EQ(host.candidates.size(), 1U);
  EXPECT_EQ(host.candidates[0].first, "255");
  EXPECT_EQ(host.attributes["dlr.raw"], "DELIVRD");
  EXPECT_EQ(host.attributes["dlr.fingerprint"], std::string(32, '\x01'));
  EXPECT_EQ(host.attributes["dlr.fingerprint.previous"], std::string(32, '\x02'));
  ASSERT_EQ(host.digested.size(), 2U);
  EXPECT_EQ(host.digested[0],
            "mno\x1F"
            "255\x1F"
            "DELIVERED\x1F"
            "1");
  EXPECT_EQ(host.digested[1],
            "mno\x1F"
            "255\x1F"
            "DELIVERED\x1F"
            "0");
  EXPECT_EQ(host.unknown_stats, 0);
}

TEST(NormaliseStage, UnknownStatIsCountedAndPasses) {
  FakeHost host;
  host.raw_receipt = "id:1 stat:WEIRD";
  EXPECT_EQ(host.run().action, DLRGW_ACTION_CONTINUE);
  EXPECT_EQ(host.ints[DLRGW_EDIT_STATUS], DLRGW_STATUS_UNKNOWN);
  EXPECT_EQ(host.unknown_stats, 1);
}

TEST(NormaliseStage, WhatNobodyMappedIsNotedAndToldOnce) {
  FakeHost host;
  host.raw_receipt = "id:1 stat:Weird err:0A5";
  host.run();
  host.run();
  EXPECT_EQ(host.lines, (std::vector<std::string>{"dlr.unmapped mno status WEIRD", "dlr.unmapped mno errorCode 0A5"}));
  EXPECT_NE(host.inventory.json().find(R"({"spelling":"WEIRD","count":2)"), std::string::npos);
  EXPECT_NE(host.inventory.json().find(R"({"spelling":"0A5","count":2)"), std::string::npos);
}

TEST(NormaliseStage, MappedSpellingsAndZerosAreNotNoted) {
  FakeHost host;
  host.raw_receipt = "id:1 stat:DELIVRD err:000";
  host.run();
  host.raw_receipt = "id:1 stat:Weird err:0A5";
  host.quirk = [](FakeHost& h) {
    h.ints[DLRGW_EDIT_STATUS] = DLRGW_STATUS_EXPIRED;
    h.texts[DLRGW_EDIT_ERROR_CODE] = "7";
    return DLRGW_QUIRKS_HANDLED;
  };
  host.run();
  EXPECT_TRUE(host.lines.empty());
}

TEST(NormaliseStage, NothingIsNotedOfAReceiptThatIsRetried) {
  FakeHost host;
  host.raw_receipt = "id:1 stat:Weird";
  host.fate = DLRGW_FATE_RETRIED;
  host.run();
  EXPECT_TRUE(host.lines.empty());
}

TEST(NormaliseStage, NoIdIsRejected) {
  FakeHost host;
  host.raw_receipt = "id: sub:001 stat:DELIVRD";
  const dlrgw_verdict verdict = host.run();
  EXPECT_EQ(verdict.action, DLRGW_ACTION_REJECT);
  EXPECT_EQ(verdict.reason, kReasonNoMessageId);
}

TEST(NormaliseStage, WhatAQuirkSetsStands) {
  FakeHost host;
  host.quirk = [](FakeHost& h) {
    h.ints[DLRGW_EDIT_STATUS] = DLRGW_STATUS_EXPIRED;
    h.ints[DLRGW_EDIT_DLR_TIMESTAMP] = 42;
    h.candidates = {{"FF", 0}, {"ff", 0}};
    return DLRGW_QUIRKS_HANDLED;
  };
  EXPECT_EQ(host.run().action, DLRGW_ACTION_CONTINUE);
  EXPECT_EQ(host.ints[DLRGW_EDIT_STATUS], DLRGW_STATUS_EXPIRED);
  EXPECT_EQ(host.ints[DLRGW_EDIT_DLR_TIMESTAMP], 42);
  ASSERT_EQ(host.candidates.size(), 2U);
  EXPECT_EQ(host.candidates[1].first, "ff");
  EXPECT_EQ(host.candidates[1].second, 0U);
  EXPECT_EQ(host.texts[DLRGW_EDIT_ERROR_CODE], "000");
}

TEST(NormaliseStage, AQuirkMayOnlyRewriteTheStatusText) {
  FakeHost host;
  host.raw_receipt = "id:255 stat:0";
  host.quirk = [](FakeHost& h) {
    h.texts[DLRGW_EDIT_RAW_STATUS] = "DELIVRD";
    return DLRGW_QUIRKS_HANDLED;
  };
  EXPECT_EQ(host.run().action, DLRGW_ACTION_CONTINUE);
  EXPECT_EQ(host.ints[DLRGW_EDIT_STATUS], DLRGW_STATUS_DELIVERED);
}

TEST(NormaliseStage, AFailingQuirkIsRetriedNeverPassedOver) {
  FakeHost host;
  host.quirk = [](FakeHost&) { return DLRGW_QUIRKS_FAILED; };
  const dlrgw_verdict verdict = host.run();
  EXPECT_EQ(verdict.action, DLRGW_ACTION_RETRY);
  EXPECT_EQ(verdict.retry_after_ms, kQuirkRetryMs);
  EXPECT_EQ(verdict.reason, kReasonQuirkFailed);
  EXPECT_TRUE(host.candidates.empty());
}

TEST(NormaliseStage, UnlessTheProfileSaysStandard) {
  FakeHost host;
  host.profile = {{"on_failure", "standard"}};
  host.quirk = [](FakeHost&) { return DLRGW_QUIRKS_FAILED; };
  EXPECT_EQ(host.run().action, DLRGW_ACTION_CONTINUE);
  EXPECT_EQ(host.ints[DLRGW_EDIT_STATUS], DLRGW_STATUS_DELIVERED);
}

TEST(NormaliseStage, ABrokenProfileIsNamed) {
  FakeHost host;
  host.profile = {{"time_zone", "Mars"}};
  host.run();
  EXPECT_TRUE(host.refused.starts_with("mno time_zone : is \"Mars\"")) << host.refused;
}

}  // namespace
}  // namespace dlrgw::normalise
