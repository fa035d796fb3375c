// SPDX-License-Identifier: Apache-2.0
#include "telemetry/log_line.hpp"

#include <algorithm>
#include <array>

#include <dlrgw/cpp/text.hpp>

#include "telemetry/json_text.hpp"

namespace dlrgw::host {
namespace {

constexpr std::array<std::string_view, 6> kReserved{"ts", "level", "event", "instance", "traceId", "spanId"};

// Below this many digits even two of them would say too much.
constexpr std::size_t kMinDigitsToShow = 7;
constexpr std::size_t kDigitsShown = 2;

void append_text(std::string& out, std::string_view text) {
  if (text.size() <= kMaxFieldBytes) {
    append_json_string(out, text);
    return;
  }
  std::string cut(utf8_prefix(text, kMaxFieldBytes));
  cut += "…";
  append_json_string(out, cut);
}

void append_masked(std::string& out, std::string_view number) {
  std::string masked = "***";
  std::string last;
  std::size_t count = 0;
  for (auto it = number.rbegin(); it != number.rend(); ++it) {
    if (*it < '0' || *it > '9') continue;
    if (count++ < kDigitsShown) last.insert(last.begin(), *it);
  }
  if (count >= kMinDigitsToShow) masked += last;
  append_json_string(out, masked);
}

struct ValueWriter {
  std::string& out;
  void operator()(std::string_view value) const { append_text(out, value); }
  void operator()(std::int64_t value) const { append_json_number(out, value); }
  void operator()(double value) const { append_json_number(out, value); }
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(TimeUs value) const { append_json_string(out, rfc3339_ms(value.value)); }
  void operator()(Msisdn value) const { append_masked(out, value.digits); }
};

bool reserved(std::string_view name) { return std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end(); }

bool repeated(std::span<const Field> fields, std::size_t index) {
  const auto earlier = fields.first(index);
  return std::any_of(earlier.begin(), earlier.end(), [&](const Field& f) { return f.name == fields[index].name; });
}

void member(std::string& out, std::string_view name) {
  out += out.empty() ? '{' : ',';
  append_json_string(out, name);
  out += ':';
}

}  // namespace

std::string log_line(std::int64_t at_us, Level level, std::string_view event, std::string_view instance,
                     std::span<const Field> fields, TraceIds trace) {
  std::string out;
  out.reserve(192 + 32 * fields.size());
  member(out, "ts");
  append_json_string(out, rfc3339_ms(at_us));
  member(out, "level");
  append_json_string(out, to_string(level));
  member(out, "event");
  append_text(out, event);
  member(out, "instance");
  append_text(out, instance);
  member(out, "traceId");
  append_text(out, trace.trace_id);
  member(out, "spanId");
  append_text(out, trace.span_id);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (repeated(fields, i)) continue;
    if (reserved(fields[i].name)) {
      member(out, std::string(fields[i].name) + "_");
    } else {
      member(out, fields[i].name);
    }
    std::visit(ValueWriter{out}, fields[i].value);
  }
  out += "}\n";
  return out;
}

}  // namespace dlrgw::host
