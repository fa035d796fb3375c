// SPDX-License-Identifier: Apache-2.0
#include "decisions/cases.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <tuple>

namespace dlrgw::decisions {
namespace {

class Reader {
 public:
  std::vector<Case> read(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot read " + path);
    for (std::string text; std::getline(file, text);) {
      ++line_;
      if (text.empty() || text.front() == '#') continue;
      if (text.starts_with("== ")) {
        cases_.push_back({});
        cases_.back().name = text.substr(3);
        cases_.back().line = line_;
        continue;
      }
      if (cases_.empty()) fail("a line before the first case");
      take(text);
    }
    for (const Case& item : cases_)
      if (item.receipts.empty() || ended_.count(item.line) == 0)
        throw std::runtime_error("line " + std::to_string(item.line) + ": a case needs receipts and `ends`");
    return std::move(cases_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error("line " + std::to_string(line_) + ": " + what);
  }

  std::uint32_t number(const std::string& text) const {
    std::size_t used = 0;
    const unsigned long value = text.empty() ? 0 : std::stoul(text, &used);
    if (used != text.size() || text.empty()) fail("not a number: " + text);
    return static_cast<std::uint32_t>(value);
  }
  std::pair<std::uint32_t, std::uint32_t> fraction(const std::string& text) const {
    const auto slash = text.find('/');
    if (slash == std::string::npos) fail("not n/m: " + text);
    return {number(text.substr(0, slash)), number(text.substr(slash + 1))};
  }
  static bool option(const std::string& word, const std::string& name, std::string& value) {
    if (!word.starts_with(name + "=")) return false;
    value = word.substr(name.size() + 1);
    return true;
  }

  void take(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    const std::string verb = words.front();
    Case& item = cases_.back();
    if (verb == "message")
      message(item, words);
    else if (verb == "submit")
      submit(item, words);
    else if (verb == "later")
      ++item.phases;
    else if (verb == "ends")
      ends(item, words);
    else if (verb == "tells")
      item.told.assign(words.begin() + 1, words.end());
    else if (verb == "shows")
      shows(item, words);
    else
      receipt(item, words);
  }

  void message(Case& item, const std::vector<std::string>& words) const {
    for (std::size_t i = 1; i < words.size(); ++i) {
      std::string value;
      if (option(words[i], "segments", value))
        item.segments = number(value);
      else if (option(words[i], "status", value))
        item.status = value;
      else if (words[i] == "single")
        item.single = true;
      else if (words[i] == "undated")
        item.undated = true;
      else
        fail("unknown word " + words[i]);
    }
  }

  void submit(Case& item, const std::vector<std::string>& words) const {
    if (words.size() < 3) fail("submit NAME n/m");
    CaseSubmit& out = item.submits[words[1]];
    std::tie(out.segment, out.total) = fraction(words[2]);
    for (std::size_t i = 3; i < words.size(); ++i) {
      if (words[i] == "unrequested")
        out.requested = false;
      else if (words[i].ends_with("m"))
        out.age_minutes = number(words[i].substr(0, words[i].size() - 1));
      else
        fail("unknown word " + words[i]);
    }
  }

  void receipt(Case& item, const std::vector<std::string>& words) {
    if (item.submits.empty())  // one submit of each segment, named by its index
      for (std::uint32_t i = 1; i <= item.segments; ++i) item.submits[std::to_string(i)] = {i, item.segments, 60, true};
    CaseReceipt out;
    out.line = line_;
    out.phase = item.phases - 1;
    out.submit = words[0];
    if (words.size() < 4 || item.submits.count(out.submit) == 0)
      fail("SUBMIT STAT … : outcome, of a submit of the case");
    out.stat = words[1] == "-" ? "" : words[1];
    std::size_t i = 2;
    for (std::string value; i < words.size() && words[i] != ":"; ++i) {
      if (option(words[i], "again", value))
        out.again = number(value);
      else if (option(words[i], "dated", value))
        out.dated_hours = std::stol(value);
      else if (option(words[i], "error", value))
        out.error_code = value;
      else
        fail("unknown word " + words[i]);
    }
    if (i + 1 >= words.size()) fail("no outcome");
    out.outcome = words[i + 1];
    if (i + 2 < words.size()) out.kind = words[i + 2];
    if (out.again > item.receipts.size()) fail("there is no such receipt before");
    item.receipts.push_back(out);
  }

  void ends(Case& item, const std::vector<std::string>& words) {
    ended_.insert(item.line);
    if (words.size() == 2 && words[1] == "open") return;
    if (words.size() < 2) fail("ends open, or ends STATUS …");
    item.ends = words[1];
    if (words.size() == 3 && words[2] == "elsewhere") return;
    if (words.size() < 4) fail("ends STATUS reason received/expected …");
    item.reason = words[2];
    std::tie(item.received, item.expected) = fraction(words[3]);
    for (std::size_t i = 4; i < words.size(); ++i) {
      std::string value;
      if (option(words[i], "delivered", value))
        item.delivered = number(value);
      else if (option(words[i], "error", value))
        item.error_code = value;
      else
        fail("unknown word " + words[i]);
    }
  }

  void shows(Case& item, const std::vector<std::string>& words) const {
    for (std::size_t i = 1; i < words.size(); ++i) {
      const auto equals = words[i].find('=');
      if (equals == std::string::npos) fail("not n=STATUS: " + words[i]);
      item.shown[number(words[i].substr(0, equals))] = words[i].substr(equals + 1);
    }
  }

  std::vector<Case> cases_;
  std::set<int> ended_;
  int line_ = 0;
};

}  // namespace

std::vector<Case> read_cases(const std::string& path) { return Reader().read(path); }

DlrStatus status_of(const std::string& stat) {
  static constexpr std::pair<std::string_view, DlrStatus> kTable[] = {
      {"DELIVRD", DlrStatus::kDelivered}, {"UNDELIV", DlrStatus::kUndelivered}, {"EXPIRED", DlrStatus::kExpired},
      {"DELETED", DlrStatus::kFailed},    {"REJECTD", DlrStatus::kRejected},    {"FAILED", DlrStatus::kFailed}};
  for (const auto& [word, status] : kTable)
    if (word == stat) return status;
  return DlrStatus::kUnknown;
}

}  // namespace dlrgw::decisions
