// The receipt text of an SMPP deliver_sm, SMPP 3.4 appendix B, read as operators really write it:
//   id:I sub:S dlvrd:D submit date:YYMMDDhhmm done date:YYMMDDhhmm stat:X err:E text:T
// Pure, never fails, any thread. Total work is linear in the input.
//
// A label stands at the start or behind a blank; labels come in any order and case; any run of white space, NUL or
// other control character is a blank. A value ends at the next blank, so "id:ns:12345" keeps its colon, but "id:
// sub:001" is an empty id: behind a blank, "word:" is the next field. Unknown fields are skipped.
//
// What stands before "text:" wins, because what follows it was written by the sender of the message. Behind it, a label
// counts only for a field that is missing before; of several there the last, because the operator's own labels follow
// the message. id_after_text and stat_after_text tell that this happened.
#pragma once
#include <string_view>

namespace dlrgw::normalise {

// Views into the parsed text; empty = absent or empty.
struct ReceiptText {
  std::string_view id;
  std::string_view sub;
  std::string_view dlvrd;  // no count: operators put 000, 13 or the text length here
  std::string_view submit_date;
  std::string_view done_date;
  std::string_view stat;
  std::string_view err;
  bool id_after_text = false;
  bool stat_after_text = false;
};

ReceiptText parse_receipt_text(std::string_view text);

}  // namespace dlrgw::normalise
