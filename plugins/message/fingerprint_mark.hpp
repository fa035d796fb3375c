// SPDX-License-Identifier: Apache-2.0
// What Redis knows about a receipt's fingerprint: which messages had a receipt with it, under other event ids. The mark
// decides nothing by itself; the stage that has looked for the receipt's message does. A value; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dlrgw::message {

// Several messages may bear one id, so that their receipts have one fingerprint.
class FingerprintMark {
 public:
  // Adds the message of a committed receipt; empty: that receipt was an orphan.
  void add(std::string_view message_id);
  [[nodiscard]] bool empty() const { return messages_.empty(); }
  // For a receipt whose message was found: whether a receipt of that message was committed, so that this is a copy.
  [[nodiscard]] bool is_copy_for(std::string_view message_id) const;
  // For a receipt without a message: whether an orphan was committed, so that this is a copy of it.
  [[nodiscard]] bool is_copy_of_orphan() const;

  // As an attribute: ids separated by a blank, "-" for none. This minute's and the previous one's are two at most.
  static constexpr std::size_t kMaxBytes = std::size_t{2} * 36 + 1;
  [[nodiscard]] std::string encode() const;
  static std::optional<FingerprintMark> decode(std::string_view text);

  friend bool operator==(const FingerprintMark&, const FingerprintMark&) = default;

 private:
  std::vector<std::string> messages_;  // distinct
};

}  // namespace dlrgw::message
