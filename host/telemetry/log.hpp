// SPDX-License-Identifier: Apache-2.0
// JSON lines on stdout: ts, level, event, instance, traceId, spanId, then the fields. Thread-safe. Where stdout is the
// journal of systemd, each has its priority in front, which the journal takes off.
// There is no way to log a whole payload; a phone number is a Msisdn and is masked here.
#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace dlrgw::host {

enum class Level : std::int32_t { kDebug = 1, kInfo = 2, kWarn = 3, kError = 4 };

// "debug", "info", "warn", "error".
[[nodiscard]] std::string_view to_string(Level level);
[[nodiscard]] std::optional<Level> parse_level(std::string_view text);

struct TimeUs {
  std::int64_t value = 0;
};
struct Msisdn {
  std::string_view digits;
};

struct Field {
  std::string_view name;  // camelCase
  std::variant<std::string_view, std::int64_t, double, bool, TimeUs, Msisdn> value;
};

struct TraceIds {
  std::string_view trace_id;
  std::string_view span_id;
};

class Logger {
 public:
  // instance names this process in every line. Lines below `level` are not written. When nobody reads stdout, lines are
  // dropped after a short wait and counted.
  Logger(std::string instance, Level level);
  // Takes the lines, each with its newline, one at a time; for tests and for tools that print elsewhere.
  using LineSink = std::function<void(std::string_view line)>;
  Logger(std::string instance, Level level, LineSink sink);
  ~Logger();
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  [[nodiscard]] bool enabled(Level level) const;
  void set_level(Level level);
  // Lines lost because stdout was full or gone.
  [[nodiscard]] std::uint64_t dropped() const;
  void emit(Level level, std::string_view event, std::span<const Field> fields, TraceIds trace = {});
  void emit(Level level, std::string_view event, std::initializer_list<Field> fields, TraceIds trace = {}) {
    emit(level, event, std::span<const Field>(fields.begin(), fields.size()), trace);
  }

  // While one lives, the lines of its thread to its logger are kept and then written together: one system call for
  // many. Not nested.
  class Group {
   public:
    explicit Group(Logger& logger);
    ~Group();
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;

   private:
    friend class Logger;
    Logger& logger_;
    std::string lines_;
  };

 private:
  void write(std::string_view lines);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dlrgw::host
