// SPDX-License-Identifier: Apache-2.0
#include "demo/report.hpp"

#include <cstdio>
#include <unistd.h>

namespace dlrgw::demo {
namespace {

constexpr int kNameWidth = 44;

int width_of(const std::string& text) {  // columns of a UTF-8 text without wide characters
  int columns = 0;
  for (const char c : text) columns += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return columns;
}

std::string padded(const std::string& text, int width) {
  const int missing = width - width_of(text);
  return missing > 0 ? text + std::string(static_cast<std::size_t>(missing), ' ') : text;
}

std::string right(const std::string& text, int width) {
  const int missing = width - width_of(text);
  return missing > 0 ? std::string(static_cast<std::size_t>(missing), ' ') + text : text;
}

std::string text_of(Range range) {
  return range.low == range.high ? std::to_string(range.low)
                                 : std::to_string(range.low) + ".." + std::to_string(range.high);
}

}  // namespace

std::string to_table(const Comparison& comparison) {
  std::string out;
  for (const auto& section : comparison.sections) {
    out += "\n" + section.title + "\n";
    out += padded("kind", kNameWidth) + right("sent", 7) + "  " + padded("expected outcome", 20) +
           right("expected", 12) + right("found", 9) + "  ok\n";
    for (const auto& line : section.lines)
      out += padded(line.name, kNameWidth) + right(line.sent < 0 ? "" : std::to_string(line.sent), 7) + "  " +
             padded(line.outcome, 20) + right(text_of(line.expected), 12) + right(std::to_string(line.found), 9) +
             (line.ok() ? "  yes\n" : "  NO\n");
  }
  if (!comparison.agrees() && !comparison.discrepancies.empty()) {
    out += "\nThe first discrepancies\n";
    for (const auto& text : comparison.discrepancies) out += "  " + text + "\n";
  }
  return out;
}

Progress::Progress()
    : terminal_(isatty(STDOUT_FILENO) != 0),
      start_(std::chrono::steady_clock::now()),
      last_(start_ - std::chrono::hours(1)) {}

void Progress::show(const std::string& text) {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ && now - last_ < std::chrono::seconds(1)) return;
  last_ = now;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  char stamp[32];
  std::snprintf(stamp, sizeof stamp, "%6.1f s  ", seconds);
  shown_ = stamp + text;
  if (terminal_)
    std::printf("\r\033[K%s", shown_.c_str());
  else
    std::printf("%s\n", shown_.c_str());
  std::fflush(stdout);
}

void Progress::done() {
  if (terminal_ && !shown_.empty()) std::printf("\n");
  std::fflush(stdout);
}

}  // namespace dlrgw::demo
