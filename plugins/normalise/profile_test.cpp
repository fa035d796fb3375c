#include "profile.hpp"

#include <gtest/gtest.h>

namespace dlrgw::normalise {
namespace {

std::string told(const std::vector<Mistake>& mistakes) {
  std::string out;
  for (const Mistake& m : mistakes)
    out += std::string(m.key) + (m.entry.empty() ? "" : "." + m.entry) + ": " + m.text + "\n";
  return out;
}

TEST(Profile, ReadsEveryKey) {
  ProfileText text;
  text.time_zone = "+05:30";
  text.receipt_id = {{"base", "decimal"}, {"tlv", "receipt"}};
  text.submit_id = {{"base", "hex"}, {"padding", "8"}, {"case", "upper"}};
  text.tlvs = "after_text";
  text.status_aliases = {{"Delivered", "DELIVERED"}, {"state:7", "EXPIRED"}, {"UNKNOWN", "FAILED"}};
  text.error_codes = {{"00B", "11"}};
  text.on_failure = "standard";
  std::vector<Mistake> mistakes;
  const Profile profile = read_profile(text, mistakes);
  EXPECT_EQ(told(mistakes), "");
  EXPECT_EQ(profile.zone.to_utc(19800).first_s, 0);
  ASSERT_TRUE(profile.ids);
  EXPECT_EQ(candidates_of({"", "", "255"}, profile.ids).front().id, "000000FF");
  EXPECT_TRUE(profile.ids->tlv_is_receipt);
  EXPECT_TRUE(profile.text_before_tlvs);
  EXPECT_EQ(profile.aliases.at("DELIVERED"), DlrStatus::kDelivered);
  EXPECT_EQ(profile.aliases.at("STATE:7"), DlrStatus::kExpired);
  EXPECT_EQ(profile.error_codes.at("00B"), "11");
  EXPECT_TRUE(profile.standard_after_failed_quirk);
}

TEST(Profile, DefaultsAreTheStandardMapping) {
  std::vector<Mistake> mistakes;
  const Profile profile = read_profile({}, mistakes);
  EXPECT_EQ(told(mistakes), "");
  EXPECT_EQ(profile.zone.to_utc(5).first_s, 5);
  EXPECT_FALSE(profile.ids);
  EXPECT_FALSE(profile.text_before_tlvs);
  EXPECT_FALSE(profile.standard_after_failed_quirk);
}

TEST(Profile, EveryMistakeIsNamed) {
  ProfileText text;
  text.time_zone = "Mars/Olympus";
  text.receipt_id = {{"base", "octal"}, {"padding", "x"}, {"case", "title"}, {"tlv", "no"}, {"pad", "1"}};
  text.submit_id = {{"padding", "3"}, {"tlv", "submit"}};
  text.status_aliases = {{"A", "OK"},
                         {"b", "FAILED"},
                         {"B ", "FAILED"},
                         {" ", "FAILED"},
                         {"state:x", "FAILED"},
                         {"STATE:256", "FAILED"},
                         {"c\x01"
                          "d",
                          "FAILED"},
                         {std::string_view("\0", 1), ""}};
  const std::string long_code(33, '1');
  text.error_codes = {{"1", ""}, {"", "1"}, {long_code, "1"}, {"2", long_code}, {"3", "\n"}};
  std::vector<Mistake> mistakes;
  read_profile(text, mistakes);
  const std::string all = told(mistakes);
  EXPECT_EQ(mistakes.size(), 21U) << all;
  for (const char* part :
       {"time_zone: is \"Mars/Olympus\"", "receipt_id.base: is \"octal\"", "receipt_id.padding: is \"x\"",
        "receipt_id.case: is \"title\"", "receipt_id.tlv: is \"no\"", "receipt_id.pad: is not known",
        "submit_id.tlv: is not known", "submit_id: has no base", "submit_id.padding: is for numbers",
        "status_aliases.A: is \"OK\"", "status_aliases.B : is given twice", "status_aliases. : is no status text",
        "status_aliases.state:x: names no message state", "status_aliases.STATE:256: names no message state",
        "error_codes.1: needs codes"}) {
    EXPECT_NE(all.find(part), std::string::npos) << part << " not in\n" << all;
  }
}

IdFormats formats(Entries receipt, Entries submit) {
  ProfileText text;
  text.receipt_id = std::move(receipt);
  text.submit_id = std::move(submit);
  std::vector<Mistake> mistakes;
  const Profile profile = read_profile(text, mistakes);
  EXPECT_EQ(told(mistakes), "");
  return profile.ids.value();
}

TEST(Profile, OneIdFormatAloneSpeaksForTheBaseOfBoth) {
  const IdFormats padded = formats({}, {{"base", "hex"}, {"padding", "8"}, {"case", "lower"}});
  EXPECT_EQ(candidates_of({"", "", "AB"}, padded).front().id, "000000ab");
  const IdFormats bare = formats({{"base", "decimal"}, {"padding", "13"}}, {});
  EXPECT_EQ(candidates_of({"", "", "0000706678557"}, bare).front().id, "706678557");
}

TEST(Profile, TextIsNotConvertedToNumbers) {
  ProfileText text;
  text.receipt_id = {{"base", "text"}};
  text.submit_id = {{"base", "hex"}};
  std::vector<Mistake> mistakes;
  read_profile(text, mistakes);
  EXPECT_EQ(told(mistakes),
            "submit_id.base: and that of receipt_id are a number and a text; give both the base text, or none\n");
}

}  // namespace
}  // namespace dlrgw::normalise
