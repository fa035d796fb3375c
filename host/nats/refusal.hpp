// SPDX-License-Identifier: Apache-2.0
// Why there is no connection to NATS, as a sentence that says what to do. Pure; any thread.
#pragma once
#include <string>
#include <string_view>

#include <nats/nats.h>

namespace dlrgw::host {

// status: what an attempt ended with; text: nats.c's words beside it, perhaps empty. Nothing secret is in the sentence.
[[nodiscard]] std::string why_refused(natsStatus status, std::string_view text);

}  // namespace dlrgw::host
