// SPDX-License-Identifier: Apache-2.0
#include "decisions/histories.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace dlrgw::decisions {
namespace {

constexpr std::int64_t kMinuteUs = 60'000'000;
constexpr std::int64_t kHourUs = 60 * kMinuteUs;
constexpr DlrStatus kFinals[] = {DlrStatus::kDelivered, DlrStatus::kFailed, DlrStatus::kUndelivered,
                                 DlrStatus::kExpired, DlrStatus::kRejected};

class Generator {
 public:
  Generator(Random& random, const HistoryOptions& options) : random_(random), options_(options) {}

  RandomHistory make() {
    out_.message.segment_count = static_cast<std::uint32_t>(1 + random_() % 8);
    out_.message.one_for_all = !options_.without_conflicts && once_in(random_, 8);
    if (!options_.without_conflicts && once_in(random_, 12)) {
      out_.message.status = "EXPIRED";
      out_.message.terminal_since_us = options_.start_us - 30 * kHourUs;
    }
    const std::uint32_t total = out_.message.segment_count;
    for (std::uint32_t segment = 1; segment <= total; ++segment) {
      // Now and then a row is wrong about how many there are.
      const std::uint32_t says = once_in(random_, 15) ? static_cast<std::uint32_t>(1 + random_() % 9) : total;
      add_segment(segment, says);
    }
    std::ranges::shuffle(out_.receipts, random_);
    return std::move(out_);
  }

 private:
  void add_segment(std::uint32_t segment, std::uint32_t total) {
    const bool twice = once_in(random_, 3);
    // With no request at all the first final receipt decides, so the order would matter.
    const bool requested = !once_in(random_, 10) || (options_.without_conflicts && segment == 1);
    const Submit newest{segment, total, requested, options_.start_us - 5 * kMinuteUs};
    const Submit older{segment, total, true, options_.start_us - 60 * kMinuteUs};
    if (twice) out_.message.submits.push_back(older);
    out_.message.submits.push_back(newest);
    if (options_.without_conflicts) {
      if (twice) add(older, kFinals[1 + random_() % 4]);
      add(newest, kFinals[random_() % 5]);
      if (once_in(random_, 3)) again();
      return;
    }
    if (twice) add_some(older);
    add_some(newest);
  }

  void add_some(const Submit& submit) {
    for (std::uint64_t i = random_() % 4; i > 0; --i) {
      if (once_in(random_, 3)) {
        add(submit, DlrStatus::kUnknown);
      } else {
        add(submit, once_in(random_, 3) ? kFinals[random_() % 5] : DlrStatus::kDelivered);
      }
      if (once_in(random_, 4)) again();
    }
  }

  void add(const Submit& submit, DlrStatus status) {
    ModelReceipt receipt;
    const std::string number = std::to_string(++count_);
    receipt.identity = {"event " + number, "fingerprint " + number};
    receipt.submit = submit;
    receipt.status = status;
    receipt.raw =
        status == DlrStatus::kUnknown ? (once_in(random_, 2) ? "ACCEPTD" : "ENROUTE") : std::string(to_string(status));
    receipt.error_code = status == DlrStatus::kDelivered ? "" : std::to_string(submit.segment);
    receipt.received_at_us = options_.start_us;
    if (once_in(random_, 4))
      receipt.dlr_timestamp_us = options_.start_us - static_cast<std::int64_t>(random_() % 48) * kHourUs;
    out_.receipts.push_back(receipt);
  }

  // The last receipt once more: the operator repeats itself, or the same delivery comes again.
  void again() {
    ModelReceipt receipt = out_.receipts.back();
    if (once_in(random_, 2)) receipt.identity = {"event " + std::to_string(++count_), receipt.identity.fingerprint};
    out_.receipts.push_back(receipt);
  }

  Random& random_;
  const HistoryOptions options_;
  RandomHistory out_;
  int count_ = 0;
};

}  // namespace

RandomHistory random_history(Random& random, const HistoryOptions& options) {
  return Generator(random, options).make();
}

std::vector<std::uint64_t> seeds(std::size_t count) {
  if (const char* fixed = std::getenv("DLRGW_SEED")) return {std::stoull(fixed)};
  std::random_device device;
  std::vector<std::uint64_t> out(count);
  for (std::uint64_t& seed : out) seed = (std::uint64_t{device()} << 32U) | device();
  return out;
}

}  // namespace dlrgw::decisions
