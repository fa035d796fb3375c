// SPDX-License-Identifier: Apache-2.0
#include "support/time_text.hpp"

#include <chrono>

namespace dlrgw::host {
namespace {

constexpr std::int64_t kUsPerSecond = 1'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  std::optional<int> number(std::size_t width) {
    if (text_.size() < width) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return std::nullopt;
      value = value * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(width);
    return value;
  }
  bool skip(std::string_view any_of) {
    if (text_.empty() || any_of.find(text_.front()) == std::string_view::npos) return false;
    text_.remove_prefix(1);
    return true;
  }
  std::optional<int> fraction_us() {  // 1 to 9 digits
    int value = 0;
    int count = 0;
    while (!text_.empty() && text_.front() >= '0' && text_.front() <= '9') {
      if (count >= 9) return std::nullopt;
      if (count < 6) value = value * 10 + (text_.front() - '0');
      ++count;
      text_.remove_prefix(1);
    }
    if (count == 0) return std::nullopt;
    for (; count < 6; ++count) value *= 10;
    return value;
  }
  [[nodiscard]] bool at(char c) const { return !text_.empty() && text_.front() == c; }
  [[nodiscard]] bool done() const { return text_.empty(); }

 private:
  std::string_view text_;
};

std::optional<std::int64_t> parse(std::string_view text, bool postgres) {
  using namespace std::chrono;
  Reader in(text);
  const auto year = in.number(4);
  if (!year || *year < 1 || !in.skip("-")) return std::nullopt;
  const auto month_no = in.number(2);
  if (!month_no || !in.skip("-")) return std::nullopt;
  const auto day_no = in.number(2);
  if (!day_no || !in.skip(postgres ? " " : "Tt ")) return std::nullopt;
  const year_month_day date{std::chrono::year{*year}, month{static_cast<unsigned>(*month_no)},
                            day{static_cast<unsigned>(*day_no)}};
  if (!date.ok()) return std::nullopt;
  const auto hour = in.number(2);
  if (!hour || *hour > 23 || !in.skip(":")) return std::nullopt;
  const auto minute = in.number(2);
  if (!minute || *minute > 59 || !in.skip(":")) return std::nullopt;
  const auto second = in.number(2);
  if (!second || *second > 59) return std::nullopt;
  int micros = 0;
  if (in.skip(".")) {
    const auto fraction = in.fraction_us();
    if (!fraction) return std::nullopt;
    micros = *fraction;
  }
  if (!postgres) in.skip(" ");  // "2026-11-30 01:19:45 +0000", as many libraries write it
  std::int64_t offset_s = 0;
  if (!in.skip(postgres ? "" : "Zz")) {
    const int sign = in.at('-') ? -1 : 1;
    if (!in.skip("+-")) return std::nullopt;
    const auto hours = in.number(2);
    if (!hours || *hours > 23) return std::nullopt;
    int minutes = 0;
    if (!in.done()) {
      in.skip(":");
      const auto value = in.number(2);
      if (!value || *value > 59) return std::nullopt;
      minutes = *value;
    }
    offset_s = sign * (*hours * 3600 + minutes * 60);
  }
  if (!in.done()) return std::nullopt;
  const std::int64_t days_count = sys_days{date}.time_since_epoch().count();
  const std::int64_t seconds = days_count * kSecondsPerDay + *hour * 3600 + *minute * 60 + *second - offset_s;
  return seconds * kUsPerSecond + micros;
}

}  // namespace

std::optional<std::int64_t> parse_rfc3339(std::string_view text) { return parse(text, false); }

std::optional<std::int64_t> parse_postgres_time(std::string_view text) { return parse(text, true); }

}  // namespace dlrgw::host
