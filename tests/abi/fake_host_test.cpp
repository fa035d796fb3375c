// SPDX-License-Identifier: Apache-2.0
// The SDK's fake host against the gateway's own code: what passes in an author's tests passes there, and the reverse.
#include <random>

#include <gtest/gtest.h>

#include <dlrgw/testing/digests.hpp>
#include <dlrgw/testing/receipt.hpp>

#include "receipt/receipt.hpp"
#include "support/digest.hpp"
#include "support/uuid.hpp"

namespace {

namespace fake = dlrgw::testing;
using dlrgw::host::Receipt;

std::string random_text(std::mt19937_64& random) {
  static const std::string kTexts[] = {"",
                                       "DELIVRD",
                                       "a\tb",
                                       "00A1B2",
                                       std::string(1020, 'x'),
                                       std::string(1021, 'x'),
                                       "ü",
                                       "accepted_1",
                                       "Not_a_flag",
                                       std::string(33, 'f'),
                                       "\x7F",
                                       "0"};
  return kTexts[random() % std::size(kTexts)];
}

// One random edit on both; the codes must be equal.
void edit_both(std::mt19937_64& random, Receipt& real, fake::TestReceipt& copy) {
  const auto field = static_cast<std::uint32_t>(random() % 17);
  const std::string text = random_text(random);
  switch (random() % 4) {
    case 0:
      EXPECT_EQ(real.set_text(field, text), copy.set_text(field, text)) << field;
      break;
    case 1: {
      constexpr std::int64_t kNumbers[] = {
          -1, 0, 1, 6, 7, 255, 256, DLRGW_NO_TIME, std::int64_t{DLRGW_NO_MESSAGE_STATE}};
      const std::int64_t number = kNumbers[random() % std::size(kNumbers)];
      EXPECT_EQ(real.set_int(field, number), copy.set_int(field, number)) << field << " " << number;
      break;
    }
    case 2: {
      const dlrgw_candidate items[] = {{sizeof(dlrgw_candidate), 0, dlrgw::str("first")},
                                       {sizeof(dlrgw_candidate), 1, dlrgw::str(text)}};
      const auto count = static_cast<std::uint32_t>(random() % 3);
      EXPECT_EQ(real.set_candidates(items, count, sizeof items[0]), copy.set_candidates(items, count, sizeof items[0]));
      break;
    }
    default:
      EXPECT_EQ(real.add_flag(text), copy.add_flag(text)) << text;
      break;
  }
}

// Every field reads the same.
void expect_same(const Receipt& real, const fake::TestReceipt& copy) {
  for (std::uint32_t field = 0; field < 17; ++field) {
    std::string_view real_text;
    dlrgw_str copy_text{};
    ASSERT_EQ(real.get_text(field, real_text), copy.get_text(field, &copy_text)) << field;
    EXPECT_EQ(real_text, dlrgw::view(copy_text)) << field;
    std::int64_t real_number = 0, copy_number = 0;
    ASSERT_EQ(real.get_int(field, real_number), copy.get_int(field, &copy_number)) << field;
    EXPECT_EQ(real_number, copy_number) << field;
  }
  for (std::uint32_t i = 0; i < 3; ++i) {
    dlrgw_candidate real_item{}, copy_item{};
    real_item.struct_size = copy_item.struct_size = sizeof real_item;
    ASSERT_EQ(real.get_candidate(i, real_item), copy.get_candidate(i, &copy_item));
    EXPECT_EQ(dlrgw::view(real_item.id), dlrgw::view(copy_item.id));
    EXPECT_EQ(real_item.rank, copy_item.rank);
  }
}

TEST(FakeHost, EditsAsTheGatewayDoes) {
  const auto seed = std::random_device{}();
  std::mt19937_64 random(seed);
  for (int receipt = 0; receipt < 200; ++receipt) {
    dlrgw::host::Inbound inbound;
    inbound.operator_id = "mno-test";
    inbound.raw_stat = "DELIVRD";
    inbound.operator_message_id = "id-1";
    Receipt real({}, std::move(inbound), 1);
    fake::TestReceipt copy({.operator_message_id = "id-1", .raw_status = "DELIVRD"}, 1);
    for (int edit = 0; edit < 24; ++edit) edit_both(random, real, copy);
    expect_same(real, copy);
    if (HasFailure()) FAIL() << "seed " << seed;
  }
}

TEST(FakeHost, AttributesHaveTheGatewaysLimits) {
  Receipt real({}, {}, 1);
  fake::TestReceipt copy({}, 1);
  for (int i = 0; i < 20; ++i) {
    const std::string name = "a" + std::to_string(i);
    EXPECT_EQ(real.set_attribute(name, "v"), copy.set_attribute(name, "v"));
  }
  for (const std::size_t size : {0U, 64U, 65U}) {
    EXPECT_EQ(real.set_attribute(std::string(size, 'n'), "v"), copy.set_attribute(std::string(size, 'n'), "v"));
  }
  for (const std::size_t size : {256U, 257U}) {
    EXPECT_EQ(real.set_attribute("a0", std::string(size, 'v')), copy.set_attribute("a0", std::string(size, 'v')));
  }
}

TEST(FakeHost, DigestsAsTheGatewayDoes) {
  for (const std::size_t size : {0U, 1U, 55U, 56U, 63U, 64U, 65U, 1000U}) {
    const std::string text(size, 'x');
    EXPECT_EQ(fake::sha256(text), dlrgw::host::sha256(text)) << size;
    const std::string space = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    EXPECT_EQ(fake::uuid_v5(space, text), dlrgw::host::uuid_v5(space, text)) << size;
  }
  EXPECT_EQ(fake::uuid_v5("no uuid", "x"), "");
}

}  // namespace
