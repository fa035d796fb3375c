// SPDX-License-Identifier: Apache-2.0
// What dlr.outbox.headers holds: only what does not follow from the subject. Pure.
#pragma once
#include <string>
#include <string_view>

namespace dlrgw::outbox {

// The schema of an event whose row names none.
std::string default_schema(std::string_view subject);

// {"schema": …, "traceparent": …}, each only where it is needed; empty when neither is.
std::string headers_of(std::string_view subject, std::string_view schema, std::string_view traceparent);

}  // namespace dlrgw::outbox
