// SPDX-License-Identifier: Apache-2.0
// What Redis knows about a receipt's fingerprint: which messages had a receipt with it, under other event ids. It marks
// the receipt and decides nothing by itself; whoever has looked for its message does. Pure; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dlrgw::message {

// Several messages may bear one id, so that their receipts have one fingerprint.
class FingerprintMark {
 public:
  // A committed receipt of that message; empty: of none, an orphan.
  void add(std::string_view message_id);
  [[nodiscard]] bool empty() const { return messages_.empty(); }
  // The message was found: a receipt of it was committed, so this one is a copy.
  [[nodiscard]] bool is_copy_for(std::string_view message_id) const;
  // No message was found: an orphan was committed, so this one is a copy of it.
  [[nodiscard]] bool is_copy_of_orphan() const;

  // As an attribute: ids separated by a blank, "-" for none. This minute's and the previous one's are two at most.
  static constexpr std::size_t kMaxBytes = 2 * 36 + 1;
  [[nodiscard]] std::string encode() const;
  static std::optional<FingerprintMark> decode(std::string_view text);

  friend bool operator==(const FingerprintMark&, const FingerprintMark&) = default;

 private:
  std::vector<std::string> messages_;  // distinct
};

}  // namespace dlrgw::message
