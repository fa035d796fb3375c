// SPDX-License-Identifier: Apache-2.0
#include "telemetry/journal.hpp"

#include <string>

#include <sys/stat.h>

namespace dlrgw::host {

bool leads_to_journal(int fd, const char* journal_stream) {
  struct stat file {};
  if (journal_stream == nullptr || ::fstat(fd, &file) != 0) return false;
  return std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino) == journal_stream;
}

std::string_view journal_prefix(Level level) {
  switch (level) {
    case Level::kDebug:
      return "<7>";
    case Level::kInfo:
      return "<6>";
    case Level::kWarn:
      return "<4>";
    case Level::kError:
      return "<3>";
  }
  return "<3>";
}

}  // namespace dlrgw::host
