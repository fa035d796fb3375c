// SPDX-License-Identifier: Apache-2.0
#include "receipt/decode_receipt.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include <boost/json/basic_parser_impl.hpp>

#include <dlrgw/cpp/utf8.hpp>

#include "receipt/receipt_fields.hpp"
#include "receipt/seen_keys.hpp"
#include "support/uuid.hpp"

namespace dlrgw::host {
namespace {

using receipt::Field;

constexpr std::int64_t kMaxAheadUs = 5LL * 60 * 1'000'000;      // receivedAt after the JetStream time
constexpr std::int64_t kMaxBehindUs = 72LL * 3600 * 1'000'000;  // receivedAt before it
constexpr std::string_view kEventIdSpace =
    "6f1d0c52-8f0e-5b7a-9a51-3d2f7c1e4b60";  // fixed for ever: ids must not change

// Callbacks of Boost.JSON's SAX parser. No tree is built: a tree would silently keep the last of two equal keys.
class Handler {
 public:
  using ec_ref = boost::system::error_code&;
  using view = boost::json::string_view;
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);  // the payload's size bounds them all
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  bool on_document_begin(ec_ref) { return true; }
  bool on_document_end(ec_ref) { return true; }

  bool on_object_begin(ec_ref ec) {
    if (depth_ == 0) return enter(Inside::kReceipt, ec);
    if (depth_ == 1 && field_ == Field::kSegment) {
      sink_.segment_seen();
      return enter(Inside::kSegment, ec);
    }
    if (depth_ == 1 && field_ == Field::kTlvs) return enter(Inside::kTlvs, ec);
    refuse_container();
    return enter(Inside::kIgnored, ec);
  }
  bool on_object_end(std::size_t, ec_ref) { return leave(); }
  bool on_array_begin(ec_ref ec) {
    if (depth_ == 0) return not_an_object(ec);
    refuse_container();
    return enter(Inside::kIgnored, ec);
  }
  bool on_array_end(std::size_t, ec_ref) { return leave(); }

  bool on_key_part(view part, std::size_t, ec_ref) { return collect(part); }
  bool on_key(view rest, std::size_t, ec_ref) {
    const std::string_view key = whole(rest);
    field_ = here() == Inside::kReceipt   ? receipt::receipt_field(key)
             : here() == Inside::kSegment ? receipt::segment_field(key)
                                          : Field::kUnknown;
    if (!keys_[depth_ - 1].insert(key)) {
      sink_.fail(DecodeReason::kDuplicateKey,
                 here() == Inside::kTlvs ? "field tlvs holds one tag twice"
                                         : std::string(receipt::name_of(field_)) + " is given twice in one object");
      field_ = Field::kUnknown;
    }
    if (here() == Inside::kTlvs) tlv_key_ = key;
    text_.clear();
    return true;
  }

  bool on_string_part(view part, std::size_t, ec_ref) { return collect(part); }
  bool on_string(view rest, std::size_t, ec_ref ec) {
    if (depth_ == 0) return not_an_object(ec);
    if (here() == Inside::kTlvs) {
      sink_.tlv(tlv_key_, whole(rest));
    } else if (here() != Inside::kIgnored) {
      sink_.text(field_, whole(rest));
    }
    text_.clear();
    return true;
  }
  bool on_number_part(view part, ec_ref) { return collect(part); }
  bool on_int64(std::int64_t, view rest, ec_ref ec) { return number(rest, ec); }
  bool on_uint64(std::uint64_t, view rest, ec_ref ec) { return number(rest, ec); }
  bool on_double(double, view rest, ec_ref ec) { return number(rest, ec); }
  bool on_bool(bool, ec_ref ec) { return other(ec); }
  // As if the member were not there.
  bool on_null(ec_ref ec) {
    if (depth_ == 0) return not_an_object(ec);
    if (here() == Inside::kSegment) sink_.segment_null();
    return true;
  }
  bool on_comment_part(view, ec_ref) { return true; }
  bool on_comment(view, ec_ref) { return true; }

  receipt::FieldSink& sink() { return sink_; }

 private:
  enum class Inside : std::uint8_t { kReceipt, kSegment, kTlvs, kIgnored };

  [[nodiscard]] Inside here() const { return inside_[depth_ - 1]; }
  bool enter(Inside inside, ec_ref ec) {
    if (depth_ == kMaxReceiptNesting) {
      ec = boost::json::error::too_deep;
      return false;
    }
    inside_[depth_] = inside;
    keys_[depth_].clear();
    ++depth_;
    return true;
  }
  bool leave() {
    --depth_;
    return true;
  }
  bool not_an_object(ec_ref ec) {
    sink_.fail(DecodeReason::kNotAnObject, "the payload is not a JSON object");
    ec = boost::json::error::not_object;
    return false;
  }
  // An object or array where a single value belongs.
  void refuse_container() {
    if (here() == Inside::kTlvs) {
      sink_.tlv_wrong_type();
    } else if (here() != Inside::kIgnored) {
      sink_.wrong_type(field_);
    }
  }
  bool collect(view part) {
    text_.append(part.data(), part.size());
    return true;
  }
  std::string_view whole(view rest) {
    if (text_.empty()) return {rest.data(), rest.size()};
    text_.append(rest.data(), rest.size());
    return text_;
  }
  bool number(view rest, ec_ref ec) {
    const std::string_view lexeme = whole(rest);
    const bool integer = lexeme.find_first_of(".eE") == std::string_view::npos;
    const bool ok = integer ? integral(lexeme, ec) : other(ec);
    text_.clear();
    return ok;
  }
  bool integral(std::string_view lexeme, ec_ref ec) {
    if (depth_ == 0 || here() == Inside::kTlvs) return other(ec);
    if (here() != Inside::kIgnored) sink_.integer(field_, lexeme);
    return true;
  }
  bool other(ec_ref ec) {
    if (depth_ == 0) return not_an_object(ec);
    refuse_container();
    return true;
  }

