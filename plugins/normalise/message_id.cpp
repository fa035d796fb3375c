// SPDX-License-Identifier: Apache-2.0
#include "message_id.hpp"

#include <algorithm>
#include <array>

#include <dlrgw/cpp/hex.hpp>

namespace dlrgw::normalise {
namespace {

constexpr std::string_view kDigits = kHexDigits;
constexpr std::size_t kUuidDigits = 32;
constexpr std::size_t kMaxIdChars = 255;  // contracts.md §1; a conversion that makes an id longer is not made

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// Digit values, most significant first; nullopt = not a number of this base.
std::optional<std::vector<std::uint32_t>> parse_digits(std::string_view id, IdBase base) {
  if (base == IdBase::kHex && (id.starts_with("0x") || id.starts_with("0X"))) id.remove_prefix(2);
  if (id.empty()) return std::nullopt;
  std::vector<std::uint32_t> digits;
  digits.reserve(id.size());
  for (const char c : id) {
    const auto at = kDigits.find(lower(c));
    if (at == std::string_view::npos || at >= static_cast<std::size_t>(base)) return std::nullopt;
    digits.push_back(static_cast<std::uint32_t>(at));
  }
  return digits;
}

// Long division by the target base until nothing is left; at most 255 digits, so quadratic work is small.
std::string rebase(std::vector<std::uint32_t> digits, std::uint32_t from, std::uint32_t to) {
  std::string reversed;
  std::size_t first = 0;
  while (first < digits.size()) {
    std::uint32_t rest = 0;
    for (std::size_t i = first; i < digits.size(); ++i) {
      const std::uint32_t value = rest * from + digits[i];
      digits[i] = value / to;
      rest = value % to;
    }
    reversed += kDigits[rest];
    while (first < digits.size() && digits[first] == 0) ++first;
  }
  const auto last = reversed.find_last_not_of('0');
  reversed.resize(last == std::string::npos ? 1 : last + 1);
  std::reverse(reversed.begin(), reversed.end());
  return reversed;
}

void apply_case(std::string& text, IdCase letters) {
  if (letters == IdCase::kUpper) std::transform(text.begin(), text.end(), text.begin(), upper);
  if (letters == IdCase::kLower) std::transform(text.begin(), text.end(), text.begin(), lower);
}

// The number in its own base, without the zeros in front of it and without "0x".
std::string bare_number(std::string_view id, IdBase base) {
  if (base == IdBase::kHex && (id.starts_with("0x") || id.starts_with("0X"))) id.remove_prefix(2);
  const bool uuid = base == IdBase::kHex && id.size() == kUuidDigits;
  const auto first = uuid ? 0 : id.find_first_not_of('0');
  return std::string(first == std::string_view::npos ? id.substr(id.size() - 1) : id.substr(first));
}

}  // namespace

std::vector<std::string> respell(std::string_view id, const IdFormat& from, const IdFormat& to) {
  std::string out(id);
  if (from.base == IdBase::kText || to.base == IdBase::kText) {
    apply_case(out, to.letters);
    return {out};
  }
  auto digits = parse_digits(id, from.base);
  if (!digits) return {out};
  if (from.base == to.base) {
    out = bare_number(id, from.base);
  } else {
    out = rebase(std::move(*digits), static_cast<std::uint32_t>(from.base), static_cast<std::uint32_t>(to.base));
  }
  if (out.size() < to.padding) out.insert(0, to.padding - out.size(), '0');
  if (out.size() > kMaxIdChars) return {std::string(id)};
  apply_case(out, to.letters);
  if (from.base == to.base || to.letters != IdCase::kKeep) return {out};
  std::string other = out;
  apply_case(other, IdCase::kUpper);
  if (other == out) return {out};
  return {out, other};
}

std::vector<IdCandidate> candidates_of(const IdSources& sources, const std::optional<IdFormats>& formats,
                                       bool body_before_tlv) {
  std::vector<IdCandidate> out;
  std::uint32_t rank = 0;
  // The TLV repeats the submit response. The same text in the body shows that both are spelled the receipt's way.
  const auto spelled_as_submitted = [&](std::string_view id) {
    return formats && id == sources.tlv && id != sources.body && !formats->tlv_is_receipt;
  };
  const auto is_stump = [&](std::string_view id) {
    return std::ranges::any_of(std::array{sources.field, sources.tlv, sources.body}, [&](std::string_view other) {
      const bool alike = !formats || formats->receipt.base == formats->submit.base ||
                         spelled_as_submitted(id) == spelled_as_submitted(other);
      return alike && other.size() > id.size() && other.starts_with(id);
    });
  };
  const auto add = [&](std::string_view id) {
    if (id.empty() || is_stump(id)) return;
    std::vector<std::string> spellings{std::string(id)};
    if (formats)
      spellings = respell(id, spelled_as_submitted(id) ? formats->submit : formats->receipt, formats->submit);
    const std::size_t before = out.size();
    for (std::string& spelling : spellings) {
      const bool known =
          std::any_of(out.begin(), out.end(), [&](const IdCandidate& candidate) { return candidate.id == spelling; });
      if (!known) out.push_back({std::move(spelling), rank});
    }
    if (out.size() > before) ++rank;
  };
  add(sources.field);
  add(body_before_tlv ? sources.body : sources.tlv);
  add(body_before_tlv ? sources.tlv : sources.body);
  return out;
}

}  // namespace dlrgw::normalise
