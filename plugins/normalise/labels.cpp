// SPDX-License-Identifier: Apache-2.0
#include "labels.hpp"

#include <algorithm>

#include "characters.hpp"

namespace dlrgw::normalise {
namespace {

constexpr std::size_t kMaxNames = 64;  // bits of the index
constexpr std::size_t kMaxNameBytes = 32;
constexpr std::size_t kMaxPositions = 32;
constexpr std::string_view kSeparators = "_-";  // besides blanks, within a name of several words

constexpr std::array<std::pair<std::string_view, Label>, kLabels> kFields = {{{"id", Label::kId},
                                                                              {"sub", Label::kSub},
                                                                              {"dlvrd", Label::kDlvrd},
                                                                              {"submit_date", Label::kSubmitDate},
                                                                              {"done_date", Label::kDoneDate},
                                                                              {"stat", Label::kStat},
                                                                              {"err", Label::kErr},
                                                                              {"text", Label::kText}}};
constexpr std::string_view kFieldNames = "id, sub, dlvrd, submit_date, done_date, stat, err or text";

std::optional<Label> field_of(std::string_view name) {
  for (const auto& [field, label] : kFields)
    if (field == name) return label;
  return std::nullopt;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> out;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(at, begin), text.size());
    out.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

bool is_separator(char c) { return kSeparators.find(c) != std::string_view::npos; }

// One character that no name and no value could hold by itself.
bool is_sign(std::string_view text) {
  return text.size() == 1 && static_cast<unsigned char>(text[0]) > 0x20 && static_cast<unsigned char>(text[0]) < 0x7F &&
         !word_ends_at(text, 1);
}

}  // namespace

Labels::Labels() {
  for (const auto& [name, label] : kFields) add(label, name);
  index();
}

void Labels::add(Label label, std::string_view name) {
  std::string text;
  for (const char c : name) {
    const bool gap = c == ' ' || is_separator(c);
    if (!gap) {
      text += ascii_lower(c);
    } else if (!text.empty() && text.back() != ' ') {
      text += ' ';
    }
  }
  names_.push_back({label, std::move(text)});
}

void Labels::remove(Label label) {
  std::erase_if(names_, [&](const Name& name) { return name.label == label; });
}

void Labels::index() {
  by_last_octet_.fill(0);
  for (std::size_t i = 0; i < names_.size(); ++i)
    by_last_octet_[static_cast<unsigned char>(names_[i].text.back())] |= std::uint64_t{1} << i;
}

std::optional<std::size_t> Labels::begin_of(std::string_view name, std::string_view text, std::size_t end,
                                            std::size_t first) {
  for (std::size_t i = name.size(); i > 0; --i) {
    if (name[i - 1] == ' ') {
      while (end > first) {
        const std::size_t bytes = is_separator(text[end - 1]) ? 1 : blank_before(text, end);
        if (bytes == 0 || bytes > end - first) break;
        end -= bytes;
      }
    } else {
      if (end == first || ascii_lower(text[end - 1]) != name[i - 1]) return std::nullopt;
      --end;
    }
  }
  return end;
}

std::optional<Labels::Match> Labels::ending_at(std::string_view text, std::size_t end, std::size_t first) const {
  if (end <= first) return std::nullopt;
  std::uint64_t left = by_last_octet_[static_cast<unsigned char>(ascii_lower(text[end - 1]))];
  while (left != 0) {
    const Name& name = names_[static_cast<std::size_t>(__builtin_ctzll(left))];
    left &= left - 1;
    const auto begin = begin_of(name.text, text, end, first);
    if (!begin) continue;
    if (*begin > first && word_ends_at(text, *begin)) continue;
    // "smsc-id" is one word.
    if (*begin > first + 1 && text[*begin - 1] == '-' && is_ascii_letter(text[*begin - 2])) continue;
    return Match{name.label, *begin};
  }
  return std::nullopt;
}

Labels Labels::read(const Entries& entries, std::vector<Mistake>& mistakes) {
  Labels out;
  const auto refuse = [&](std::string_view entry, std::string text) {
    mistakes.push_back({"labels", std::string(entry), std::move(text)});
  };
  for (const auto& [key, value] : entries) {
    if (const auto label = field_of(key)) {
      out.remove(*label);
      for (const std::string_view part : split(value, '|')) {
        const std::string_view name = without_blanks_around(part);
        if (name.empty() || name.size() > kMaxNameBytes || has_control(name) || is_separator(name.back()))
          refuse(key, "has a name that is none; use 1 to 32 characters, several names joined by \"|\"");
        else
          out.add(*label, name);
      }
    } else if (key == "assign") {
      if (!is_sign(value))
        refuse(key, "must be the one sign that stands behind a name, such as \":\" or \"=\"");
      else
        out.assign_ = value[0];
    } else if (key == "between") {
      const bool signs = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
        return is_sign({&c, 1});
      });
      if (!signs) refuse(key, "must be signs that part fields, such as \";\" or \",|\"");
      for (const char c : value) out.between_.set(static_cast<unsigned char>(c));
    } else if (key == "positions") {
      for (const std::string_view name : split(value, ' ')) {
        const auto field = field_of(name);
        if (!field && name != "-")
          refuse(key, "names \"" + std::string(name) + "\"; use " + std::string(kFieldNames) +
                          ", parted by one blank, and \"-\" for what means nothing");
        out.positions_.push_back(field.value_or(Label::kForeign));
      }
      if (out.positions_.size() > kMaxPositions) refuse(key, "names more than 32 fields");
    } else {
      refuse(key, "is not known; use " + std::string(kFieldNames) + ", assign, between or positions");
    }
  }
  if (!out.positions_.empty() && out.between_.none())
    refuse("positions", "needs between, which says at what the text is parted; add between = \",\"");
  if (out.parts(out.assign_)) refuse("between", "holds what assign is; they must differ");
  if (out.names_.size() > kMaxNames) {
    refuse({}, "holds more than 64 names");
    out.names_.resize(kMaxNames);
  }
  for (auto name = out.names_.begin(); name != out.names_.end(); ++name)
    if (std::ranges::find(out.names_.begin(), name, name->text, &Name::text) != name)
      refuse({}, "gives the name \"" + name->text + "\" to two fields; remove one");
  std::erase_if(out.names_, [](const Name& name) { return name.text.empty(); });
  out.index();
  return out;
}

}  // namespace dlrgw::normalise
