// SPDX-License-Identifier: Apache-2.0
#include "zone_file.hpp"

#include <algorithm>

namespace dlrgw::normalise {
namespace {

constexpr std::size_t kTypeBytes = 6;                          // offset, daylight flag, index of the name
constexpr std::int64_t kMaxOffsetS = std::int64_t{26} * 3600;  // RFC 9636 §3.2

// Reads big-endian numbers; a read beyond the end fails all that follow.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] bool ok() const { return ok_; }
  std::string_view take(std::size_t count) {
    if (count > bytes_.size()) {
      ok_ = false;
      bytes_ = {};
      return {};
    }
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }
  std::uint64_t number(std::size_t width) {
    std::uint64_t value = 0;
    for (const char c : take(width)) value = value << 8U | static_cast<unsigned char>(c);
    return value;
  }
  [[nodiscard]] std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

struct Header {
  char version = '\0';
  std::size_t ut_flags = 0, standard_flags = 0, leaps = 0, times = 0, types = 0, name_bytes = 0;

  [[nodiscard]] std::size_t data_bytes(std::size_t time_bytes) const {
    return times * (time_bytes + 1) + types * kTypeBytes + name_bytes + leaps * (time_bytes + 4) + standard_flags +
           ut_flags;
  }
};

std::optional<Header> read_header(Bytes& in) {
  if (in.take(4) != "TZif") return std::nullopt;
  Header header;
  header.version = static_cast<char>(in.number(1));
  in.take(15);  // reserved
  for (std::size_t* count :
       {&header.ut_flags, &header.standard_flags, &header.leaps, &header.times, &header.types, &header.name_bytes})
    *count = in.number(4);
  if (!in.ok()) return std::nullopt;
  return header;
}

}  // namespace

std::optional<ZoneFile> ZoneFile::parse(std::string_view bytes) {
  Bytes in(bytes);
  const auto old = read_header(in);
  if (!old || old->version < '2') return std::nullopt;
  in.take(old->data_bytes(4));  // the same in 32 bits, for old readers
  const auto header = read_header(in);
  if (!header || header->types == 0 || header->leaps != 0) return std::nullopt;
  if (header->data_bytes(8) > in.rest().size()) return std::nullopt;

  ZoneFile zone;
  for (std::size_t i = 0; i < header->times; ++i) zone.changes_.push_back({static_cast<std::int64_t>(in.number(8)), 0});
  const std::string_view type_of_change = in.take(header->times);
  std::vector<std::int64_t> offsets;
  for (std::size_t i = 0; i < header->types; ++i) {
    offsets.push_back(static_cast<std::int32_t>(in.number(4)));
    if (offsets.back() > kMaxOffsetS || offsets.back() < -kMaxOffsetS) return std::nullopt;
    in.take(kTypeBytes - 4);
  }
  for (std::size_t i = 0; i < header->times; ++i) {
    const auto type = static_cast<unsigned char>(type_of_change[i]);
    if (type >= offsets.size() || (i > 0 && zone.changes_[i].at_s <= zone.changes_[i - 1].at_s)) return std::nullopt;
    zone.changes_[i].offset_s = offsets[type];
  }
  zone.first_offset_s_ = offsets.front();
  in.take(header->name_bytes + header->standard_flags + header->ut_flags);

  std::string_view footer = in.rest();
  if (footer.size() < 2 || footer.front() != '\n') return std::nullopt;
  footer.remove_prefix(1);
  const auto end = footer.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  if (end == 0) return zone;  // nobody knows what comes behind the last change: it stays
  zone.after_ = PosixZone::parse(footer.substr(0, end));
  if (!zone.after_) return std::nullopt;
  return zone;
}

std::int64_t ZoneFile::offset_at(std::int64_t utc_s) const {
  const auto next = std::upper_bound(changes_.begin(), changes_.end(), utc_s,
                                     [](std::int64_t t, const Change& c) { return t < c.at_s; });
  if (next == changes_.end() && after_) return after_->offset_at(utc_s);
  return next == changes_.begin() ? first_offset_s_ : std::prev(next)->offset_s;
}

}  // namespace dlrgw::normalise
