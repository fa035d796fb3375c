// SPDX-License-Identifier: Apache-2.0
// What the gateway published, written down for checks outside of C++: one JSON object a line, {state, subject, headers,
// payload}. state says what had happened to the message, payload is the text of the event.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "support/nats.hpp"

namespace dlrgw::test {

// How many events there are of each state. Throws when the file cannot be written.
std::map<std::string, std::int64_t> write_event_file(
    TestNats& nats, const std::string& path, const std::function<std::string(const std::string& data)>& state_of);

}  // namespace dlrgw::test
