#include "receipt_text.hpp"

#include <array>
#include <cstddef>
#include <optional>

namespace dlrgw::normalise {
namespace {

enum class Label : std::size_t { kId, kSub, kDlvrd, kSubmitDate, kDoneDate, kStat, kErr, kText, kCount };
constexpr auto kLabels = static_cast<std::size_t>(Label::kCount);

// second is empty for labels of one word.
struct LabelName {
  std::string_view first;
  std::string_view second;
};
constexpr std::array<LabelName, kLabels> kNames = {{{"id", ""},
                                                    {"sub", ""},
                                                    {"dlvrd", ""},
                                                    {"submit", "date"},
                                                    {"done", "date"},
                                                    {"stat", ""},
                                                    {"err", ""},
                                                    {"text", ""}}};

constexpr bool blank(char c) { return static_cast<unsigned char>(c) <= 0x20U || c == 0x7F; }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool word_char(char c) { return (lower(c) >= 'a' && lower(c) <= 'z') || c == '_'; }

class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  [[nodiscard]] std::size_t skip_blanks(std::size_t at) const {
    while (at < text_.size() && blank(text_[at])) ++at;
    return at;
  }
  [[nodiscard]] std::size_t token_end(std::size_t at) const {
    while (at < text_.size() && !blank(text_[at])) ++at;
    return at;
  }
  [[nodiscard]] bool starts_with(std::size_t at, std::string_view name) const {
    if (text_.size() - at < name.size()) return false;
    for (std::size_t i = 0; i < name.size(); ++i)
      if (lower(text_[at + i]) != name[i]) return false;
    return true;
  }
  // Position behind the colon of this label at `at`.
  [[nodiscard]] std::optional<std::size_t> match(std::size_t at, const LabelName& name) const {
    if (!starts_with(at, name.first)) return std::nullopt;
    at += name.first.size();
    if (!name.second.empty()) {
      while (at < text_.size() && (blank(text_[at]) || text_[at] == '_' || text_[at] == '-')) ++at;
      if (!starts_with(at, name.second)) return std::nullopt;
      at += name.second.size();
    }
    at = skip_blanks(at);
    if (at >= text_.size() || text_[at] != ':') return std::nullopt;
    return at + 1;
  }
  struct Match {
    Label label;
    std::size_t end;
  };
  [[nodiscard]] std::optional<Match> label_at(std::size_t at) const {
    for (std::size_t i = 0; i < kLabels; ++i)
      if (const auto end = match(at, kNames[i])) return Match{static_cast<Label>(i), *end};
    return std::nullopt;
  }
  // A label of ours or of anybody ("IMSI:…") that stands where a value would.
  [[nodiscard]] bool field_starts(std::size_t at) const {
    if (label_at(at)) return true;
    std::size_t end = at;
    while (end < text_.size() && word_char(text_[end])) ++end;
    return end > at && end < text_.size() && text_[end] == ':';
  }
  struct Value {
    std::string_view text;
    std::size_t end;
  };
  [[nodiscard]] Value value_at(std::size_t at) const {
    const std::size_t begin = skip_blanks(at);
    if (begin > at && field_starts(begin)) return {{}, begin};
    const std::size_t end = token_end(begin);
    return {text_.substr(begin, end - begin), end};
  }
  [[nodiscard]] std::size_t size() const { return text_.size(); }

 private:
  std::string_view text_;
};

}  // namespace

ReceiptText parse_receipt_text(std::string_view text) {
  const Cursor cursor(text);
  std::array<std::string_view, kLabels> before{};
  std::array<std::string_view, kLabels> after{};
  bool behind_text = false;
  for (std::size_t at = cursor.skip_blanks(0); at < cursor.size(); at = cursor.skip_blanks(at)) {
    const auto match = cursor.label_at(at);
    if (!match) {
      at = cursor.token_end(at);
    } else if (match->label == Label::kText) {
      behind_text = true;
      at = cursor.token_end(match->end);  // a label right behind the colon is message text
    } else {
      const auto value = cursor.value_at(match->end);
      auto& slot = (behind_text ? after : before)[static_cast<std::size_t>(match->label)];
      if (!value.text.empty() && (behind_text || slot.empty())) slot = value.text;
      at = value.end;
    }
  }
  const auto pick = [&](Label label) {
    const auto i = static_cast<std::size_t>(label);
    return before[i].empty() ? after[i] : before[i];
  };
  ReceiptText out;
  out.id = pick(Label::kId);
  out.sub = before[static_cast<std::size_t>(Label::kSub)];
  out.dlvrd = before[static_cast<std::size_t>(Label::kDlvrd)];
  out.submit_date = pick(Label::kSubmitDate);
  out.done_date = pick(Label::kDoneDate);
  out.stat = pick(Label::kStat);
  out.err = pick(Label::kErr);
  out.id_after_text = before[static_cast<std::size_t>(Label::kId)].empty() && !out.id.empty();
  out.stat_after_text = before[static_cast<std::size_t>(Label::kStat)].empty() && !out.stat.empty();
  return out;
}

}  // namespace dlrgw::normalise
