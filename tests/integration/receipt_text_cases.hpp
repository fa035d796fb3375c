// SPDX-License-Identifier: Apache-2.0
// Receipts as operators write them, each of an operator of its own, through the running gateway.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

namespace dlrgw::test {

// The member's text; empty: absent or no text.
std::string text_of(const boost::json::object& object, std::string_view key);

// One receipt of an operator of its own, so that equal ids do not meet.
struct TextCase {
  std::string name;
  std::string operator_id;
  std::string raw_receipt;
  boost::json::object members;  // of the event, besides operatorId and rawReceipt
  std::string id;               // under which its message was submitted; empty: the receipt has none
  std::string status;
  std::string raw;  // "dlr.raw" decided by a text; not compared when it begins with "state:"
  std::string error_code;
  std::string profile;  // TOML

  [[nodiscard]] std::string payload() const {
    boost::json::object event = members;
    event["operatorId"] = operator_id;
    if (!raw_receipt.empty()) event["rawReceipt"] = raw_receipt;
    return boost::json::serialize(event);
  }
};

// A profile of the operator, as the configuration spells it.
std::string toml(const boost::json::object& profile, const std::string& operator_id);

// Sends all to one gateway and expects of each what it says.
void expect_each(const std::vector<TextCase>& cases);

}  // namespace dlrgw::test
