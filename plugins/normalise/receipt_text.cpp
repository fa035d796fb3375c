// SPDX-License-Identifier: Apache-2.0
#include "receipt_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "characters.hpp"

namespace dlrgw::normalise {
namespace {

constexpr std::size_t kMaxWholeStat = 64;  // bytes; the longest status text
constexpr std::size_t kMaxDate = 32;       // the longest date, contracts of the inbound event
constexpr std::string_view kTrailingSigns = ",;|";
constexpr int kMostSignsBehind = 8;  // of outer pairs and of lists: `"000"}],`
constexpr std::size_t kMaxQualifier = 12;

// What closes this quote or bracket; 0: it is none.
constexpr char closing_of(char opening) {
  switch (opening) {
    case '"':
    case '\'':
      return opening;
    case '(':
      return ')';
    case '[':
      return ']';
    case '{':
      return '}';
    case '<':
      return '>';
    default:
      return 0;
  }
}

constexpr char opening_of(char closing) {
  for (const char opening : {'"', '\'', '(', '[', '{', '<'})
    if (closing_of(opening) == closing) return opening;
  return 0;
}

// Whose id it is when it is not the message's: "smsc id:", "campaign id:".
constexpr auto kQualifiers = std::to_array<std::string_view>(
    {"account",   "agent",    "bind",   "bulk",     "campaign", "carrier",     "cell",    "client",
     "connector", "customer", "dest",   "dlt",      "entity",   "esme",        "gateway", "group",
     "header",    "hlr",      "msc",    "network",  "node",     "operator",    "order",   "partner",
     "pe",        "product",  "route",  "sender",   "server",   "service",     "session", "smpp",
     "smsc",      "source",   "system", "template", "trace",    "transaction", "user",    "vendor"});
static_assert(std::ranges::is_sorted(kQualifiers));

bool is_qualifier(std::string_view word) {
  if (word.size() > kMaxQualifier) return false;
  std::array<char, kMaxQualifier> lower{};
  std::transform(word.begin(), word.end(), lower.begin(), ascii_lower);
  return std::ranges::binary_search(kQualifiers, std::string_view(lower.data(), word.size()));
}

// A field as it was found: the text between its label and the next one.
struct Slot {
  bool labelled = false;
  std::string_view value;
};
using Slots = std::array<Slot, kLabels>;

Slot& slot_of(Slots& slots, Label label) { return slots[static_cast<std::size_t>(label)]; }

class Parser {
 public:
  Parser(std::string_view text, const Labels& labels) : text_(text), labels_(labels) {}

  ReceiptText run() {
    for (std::size_t at = text_.find(labels_.assign()); at != std::string_view::npos;
         at = text_.find(labels_.assign(), at + 1))
      colon(at);
    close(text_.size());
    if (!any_ && labels_.by_position()) by_position();
    return result();
  }

 private:
  void colon(std::size_t at) {
    std::size_t end = at;
    while (end > first_) {
      const std::size_t bytes = blank_before(text_, end);
      if (bytes == 0 || bytes > end - first_) break;
      end -= bytes;
    }
    std::optional<Labels::Match> match = labels_.ending_at(text_, end, first_);
    if (!match) match = foreign_date(end);
    if (!match || (behind_text_ && !counts_behind_text(match->begin))) return;
    bool loose = false;
    if (match->label == Label::kId) {
      const std::string_view word = word_before(match->begin);
      if (!word.empty() && is_qualifier(word)) match->label = Label::kForeign;
      const bool part_of_name = match->begin > first_ + 1 && text_[match->begin - 1] == '.' &&
                                is_ascii_letter(text_[match->begin - 2]);  // "smsc.id:"
      loose = !behind_text_ && (part_of_name || (!word.empty() && !is_value(word)));
    }
    close(match->begin);
    any_ = any_ || match->label != Label::kForeign;
    open_ = match->label;
    loose_ = loose;
    first_ = at + 1;
    if (open_ == Label::kText && !behind_text_) {
      behind_text_ = true;
      glued_end_ = find_blank(text_, first_);  // what is glued to "text:" is message text
    }
  }

  // "seen date:" is a field of its own that nobody asks for, not the end of a value.
  [[nodiscard]] std::optional<Labels::Match> foreign_date(std::size_t end) const {
    constexpr std::string_view kDate = "date";
    if (end < first_ + kDate.size() + 2) return std::nullopt;
    for (std::size_t i = 0; i < kDate.size(); ++i)
      if (ascii_lower(text_[end - kDate.size() + i]) != kDate[i]) return std::nullopt;
    const std::string_view word = word_before(end - kDate.size());
    if (word.empty()) return std::nullopt;
    return Labels::Match{Label::kForeign, static_cast<std::size_t>(word.data() - text_.data())};
  }

