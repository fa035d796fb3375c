#include "time_zone.hpp"

namespace dlrgw::normalise {
namespace {

constexpr std::int64_t kMaxOffsetHours = 14;  // Line Islands

std::optional<std::int64_t> digits(std::string_view text) {
  if (text.empty() || text.size() > 2) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::optional<TimeZone> TimeZone::parse(std::string_view name) {
  if (name == "Z") return TimeZone();
  if (name.starts_with("UTC") || name.starts_with("GMT")) {
    name.remove_prefix(3);
    if (name.empty()) return TimeZone();
  }
  if (name.empty() || (name.front() != '+' && name.front() != '-')) return std::nullopt;
  const bool west = name.front() == '-';
  name.remove_prefix(1);
  std::string_view hours = name.substr(0, name.size() < 2 ? name.size() : 2);
  std::string_view minutes;
  if (const auto colon = name.find(':'); colon != std::string_view::npos) {
    hours = name.substr(0, colon);
    minutes = name.substr(colon + 1);
    if (minutes.size() != 2) return std::nullopt;
  } else if (name.size() > 2) {
    minutes = name.substr(2);
    if (minutes.size() != 2) return std::nullopt;
  }
  const auto h = digits(hours);
  const auto m = minutes.empty() ? std::optional<std::int64_t>(0) : digits(minutes);
  if (!h || !m || *m > 59 || *h > kMaxOffsetHours || (*h == kMaxOffsetHours && *m != 0)) return std::nullopt;
  const std::int64_t offset_s = (*h * 60 + *m) * 60;
  return TimeZone(west ? -offset_s : offset_s);
}

}  // namespace dlrgw::normalise
