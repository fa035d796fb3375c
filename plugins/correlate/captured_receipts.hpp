// SPDX-License-Identifier: Apache-2.0
// The tools behind `dlr-gateway profile … --from-database`: stored payloads that were not understood, and which ids
// were submitted. Reads only, on pool svc. Owned by the plugin; one call at a time.
#pragma once
#include <dlrgw/cpp/tools.hpp>
#include <dlrgw/plugin.hpp>

namespace dlrgw::correlate {

class CapturedReceipts {
 public:
  explicit CapturedReceipts(Host host);
  void add_to(Tools& tools) const;

  // As one line, with receivedAt where the payload has none: dates are judged by it.
  static std::string line_of(std::string_view payload, std::int64_t received_at_us);

 private:
  void write_captures(const ToolCall& call) const;
  void write_submitted(const ToolCall& call) const;

  Sql sql_;
  Clock clock_;
  SqlStatement captures_, submitted_;
};

}  // namespace dlrgw::correlate
