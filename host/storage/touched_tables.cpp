// SPDX-License-Identifier: Apache-2.0
#include "storage/touched_tables.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string>
#include <vector>

namespace dlrgw::host {
namespace {

// excluded is the row of ON CONFLICT, dlrgw_rows the host's own table of rows.
constexpr std::array<std::string_view, 6> kOurs{"dlr",      "pg_catalog", "pg_temp", "information_schema",
                                                "excluded", "dlrgw_rows"};
// Schemas of other services, whatever else bears such a name in the statement.
constexpr std::array<std::string_view, 2> kTheirs{"orch", "smpp"};

struct Token {
  enum class Kind { kName, kDot, kOther };
  Kind kind = Kind::kOther;
  std::string name;
};

bool starts_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0; }
bool in_name(char c) { return starts_name(c) || std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '$'; }

// Splits SQL into names, dots and the rest; literals and comments are the rest or nothing.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<Token> tokens() {
    std::vector<Token> out;
    while (at_ < text_.size()) {
      if (skip_comment()) continue;
      const char c = text_[at_];
      if (std::isspace(static_cast<unsigned char>(c)) != 0) {
        ++at_;
      } else if (c == '\'') {
        const bool escapes = !out.empty() && out.back().name == "e" && at_ > 0 && text_[at_ - 1] != ' ';
        skip_quoted('\'', escapes);
        out.push_back({});
      } else if (c == '"') {
        out.push_back({Token::Kind::kName, quoted_name()});
      } else if (c == '$' && skip_dollar_quoted()) {
        out.push_back({});
      } else if (starts_name(c)) {
        out.push_back({Token::Kind::kName, plain_name()});
      } else {
        out.push_back({c == '.' ? Token::Kind::kDot : Token::Kind::kOther, {}});
        ++at_;
      }
    }
    return out;
  }

 private:
  [[nodiscard]] bool here(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  bool skip_comment() {
    if (here("--")) {
      at_ = std::min(text_.find('\n', at_), text_.size());
      return true;
    }
    if (!here("/*")) return false;
    int depth = 0;
    do {
      const int step = here("/*") ? 1 : here("*/") ? -1 : 0;
      depth += step;
      at_ += step == 0 ? 1 : 2;
    } while (depth > 0 && at_ < text_.size());
    return true;
  }

  void skip_quoted(char quote, bool escapes) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (escapes && text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == quote) {
        ++at_;
        if (at_ >= text_.size() || text_[at_] != quote) return;
      }
    }
  }

  std::string quoted_name() {
    const std::size_t start = at_ + 1;
    skip_quoted('"', false);
    const std::size_t end = std::min(at_, text_.size());
    return std::string(text_.substr(start, end > start ? end - start - 1 : 0));
  }

  bool skip_dollar_quoted() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != '$' && in_name(text_[end])) ++end;
    if (end >= text_.size() || text_[end] != '$') return false;
    const std::string_view tag = text_.substr(at_, end + 1 - at_);
    if (tag.size() > 2 && !starts_name(tag[1])) return false;  // $1$ is no tag
    const auto close = text_.find(tag, end + 1);
    at_ = close == std::string_view::npos ? text_.size() : close + tag.size();
    return true;
  }

  std::string plain_name() {
    std::string name;
    for (; at_ < text_.size() && in_name(text_[at_]); ++at_)
      name += static_cast<char>(std::tolower(static_cast<unsigned char>(text_[at_])));
    return name;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool is_one_of(std::string_view name, const auto& names) { return std::ranges::find(names, name) != names.end(); }

}  // namespace

bool touches_only_own_tables(std::string_view sql) {
  const std::vector<Token> tokens = Scanner(sql).tokens();
  const auto kind = [&](std::size_t i) { return i < tokens.size() ? tokens[i].kind : Token::Kind::kOther; };
  // A name that also stands without a dot on either side is an alias or a table's own name.
  std::set<std::string_view> declared;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const bool qualified = i > 0 && kind(i - 1) == Token::Kind::kDot;
    if (kind(i) != Token::Kind::kName || kind(i + 1) == Token::Kind::kDot) continue;
    // The table of a qualified name may qualify its columns.
    if (!qualified || (i > 1 && is_one_of(tokens[i - 2].name, kOurs))) declared.insert(tokens[i].name);
  }
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    const bool qualified = i > 0 && kind(i - 1) == Token::Kind::kDot;
    if (kind(i) != Token::Kind::kName || kind(i + 1) != Token::Kind::kDot || qualified) continue;
    const std::string& name = tokens[i].name;
    if (is_one_of(name, kTheirs)) return false;
    if (!is_one_of(name, kOurs) && !declared.contains(name)) return false;
  }
  return true;
}

}  // namespace dlrgw::host
