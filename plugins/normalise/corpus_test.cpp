// SPDX-License-Identifier: Apache-2.0
// Receipts seen in the wild, with the parse that is expected of each. One receipt is one line of JSON:
// raw (or raw_b64), expect {id, stat, err, submit_utc, done_utc, …}, canonical_core, optional tlvs, body,
// canonical_tlv, and a note in words, from which the variants of a receipt are taken.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <dlrgw/cpp/hex.hpp>

#include "normalise.hpp"
#include "receipt_date.hpp"
#include "receipt_text.hpp"

namespace dlrgw::normalise {
namespace {

namespace json = boost::json;

constexpr std::int64_t kDefaultReceivedUs = 1'795'412'740'000'000;  // 2026-11-23

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr || value->is_null() ? std::string() : std::string(value->as_string());
}

std::int64_t parse_time(const std::string& text) {
  int y = 0;
  unsigned mo = 0, d = 0;
  int h = 0, mi = 0, s = 0;
  if (std::sscanf(text.c_str(), "%d-%u-%uT%d:%d:%dZ", &y, &mo, &d, &h, &mi, &s) != 6)
    throw std::runtime_error("not a time: " + text);
  const auto days = std::chrono::sys_days(
      std::chrono::year_month_day{std::chrono::year{y}, std::chrono::month{mo}, std::chrono::day{d}});
  return (((std::int64_t{days.time_since_epoch().count()} * 24 + h) * 60 + mi) * 60 + s) * 1'000'000;
}

class CorpusCase {
 public:
  explicit CorpusCase(const json::object& line)
      : line_(line), expect_(line.at("expect").as_object()), raw_(text_of(line, "raw")) {
    if (const json::value* tlvs = line.if_contains("tlvs")) {
      const json::object& object = tlvs->as_object();
      if (object.contains("receipted_message_id")) tlv_id_ = to_hex(text_of(object, "receipted_message_id")) + "00";
      if (const json::value* state = object.if_contains("message_state")) {
        tlv_state_ = to_hex(std::string(1, static_cast<char>(state->as_int64())));
      }
      tlv_error_ = text_of(object, "network_error_code_hex");
    }
  }

  void check() const {
    SCOPED_TRACE("receipt " + std::to_string(line_.at("n").as_int64()));
    check_text();
    check_canonical();
    check_date("submit_date", "submit_utc", "submit_utc_ambiguous");
    check_date("done_date", "done_utc", "done_utc_ambiguous");
    check_utf16();
    check_submitted_id();
    check_zone();
  }
  // How many variants that the notes tell of were checked.
  static inline int variants = 0;

 private:
  [[nodiscard]] bool odd(std::string_view what) const {
    const json::array& all = line_.at("odd").as_array();
    return std::any_of(all.begin(), all.end(), [&](const json::value& v) { return v.as_string() == what; });
  }
  // The word of the note behind these words; empty when they are not there.
  [[nodiscard]] std::string noted(std::string_view words) const {
    const std::string note = text_of(line_, "note");
    const auto at = note.find(words);
    if (at == std::string::npos) return {};
    const auto begin = at + words.size();
    return note.substr(begin, note.find(' ', begin) - begin);
  }

  // "also sent as UTF-16BE, and in message_payload": both at once, and each alone.
  void check_utf16() const {
    if (!odd("ucs2-encoded-receipt")) return;
    std::string wide;
    for (const char c : raw_) (wide += '\0') += c;
    const std::string payload = to_hex(raw_), wide_payload = to_hex(wide);
    Received as_text, in_payload, wide_in_payload;
    as_text.raw_receipt = wide;
    in_payload.tlv_message_payload = payload;
    wide_in_payload.tlv_message_payload = wide_payload;
    for (const Received& in : {as_text, in_payload, wide_in_payload}) {
      const Canonical c = normalise(in, {}, {});
      EXPECT_EQ(to_string(c.status), text_of(line_, "canonical_core"));
      EXPECT_EQ(c.ids.empty() ? std::string() : c.ids.front().id, text_of(expect_, "id"));
      EXPECT_EQ(c.error_code, text_of(expect_, "err"));
      EXPECT_EQ(c.done_date, text_of(expect_, "done_date"));
    }
    ++variants;
  }

