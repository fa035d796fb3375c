// SPDX-License-Identifier: Apache-2.0
// The labels of a receipt's text: "id:", "submit date:", … by default, or what an operator's profile calls them.
// Built once, then constant; any thread.
#pragma once
#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mistake.hpp"

namespace dlrgw::normalise {

enum class Label : std::uint8_t { kId, kSub, kDlvrd, kSubmitDate, kDoneDate, kStat, kErr, kText, kForeign };
inline constexpr std::size_t kLabels = 8;  // without kForeign

class Labels {
 public:
  Labels();  // the standard ones

  // Profile key labels. Names are given by field, several joined by "|"; they take the place of the standard name:
  //   { id = "MsgId|Message ID", stat = "Status", assign = "=", between = ";", positions = "stat done_date - id" }
  // assign: what stands behind a name; between: what parts fields, besides blanks. positions: a text without any label
  // is parted at `between`, and these are its fields, "-" for one that means nothing.
  static Labels read(const Entries& entries, std::vector<Mistake>& mistakes);

  struct Match {
    Label label = Label::kForeign;
    std::size_t begin = 0;
  };
  // The label whose name ends before `end`, where assign() or blanks in front of it stand; it begins at `first` or
  // behind it, and never within a word.
  [[nodiscard]] std::optional<Match> ending_at(std::string_view text, std::size_t end, std::size_t first) const;

  [[nodiscard]] char assign() const { return assign_; }
  [[nodiscard]] bool parts(char c) const { return between_.test(static_cast<unsigned char>(c)); }
  [[nodiscard]] bool parts_fields() const { return between_.any(); }
  [[nodiscard]] bool by_position() const { return !positions_.empty(); }
  [[nodiscard]] const std::vector<Label>& positions() const { return positions_; }  // kForeign: means nothing

 private:
  struct Name {
    Label label;
    std::string text;  // lower case; a blank stands for any run of blanks, '_' and '-', also none
  };
  void add(Label label, std::string_view name);
  void remove(Label label);
  void index();
  static std::optional<std::size_t> begin_of(std::string_view name, std::string_view text, std::size_t end,
                                             std::size_t first);

  std::vector<Name> names_;
  std::array<std::uint64_t, 256> by_last_octet_{};  // bit n: names_[n] ends so, in lower case
  char assign_ = ':';
  std::bitset<256> between_;  // these characters part fields
  std::vector<Label> positions_;
};

}  // namespace dlrgw::normalise
