// SPDX-License-Identifier: Apache-2.0
// Every golden/*.txt: the receipt text, a line of dashes, the canonical receipt as JSON. A new case is a new file.
// "given" holds the rest of the event: receivedAt (required), rawStat, messageState, operatorMessageId, errorCode,
// networkErrorCode, doneDate, esmClass, tlvs and profile. Escapes in the text: \r \n \t \0 and \xHH for a byte.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "normalise.hpp"

namespace dlrgw::normalise {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    switch (text[++i]) {
      case 'r':
        out += '\r';
        break;
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case '0':
        out += '\0';
        break;
      case 'x':
        out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
        i += 2;
        break;
      default:
        out += text[i];
    }
  }
  return out;
}

// "2026-11-23T05:45:40Z"
std::int64_t parse_time(const std::string& text) {
  int y = 0;
  unsigned mo = 0, d = 0;
  int h = 0, mi = 0, s = 0;
  char zone = 0;
  const int fields = std::sscanf(text.c_str(), "%d-%u-%uT%d:%d:%d%c", &y, &mo, &d, &h, &mi, &s, &zone);
  if (fields != 7 || zone != 'Z') throw std::runtime_error("not a time: " + text);
  const auto days = std::chrono::sys_days(
      std::chrono::year_month_day{std::chrono::year{y}, std::chrono::month{mo}, std::chrono::day{d}});
  return (((std::int64_t{days.time_since_epoch().count()} * 24 + h) * 60 + mi) * 60 + s) * 1'000'000;
}

// As the host takes it: null is absent, and an integer is its text.
std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || value->is_null()) return {};
  return value->is_int64() ? std::to_string(value->as_int64()) : std::string(value->as_string());
}

std::optional<std::uint32_t> number_of(const json::object& object, std::string_view key) {
  const std::string text = text_of(object, key);
  if (text.empty()) return std::nullopt;
  return static_cast<std::uint32_t>(std::stoul(text, nullptr, 0));
}

Entries entries_of(const json::object& profile, std::string_view key) {
  Entries out;
  if (const json::value* map = profile.if_contains(key)) {
    for (const auto& [name, value] : map->as_object()) out.emplace_back(name, value.as_string());
  }
  return out;
}

Profile profile_of(const json::object& given) {
  const json::value* value = given.if_contains("profile");
  if (value == nullptr) return {};
  const json::object& object = value->as_object();
  ProfileText text;
  const std::pair<const char*, std::string_view*> words[] = {{"time_zone", &text.time_zone},
                                                             {"date_format", &text.date_format},
                                                             {"id_pattern", &text.id_pattern},
                                                             {"id_scope", &text.id_scope},
                                                             {"tlvs", &text.tlvs},
                                                             {"alphabet", &text.alphabet},
                                                             {"intermediate", &text.intermediate},
                                                             {"error_source", &text.error_source}};
  const std::pair<const char*, Entries*> tables[] = {{"receipt_id", &text.receipt_id},
                                                     {"submit_id", &text.submit_id},
                                                     {"labels", &text.labels},
                                                     {"status_aliases", &text.status_aliases},
                                                     {"error_codes", &text.error_codes}};
  std::deque<std::string> texts;
  std::size_t known = 0;
  for (const auto& [key, word] : words) {
    if (!object.contains(key)) continue;
    *word = texts.emplace_back(text_of(object, key));
    ++known;
  }
  for (const auto& [key, table] : tables) {
    if (!object.contains(key)) continue;
    *table = entries_of(object, key);
    ++known;
  }
  EXPECT_EQ(known, object.size()) << "a key of the profile is not known";
  std::vector<Mistake> mistakes;
  Profile profile = read_profile(text, mistakes);
  for (const Mistake& m : mistakes) ADD_FAILURE() << m.key << " " << m.entry << " " << m.text;
  return profile;
}

void check(const fs::path& path) {
  SCOPED_TRACE(path.filename().string());
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  const std::string all = content.str();
  const auto dashes = all.find("\n---\n");
  ASSERT_NE(dashes, std::string::npos) << "no line of dashes";
  const std::string raw = unescaped(std::string_view(all).substr(0, dashes));
  const json::object expected = json::parse(all.substr(dashes + 5)).as_object();
  const json::object given = expected.at("given").as_object();

  Received in;
  const std::string id = text_of(given, "operatorMessageId"), stat = text_of(given, "rawStat"),
                    err = text_of(given, "errorCode"), done = text_of(given, "doneDate"),
                    network = text_of(given, "networkErrorCode");
  std::string tlv_id, tlv_state, tlv_error, tlv_payload;
  if (const json::value* tlvs = given.if_contains("tlvs"); tlvs != nullptr && tlvs->is_object()) {
    tlv_id = text_of(tlvs->as_object(), "0x001E");
    tlv_state = text_of(tlvs->as_object(), "0x0427");
    tlv_error = text_of(tlvs->as_object(), "0x0423");
    tlv_payload = text_of(tlvs->as_object(), "0x0424");
  }
  in.operator_message_id = id;
  in.raw_status = stat;
  in.error_code = err;
  in.network_error_code = network;
  in.done_date = done;
  in.raw_receipt = raw;
  in.tlv_receipted_message_id = tlv_id;
  in.tlv_message_state = tlv_state;
  in.tlv_network_error_code = tlv_error;
  in.tlv_message_payload = tlv_payload;
  in.received_at_us = parse_time(text_of(given, "receivedAt"));
  in.message_state = number_of(given, "messageState");
  in.esm_class = number_of(given, "esmClass");
  const Canonical c = normalise(in, profile_of(given), {});

  EXPECT_EQ(to_string(c.status), text_of(expected, "status"));
  EXPECT_EQ(c.raw, text_of(expected, "raw"));
  std::vector<std::string> ids, expected_ids;
  for (const IdCandidate& candidate : c.ids) ids.push_back(candidate.id);
  for (const json::value& value : expected.at("ids").as_array()) expected_ids.emplace_back(value.as_string());
  EXPECT_EQ(ids, expected_ids);
  EXPECT_EQ(c.error_code, text_of(expected, "errorCode"));
  std::optional<std::int64_t> time;
  if (const std::string text = text_of(expected, "dlrTimestamp"); !text.empty()) time = parse_time(text);
  EXPECT_EQ(c.dlr_timestamp_us, time);
  std::string flags;
  for (const std::string_view flag : c.flags) (flags += flags.empty() ? "" : ",") += flag;
  EXPECT_EQ(flags, text_of(expected, "flags"));
  if (expected.contains("networkErrorCode")) {
    EXPECT_EQ(c.network_error_code, text_of(expected, "networkErrorCode"));
  }
  EXPECT_EQ(c.unrecognised_stat, expected.if_contains("unrecognised") != nullptr);
}

TEST(Golden, EveryFile) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(NORMALISE_GOLDEN_DIR)) {
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  EXPECT_GE(paths.size(), 20U);
  for (const fs::path& path : paths) check(path);
}

}  // namespace
}  // namespace dlrgw::normalise
