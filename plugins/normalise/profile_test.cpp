// SPDX-License-Identifier: Apache-2.0
#include "profile.hpp"

#include <gtest/gtest.h>

#include "receipt_text.hpp"

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

TEST(Profile, ReadsWhatWasAddedToIt) {
  ProfileText text;
  text.date_format = "%d%m%y%H%M";
  text.id_pattern = "^x(.+)$";
  text.id_scope = "connector";
  text.alphabet = "gsm7";
  text.labels = {{"id", "Ref"}};
  text.intermediate = "trust_status";
  text.status_aliases = {{"undeliv ERR: 7a ", "EXPIRED"}};
  text.error_source = "network";
  std::vector<Mistake> mistakes;
  const Profile profile = read_profile(text, mistakes);
  EXPECT_EQ(told(mistakes), "");
  EXPECT_TRUE(profile.date_format->read("2311260545"));
  EXPECT_EQ(profile.id_pattern->id_in("xy"), "y");
  EXPECT_TRUE(profile.ids_per_connector);
  EXPECT_TRUE(profile.gsm7);
  EXPECT_EQ(parse_receipt_text("ref:5", profile.labels).id, "5");
  EXPECT_TRUE(profile.trust_intermediate);
  EXPECT_EQ(profile.aliases.at("UNDELIV ERR:7A"), DlrStatus::kExpired);
  EXPECT_EQ(profile.error_source, ErrorSource::kNetwork);
}

TEST(Profile, MistakesInThemAreToldWithWhatWouldBeRight) {
  ProfileText text;
  text.date_format = "%d%m";
  text.id_pattern = "abc";
  text.labels = {{"id", ""}};
  text.status_aliases = {{"UNDELIV err:", "EXPIRED"}, {" err:7", "EXPIRED"}, {"A err:1", "NONE"}};
  std::vector<Mistake> mistakes;
  static_cast<void>(read_profile(text, mistakes));
  const std::string all = told(mistakes);
  for (const char* part :
       {"date_format: is \"%d%m\", which does not say the year; add %Y or %y",
        "id_pattern: is \"abc\", which has no group; put the part that is the id into ( )",
        "labels.id: has a name that is none",
        "status_aliases.UNDELIV err:: names no error code; write \"UNDELIV err:77\"",
        "status_aliases. err:7: is no status text", "status_aliases.A err:1: is \"NONE\"; use DELIVERED"})
    EXPECT_NE(all.find(part), std::string::npos) << part << " not in\n" << all;
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
