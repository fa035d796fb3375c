// SPDX-License-Identifier: Apache-2.0
#include "support/private_data.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <set>
#include <unordered_set>

#include "support/json.hpp"

namespace dlrgw::test {
namespace {

// Shorter ones are counts, times and short codes.
constexpr std::size_t kShortestNumber = 8;
constexpr std::size_t kShortestText = 12;
constexpr std::size_t kTextPrefix = 24;
constexpr std::size_t kMostTexts = 5'000;

struct Registry {
  std::mutex mutex;  // guards both
  std::unordered_set<std::string> numbers;
  std::set<std::string, std::less<>> texts;
};

Registry& registry() {
  static auto* const kRegistry = new Registry;  // gateways are looked through while the process ends
  return *kRegistry;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Runs of digits that stand alone: not inside a word, a UUID or a larger number.
template <class Visit>
void each_number(std::string_view text, const Visit& visit) {
  for (std::size_t i = 0; i < text.size();) {
    if (!is_digit(text[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end - i >= kShortestNumber && visit(text.substr(i, end - i))) return;
    i = end;
  }
}

void note_text(std::string_view receipt) {
  std::string lower(receipt);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::size_t at = lower.find("text:");
  if (at == std::string::npos) return;
  std::string_view text = receipt.substr(at + 5);
  text = text.substr(0, text.find_first_of("\n\r\"\\"));
  if (text.size() < kShortestText) return;
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  if (all.texts.size() < kMostTexts) all.texts.emplace(text.substr(0, kTextPrefix));
}

}  // namespace

void note_private_number(std::string_view number) {
  each_number(number, [](std::string_view digits) {
    const std::lock_guard lock(registry().mutex);
    registry().numbers.emplace(digits);
    return false;
  });
}

void note_private_payload(std::string_view payload) {
  for (const char* name : {"sourceAddr", "destAddr"}) note_private_number(json_field(payload, name));
  note_text(json_field(payload, "rawReceipt"));
}

std::string private_data_in(std::string_view text) {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  std::string found;
  if (!all.numbers.empty()) {
    each_number(text, [&](std::string_view digits) {
      if (all.numbers.contains(std::string(digits))) found = digits;
      return !found.empty();
    });
  }
  for (auto it = all.texts.begin(); found.empty() && it != all.texts.end(); ++it)
    if (text.find(*it) != std::string_view::npos) found = *it;
  return found;
}

void expect_nothing_private(std::string_view text, std::string_view where) {
  const std::string found = private_data_in(text);
  if (found.empty()) return;
  const std::size_t at = text.find(found);
  const std::size_t first = text.rfind('\n', at) + 1;
  const std::string line(text.substr(first, text.find('\n', at) - first));
  std::fprintf(stderr, "PRIVATE DATA in %s: \"%s\" in: %s\n", std::string(where).c_str(), found.c_str(), line.c_str());
  std::abort();
}

}  // namespace dlrgw::test
