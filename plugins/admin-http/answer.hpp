// SPDX-License-Identifier: Apache-2.0
// The answer to an administrator's request, as a value. Pure; any thread.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <dlrgw/plugin.hpp>

namespace dlrgw::admin_http {

struct Answer {
  std::uint32_t status = 200;
  std::string body;                         // JSON of a success; the sentence of a refusal
  std::function<void(JsonWriter&)> more{};  // further members of a refusal's problem document
  bool audited = false;                     // its audit row was committed with the effect itself

  [[nodiscard]] bool ok() const { return status < 400; }
};

// The answer to what the host refused, by its error code: unknown object 404, dependency away 503, else `refused`.
Answer refusal(const Error& error, std::uint32_t refused);
// The answer to a submission that was not decided: `no_receipt` when the payload is no receipt, 503 for an unavailable
// dependency or a conflict, 500 for a failing stage.
Answer submission_refusal(const Error& error, std::uint32_t no_receipt);

// 503 when the database is away; any other error is thrown again.
Answer away(const Error& error);

// {"result": "ok" | "refused", "status": …, "reason": …, "instance": …}
std::string audit_details(const Answer& answer, std::string_view instance);

// A stream sequence as it stands in a path: decimal digits, 1 and up.
std::optional<std::int64_t> parse_sequence(std::string_view text);

// The answer on its way.
void send(HttpResponse& response, const Answer& answer);

}  // namespace dlrgw::admin_http
