// SPDX-License-Identifier: Apache-2.0
// The one table that the host writes for receipts: a row of dlr.invalid_dlrs per delivery that is invalid, rejected or
// held, and only one however often it is redelivered. Stateless; called on a lane's thread.
#pragma once
#include <string_view>

#include "boundary/batch.hpp"
#include "storage/statement.hpp"

namespace dlrgw::host {

// Throws std::logic_error when the statement's own text is wrong.
Statement invalid_rows_statement();

// What is known of a receipt that is put away; of no other.
struct HeldFacts {
  std::string_view detail;      // no data of the receipt in it
  std::string_view message_id;  // empty: not known
};

// Adds the rows of everything in the batch that is invalid, rejected or put away. They carry tag 0, which belongs to no
// receipt, so that no verdict drops them. A receipt keeps its receivedAt, under which it may be submitted again.
Status add_invalid_rows(Batch& batch, const Statement& statement, const HeldFacts& held = {});

}  // namespace dlrgw::host
