// SPDX-License-Identifier: Apache-2.0
// Golden files of a quirk: what came in, a line of dashes, what the quirk made of it as JSON. A new case is a new file;
// no code is needed. One line per field of the event, named as there; times in RFC 3339 UTC:
//
//   operatorId: mno-acme
//   operatorMessageId: 00a1b2
//   rawStat: ZUGESTELLT
//   rawReceipt: id:00a1b2 stat:ZUGESTELLT err:000
//   tlv 0x001E: 303061316232
//   option time_zone: Europe/Berlin        (of [plugins.options])
//   profile spelling: upper                (of the operator's profile)
//   ---
//   {"quirk":"handled","dlrStatus":"DELIVERED"}
#pragma once
#include <chrono>
#include <cstdio>

#include <dlrgw/cpp/json_writer.hpp>
#include <dlrgw/cpp/text.hpp>
#include <dlrgw/testing/plugin.hpp>

namespace dlrgw::testing {

inline constexpr std::string_view kDashes = "---\n";

namespace detail {

inline std::int64_t parse_time(const std::string& text) {
  int year = 0, hour = 0, minute = 0, second = 0, end = 0;
  unsigned month = 0, day = 0;
  const int fields =
      std::sscanf(text.c_str(), "%d-%u-%uT%d:%d:%dZ%n", &year, &month, &day, &hour, &minute, &second, &end);
  if (fields != 6 || static_cast<std::size_t>(end) != text.size()) {
    throw Error(DLRGW_E_INVALID, "\"" + text + "\" is not a time like 2026-01-31T12:00:00Z");
  }
  const auto days = std::chrono::sys_days(
      std::chrono::year_month_day{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}});
  return (((std::int64_t{days.time_since_epoch().count()} * 24 + hour) * 60 + minute) * 60 + second) * 1'000'000;
}

inline std::string time_text(std::int64_t us) {
  std::string out;
  append_rfc3339(out, us, 0);
  return out;
}

// \n \r \t \\ in a value stand for the characters.
inline std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    out += c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
  }
  return out;
}

}  // namespace detail

// One line of the first part. Throws on a field that is not known.
inline void read_golden_line(FakeHost& host, Received& in, const std::string& name, const std::string& value) {
  const std::pair<std::string_view, std::string*> texts[] = {{"operatorId", &in.operator_id},
                                                             {"operatorMessageId", &in.operator_message_id},
                                                             {"rawStat", &in.raw_status},
                                                             {"errorCode", &in.error_code},
                                                             {"submitDate", &in.submit_date},
                                                             {"doneDate", &in.done_date},
                                                             {"networkErrorCode", &in.network_error_code},
                                                             {"rawReceipt", &in.raw_receipt},
                                                             {"sourceAddr", &in.source_addr},
                                                             {"destAddr", &in.dest_addr},
                                                             {"connectorId", &in.connector_id}};
  for (const auto& [known, text] : texts) {
    if (known != name) continue;
    *text = value;
    return;
  }
  if (name == "messageState") {
    in.message_state = static_cast<std::uint32_t>(std::stoul(value));
  } else if (name == "esmClass") {
    in.esm_class = static_cast<std::uint32_t>(std::stoul(value, nullptr, 0));
  } else if (name == "receivedAt") {
    in.received_at_us = detail::parse_time(value);
  } else if (name == "dlrTimestamp") {
    in.dlr_timestamp_us = detail::parse_time(value);
  } else if (name == "segment") {  // "2/3"
    in.segment_index = static_cast<std::uint32_t>(std::stoul(value));
    in.segment_total = static_cast<std::uint32_t>(std::stoul(value.substr(value.find('/') + 1)));
  } else if (name.starts_with("tlv ")) {
    in.tlvs[static_cast<std::uint32_t>(std::stoul(name.substr(4), nullptr, 16))] = value;
  } else if (name.starts_with("option ")) {
    host.option(name.substr(7), value);
  } else if (name.starts_with("profile ")) {
    host.option(name.substr(8), value, in.operator_id);
  } else {
    throw Error(DLRGW_E_INVALID, "\"" + name + "\" is no field of an event");
  }
}

// What the quirk made of the receipt: what it left alone is left out.
inline std::string describe(const std::string& result, const TestReceipt& receipt) {
  JsonWriter json;
  json.begin_object().member("quirk", result);
  if (receipt.status() != DlrStatus::kNone) json.member("dlrStatus", to_string(receipt.status()));
  const std::pair<const char*, TextField> texts[] = {
      {"rawStat", TextField::kRawStatus},     {"operatorMessageId", TextField::kOperatorMessageId},
      {"errorCode", TextField::kErrorCode},   {"networkErrorCode", TextField::kNetworkErrorCode},
      {"submitDate", TextField::kSubmitDate}, {"doneDate", TextField::kDoneDate}};
  for (const auto& [name, field] : texts) {
    if (const auto text = receipt.edited(field)) json.member(name, *text);
  }
  if (const auto ids = receipt.candidate_ids(); !ids.empty()) {
    json.key("idCandidates").begin_array();
    for (const std::string& id : ids) json.value(std::string_view(id));
    json.end_array();
  }
  if (const auto time = receipt.edited(IntField::kDlrTimestamp)) {
    json.key("dlrTimestamp");
    *time == DLRGW_NO_TIME ? json.null() : json.value(std::string_view(detail::time_text(*time)));
  }
  const std::pair<const char*, IntField> numbers[] = {{"messageState", IntField::kMessageState},
                                                      {"segmentIndex", IntField::kSegmentIndex},
                                                      {"segmentTotal", IntField::kSegmentTotal},
                                                      {"finality", IntField::kFinality},
                                                      {"noId", IntField::kNoId}};
  for (const auto& [name, field] : numbers) {
    if (const auto number = receipt.edited(field)) json.member(name, *number);
  }
  if (!receipt.flags().empty()) {
    json.key("flags").begin_array();
    for (const std::string& flag : receipt.flags()) json.value(std::string_view(flag));
    json.end_array();
  }
  json.end_object();
  return json.take();
}

// The second part for the first part of a golden file. Throws dlrgw::Error with a sentence on a file that cannot be
// read.
inline std::string run_golden(std::string_view first_part, dlrgw_plugin_entry_fn entry) {
  FakeHost host;
  host.grant("pii");
  Received in;
  for (std::size_t at = 0; at < first_part.size();) {
    const std::size_t end = std::min(first_part.find('\n', at), first_part.size());
    const std::string line(first_part.substr(at, end - at));
    at = end + 1;
    if (line.empty() || line.front() == '#') continue;
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) throw Error(DLRGW_E_INVALID, "the line \"" + line + "\" is not \"field: value\"");
    read_golden_line(host, in, line.substr(0, colon), detail::unescaped(std::string_view(line).substr(colon + 2)));
  }
  TestPlugin plugin(host, entry);
  for (const std::string& refused : host.refused_options()) throw Error(DLRGW_E_INVALID, refused);
  TestReceipt& receipt = host.receipt(std::move(in));
  return describe(plugin.apply_quirk(receipt), receipt) + "\n";
}

}  // namespace dlrgw::testing