  // The letters that end before the blanks before `end`; empty when no blank or no such word is there.
  [[nodiscard]] std::string_view word_before(std::size_t end) const {
    std::size_t last = end;
    while (last > first_) {
      const std::size_t bytes = blank_before(text_, last);
      if (bytes == 0 || bytes > last - first_) break;
      last -= bytes;
    }
    if (last == end) return {};
    std::size_t begin = last;
    while (begin > first_ && last - begin <= kMaxQualifier && is_ascii_letter(text_[begin - 1])) --begin;
    return text_.substr(begin, last - begin);
  }

  // Whether the word is what the open label is about, and no part of a longer name: "err:none id:", not "Message id:".
  [[nodiscard]] bool is_value(std::string_view word) const {
    return first_ != 0 && text_.data() + skip_blanks(text_, first_) == word.data();
  }

  [[nodiscard]] bool counts_behind_text(std::size_t begin) const {
    return begin > glued_end_ && (blank_before(text_, begin) != 0 || labels_.parts(text_[begin - 1]));
  }

  // The open label's value ends here.
  void close(std::size_t end) {
    if (open_ == Label::kForeign || open_ == Label::kText) return;
    std::string_view value = text_.substr(first_, end - first_);
    while (value.starts_with(labels_.assign())) value.remove_prefix(1);  // "id::7"
    const bool glued = end < text_.size() && !value.empty() && blank_before(value, value.size()) == 0;
    if (glued && !word_ends_at(value, value.size()))
      value.remove_suffix(character_before(value, value.size()));  // the sign between it and the next label
    if (labels_.parts_fields())
      value =
          value.substr(0, static_cast<std::size_t>(
                              std::ranges::find_if(value, [&](char c) { return labels_.parts(c); }) - value.begin()));
    Slot& slot = loose_ ? loose_id_ : slot_of(behind_text_ ? after_ : before_, open_);
    if (slot.labelled && !behind_text_) return;
    if (behind_text_ && without_blanks_around(value).empty()) return;
    slot = {true, value};
  }

  void by_position() {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < labels_.positions().size() && begin <= text_.size(); ++i) {
      std::size_t end = begin;
      while (end < text_.size() && !labels_.parts(text_[end])) ++end;
      const Label label = labels_.positions()[i];
      if (label != Label::kForeign && !slot_of(before_, label).labelled)
        slot_of(before_, label) = {true, text_.substr(begin, end - begin)};
      begin = end + 1;
    }
  }

  // Without signs at the end that part fields or close what was opened before the value: `7` of "(stat:X id:7)", but
  // all of "{7}".
  static std::string_view without_outer_signs(std::string_view value) {
    for (int i = 0; i < kMostSignsBehind && !value.empty(); ++i) {
      const char last = value.back();
      if (is_digit(last) || is_ascii_letter(last)) break;
      if (kTrailingSigns.find(last) != std::string_view::npos) {
        value = value.substr(0, value.find_last_not_of(kTrailingSigns) + 1);
        continue;
      }
      const char opening = opening_of(last);
      if (opening == 0 || value.find(opening) < value.size() - 1) break;
      value.remove_suffix(1);
    }
    return value;
  }

  enum class Pair : std::uint8_t { kQuotes, kQuotesOrBrackets };

  // What stands within one such pair around all of the value; without it the value as it is.
  static std::string_view within(Pair pair, std::string_view value) {
    const std::size_t begin = skip_blanks(value, 0);
    if (begin == value.size()) return value;
    const char opening = value[begin];
    const char closing = closing_of(opening);
    if (closing == 0 || (pair == Pair::kQuotes && closing != opening)) return value;
    const std::string_view whole = without_outer_signs(without_blanks_around(value));
    if (whole.size() < 2 || whole.back() != closing) return value;
    const std::string_view inner = whole.substr(1, whole.size() - 2);
    const bool one = inner.find(opening) == std::string_view::npos && inner.find(closing) == std::string_view::npos;
    return one ? inner : value;
  }

  static std::string_view without_signs(std::string_view value) {
    return within(Pair::kQuotes, without_outer_signs(value));
  }

  static std::string_view first_word(std::string_view value) {
    const std::size_t begin = skip_blanks(value, 0);
    return without_signs(value.substr(begin, find_blank(value, begin) - begin));
  }

  // Whether the word behind a blank is the label of another field: "IMSI:", and for codes "IMSI:262" too.
  [[nodiscard]] bool is_label(std::string_view value, std::string_view word, bool codes) const {
    if (word.empty() || word.data() == value.data()) return false;
    const std::size_t at = word.find(labels_.assign());
    if (at == std::string_view::npos || at == 0 || (!codes && at + 1 < word.size())) return false;
    return std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(at),
                       [](char c) { return is_ascii_letter(c) || c == '_'; });
  }

  [[nodiscard]] std::string_view word_of(std::string_view value, bool codes = false) const {
    const std::string_view word = first_word(value);
    return is_label(value, word, codes) ? std::string_view() : word;
  }

