// SPDX-License-Identifier: Apache-2.0
// What the commands have in common that ask the running gateway through its control socket. The command's thread.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "support/result.hpp"

namespace dlrgw::host {

// A request to the control socket, "METHOD /path?query body", answered by the body of the route's answer.
using AskGateway = std::function<Result<std::string>(std::string_view)>;

// The answer as an object. Refused: with the sentence of whoever refused it, or because it is no object.
[[nodiscard]] Result<boost::json::object> ask_object(const AskGateway& ask, std::string_view request);

// A member as text: a string as it is, anything else as JSON; nothing for one that is null or not there.
[[nodiscard]] std::string text_of(const boost::json::object& object, std::string_view key);

// Percent-encoded: one segment of a path, or one value of a query.
[[nodiscard]] std::string in_target(std::string_view text);

}  // namespace dlrgw::host
