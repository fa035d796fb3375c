// SPDX-License-Identifier: Apache-2.0
#include "message/handover.hpp"

#include <limits>

#include <gtest/gtest.h>

#include <dlrgw/testing/fake_host.hpp>

namespace dlrgw::message {
namespace {

// What stands on the wire after leave(), read back by find().
template <class T>
std::string left_and_found(const Attribute<T>& attribute, const T& value, auto&& same) {
  testing::FakeHost fake;
  const testing::TestReceipt& receipt = fake.receipt({});
  const Handover handover{Host(fake.raw())};
  const std::uint64_t handle = receipt.view().handle;
  EXPECT_FALSE(handover.find(handle, attribute)) << attribute.name();
  handover.leave(handle, attribute, value);
  const std::optional<T> found = handover.find(handle, attribute);
  EXPECT_TRUE(found && same(*found, value)) << attribute.name();
  const auto wire = receipt.attributes().find(std::string(attribute.name()));
  return wire == receipt.attributes().end() ? "nothing" : wire->second;
}
template <class T>
std::string left_and_found(const Attribute<T>& attribute, const T& value) {
  return left_and_found(attribute, value, std::equal_to<T>{});
}

TEST(Handover, numbers_are_decimal_and_fit_at_their_bounds) {
  for (const std::uint32_t n : {0U, 7U, std::numeric_limits<std::uint32_t>::max()})
    EXPECT_EQ(left_and_found(kSegmentCount, n), std::to_string(n));
  for (const std::int64_t n :
       {std::numeric_limits<std::int64_t>::min(), std::int64_t{0}, std::numeric_limits<std::int64_t>::max()})
    EXPECT_EQ(left_and_found(kSubmittedAt, n), std::to_string(n));
  EXPECT_EQ(left_and_found(kDlrRequested, true), "1");
  EXPECT_EQ(left_and_found(kDlrRequested, false), "0");
}

TEST(Handover, a_fingerprint_is_its_32_bytes) {
  Fingerprint fingerprint{};
  fingerprint[0] = 0;
  fingerprint[31] = 0xFF;
  EXPECT_EQ(left_and_found(kFingerprint, fingerprint), std::string(31, '\0') + "\xFF");
}

TEST(Handover, every_set_of_segments_fits) {
  const auto check = [](const SegmentIndices& set) {
    EXPECT_LE(left_and_found(kUnrequested, set).size(), DLRGW_MAX_ATTRIBUTE_BYTES) << set.size();
  };
  SegmentIndices all, every_second, first;
  for (std::uint32_t index = 1; index <= kMaxSegments; ++index) {
    check({index});
    all.insert(index);
    if (index % 2 == 1) every_second.insert(index);
    if (index <= 89) first.insert(index);
  }
  for (const SegmentIndices& set : {SegmentIndices{}, all, every_second, first}) check(set);
}

TEST(Handover, text_is_cut_behind_a_whole_character) {
  const auto same = [](const auto& found, const auto& value) { return value.value.starts_with(found.value); };
  EXPECT_EQ(left_and_found(kToAddr, {std::string(255, '7')}, same), std::string(255, '7'));
  EXPECT_EQ(left_and_found(kToAddr, {std::string(300, '7')}, same), std::string(255, '7'));
  std::string umlauts;
  for (int i = 0; i < 200; ++i) umlauts += "\xC3\xA4";
  EXPECT_EQ(left_and_found(kToAddr, {umlauts}, same), umlauts.substr(0, 254));
  EXPECT_EQ(left_and_found(kRawStatus, {std::string(1020, 'X')}, same), std::string(256, 'X'));
  EXPECT_EQ(left_and_found(kRawStatus, {""}, same), "");
}

TEST(Handover, every_course_has_its_word) {
  const auto word = [](Course course) { return left_and_found(kCourse, course); };
  EXPECT_EQ(word(Course::kFinal), "final");
  EXPECT_EQ(word(Course::kIntermediate), "intermediate");
  EXPECT_EQ(word(Course::kLateSegment), "late");
  for (const Course course : kAllCourses) EXPECT_LE(word(course).size(), Codec<Course>::kMaxBytes);
}

TEST(Handover, what_is_missing_or_no_value_of_the_type_is_told_by_name) {
  testing::FakeHost fake;
  const std::uint64_t handle = fake.receipt({}).view().handle;
  const Handover handover{Host(fake.raw())};
  const Attributes foreign{Host(fake.raw())};
  const auto why = [&](auto&& call) {
    try {
      call();
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string("nothing was thrown");
  };
  EXPECT_NE(why([&] { (void)handover.get(handle, kFingerprint); }).find(kFingerprint.name()), std::string::npos);
  const auto refused = [&](const auto& attribute, std::string_view bytes) {
    foreign.set(handle, attribute.name(), bytes);
    return why([&] { (void)handover.find(handle, attribute); }).find(attribute.name()) != std::string::npos;
  };
  EXPECT_TRUE(refused(kFingerprint, "short"));
  EXPECT_TRUE(refused(kUnrequested, "2,5"));
  EXPECT_TRUE(refused(kDlrRequested, "yes"));
  EXPECT_TRUE(refused(kCourse, "perhaps"));
  for (const std::string_view number : {"", " 1", "1x", "-1", "4294967296"})
    EXPECT_TRUE(refused(kSegmentCount, number));
}

// A wrong size or type does not compile.
template <class T, class Value>
concept Leaves = requires(const Handover& handover, const Attribute<T>& attribute, const Value& value) {
  handover.leave(1, attribute, value);
};
static_assert(Leaves<Fingerprint, Fingerprint>);
static_assert(!Leaves<Fingerprint, std::array<std::uint8_t, 20>>);
static_assert(!Leaves<Fingerprint, std::string>);
static_assert(!Leaves<SegmentIndices, std::string>);
static_assert(!Leaves<Course, bool>);

}  // namespace
}  // namespace dlrgw::message
