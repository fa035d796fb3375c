// SPDX-License-Identifier: Apache-2.0
#include "survey/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "characters.hpp"
#include "status_map.hpp"

namespace dlrgw::normalise {
namespace {

constexpr auto kUsual = std::to_array<StatusWord>({{"DELIVERED", DlrStatus::kDelivered},
                                                   {"DELIVERY_SUCCESS", DlrStatus::kDelivered},
                                                   {"SUCCESS", DlrStatus::kDelivered},
                                                   {"RECEIVED", DlrStatus::kDelivered},
                                                   {"UNDELIVERED", DlrStatus::kUndelivered},
                                                   {"UNDELIVERABLE", DlrStatus::kUndelivered},
                                                   {"NOT_DELIVERED", DlrStatus::kUndelivered},
                                                   {"ABSENT", DlrStatus::kUndelivered},
                                                   {"REJECTED", DlrStatus::kRejected},
                                                   {"BLOCKED", DlrStatus::kRejected},
                                                   {"TIMEOUT", DlrStatus::kExpired},
                                                   {"FAIL", DlrStatus::kFailed},
                                                   {"ERROR", DlrStatus::kFailed},
                                                   {"CANCELLED", DlrStatus::kFailed},
                                                   {"ACCEPTED", DlrStatus::kUnknown},
                                                   {"ENROUTE", DlrStatus::kUnknown},
                                                   {"BUFFERED", DlrStatus::kUnknown},
                                                   {"SENT", DlrStatus::kUnknown},
                                                   {"SUBMITTED", DlrStatus::kUnknown}});
constexpr std::size_t kMostLetters = 2;
constexpr std::size_t kLongEnough = 6;  // for a word that is taken for another with a letter or two in it

// Letters to insert, leave out or change.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, changed}));
    }
  }
  return row[b.size()];
}

std::string normal(std::string_view status) {
  std::string out = upper(status);
  std::ranges::replace_if(
      out, [](char c) { return c == ' ' || c == '-'; }, '_');
  return out;
}

}  // namespace

std::optional<Meaning> usual_meaning(std::string_view status) {
  const std::string word = normal(status);
  for (const auto& [usual, meaning] : kUsual)
    if (word == usual) return Meaning{meaning, "is a usual word for it"};
  if (word.size() < kLongEnough) return std::nullopt;
  // "UNDELIVRD" is nearer to DELIVRD than it should be.
  const bool negated = word.starts_with('U') || word.starts_with('N');
  std::optional<Meaning> best;
  std::size_t least = kMostLetters + 1;
  bool doubtful = false;
  const auto compare = [&](const StatusWord& known) {
    if (known.first.size() < kLongEnough || (negated && known.second == DlrStatus::kDelivered)) return;
    const std::size_t letters = distance(word, known.first);
    if (letters > kMostLetters || letters > least) return;
    doubtful = letters == least && best && best->status != known.second;
    if (letters == least && best) return;
    least = letters;
    best = {known.second, "is " + std::string(known.first) + " but for " + std::to_string(letters) +
                              (letters == 1 ? " letter" : " letters")};
  };
  std::ranges::for_each(kStandardStatuses, compare);
  std::ranges::for_each(kUsual, compare);
  return doubtful ? std::nullopt : best;
}

bool is_status_word(std::string_view word) {
  const std::string name = normal(word);
  return std::ranges::find(kStandardStatuses, std::string_view(name), &StatusWord::first) != kStandardStatuses.end() ||
         usual_meaning(word).has_value();
}

std::string_view usual_field(std::string_view label) {
  std::string name;
  for (const char c : label)
    if (is_ascii_letter(c)) name += ascii_lower(c);
  constexpr auto kNames = std::to_array<std::pair<std::string_view, std::string_view>>({{"id", "id"},
                                                                                        {"msgid", "id"},
                                                                                        {"messageid", "id"},
                                                                                        {"smsid", "id"},
                                                                                        {"mid", "id"},
                                                                                        {"refid", "id"},
                                                                                        {"reference", "id"},
                                                                                        {"stat", "stat"},
                                                                                        {"status", "stat"},
                                                                                        {"state", "stat"},
                                                                                        {"messagestatus", "stat"},
                                                                                        {"msgstatus", "stat"},
                                                                                        {"deliverystatus", "stat"},
                                                                                        {"dlrstatus", "stat"},
                                                                                        {"result", "stat"},
                                                                                        {"err", "err"},
                                                                                        {"error", "err"},
                                                                                        {"errorcode", "err"},
                                                                                        {"errcode", "err"},
                                                                                        {"code", "err"},
                                                                                        {"reason", "err"},
                                                                                        {"reasoncode", "err"},
                                                                                        {"cause", "err"},
                                                                                        {"donedate", "done_date"},
                                                                                        {"done", "done_date"},
                                                                                        {"donetime", "done_date"},
                                                                                        {"deliverydate", "done_date"},
                                                                                        {"deliverytime", "done_date"},
                                                                                        {"delivered", "done_date"},
                                                                                        {"deliveredat", "done_date"},
                                                                                        {"finaldate", "done_date"},
                                                                                        {"time", "done_date"},
                                                                                        {"date", "done_date"},
                                                                                        {"timestamp", "done_date"},
                                                                                        {"submitdate", "submit_date"},
                                                                                        {"submit", "submit_date"},
                                                                                        {"submittime", "submit_date"},
                                                                                        {"submitted", "submit_date"},
                                                                                        {"sentdate", "submit_date"},
                                                                                        {"sent", "submit_date"},
                                                                                        {"senttime", "submit_date"},
                                                                                        {"sub", "sub"},
                                                                                        {"dlvrd", "dlvrd"},
                                                                                        {"text", "text"},
                                                                                        {"msg", "text"},
                                                                                        {"message", "text"},
                                                                                        {"body", "text"}});
  for (const auto& [known, field] : kNames)
    if (name == known) return field;
  return {};
}

}  // namespace dlrgw::normalise