  // The value up to a label that nobody knows: "2026-11-30 01:19:45" of "2026-11-30 01:19:45 IMSI:262".
  [[nodiscard]] std::string_view before_label(std::string_view value) const {
    for (std::size_t at = value.find(labels_.assign()); at != std::string_view::npos;
         at = value.find(labels_.assign(), at + 1)) {
      std::size_t begin = at;
      while (begin > 0 && (is_ascii_letter(value[begin - 1]) || value[begin - 1] == '_')) --begin;
      if (begin != at && blank_before(value, begin) != 0) return value.substr(0, begin);
    }
    return value;
  }

  // All of the value, when it is short and clean enough to mean something as a whole; else its first word.
  [[nodiscard]] std::string_view date_of(std::string_view value) const {
    const std::string_view word = word_of(value);
    if (word.empty()) return word;
    const std::string_view whole = without_signs(without_blanks_around(before_label(value)));
    return whole.size() > kMaxDate || has_control(whole) ? word : whole;
  }

  // The status with what follows its first word, up to a label that nobody knows.
  [[nodiscard]] std::string_view whole_of(std::string_view value, std::string_view word) const {
    if (word.empty()) return {};
    const auto begin = static_cast<std::size_t>(word.data() - value.data());
    std::string_view whole = value.substr(begin, kMaxWholeStat + 1);
    const std::size_t colon = whole.find(labels_.assign(), word.size());
    if (colon != std::string_view::npos) {
      std::size_t cut = colon;
      while (cut > word.size() && blank_before(whole, cut) == 0) --cut;
      if (cut == word.size()) return {};
      whole = whole.substr(0, cut);
    }
    whole = without_signs(without_blanks_around(whole));
    return whole.size() > kMaxWholeStat || whole.size() == word.size() || has_control(whole) ? std::string_view()
                                                                                             : whole;
  }

  // An id in which octets were lost is none: what is left of it would hit another message.
  void take_id(std::string_view value, ReceiptText& out) const {
    const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    std::size_t begin = 0;
    while (begin < value.size()) {
      const std::size_t bytes = blank_at(value, begin);
      if (bytes == 0 || is_damaged(value.substr(begin, bytes))) break;
      begin += bytes;
    }
    std::size_t end = begin;
    while (end < value.size() && !is_space(value[end])) {
      const std::size_t bytes = blank_at(value, end);
      if (bytes > 1 && !is_damaged(value.substr(end, bytes))) break;
      end += std::max<std::size_t>(bytes, 1);
    }
    std::string_view token = value.substr(begin, end - begin);
    while (token.ends_with('\0')) token.remove_suffix(1);  // a C string whose end came along
    out.id_damaged = is_damaged(token);
    if (!out.id_damaged) out.id = word_of(value);
  }

  ReceiptText result() {
    if (!slot_of(before_, Label::kId).labelled) slot_of(before_, Label::kId) = loose_id_;
    ReceiptText out;
    const auto pick = [&](Label label) {
      const Slot& slot = slot_of(before_, label);
      return slot.labelled ? slot.value : slot_of(after_, label).value;
    };
    const auto after = [&](Label label) {
      return !slot_of(before_, label).labelled && slot_of(after_, label).labelled;
    };
    take_id(within(Pair::kQuotes, pick(Label::kId)), out);
    out.sub = word_of(slot_of(before_, Label::kSub).value, true);
    out.dlvrd = word_of(slot_of(before_, Label::kDlvrd).value, true);
    out.submit_date = date_of(within(Pair::kQuotesOrBrackets, pick(Label::kSubmitDate)));
    out.done_date = date_of(within(Pair::kQuotesOrBrackets, pick(Label::kDoneDate)));
    const std::string_view stat = within(Pair::kQuotesOrBrackets, pick(Label::kStat));
    out.stat = word_of(stat);
    out.whole_stat = whole_of(stat, out.stat);
    out.err = word_of(within(Pair::kQuotesOrBrackets, pick(Label::kErr)), true);
    while (out.err.ends_with(labels_.assign())) out.err.remove_suffix(1);  // "27: absent"
    out.id_after_text = after(Label::kId);
    out.stat_after_text = after(Label::kStat);
    return out;
  }

  std::string_view text_;
  const Labels& labels_;
  Slots before_{}, after_{};
  Slot loose_id_;  // "Message id:", which counts where no plain "id:" is
  Label open_ = Label::kForeign;
  std::size_t first_ = 0;      // where the open label's value begins; no label reaches back behind it
  std::size_t glued_end_ = 0;  // of the text glued to "text:"
  bool behind_text_ = false;
  bool loose_ = false;  // of the open label
  bool any_ = false;
};

}  // namespace

ReceiptText parse_receipt_text(std::string_view text, const Labels& labels) { return Parser(text, labels).run(); }

}  // namespace dlrgw::normalise
