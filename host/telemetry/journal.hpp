// SPDX-License-Identifier: Apache-2.0
// What systemd's journal has to be told of a line: its priority, in front of it (sd-daemon(3)). The journal takes that
// off again. Everywhere else it would stand in the way of whoever reads JSON.
#pragma once
#include <string_view>

#include "telemetry/log.hpp"

namespace dlrgw::host {

// Whether `fd` is the connection to the journal that the environment's JOURNAL_STREAM names, "device:inode" in decimal
// (systemd.exec(5)). Null, malformed, or of another descriptor, as after a redirection: no.
[[nodiscard]] bool leads_to_journal(int fd, const char* journal_stream);

// "<3>" for errors, "<4>" for warnings, "<6>", "<7>": syslog's numbers.
[[nodiscard]] std::string_view journal_prefix(Level level);

}  // namespace dlrgw::host
