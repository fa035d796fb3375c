// SPDX-License-Identifier: Apache-2.0
// Every status in every spelling: what the words and numbers of the SMPP specification mean.
#include "demo/planner.hpp"

namespace dlrgw::demo {
namespace {

struct Spelling {
  const char* raw;
  const char* status;
};

constexpr Spelling kFinalWords[] = {{"DELIVRD", "DELIVERED"}, {"UNDELIV", "UNDELIVERED"}, {"EXPIRED", "EXPIRED"},
                                    {"REJECTD", "REJECTED"},  {"DELETED", "FAILED"},      {"FAILED", "FAILED"}};
constexpr Spelling kOddSpellings[] = {{"delivrd", "DELIVERED"},  {"Undeliv", "UNDELIVERED"}, {" EXPIRED ", "EXPIRED"},
                                      {"rejectd  ", "REJECTED"}, {"dElEtEd", "FAILED"},      {"failed", "FAILED"}};
constexpr const char* kVendorWords[] = {"KO_SCREENED", "HLR-TIMEOUT", "NO_ROUTE_2", "DELIVERED_TO_SMSC", "SUBMITTED"};
constexpr const char* kOpenWords[] = {"ACCEPTD", "UNKNOWN", "ENROUTE", "acceptd"};

struct State {
  int number;
  const char* status;
};
constexpr State kFinalStates[] = {{2, "DELIVERED"}, {3, "EXPIRED"}, {4, "FAILED"}, {5, "UNDELIVERED"}, {8, "REJECTED"}};
constexpr int kOpenStates[] = {0, 1, 6, 7, 9, 255};

void send_final(Planner& planner, std::size_t kind, const test::Message& message, const test::Receipt& receipt,
                const std::string& status) {
  planner.insert(message);
  planner.send(kind, receipt, status);
  planner.expect(kind, Outcome::kApplied);
  planner.fate(message.message_id).final_status = status;
}

void send_open(Planner& planner, std::size_t kind, const test::Message& message, const test::Receipt& receipt) {
  planner.insert(message);
  planner.send(kind, receipt, "UNKNOWN");
  planner.expect(kind, Outcome::kApplied);
  planner.fate(message.message_id).provisional = {1, 1};
}

void plan_words(Planner& planner) {
  for (const auto& word : kFinalWords) {
    const auto kind = planner.kind(std::string("final: ") + word.raw);
    for (int i = planner.some(word.status == std::string("DELIVERED") ? 150 : 30); i > 0; --i) {
      const auto message = planner.message();
      auto receipt = planner.receipt(message);
      receipt.raw_stat = word.raw;
      receipt.error_code = word.status == std::string("DELIVERED") ? "000" : planner.digits(3);
      send_final(planner, kind, message, receipt, word.status);
    }
  }
  const auto odd = planner.kind("final: other case, padded");
  for (int i = planner.some(40); i > 0; --i) {
    const auto& word = planner.one_of(kOddSpellings);
    const auto message = planner.message();
    auto receipt = planner.receipt(message);
    receipt.raw_stat = word.raw;
    send_final(planner, odd, message, receipt, word.status);
  }
  const auto open = planner.kind("open: ACCEPTD, ENROUTE, UNKNOWN");
  for (int i = planner.some(40); i > 0; --i) {
    const auto message = planner.message();
    auto receipt = planner.receipt(message);
    receipt.raw_stat = planner.one_of(kOpenWords);
    send_open(planner, open, message, receipt);
  }
  const auto vendor = planner.kind("open: words of a vendor");
  for (int i = planner.some(30); i > 0; --i) {
    const auto message = planner.message();
    auto receipt = planner.receipt(message);
    receipt.raw_stat = planner.one_of(kVendorWords);
    send_open(planner, vendor, message, receipt);
  }
}

void plan_numbers(Planner& planner) {
  const auto final = planner.kind("message_state only, final");
  for (int i = planner.some(40); i > 0; --i) {
    const auto& state = planner.one_of(kFinalStates);
    const auto message = planner.message();
    auto receipt = planner.receipt(message);
    receipt.message_state = state.number;
    send_final(planner, final, message, receipt, state.status);
  }
  const auto open = planner.kind("message_state only, open");
  for (int i = planner.some(25); i > 0; --i) {
    const auto message = planner.message();
    auto receipt = planner.receipt(message);
    receipt.message_state = planner.one_of(kOpenStates);
    send_open(planner, open, message, receipt);
  }
  const auto none = planner.kind("no status at all");
  for (int i = planner.some(10); i > 0; --i) {
    const auto message = planner.message();
    send_open(planner, none, message, planner.receipt(message));
  }
}

// Fields that are odd, missing or unknown, and yet no reason to refuse the receipt.
void plan_oddities(Planner& planner) {
  const auto kind = planner.kind("odd but valid fields");
  for (int i = planner.some(40); i > 0; --i) {
    const auto variant = planner.below(7);
    const auto message = variant == 0 ? planner.message(planner.digits(15)) : planner.message();
    auto receipt = planner.receipt(message);
    receipt.raw_stat = "DELIVRD";
    if (variant == 0) {  // a JSON integer as id means its decimal text
      receipt.more.emplace_back("operatorMessageId", receipt.operator_message_id);
      receipt.operator_message_id.clear();
    } else if (variant == 1) {
      receipt.received_at.clear();
    } else if (variant == 2) {
      receipt.received_at = "last Tuesday";
    } else if (variant == 3) {
      receipt.received_at = test::rfc3339_now(std::chrono::hours(24 * 400));
    } else if (variant == 4) {
      receipt.more.emplace_back("fieldOfTomorrow", R"({"a":[1,2,{"b":null}]})");
    } else if (variant == 5) {
      receipt.dlr_timestamp.clear();
    } else {
      receipt.more.emplace_back("rawReceipt", R"("362D9701 2\u0000")");  // a body that is no receipt, with a NUL
      receipt.message_state = 2;
    }
    send_final(planner, kind, message, receipt, "DELIVERED");
  }
}

}  // namespace

void plan_states(Planner& planner) {
  plan_words(planner);
  plan_numbers(planner);
  plan_oddities(planner);
}

}  // namespace dlrgw::demo
