// SPDX-License-Identifier: Apache-2.0
// Structured logging. Lines given a receipt's handle are written once, after commit.
#pragma once
#include <initializer_list>

#include <dlrgw/abi/log.h>
#include <dlrgw/cpp/host.hpp>

namespace dlrgw {

inline dlrgw_log_field log_field(std::uint32_t type, std::string_view name) {
  dlrgw_log_field field{};
  field.struct_size = sizeof field;
  field.type = type;
  field.name = str(name);
  return field;
}
inline dlrgw_log_field field(std::string_view name, std::string_view text) {
  dlrgw_log_field f = log_field(DLRGW_FIELD_TYPE_TEXT, name);
  f.text = str(text);
  return f;
}
inline dlrgw_log_field field(std::string_view name, const char* text) { return field(name, std::string_view(text)); }
inline dlrgw_log_field field(std::string_view name, std::int64_t value) {
  dlrgw_log_field f = log_field(DLRGW_FIELD_TYPE_INT, name);
  f.integer = value;
  return f;
}
inline dlrgw_log_field field(std::string_view name, bool value) {
  dlrgw_log_field f = log_field(DLRGW_FIELD_TYPE_BOOL, name);
  f.integer = value ? 1 : 0;
  return f;
}
inline dlrgw_log_field field(std::string_view name, double value) {
  dlrgw_log_field f = log_field(DLRGW_FIELD_TYPE_FLOAT, name);
  f.number = value;
  return f;
}
inline dlrgw_log_field time_field(std::string_view name, std::int64_t us) {
  dlrgw_log_field f = log_field(DLRGW_FIELD_TYPE_TIME, name);
  f.integer = us;
  return f;
}
inline dlrgw_log_field msisdn_field(std::string_view name, std::string_view digits) {
  dlrgw_log_field f = log_field(DLRGW_FIELD_TYPE_MSISDN, name);
  f.text = str(digits);
  return f;
}

class Log {
 public:
  explicit Log(Host host) : log_(host.require<dlrgw_log>(DLRGW_SERVICE_LOG)) {}

  using Fields = std::initializer_list<dlrgw_log_field>;
  void debug(std::string_view event, std::uint64_t receipt, Fields fields) const {
    emit(DLRGW_LOG_DEBUG, event, receipt, fields);
  }
  void info(std::string_view event, std::uint64_t receipt, Fields fields) const {
    emit(DLRGW_LOG_INFO, event, receipt, fields);
  }
  void warn(std::string_view event, std::uint64_t receipt, Fields fields) const {
    emit(DLRGW_LOG_WARN, event, receipt, fields);
  }
  void error(std::string_view event, std::uint64_t receipt, Fields fields) const {
    emit(DLRGW_LOG_ERROR, event, receipt, fields);
  }
  [[nodiscard]] bool debug_enabled() const { return log_->enabled(log_->self, DLRGW_LOG_DEBUG) != 0; }

 private:
  void emit(std::int32_t level, std::string_view event, std::uint64_t receipt, Fields fields) const {
    log_->emit(log_->self, receipt, level, str(event), fields.begin(), static_cast<std::uint32_t>(fields.size()),
               sizeof(dlrgw_log_field));
  }
  const dlrgw_log* log_;
};

}  // namespace dlrgw
