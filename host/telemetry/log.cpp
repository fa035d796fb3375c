// SPDX-License-Identifier: Apache-2.0
#include "telemetry/log.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <utility>

#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include "support/clock.hpp"
#include "telemetry/caught_output.hpp"
#include "telemetry/journal.hpp"
#include "telemetry/line_writer.hpp"
#include "telemetry/log_line.hpp"

namespace dlrgw::host {
namespace {

constexpr std::array<std::string_view, 4> kLevelNames{"debug", "info", "warn", "error"};
constexpr std::chrono::milliseconds kPatience{50};
constexpr std::size_t kGroupBytes = std::size_t{32} * 1024;

thread_local Logger::Group* t_group = nullptr;

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarn:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

// The line is complete when it gets here: spdlog's own formatting is bypassed, its lock is used.
class ForwardingSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit ForwardingSink(Logger::LineSink target) : target_(std::move(target)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    for (std::string_view lines(message.payload.data(), message.payload.size()); !lines.empty();) {
      const std::size_t length = std::min(lines.find('\n'), lines.size() - 1) + 1;
      target_(lines.substr(0, length));
      lines.remove_prefix(length);
    }
  }
  void flush_() override {}

 private:
  Logger::LineSink target_;  // guarded by base_sink's mutex
};

class StdoutSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit StdoutSink(std::atomic<std::uint64_t>& dropped) : writer_(log_output(), kPatience), dropped_(dropped) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    writer_.write({message.payload.data(), message.payload.size()});
    dropped_.store(writer_.dropped(), std::memory_order_relaxed);
  }
  void flush_() override {}

 private:
  LineWriter writer_;  // guarded by base_sink's mutex
  std::atomic<std::uint64_t>& dropped_;
};

}  // namespace

std::string_view to_string(Level level) {
  const auto index = static_cast<std::size_t>(level) - 1;
  return index < kLevelNames.size() ? kLevelNames[index] : "error";
}

std::optional<Level> parse_level(std::string_view text) {
  for (std::size_t i = 0; i < kLevelNames.size(); ++i)
    if (kLevelNames[i] == text) return static_cast<Level>(i + 1);
  return std::nullopt;
}

struct Logger::Impl {
  std::string instance;
  SystemClock clock;
  std::atomic<std::uint64_t> dropped{0};
  bool to_journal = false;
  spdlog::logger logger;

  Impl(std::string name, Level level)
      : instance(std::move(name)),
        to_journal(leads_to_journal(log_output(), std::getenv("JOURNAL_STREAM"))),
        logger("gateway", std::make_shared<StdoutSink>(dropped)) {
    logger.set_level(spdlog_level(level));
  }
  Impl(std::string name, Level level, LineSink sink)
      : instance(std::move(name)), logger("gateway", std::make_shared<ForwardingSink>(std::move(sink))) {
    logger.set_level(spdlog_level(level));
  }
};

Logger::Logger(std::string instance, Level level) : impl_(std::make_unique<Impl>(std::move(instance), level)) {}

Logger::Logger(std::string instance, Level level, LineSink sink)
    : impl_(std::make_unique<Impl>(std::move(instance), level, std::move(sink))) {}

Logger::~Logger() = default;

bool Logger::enabled(Level level) const { return impl_->logger.should_log(spdlog_level(level)); }

void Logger::set_level(Level level) { impl_->logger.set_level(spdlog_level(level)); }

std::uint64_t Logger::dropped() const { return impl_->dropped.load(std::memory_order_relaxed); }

void Logger::emit(Level level, std::string_view event, std::span<const Field> fields, TraceIds trace) {
  if (!enabled(level)) return;
  std::string line = log_line(impl_->clock.now_us(), level, event, impl_->instance, fields, trace);
  if (impl_->to_journal) line.insert(0, journal_prefix(level));
  Group* group = t_group;
  if (group == nullptr || &group->logger_ != this) return write(line);
  group->lines_ += line;
  if (group->lines_.size() >= kGroupBytes) {
    write(group->lines_);
    group->lines_.clear();
  }
}

void Logger::write(std::string_view lines) {
  impl_->logger.log(spdlog::level::err, spdlog::string_view_t(lines.data(), lines.size()));
}

Logger::Group::Group(Logger& logger) : logger_(logger) { t_group = this; }

Logger::Group::~Group() {
  t_group = nullptr;
  if (!lines_.empty()) logger_.write(lines_);
}

}  // namespace dlrgw::host
