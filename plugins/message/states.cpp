// SPDX-License-Identifier: Apache-2.0
#include "message/states.hpp"

#include <algorithm>

namespace dlrgw::message {
namespace {

constexpr std::string_view kFinalKey = "T";
constexpr char kIntermediateMark = '~';

}  // namespace

std::string_view to_string(AggregateStatus status) {
  return status == AggregateStatus::kPartial ? "PARTIAL" : to_string(static_cast<DlrStatus>(status));
}

bool is_terminal_message_status(std::string_view status) {
  return std::any_of(std::begin(kAllAggregateStatuses), std::end(kAllAggregateStatuses),
                     [&](AggregateStatus s) { return to_string(s) == status; });
}

std::string terminal_status_list() {
  std::string list;
  for (const AggregateStatus status : kAllAggregateStatuses)
    list.append(list.empty() ? "'" : ", '").append(to_string(status)).append("'");
  return list;
}

std::string state_key(DlrStatus status, std::string_view raw) {
  return is_terminal(status) ? std::string(kFinalKey) : std::string(1, kIntermediateMark).append(raw);
}

std::string_view raw_of(std::string_view state_key) {
  return state_key.starts_with(kIntermediateMark) ? state_key.substr(1) : std::string_view();
}

}  // namespace dlrgw::message
