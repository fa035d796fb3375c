// SPDX-License-Identifier: Apache-2.0
// Receipts of which only the text (or the TLVs) is known, in the shapes that gateways meet in the wild: order and case
// of labels, white space, lengths of dates, vendor labels, message text that imitates a receipt.
#include <ctime>

#include "demo/planner.hpp"
#include "support/json.hpp"

namespace dlrgw::demo {
namespace {

std::string date(const char* format, int seconds_ago) {
  const std::time_t when = std::time(nullptr) - seconds_ago;
  std::tm utc{};
  gmtime_r(&when, &utc);
  char text[32];
  return {text, std::strftime(text, sizeof text, format, &utc)};
}

struct Text {
  std::string text;
  std::string status;
};

constexpr int kShapes = 18;

Text text_of(int shape, const std::string& id, Planner& planner) {
  const std::string ten = "submit date:" + date("%y%m%d%H%M", 90) + " done date:" + date("%y%m%d%H%M", 30);
  const std::string twelve = "submit date:" + date("%y%m%d%H%M%S", 80) + " done date:" + date("%y%m%d%H%M%S", 20);
  const std::string century = "submit date:" + date("%Y%m%d%H%M", 90) + " done date:" + date("%Y%m%d%H%M", 30);
  const std::string fourteen = "submit date:" + date("%Y%m%d%H%M%S", 70) + " done date:" + date("%Y%m%d%H%M%S", 10);
  const std::string error = planner.digits(3);
  switch (shape) {
    case 0:
      return {"id:" + id + " sub:001 dlvrd:001 " + ten + " stat:DELIVRD err:000 text:Your parcel is here", "DELIVERED"};
    case 1:
      return {"id:" + id + " " + ten + " stat:UNDELIV err:" + error, "UNDELIVERED"};
    case 2:
      return {"id:" + id + " sub:1 dlvrd:0 " + twelve + " stat:EXPIRED err:7 Text:-", "EXPIRED"};
    case 3:
      return {"id:" + id + " " + fourteen + " stat:REJECTD err:0B" + planner.hex(1), "REJECTED"};
    case 4:
      return {"stat:DELETED err:" + error + " done date:" + date("%y%m%d%H%M", 15) + " id:" + id, "FAILED"};
    case 5:
      return {"ID:" + id + " Sub:001 Dlvrd:001 Submit Date:" + date("%y%m%d%H%M", 60) + " Stat:DELIVRD Err:000 Text:ok",
              "DELIVERED"};
    case 6:
      return {"id:" + id + "\r\nsub:001\ndlvrd:001\t" + twelve + "\r\nstat:DELIVRD\r\nerr:000\r\ntext:two lines\r\n",
              "DELIVERED"};
    case 7:
      return {
          "id:" + id + " sub:001 dlvrd:000 " + ten + " stat:UNDELIV err:" + error + " text:id:1 stat:DELIVRD err:000",
          "UNDELIVERED"};
    case 8:
      return {"id:" + id + " stat:FAILED", "FAILED"};
    case 9:
      return {"id:" + id + " sub:001 dlvrd:001 " + ten + " stat:DELIVRD err:000 MSC:none HLR: ORN:somewhere",
              "DELIVERED"};
    case 10:
      return {"id:" + id + " sub:001 dlvrd:001 " + ten + " stat:ACKED    err:003 text: ", "UNKNOWN"};
    case 11:
      return {"sub:001 id:" + id + " err:000 dlvrd:001 " + twelve + " text: stat:DELIVRD", "DELIVERED"};
    case 12:
      return {"id:" + id + " sub:001 dlvrd:001 stat:delivrd err:000 text:", "DELIVERED"};
    case 13:
      return {"msgid:" + planner.digits(4) + " id:" + id + " stat:EXPIRED err:1", "EXPIRED"};
    case 14:
      return {"id:" + id + " sub:001 dlvrd:000 submit date:" + date("%y%m%d%H%M", 90) +
                  " done date:0000000000 stat:FAILED err:002 Text:",
              "FAILED"};
    case 15:
      return {"id:" + id + "  sub:...  dlvrd:null  " + century + "  stat:DELIVRD  err:...  text:x", "DELIVERED"};
    case 16:
      return {"id:" + id + " sub:002 dlvrd:003 " + ten + " err:" + error + " stat:KO_OPTED_OUT text:Hi", "UNKNOWN"};
    default:
      return {"id:" + id + " sub:001 dlvrd:001 " + ten + " stat:DELIVRD err:000 text:code: 12:30, reply at: once",
              "DELIVERED"};
  }
}

std::string some_id(Planner& planner) {
  switch (planner.below(7)) {
    case 0:
      return "000" + planner.digits(9);  // leading zeros count
    case 1:
      return planner.digits(24);  // beyond 64 bits
    case 2:
      return planner.uuid();
    case 3:
      return planner.hex(16);
    case 4:
      return planner.digits(10) + "." + planner.digits(12);
    case 5:
      return "ns:" + planner.digits(9);
    default:
      return planner.digits(12);
  }
}

std::string hex_of(const std::string& bytes) {
  std::string text;
  for (const unsigned char byte : bytes) {
    text += "0123456789ABCDEF"[byte >> 4U];
    text += "0123456789ABCDEF"[byte & 0xFU];
  }
  return text;
}

void finish(Planner& planner, std::size_t kind, const test::Message& message, const test::Receipt& receipt,
            const std::string& status) {
  planner.insert(message);
  planner.send(kind, receipt, status);
  planner.expect(kind, Outcome::kApplied);
  if (status == "UNKNOWN")
    planner.fate(message.message_id).provisional = {1, 1};
  else
    planner.fate(message.message_id).final_status = status;
}

}  // namespace

void plan_texts(Planner& planner) {
  const auto texts = planner.kind("receipt text only");
  const int count = std::max(planner.some(130), kShapes);
  for (int i = 0; i < count; ++i) {
    const auto message = planner.message(some_id(planner));
    auto receipt = planner.receipt(message);
    const Text text = text_of(i % kShapes, message.operator_message_id, planner);
    receipt.operator_message_id.clear();
    receipt.raw_receipt = text.text;
    finish(planner, texts, message, receipt, text.status);
  }
  const auto tlvs = planner.kind("id and state in TLVs only");
  for (int i = planner.some(25); i > 0; --i) {
    const auto message = planner.message(planner.hex(8));
    auto receipt = planner.receipt(message);
    receipt.operator_message_id.clear();
    receipt.message_state = 2;
    // A C-Octet String ends with NUL; some connectors cut it off.
    const std::string value = message.operator_message_id + (planner.below(2) == 0 ? std::string(1, '\0') : "");
    receipt.more.emplace_back("tlvs", test::JsonObject().text("0x001E", hex_of(value)).str());
    finish(planner, tlvs, message, receipt, "DELIVERED");
  }
}

}  // namespace dlrgw::demo
