// SPDX-License-Identifier: Apache-2.0
#include "time_zone.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace dlrgw::normalise {
namespace {

constexpr std::int64_t kMaxOffsetHours = 14;  // Line Islands
constexpr std::int64_t kDayS = std::int64_t{24} * 3600;
constexpr std::size_t kMaxZoneName = 64;
constexpr std::uintmax_t kMaxZoneFileBytes = std::uintmax_t{1024} * 1024;  // the largest has 4 KiB

std::optional<std::int64_t> digits(std::string_view text) {
  if (text.empty() || text.size() > 2) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// Names are paths below the database and never leave it.
bool is_zone_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '+' || c == '/';
  };
  return !name.empty() && name.size() <= kMaxZoneName && name.front() != '/' &&
         std::all_of(name.begin(), name.end(), allowed);
}

}  // namespace

std::optional<TimeZone> TimeZone::of(std::string_view name) {
  if (auto zone = fixed(name)) return zone;
  return named(name);
}

std::optional<TimeZone> TimeZone::fixed(std::string_view name) {
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
  TimeZone zone;
  zone.offset_s_ = (*h * 60 + *m) * (west ? -60 : 60);
  return zone;
}

std::optional<TimeZone> TimeZone::named(std::string_view name, const std::string& directory) {
  if (!is_zone_name(name)) return std::nullopt;
  const std::filesystem::path path = std::filesystem::path(directory) / name;
  std::error_code failed;
  if (!std::filesystem::is_regular_file(path, failed)) return std::nullopt;
  if (std::filesystem::file_size(path, failed) > kMaxZoneFileBytes || failed) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  auto file = ZoneFile::parse(bytes);
  if (!file) return std::nullopt;
  TimeZone zone;
  zone.file_ = std::make_shared<const ZoneFile>(std::move(*file));
  return zone;
}

TimeZone::Moments TimeZone::to_utc(std::int64_t local_s) const {
  if (!file_) return {local_s - offset_s_, std::nullopt};
  // A day on either side lies the offset before and behind any change that this wall-clock time could be near to.
  const std::int64_t before_s = file_->offset_at(local_s - kDayS);
  const std::int64_t after_s = file_->offset_at(local_s + kDayS);
  const std::int64_t early = local_s - std::max(before_s, after_s);
  const std::int64_t late = local_s - std::min(before_s, after_s);
  if (early == late) return {early, std::nullopt};
  const bool early_shown = early + file_->offset_at(early) == local_s;
  const bool late_shown = late + file_->offset_at(late) == local_s;
  if (early_shown == late_shown) return {early, late};
  return {early_shown ? early : late, std::nullopt};
}

}  // namespace dlrgw::normalise
