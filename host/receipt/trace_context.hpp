// SPDX-License-Identifier: Apache-2.0
// W3C trace context: the trace of a delivery's traceparent header and the span of its work here. A value; pure but for
// the random span id. https://www.w3.org/TR/trace-context/
#pragma once
#include <string>
#include <string_view>

#include "telemetry/log.hpp"

namespace dlrgw::host {

struct TraceContext {
  std::string trace_id;  // 32 hex digits; all empty without a valid header
  std::string span_id;   // 16 hex digits, new
  std::string flags;     // as received

  [[nodiscard]] TraceIds ids() const { return {trace_id, span_id}; }
  [[nodiscard]] std::string traceparent() const;  // what this span hands on; empty without a trace
};

TraceContext begin_span(std::string_view traceparent);

}  // namespace dlrgw::host
