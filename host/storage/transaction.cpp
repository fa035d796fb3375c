// SPDX-License-Identifier: Apache-2.0
#include "storage/transaction.hpp"

#include <string>

namespace dlrgw::host {

Status in_one_transaction(Connection& connection, std::string_view what, const std::function<Status()>& action) {
  if (const DbStatus failure = connection.begin()) return failure->error();
  if (Status status = action(); !status) {
    connection.rollback();
    return status;
  }
  if (DbStatus failure = connection.commit()) {
    failure->text = std::string(what) + ", " + failure->text;
    return failure->error();
  }
  return {};
}

}  // namespace dlrgw::host
