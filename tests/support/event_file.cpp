// SPDX-License-Identifier: Apache-2.0
#include "support/event_file.hpp"

#include <fstream>
#include <stdexcept>

#include "support/json.hpp"

namespace dlrgw::test {

std::map<std::string, std::int64_t> write_event_file(
    TestNats& nats, const std::string& path, const std::function<std::string(const std::string& data)>& state_of) {
  std::map<std::string, std::int64_t> by_state;
  std::ofstream out(path);
  for (const NatsMessage& message : nats.read_stream(kCaptureStream)) {
    const std::string state = state_of(message.data);
    ++by_state[state];
    JsonObject headers;
    headers.text("Nats-Msg-Id", message.msg_id);
    for (const auto& [name, value] : message.headers) headers.text(name, value);
    JsonObject line;
    line.text("state", state).text("subject", message.subject).raw("headers", headers.str());
    out << line.text("payload", message.data).str() << "\n";
  }
  if (!out.flush()) throw std::runtime_error("cannot write " + path);
  return by_state;
}

}  // namespace dlrgw::test
