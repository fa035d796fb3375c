// SPDX-License-Identifier: Apache-2.0
// The receipt text of an SMPP deliver_sm, SMPP 3.4 appendix B, read as operators really write it:
//   id:I sub:S dlvrd:D submit date:YYMMDDhhmm done date:YYMMDDhhmm stat:X err:E text:T
// Pure, never fails, any thread. Total work is linear in the input.
//
// A label begins at the start or behind any character that is not of a word; labels come in any order and case. What
// stands behind it up to the next label is its value: of dates and the status all of it, else the first word. An empty
// label stays empty: behind a blank, "sub:" is the next field and "IMSI:" an empty one, while "ns:12345" is a value.
// The first of two equal labels counts. "smsc id:" and its like are no "id:".
//
// What stands before "text:" wins, because what follows it was written by the sender of the message. Behind it, a label
// counts only behind a blank, and for a field that has no label before; of several there the last, because the
// operator's own labels follow the message. id_after_text and stat_after_text say that this happened.
#pragma once
#include <string_view>

#include "labels.hpp"

namespace dlrgw::normalise {

// Views into the parsed text; empty = absent or empty. Without control characters.
struct ReceiptText {
  std::string_view id;
  std::string_view sub;
  std::string_view dlvrd;        // no count: operators put 000, 13 or the text length here
  std::string_view submit_date;  // may hold blanks
  std::string_view done_date;
  std::string_view stat;        // the first word
  std::string_view whole_stat;  // with what follows it up to the next label; empty when that is the word alone
  std::string_view err;
  bool id_after_text = false;
  bool stat_after_text = false;
  bool id_damaged = false;  // an id was there, but octets of it were lost: it is none

  // Neither an id nor a status: perhaps it is no receipt, or one in another encoding.
  [[nodiscard]] bool says_nothing() const { return id.empty() && stat.empty() && !id_damaged; }
};

ReceiptText parse_receipt_text(std::string_view text, const Labels& labels);

}  // namespace dlrgw::normalise
