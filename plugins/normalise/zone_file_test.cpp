// SPDX-License-Identifier: Apache-2.0
#include "zone_file.hpp"

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "time_zone.hpp"

namespace dlrgw::normalise {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

fs::path zone_path(std::string_view name) { return fs::path(kZoneInfoDir) / name; }

std::string big_endian(std::uint64_t value, std::size_t width) {
  std::string out(width, '\0');
  for (std::size_t i = width; i-- > 0; value >>= 8U) out[i] = static_cast<char>(value & 0xFFU);
  return out;
}

// A zone with one type at UTC+1 and as many changes to it as asked for.
struct Built {
  char version = '2';
  std::uint64_t leaps = 0;
  std::uint64_t types = 1;
  std::uint64_t offset = 3600;
  std::string type_of_changes;
  std::vector<std::uint64_t> times;
  std::string footer = "\nCET-1\n";

  [[nodiscard]] std::string bytes() const {
    const auto header = [this](std::uint64_t changes) {
      return std::string("TZif") + version + std::string(15, '\0') + big_endian(0, 4) + big_endian(0, 4) +
             big_endian(leaps, 4) + big_endian(changes, 4) + big_endian(types, 4) + big_endian(4, 4);
    };
    const std::string type = big_endian(offset & 0xFFFFFFFFU, 4) + std::string(2, '\0');
    std::string text = header(0) + std::string(leaps * 8, '\0');
    for (std::uint64_t i = 0; i < types; ++i) text += type;
    text += std::string("CET\0", 4) + header(times.size());
    for (const std::uint64_t time : times) text += big_endian(time, 8);
    text += type_of_changes;
    for (std::uint64_t i = 0; i < types; ++i) text += type;
    return text + std::string("CET\0", 4) + std::string(leaps * 12, '\0') + footer;
  }
};

TEST(ZoneFile, OneBuiltByHand) {
  Built built;
  EXPECT_EQ(ZoneFile::parse(built.bytes()).value().offset_at(0), 3600);
  built.times = {100, 200};
  built.type_of_changes = std::string(2, '\0');
  EXPECT_EQ(ZoneFile::parse(built.bytes()).value().offset_at(150), 3600);
  built.footer = "\n\n";
  EXPECT_EQ(ZoneFile::parse(built.bytes()).value().offset_at(300), 3600) << "no rule: the last change stays";
}

TEST(ZoneFile, RefusesWhatIsBroken) {
  const auto refuses = [](const char* what, auto&& change) {
    Built built;
    built.times = {100, 200};
    built.type_of_changes = std::string(2, '\0');
    change(built);
    EXPECT_FALSE(ZoneFile::parse(built.bytes())) << what;
  };
  refuses("32-bit times only", [](Built& b) { b.version = '\0'; });
  refuses("leap seconds", [](Built& b) { b.leaps = 1; });
  refuses("no type", [](Built& b) { b.types = 0; });
  refuses("a type that is not there", [](Built& b) { b.type_of_changes[1] = '\1'; });
  refuses("changes out of order", [](Built& b) { b.times = {200, 100}; });
  refuses("an offset of days", [](Built& b) { b.offset = 27 * 3600; });
  refuses("no footer", [](Built& b) { b.footer = ""; });
  refuses("a footer without an end", [](Built& b) { b.footer = "\nCET-1"; });
  refuses("a rule that is none", [](Built& b) { b.footer = "\nCET\n"; });
  EXPECT_FALSE(ZoneFile::parse("not a zone"));
}

TEST(ZoneFile, CutAnywhereIsRefused) {
  const std::string whole = bytes_of(zone_path("Europe/Berlin"));
  ASSERT_TRUE(ZoneFile::parse(whole));
  for (std::size_t length = 0; length < whole.size(); ++length)
    ASSERT_FALSE(ZoneFile::parse(std::string_view(whole).substr(0, length))) << length;
}

// The C library reads the same files; it knows one zone per process, so it can be the judge but not the tool.
TEST(ZoneFile, AgreesWithTheCLibraryInEveryZone) {
  std::mt19937_64 random(20261123);
  std::uniform_int_distribution<std::int64_t> moment(0, 4'102'444'800);  // 1970 to 2100
  std::size_t zones = 0;
  for (const auto& entry : fs::recursive_directory_iterator(kZoneInfoDir)) {
    const std::string name = fs::relative(entry.path(), kZoneInfoDir).string();
    if (!entry.is_regular_file() || name.starts_with("right/") || name.starts_with("posix/")) continue;
    const std::string bytes = bytes_of(entry.path());
    if (!bytes.starts_with("TZif")) continue;
    const auto zone = ZoneFile::parse(bytes);
    ASSERT_TRUE(zone) << name;
    ::setenv("TZ", (":" + name).c_str(), 1);
    ::tzset();
    for (int i = 0; i < 200; ++i) {
      const std::time_t t = moment(random);
      std::tm local{};
      ::localtime_r(&t, &local);
      ASSERT_EQ(zone->offset_at(t), local.tm_gmtoff) << name << " at " << t;
    }
    ++zones;
  }
  ::unsetenv("TZ");
  ::tzset();
  EXPECT_GT(zones, 300U);
}

}  // namespace
}  // namespace dlrgw::normalise
