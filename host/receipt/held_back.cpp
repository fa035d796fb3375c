// SPDX-License-Identifier: Apache-2.0
#include "receipt/held_back.hpp"

namespace dlrgw::host {

Field HeldField::borrow() const {
  Field field{name, std::int64_t{0}};
  std::visit(
      [&](const auto& held) {
        using T = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<T, std::string>) {
          field.value = std::string_view(held);
        } else if constexpr (std::is_same_v<T, MaskedNumber>) {
          field.value = Msisdn{held.digits};
        } else {
          field.value = held;
        }
      },
      value);
  return field;
}

void HeldBack::release(Logger& logger, Metrics& metrics, TraceIds trace) {
  std::vector<Field> fields;
  for (const HeldLog& line : logs_) {
    fields.clear();
    for (const HeldField& field : line.fields) fields.push_back(field.borrow());
    logger.emit(line.level, line.event, fields, trace);
  }
  std::vector<std::string_view> labels;
  for (const HeldMetric& held : metrics_) {
    labels.assign(held.labels.begin(), held.labels.end());
    metrics.record(held.family, labels, held.value);
  }
  logs_.clear();
  metrics_.clear();
}

}  // namespace dlrgw::host