  // "submit_sm_resp id is …": another base, or other zeros.
  void check_submitted_id() const {
    std::string submitted = noted("submit_sm_resp id is ");
    if (submitted.empty()) submitted = noted("submit_sm_resp id was ");
    if (submitted.empty()) return;
    const IdFormat decimal{IdBase::kDecimal}, hexadecimal{IdBase::kHex};
    bool found = false;
    for (const IdFormats& formats : {IdFormats{decimal, hexadecimal}, IdFormats{decimal, decimal}}) {
      for (const IdCandidate& c : candidates_of({{}, {}, text_of(expect_, "id")}, formats)) found |= c.id == submitted;
    }
    EXPECT_TRUE(found);
    ++variants;
  }

  // "with operator tz +05:30 the correct UTC is …"
  void check_zone() const {
    const std::string zone = noted("operator tz ");
    if (zone.empty()) return;
    const std::int64_t us = parse_time(noted("the correct UTC is "));
    EXPECT_EQ(read_receipt_date(text_of(expect_, "done_date"), TimeZone::of(zone).value(), us + 1).us, us);
    ++variants;
  }

  void check_text() const {
    const ReceiptText text = parse_receipt_text(raw_, Labels());
    const json::value* body = line_.if_contains("body");
    const json::object& source = body == nullptr ? expect_ : body->as_object();
    EXPECT_EQ(text.id, text_of(source, "id"));
    EXPECT_EQ(text.stat, text_of(source, "stat"));
    EXPECT_EQ(text.err, text_of(expect_, "err"));
    EXPECT_EQ(text.sub, text_of(expect_, "sub"));
    EXPECT_EQ(text.dlvrd, text_of(expect_, "dlvrd"));
    EXPECT_EQ(text.submit_date, text_of(expect_, "submit_date"));
    EXPECT_EQ(text.done_date, text_of(expect_, "done_date"));
  }

  void check_canonical() const {
    Received in;
    in.raw_receipt = raw_;
    in.tlv_receipted_message_id = tlv_id_;
    in.tlv_message_state = tlv_state_;
    in.tlv_network_error_code = tlv_error_;
    in.received_at_us = kDefaultReceivedUs;
    if (const std::string done = text_of(expect_, "done_utc"); !done.empty())
      in.received_at_us = parse_time(done) + 1'000'000;
    const Canonical c = normalise(in, {}, {});
    // With the TLV the state decides; without it what the core table says.
    const std::string with_tlv = text_of(line_, "canonical_tlv");
    EXPECT_EQ(to_string(c.status), with_tlv.empty() ? text_of(line_, "canonical_core") : with_tlv);
    const std::string id = text_of(expect_, "id");
    EXPECT_EQ(c.ids.empty() ? std::string() : c.ids.front().id, id);
    EXPECT_EQ(c.ids.empty(), !line_.at("correlatable").as_bool());
    EXPECT_EQ(c.error_code, text_of(expect_, "err"));
    if (tlv_state_.empty()) {
      EXPECT_EQ(c.raw_status, text_of(expect_, "stat"));
    }
    const std::string alias = text_of(line_, "canonical_alias");
    if (!alias.empty()) {
      Profile profile;
      profile.aliases = {{upper(text_of(expect_, "stat")), dlr_status_from(alias)}};
      EXPECT_EQ(to_string(normalise(in, profile, {}).status), alias);
    }
  }

  void check_date(std::string_view field, std::string_view utc, std::string_view ambiguous) const {
    const std::string text = text_of(expect_, field);
    const std::string expected = text_of(expect_, utc);
    if (const json::value* readings = expect_.if_contains(ambiguous)) {
      for (const json::value& reading : readings->as_array()) {
        const std::int64_t us = parse_time(std::string(reading.as_string()));
        EXPECT_EQ(read_receipt_date(text, {}, us + 1).us, us) << field;
      }
      EXPECT_FALSE(read_receipt_date(text, {}, kDefaultReceivedUs).us) << field;
      return;
    }
    if (expected.empty()) {
      EXPECT_FALSE(read_receipt_date(text, {}, kDefaultReceivedUs).us) << field;
      return;
    }
    const std::int64_t us = parse_time(expected);
    EXPECT_EQ(read_receipt_date(text, {}, us + 1).us, us) << field;
  }

  const json::object& line_;
  const json::object& expect_;
  std::string raw_, tlv_id_, tlv_state_, tlv_error_;
};

TEST(Corpus, EveryReceipt) {
  std::ifstream file(NORMALISE_CORPUS);
  std::string line;
  int count = 0;
  while (std::getline(file, line)) {
    const json::value value = json::parse(line);
    CorpusCase(value.as_object()).check();
    ++count;
  }
  EXPECT_GE(count, 110);
  EXPECT_GE(CorpusCase::variants, 6);
}

}  // namespace
}  // namespace dlrgw::normalise
