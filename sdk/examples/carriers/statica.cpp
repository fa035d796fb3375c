// SPDX-License-Identifier: Apache-2.0
// mno-statica says its states as numbers of its own and its times as "31.01.2026 14:05:09" on the clock of its site,
// whose offset from UTC is an option.
#include <array>
#include <chrono>
#include <cstdio>
#include <optional>

#include <dlrgw/plugin.hpp>

namespace {

using dlrgw::DlrStatus;

struct State {
  std::string_view number;
  DlrStatus status;
  std::string_view error_code;
};
constexpr std::array kStates{
    State{"200", DlrStatus::kDelivered, "000"},   State{"408", DlrStatus::kExpired, "408"},
    State{"410", DlrStatus::kFailed, "410"},  // the number is no longer in use
    State{"486", DlrStatus::kUndelivered, "486"}, State{"603", DlrStatus::kRejected, "603"},
    State{"100", DlrStatus::kUnknown, ""},  // buffered: another receipt will come
};

// Nothing for a text that is no such date.
std::optional<std::int64_t> utc_us(std::string_view text, std::int64_t offset_us) {
  unsigned day = 0, month = 0;
  int year = 0, hour = 0, minute = 0, second = 0, end = 0;
  const std::string copy(text);
  const int fields =
      std::sscanf(copy.c_str(), "%2u.%2u.%4d %2d:%2d:%2d%n", &day, &month, &year, &hour, &minute, &second, &end);
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  if (fields != 6 || static_cast<std::size_t>(end) != copy.size() || !date.ok()) return std::nullopt;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1'000'000 - offset_us;
}

class Statica final : public dlrgw::Quirk {
 public:
  explicit Statica(std::int64_t offset_us) : offset_us_(offset_us) {}
  bool apply(dlrgw::QuirkReceipt& receipt) override {
    for (const State& state : kStates) {
      if (state.number != receipt.raw_status()) continue;
      receipt.set_status(state.status);
      if (!state.error_code.empty()) receipt.set_error_code(state.error_code);
      if (const auto time = utc_us(receipt.done_date(), offset_us_)) {
        receipt.set_dlr_timestamp_us(*time);
      } else {
        receipt.add_flag("done_date_unreadable");
      }
      return true;
    }
    return false;
  }

 private:
  const std::int64_t offset_us_;
};

constexpr dlrgw_option kOptions[] = {
    dlrgw::option("utc_offset_minutes", DLRGW_OPTION_INT, "0", "how far the operator's clock is ahead of UTC"),
};

class Plugin {
 public:
  static dlrgw::PluginInfo info() { return {.id = "mno-statica", .version = "1.0.0", .options = kOptions}; }
  Plugin(dlrgw::Host host, dlrgw::Registrar& registrar) {
    const dlrgw::Config config(host);
    const std::int64_t minutes = config.integer("utc_offset_minutes").value_or(0);
    if (minutes < -14 * 60 || minutes > 14 * 60) {
      config.refuse({}, "utc_offset_minutes", {}, "is no offset of any place; write -840 to 840");
    }
    registrar.quirk({"mno-statica", {"mno-statica"}},
                    [minutes](std::uint32_t) { return std::make_unique<Statica>(minutes * 60'000'000); });
  }
};

}  // namespace

DLRGW_PLUGIN(Plugin)