  receipt::FieldSink sink_;
  std::size_t depth_ = 0;
  std::array<Inside, kMaxReceiptNesting> inside_{};
  std::array<receipt::SeenKeys, kMaxReceiptNesting> keys_;
  Field field_ = Field::kUnknown;
  std::string tlv_key_;
  std::string text_;  // the parts of a key, string or number that the parser hands over in pieces
};

// The four hex digits of "\\uXXXX" at `at`; nullopt = no such escape.
std::optional<unsigned> escaped_unit(std::string_view text, std::size_t at) {
  if (text.size() - at < 6 || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
  unsigned unit = 0;
  const char* const first = text.data() + at + 2;
  const auto [end, error] = std::from_chars(first, first + 4, unit, 16);
  if (error != std::errc() || end != first + 4) return std::nullopt;
  return unit;
}

// The payload with U+FFFD for escapes of half a surrogate pair, which the parser would refuse; nullopt = it has none.
std::optional<std::string> without_lone_surrogates(std::string_view payload) {
  std::optional<std::string> out;
  for (std::size_t at = payload.find('\\'); at != std::string_view::npos; at = payload.find('\\', at)) {
    const auto unit = escaped_unit(payload, at);
    if (!unit) {
      at += 2;
      continue;
    }
    const bool high = *unit >= 0xD800 && *unit < 0xDC00;
    const bool low = *unit >= 0xDC00 && *unit < 0xE000;
    const auto next = high ? escaped_unit(payload, at + 6) : std::nullopt;
    if (next && *next >= 0xDC00 && *next < 0xE000) {
      at += 12;
      continue;
    }
    if (high || low) {
      if (!out) out = std::string(payload);
      out->replace(at, 6, "\\ufffd");
    }
    at += 6;
  }
  return out;
}

DecodeFailure failed(DecodeReason reason, std::string detail) { return {reason, std::move(detail), {}, {}}; }

void settle_received_at(Inbound& inbound, std::optional<std::int64_t> given_us, const DecodeContext& context) {
  const std::int64_t stream_time_us = context.stream_time_us;
  const bool near = given_us && *given_us <= stream_time_us + kMaxAheadUs && *given_us >= stream_time_us - kMaxBehindUs;
  const bool plausible = near || (given_us && context.received_at_is_right);
  inbound.received_at_us = plausible ? *given_us : stream_time_us;
  if (!plausible) inbound.flags.emplace_back(kFlagReceivedAtReplaced);
}

DecodeFailure with_ids(DecodeFailure failure, const Inbound& inbound) {
  failure.operator_id = inbound.operator_id;
  failure.event_id = inbound.event_id;
  return failure;
}

}  // namespace

std::string_view to_string(DecodeReason reason) {
  switch (reason) {
    case DecodeReason::kTooLarge:
      return "too_large";
    case DecodeReason::kMalformedJson:
      return "malformed_json";
    case DecodeReason::kInvalidUtf8:
      return "invalid_utf8";
    case DecodeReason::kTooDeep:
      return "too_deep";
    case DecodeReason::kDuplicateKey:
      return "duplicate_key";
    case DecodeReason::kNotAnObject:
      return "not_an_object";
    case DecodeReason::kWrongType:
      return "wrong_type";
    case DecodeReason::kOutOfBounds:
      return "out_of_bounds";
    case DecodeReason::kControlCharacter:
      return "control_character";
    case DecodeReason::kMissingField:
      return "missing_field";
  }
  return "malformed_json";
}

DecodeResult decode_receipt(std::string_view payload, const DecodeContext& context) {
  if (payload.size() > kMaxReceiptBytes) return failed(DecodeReason::kTooLarge, "the payload is larger than 256 KiB");
  // The parser below would refuse it too, but without this reason.
  if (!is_utf8(payload)) return failed(DecodeReason::kInvalidUtf8, "the payload is not valid UTF-8");

  const std::optional<std::string> replaced = without_lone_surrogates(payload);
  if (replaced) payload = *replaced;
  boost::json::parse_options options;
  options.max_depth = kMaxReceiptNesting + 1;  // the handler counts; its refusal comes first
  boost::json::basic_parser<Handler> parser(options);
  boost::system::error_code ec;
  const std::size_t used = parser.write_some(false, payload.data(), payload.size(), ec);
  receipt::FieldSink& sink = parser.handler().sink();
  if (ec == boost::json::error::too_deep)
    return with_ids(failed(DecodeReason::kTooDeep, "the payload nests deeper than 8 levels"), sink.inbound());
  if (sink.failure() && sink.failure()->reason == DecodeReason::kNotAnObject) return *sink.failure();
  if (ec || used < payload.size())
    return with_ids(failed(DecodeReason::kMalformedJson, "the payload is not one well-formed JSON text"),
                    sink.inbound());
  sink.finish();
  if (sink.failure()) return with_ids(*sink.failure(), sink.inbound());

  Inbound inbound = std::move(sink.inbound());
  if (replaced) inbound.flags.emplace_back(kFlagSurrogateReplaced);
  settle_received_at(inbound, sink.received_at_us(), context);
  if (inbound.event_id.empty()) inbound.event_id = default_event_id(context.stream_identity, context.stream_seq);
  return inbound;
}

std::string default_event_id(std::string_view stream_identity, std::uint64_t stream_seq) {
  std::string name(stream_identity);
  name += ':';
  name += std::to_string(stream_seq);
  return uuid_v5(kEventIdSpace, name);
}

}  // namespace dlrgw::host
