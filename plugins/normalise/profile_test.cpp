#include "profile.hpp"

#include <gtest/gtest.h>

namespace dlrgw::normalise {
namespace {

TEST(Profile, ReadsEveryKey) {
  ProfileText text;
  text.time_zone = "+05:30";
  text.receipt_id = {{"base", "decimal"}, {"tlv", "receipt"}};
  text.submit_id = {{"base", "hex"}, {"padding", "8"}, {"case", "upper"}};
  text.status_aliases = {{"Delivered", "DELIVERED"}, {"state:7", "EXPIRED"}, {"UNKNOWN", "FAILED"}};
  text.error_codes = {{"00B", "11"}};
  text.on_failure = "standard";
  std::vector<std::string> errors;
  const Profile profile = read_profile("mno", text, errors);
  EXPECT_TRUE(errors.empty()) << errors.front();
  EXPECT_EQ(profile.zone.to_utc(19800).first_s, 0);
  ASSERT_TRUE(profile.ids);
  EXPECT_EQ(candidates_of({"", "", "255"}, profile.ids).front().id, "000000FF");
  EXPECT_TRUE(profile.ids->tlv_is_receipt);
  EXPECT_EQ(profile.aliases.at("DELIVERED"), DlrStatus::kDelivered);
  EXPECT_EQ(profile.aliases.at("STATE:7"), DlrStatus::kExpired);
  EXPECT_EQ(profile.error_codes.at("00B"), "11");
  EXPECT_TRUE(profile.standard_after_failed_quirk);
}

TEST(Profile, DefaultsAreTheStandardMapping) {
  std::vector<std::string> errors;
  const Profile profile = read_profile("mno", {}, errors);
  EXPECT_TRUE(errors.empty());
  EXPECT_EQ(profile.zone.to_utc(5).first_s, 5);
  EXPECT_FALSE(profile.ids);
  EXPECT_FALSE(profile.standard_after_failed_quirk);
}

TEST(Profile, EveryMistakeIsNamed) {
  ProfileText text;
  text.time_zone = "Mars/Olympus";
  text.receipt_id = {{"base", "octal"}, {"padding", "x"}, {"case", "title"}, {"tlv", "no"}, {"pad", "1"}};
  text.submit_id = {{"padding", "3"}, {"tlv", "submit"}};
  text.status_aliases = {{"A", "OK"}, {"b", "FAILED"}, {"B ", "FAILED"}, {" ", "FAILED"}};
  text.error_codes = {{"1", ""}};
  text.on_failure = "ignore";
  std::vector<std::string> errors;
  read_profile("mno", text, errors);
  std::string all;
  for (const std::string& e : errors) all += e + "\n";
  EXPECT_EQ(errors.size(), 14U) << all;
  for (const char* part :
       {"operators.\"mno\".time_zone: \"Mars/Olympus\"", "base is \"octal\"", "padding is \"x\"", "case is \"title\"",
        "tlv is \"no\"", "unknown key \"pad\"", "submit_id: unknown key \"tlv\"", "submit_id: needs base",
        "padding needs base", "\"A\" stands for \"OK\"", "\"B\" is given twice", "an alias is empty",
        "error_codes: \"1\"", "on_failure: \"ignore\""}) {
    EXPECT_NE(all.find(part), std::string::npos) << part << " not in\n" << all;
  }
}

TEST(Profile, IdFormatsComeInPairsOfOneKind) {
  const auto error_of = [](Entries receipt, Entries submit) {
    ProfileText text;
    text.receipt_id = std::move(receipt);
    text.submit_id = std::move(submit);
    std::vector<std::string> errors;
    read_profile("mno", text, errors);
    return errors.size() == 1 ? errors.front() : std::to_string(errors.size()) + " errors";
  };
  EXPECT_NE(error_of({{"base", "hex"}}, {}).find("receipt_id: receipt_id and submit_id"), std::string::npos);
  EXPECT_NE(error_of({}, {{"base", "hex"}}).find("submit_id: receipt_id and submit_id"), std::string::npos);
  EXPECT_NE(error_of({{"base", "text"}}, {{"base", "hex"}}).find("text cannot be converted"), std::string::npos);
}

}  // namespace
}  // namespace dlrgw::normalise
