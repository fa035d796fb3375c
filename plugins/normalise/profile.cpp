// SPDX-License-Identifier: Apache-2.0
#include "profile.hpp"

#include <algorithm>
#include <charconv>
#include <utility>
#include <variant>

#include "characters.hpp"

namespace dlrgw::normalise {
namespace {

constexpr std::uint32_t kMaxPadding = 255;  // longest id
constexpr std::size_t kMaxStat = 64;        // longest status text, contracts.md §1
constexpr std::size_t kMaxErrorCode = 32;
constexpr std::string_view kStatePrefix = "STATE:";

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::optional<std::uint32_t> number(std::string_view text, std::uint32_t max) {
  std::uint32_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || value > max) return std::nullopt;
  return value;
}

class Reader {
 public:
  Reader(const ProfileText& text, std::vector<Mistake>& mistakes) : text_(text), mistakes_(mistakes) {}

  Profile read() {
    Profile profile;
    if (auto zone = TimeZone::of(text_.time_zone)) {
      profile.zone = std::move(*zone);
    } else {
      refuse("time_zone", {},
             "is " + quoted(text_.time_zone) + ", which is no zone of " + std::string(kZoneInfoDir) +
                 "; use a name such as Europe/Berlin, UTC, or an offset such as +05:30");
    }
    profile.date_format = compiled<DateFormat>("date_format", text_.date_format);
    profile.ids = id_formats();
    profile.id_pattern = compiled<IdPattern>("id_pattern", text_.id_pattern);
    profile.ids_per_connector = text_.id_scope == "connector";
    profile.text_before_tlvs = text_.tlvs == "after_text";
    profile.gsm7 = text_.alphabet == "gsm7";
    profile.labels = Labels::read(text_.labels, mistakes_);
    profile.trust_intermediate = text_.intermediate == "trust_status";
    profile.aliases = aliases();
    error_codes(profile);
    if (text_.error_source == "text") profile.error_source = ErrorSource::kText;
    if (text_.error_source == "network") profile.error_source = ErrorSource::kNetwork;
    profile.standard_after_failed_quirk = text_.on_failure == "standard";
    return profile;
  }

 private:
  void refuse(std::string_view key, std::string_view entry, std::string text) {
    mistakes_.push_back({key, std::string(entry), std::move(text)});
  }

  template <class T>
  std::optional<T> compiled(std::string_view key, std::string_view text) {
    if (text.empty()) return std::nullopt;
    auto made = T::compile(text);
    if (auto* value = std::get_if<T>(&made)) return std::move(*value);
    refuse(key, {}, "is " + quoted(text) + ", which " + std::get<std::string>(made));
    return std::nullopt;
  }

  IdFormat id_format(std::string_view key, const Entries& entries, bool* tlv_is_receipt) {
    IdFormat format;
    bool base_given = false;
    for (const auto& [name, value] : entries) {
      const auto wrong = [&, &entry = name, &given = value](const char* use) {
        refuse(key, entry, "is " + quoted(given) + "; use " + use);
      };
      if (name == "base") {
        base_given = true;
        if (value == "decimal")
          format.base = IdBase::kDecimal;
        else if (value == "hex")
          format.base = IdBase::kHex;
        else if (value != "text")
          wrong("decimal, hex or text");
      } else if (name == "padding") {
        const auto digits = number(value, kMaxPadding);
        if (!digits) wrong("a number of digits, 0 to 255");
        format.padding = digits.value_or(0);
      } else if (name == "case") {
        if (value == "upper")
          format.letters = IdCase::kUpper;
        else if (value == "lower")
          format.letters = IdCase::kLower;
        else
          wrong("upper or lower");
      } else if (name == "tlv" && tlv_is_receipt != nullptr) {
        *tlv_is_receipt = value == "receipt";
        if (value != "receipt" && value != "submit") wrong("submit or receipt");
      } else {
        refuse(key, name, std::string("is not known; use base, padding, case") + (tlv_is_receipt ? " or tlv" : ""));
      }
    }
    if (!base_given) refuse(key, {}, "has no base; add base = \"decimal\", \"hex\" or \"text\"");
    if (format.base == IdBase::kText && format.padding != 0)
      refuse(key, "padding", "is for numbers; use it with base = \"decimal\" or \"hex\"");
    return format;
  }

  // One of the two alone says that both spell numbers of that base.
  std::optional<IdFormats> id_formats() {
    if (text_.receipt_id.empty() && text_.submit_id.empty()) return std::nullopt;
    const std::size_t before = mistakes_.size();
    IdFormats formats;
    if (!text_.receipt_id.empty()) formats.receipt = id_format("receipt_id", text_.receipt_id, &formats.tlv_is_receipt);
    if (!text_.submit_id.empty()) formats.submit = id_format("submit_id", text_.submit_id, nullptr);
    if (text_.receipt_id.empty()) formats.receipt.base = formats.submit.base;
    if (text_.submit_id.empty()) formats.submit.base = formats.receipt.base;
    const bool both_known = mistakes_.size() == before;
    if (both_known && (formats.receipt.base == IdBase::kText) != (formats.submit.base == IdBase::kText))
      refuse("submit_id", "base", "and that of receipt_id are a number and a text; give both the base text, or none");
    return formats;
  }

  StatusAliases aliases() {
    StatusAliases out;
    for (const auto& [name, value] : text_.status_aliases) {
      const DlrStatus status = dlr_status_from(trimmed(value));
      std::string alias = " " + upper(trimmed(name));
      std::string code;
      if (const auto at = alias.find(kAliasError); at != std::string::npos) {
        code = trimmed(std::string_view(alias).substr(at + kAliasError.size()));
        alias.resize(at);
        if (code.empty() || code.size() > kMaxErrorCode || has_control(code))
          refuse("status_aliases", name, "names no error code; write \"UNDELIV err:77\"");
      }
      alias = std::string(trimmed(alias));
      if (status == DlrStatus::kNone) {
        refuse("status_aliases", name,
               "is " + quoted(value) + "; use DELIVERED, FAILED, UNDELIVERED, EXPIRED, REJECTED or UNKNOWN");
      } else if (alias.empty() || alias.size() > kMaxStat || has_control(alias)) {
        refuse("status_aliases", name,
               "is no status text; use 1 to 64 characters, none of them a control character, and behind them perhaps "
               "\" err:\" and an error code");
      } else if (alias.starts_with(kStatePrefix) && !number(alias.substr(kStatePrefix.size()), 255)) {
        refuse("status_aliases", name, "names no message state; use state:0 to state:255");
      } else if (!out.emplace(code.empty() ? alias : alias + std::string(kAliasError) + code, status).second) {
        refuse("status_aliases", name, "is given twice; case does not count");
      }
    }
    return out;
  }

  void error_codes(Profile& profile) {
    const auto code = [](std::string_view text) {
      return !text.empty() && text.size() <= kMaxErrorCode && !has_control(text);
    };
    for (const auto& [name, value] : text_.error_codes) {
      if (!code(name) || !code(value))
        refuse("error_codes", name,
               "needs codes of 1 to 32 characters on both sides, none of them a control character");
      profile.error_codes.emplace(name, value);
    }
  }

  const ProfileText& text_;
  std::vector<Mistake>& mistakes_;
};

}  // namespace

Profile read_profile(const ProfileText& text, std::vector<Mistake>& mistakes) { return Reader(text, mistakes).read(); }

}  // namespace dlrgw::normalise
