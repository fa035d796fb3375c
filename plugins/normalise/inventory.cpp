// SPDX-License-Identifier: Apache-2.0
#include "inventory.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include <dlrgw/cpp/json_writer.hpp>

namespace dlrgw::normalise {
namespace {

constexpr std::size_t kDigitsOfANumber = 7;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string rfc3339(std::int64_t us) {
  using namespace std::chrono;
  const sys_time<milliseconds> time{milliseconds{us / 1000}};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  std::array<char, 40> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int{date.year()}, unsigned{date.month()},
      unsigned{date.day()}, static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace

bool Inventory::add(std::string_view operator_id, Kind kind, std::string_view spelling, std::int64_t received_at_us) {
  const MutexLock lock(mutex_);
  auto op = operators_.find(operator_id);
  if (op == operators_.end()) {
    if (operators_.size() == kMaxOperators) {
      ++further_;
      return false;
    }
    op = operators_.emplace(operator_id, Operator{}).first;
  }
  Spellings& spellings = kind == Kind::kStatus      ? op->second.statuses
                         : kind == Kind::kErrorCode ? op->second.error_codes
                                                    : op->second.fields;
  std::string name = shown(spelling);
  auto seen = spellings.known.find(name);
  const bool fresh = seen == spellings.known.end();
  if (fresh) {
    if (spellings.known.size() == kMaxSpellings) {
      ++spellings.further;
      return false;
    }
    seen = spellings.known.emplace(std::move(name), Seen{0, received_at_us, received_at_us}).first;
  }
  ++seen->second.count;
  seen->second.first_us = std::min(seen->second.first_us, received_at_us);
  seen->second.last_us = std::max(seen->second.last_us, received_at_us);
  return fresh;
}

std::string Inventory::json() const {
  JsonWriter out;
  const auto list = [&](std::string_view name, std::string_view further, const Spellings& spellings) {
    out.key(name).begin_array();
    for (const auto& [spelling, seen] : spellings.known) {
      out.begin_object().member("spelling", std::string_view(spelling)).member("count", seen.count);
      out.member("firstReceivedAt", std::string_view(rfc3339(seen.first_us)));
      out.member("lastReceivedAt", std::string_view(rfc3339(seen.last_us))).end_object();
    }
    out.end_array().member(further, spellings.further);
  };
  const MutexLock lock(mutex_);
  out.begin_object().key("operators").begin_array();
  for (const auto& [id, op] : operators_) {
    out.begin_object().member("operatorId", std::string_view(id));
    list("statuses", "furtherStatuses", op.statuses);
    list("errorCodes", "furtherErrorCodes", op.error_codes);
    list("fields", "furtherFields", op.fields);
    out.end_object();
  }
  out.end_array().member("furtherOperators", further_).end_object();
  return out.take();
}

std::string shown(std::string_view spelling) {
  std::string out;
  for (std::size_t at = 0; at < spelling.size();) {
    std::size_t end = at;
    while (end < spelling.size() && is_digit(spelling[end])) ++end;
    if (end - at >= kDigitsOfANumber) {
      out += '#';
    } else {
      if (end == at) ++end;
      out += spelling.substr(at, end - at);
    }
    at = end;
  }
  return out;
}

}  // namespace dlrgw::normalise
