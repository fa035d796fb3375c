// SPDX-License-Identifier: Apache-2.0
// libFuzzer target of zone files and of the rules behind them: any bytes give offsets of less than two days, or
// nothing.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "posix_zone.hpp"
#include "zone_file.hpp"

namespace {

template <class Zone>
void check(const Zone& zone) {
  constexpr std::int64_t kYear = 31'556'952;
  for (std::int64_t year = -200; year <= 300; year += 20) {
    for (const std::int64_t second : {std::int64_t{0}, std::int64_t{7'000'000}, std::int64_t{20'000'000}}) {
      const std::int64_t offset_s = zone.offset_at(year * kYear + second);
      if (offset_s < -2 * 86'400 || offset_s > 2 * 86'400) std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto zone = dlrgw::normalise::ZoneFile::parse(input)) check(*zone);
  if (const auto rule = dlrgw::normalise::PosixZone::parse(input)) check(*rule);
  return 0;
}
