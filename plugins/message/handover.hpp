// SPDX-License-Identifier: Apache-2.0
// What one stage of the standard chain leaves on a receipt for a later one: every attribute with its name and type, and
// the only way to read and write it. An attribute that is not listed here, or a value of another type, does not
// compile. docs/plugins-and-attributes.md documents the encoding for third parties. Stateless; [stage] functions only.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <dlrgw/plugin.hpp>

#include "message/fingerprint_mark.hpp"
#include "message/segment_indices.hpp"

namespace dlrgw::message {

// SHA-256, raw.
using Fingerprint = std::array<std::uint8_t, 32>;
// The bytes, for SQL and for comparing. Into the fingerprint.
std::string_view bytes_of(const Fingerprint& fingerprint);

// What becomes of a receipt behind dedup.replay. kLateSegment: the message was decided without its segment; the segment
// is stored as late, and nothing else happens.
enum class Course { kFinal, kIntermediate, kLateSegment };
inline constexpr Course kAllCourses[] = {Course::kFinal, Course::kIntermediate, Course::kLateSegment};

// Text of which at most kMax bytes are handed over: longer text is cut after a whole character.
template <std::size_t kMax>
struct Text {
  std::string value;
};

// The beginning of UTF-8 text that fits into so many bytes.
std::string_view cut(std::string_view text, std::size_t max_bytes);

// How a type is encoded in an attribute. encode() makes at most kMaxBytes; decode() returns nullopt for bytes that are
// no value of the type.
template <class T>
struct Codec;

template <class T>
class Attribute {
 public:
  consteval explicit Attribute(std::string_view name) : name_(name) {
    static_assert(Codec<T>::kMaxBytes <= DLRGW_MAX_ATTRIBUTE_BYTES, "a value may not fit into an attribute");
    if (name.empty() || name.size() > DLRGW_MAX_ATTRIBUTE_NAME) throw "an attribute's name is too long";
  }
  [[nodiscard]] constexpr std::string_view name() const { return name_; }

 private:
  std::string_view name_;
};

template <>
struct Codec<std::uint32_t> {
  static constexpr std::size_t kMaxBytes = 10;  // decimal
  static std::string encode(std::uint32_t value) { return std::to_string(value); }
  static std::optional<std::uint32_t> decode(std::string_view bytes);
};
template <>
struct Codec<std::int64_t> {
  static constexpr std::size_t kMaxBytes = 20;  // decimal
  static std::string encode(std::int64_t value) { return std::to_string(value); }
  static std::optional<std::int64_t> decode(std::string_view bytes);
};
template <>
struct Codec<bool> {
  static constexpr std::size_t kMaxBytes = 1;  // 0 or 1
  static std::string encode(bool value) { return value ? "1" : "0"; }
  static std::optional<bool> decode(std::string_view bytes);
};
template <>
struct Codec<Fingerprint> {
  static constexpr std::size_t kMaxBytes = std::tuple_size_v<Fingerprint>;
  static std::string encode(const Fingerprint& value) { return std::string(bytes_of(value)); }
  static std::optional<Fingerprint> decode(std::string_view bytes);
};
// One bit per segment, the lowest of the first octet for segment 1: every set fits.
template <>
struct Codec<SegmentIndices> {
  static constexpr std::size_t kMaxBytes = (kMaxSegments + 7) / 8;
  static std::string encode(const SegmentIndices& value);
  static std::optional<SegmentIndices> decode(std::string_view bytes);
};
template <>
struct Codec<Course> {
  static constexpr std::size_t kMaxBytes = 12;  // final, intermediate, late
  static std::string encode(Course value);
  static std::optional<Course> decode(std::string_view bytes);
};
template <>
struct Codec<FingerprintMark> {
  static constexpr std::size_t kMaxBytes = FingerprintMark::kMaxBytes;
  static std::string encode(const FingerprintMark& value) { return value.encode(); }
  static std::optional<FingerprintMark> decode(std::string_view bytes) { return FingerprintMark::decode(bytes); }
};
template <std::size_t kMax>
struct Codec<Text<kMax>> {
  static constexpr std::size_t kMaxBytes = kMax;
  static std::string_view encode(const Text<kMax>& text) { return cut(text.value, kMax); }
  static std::optional<Text<kMax>> decode(std::string_view bytes) { return Text<kMax>{std::string(bytes)}; }
};

// From normalise.
using RawStatus = Text<DLRGW_MAX_ATTRIBUTE_BYTES>;
inline constexpr Attribute<RawStatus> kRawStatus{"dlr.raw"};  // trimmed upper-case rawStat, else state:N, else empty
inline constexpr Attribute<Fingerprint> kFingerprint{"dlr.fingerprint"};
inline constexpr Attribute<Fingerprint> kPreviousFingerprint{"dlr.fingerprint.previous"};  // of the minute before
// Set where the profile says that ids are unique on one connector only, and the receipt names its own.
inline constexpr Attribute<bool> kIdsPerConnector{"dlr.ids_per_connector"};

// From dedup.fingerprint, when Redis knows the fingerprint from another event; read by the stages that know the
// message.
inline constexpr Attribute<FingerprintMark> kFingerprintMark{"dedup.mark"};

// From correlate: what is constant about the message, so that it is read only once.
using Address = Text<255>;
inline constexpr Attribute<std::uint32_t> kSegmentCount{"correlate.segment_count"};
inline constexpr Attribute<Address> kToAddr{"correlate.to_addr"};  // a phone number
inline constexpr Attribute<std::int64_t> kSubmittedAt{"correlate.submitted_at"};
inline constexpr Attribute<bool> kDlrRequested{"correlate.dlr_requested"};

// From dedup.replay.
inline constexpr Attribute<Course> kCourse{"dedup.decision"};
inline constexpr Attribute<std::uint32_t> kPriorIntermediates{"dedup.prior_intermediates"};
inline constexpr Attribute<std::uint32_t> kTotalSegments{"dedup.total_segments"};  // unset: one
inline constexpr Attribute<SegmentIndices> kUnrequested{"dedup.unrequested"};      // unset: none
inline constexpr Attribute<std::int64_t> kFiledUnder{"dedup.filed_under"};  // of every row of the message; microseconds

class Handover {
 public:
  explicit Handover(Host host) : attributes_(host) {}

  template <class T>
  void leave(std::uint64_t receipt, const Attribute<T>& attribute, const std::type_identity_t<T>& value) const {
    attributes_.set(receipt, attribute.name(), Codec<T>::encode(value));
  }
  // nullopt when no stage has left it. Throws Error when it holds no value of the type, because a third party's stage
  // set it.
  template <class T>
  [[nodiscard]] std::optional<T> find(std::uint64_t receipt, const Attribute<T>& attribute) const {
    const std::optional<std::string_view> bytes = attributes_.get(receipt, attribute.name());
    if (!bytes) return std::nullopt;
    std::optional<T> value = Codec<T>::decode(*bytes);
    if (!value) refuse(attribute.name(), "holds no value of its type; which stage sets it?");
    return value;
  }
  // Throws Error when no stage has left it.
  template <class T>
  [[nodiscard]] T get(std::uint64_t receipt, const Attribute<T>& attribute) const {
    std::optional<T> value = find(receipt, attribute);
    if (!value) refuse(attribute.name(), "is not set; is the stage that sets it before this one?");
    return *std::move(value);
  }

 private:
  [[noreturn]] static void refuse(std::string_view name, std::string_view why);
  Attributes attributes_;
};

}  // namespace dlrgw::message
