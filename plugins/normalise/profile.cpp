#include "profile.hpp"

#include <charconv>

namespace dlrgw::normalise {
namespace {

constexpr std::uint32_t kMaxPadding = 255;  // longest id
constexpr std::size_t kMaxErrorCode = 32;

class Reader {
 public:
  Reader(std::string_view operator_id, std::vector<std::string>& errors) : operator_id_(operator_id), errors_(errors) {}

  void fail(std::string_view key, const std::string& text) {
    errors_.push_back("operators.\"" + std::string(operator_id_) + "\"." + std::string(key) + ": " + text);
  }

  IdFormat id_format(std::string_view key, const Entries& entries, bool* tlv_is_receipt) {
    IdFormat format;
    bool base_given = false;
    for (const auto& [name, value] : entries) {
      if (name == "base") {
        base_given = true;
        if (value == "decimal")
          format.base = IdBase::kDecimal;
        else if (value == "hex")
          format.base = IdBase::kHex;
        else if (value == "text")
          format.base = IdBase::kText;
        else
          fail(key, "base is \"" + std::string(value) + "\"; use decimal, hex or text");
      } else if (name == "padding") {
        const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), format.padding);
        if (code != std::errc() || end != value.data() + value.size() || format.padding > kMaxPadding) {
          fail(key, "padding is \"" + std::string(value) + "\"; use a number of digits, 0 to 255");
        }
      } else if (name == "case") {
        if (value == "upper")
          format.letters = IdCase::kUpper;
        else if (value == "lower")
          format.letters = IdCase::kLower;
        else
          fail(key, "case is \"" + std::string(value) + "\"; use upper or lower");
      } else if (name == "tlv" && tlv_is_receipt != nullptr) {
        if (value == "receipt")
          *tlv_is_receipt = true;
        else if (value != "submit")
          fail(key, "tlv is \"" + std::string(value) + "\"; use submit or receipt");
      } else {
        fail(key,
             "unknown key \"" + std::string(name) + "\"; use base, padding, case" + (tlv_is_receipt ? " or tlv" : ""));
      }
    }
    if (!base_given) fail(key, "needs base = \"decimal\", \"hex\" or \"text\"");
    if (format.base == IdBase::kText && format.padding != 0) fail(key, "padding needs base = \"decimal\" or \"hex\"");
    return format;
  }

  std::optional<IdFormats> id_formats(const ProfileText& text) {
    if (text.receipt_id.empty() && text.submit_id.empty()) return std::nullopt;
    if (text.receipt_id.empty() || text.submit_id.empty()) {
      fail(text.receipt_id.empty() ? "submit_id" : "receipt_id", "receipt_id and submit_id are needed together");
      return std::nullopt;
    }
    IdFormats formats;
    formats.receipt = id_format("receipt_id", text.receipt_id, &formats.tlv_is_receipt);
    formats.submit = id_format("submit_id", text.submit_id, nullptr);
    if ((formats.receipt.base == IdBase::kText) != (formats.submit.base == IdBase::kText)) {
      fail("submit_id", "text cannot be converted to or from a number; give both the base text, or none");
    }
    return formats;
  }

  StatusAliases aliases(const Entries& entries) {
    StatusAliases out;
    for (const auto& [name, value] : entries) {
      const DlrStatus status = dlr_status_from(trimmed(value));
      const std::string key = upper(trimmed(name));
      if (status == DlrStatus::kNone) {
        fail("status_aliases", "\"" + std::string(name) + "\" stands for \"" + std::string(value) +
                                   "\"; use DELIVERED, FAILED, UNDELIVERED, EXPIRED, REJECTED or UNKNOWN");
      } else if (key.empty()) {
        fail("status_aliases", "an alias is empty");
      } else if (!out.emplace(key, status).second) {
        fail("status_aliases", "\"" + key + "\" is given twice; case does not count");
      }
    }
    return out;
  }

 private:
  std::string_view operator_id_;
  std::vector<std::string>& errors_;
};

}  // namespace

Profile read_profile(std::string_view operator_id, const ProfileText& text, std::vector<std::string>& errors) {
  Reader reader(operator_id, errors);
  Profile profile;
  if (auto zone = TimeZone::of(text.time_zone)) {
    profile.zone = std::move(*zone);
  } else {
    reader.fail("time_zone", "\"" + std::string(text.time_zone) + "\" is not known; use a name of " +
                                 std::string(kZoneInfoDir) +
                                 " such as Europe/Berlin, UTC, or an offset such as +05:30");
  }
  profile.ids = reader.id_formats(text);
  profile.aliases = reader.aliases(text.status_aliases);
  for (const auto& [name, value] : text.error_codes) {
    if (value.empty() || value.size() > kMaxErrorCode) {
      reader.fail("error_codes", "\"" + std::string(name) + "\" needs a code of 1 to 32 bytes");
    }
    profile.error_codes.emplace(name, value);
  }
  if (text.on_failure == "standard") {
    profile.standard_after_failed_quirk = true;
  } else if (text.on_failure != "retry") {
    reader.fail("on_failure", "\"" + std::string(text.on_failure) + "\" is not known; use retry or standard");
  }
  return profile;
}

}  // namespace dlrgw::normalise
