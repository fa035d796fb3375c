// SPDX-License-Identifier: Apache-2.0
// What kind of deliver_sm this is by its esm_class (SMPP 3.4 §5.2.12), and so whether its status may be final. Pure;
// any thread.
#pragma once
#include <cstdint>
#include <optional>

namespace dlrgw::normalise {

enum class MessageKind {
  kReceipt,       // a delivery receipt; also where nothing or something undefined is said
  kIntermediate,  // 0x20: an intermediate notification, perhaps of a first attempt that failed
  kOfHandset,     // 0x08, 0x10, 0x18: acknowledgements of a user and conversation aborts, never a status
};

constexpr MessageKind kind_of(std::optional<std::uint32_t> esm_class) {
  constexpr std::uint32_t kTypeBits = 0x3C;
  switch (esm_class.value_or(0) & kTypeBits) {
    case 0x20:
      return MessageKind::kIntermediate;
    case 0x08:
    case 0x10:
    case 0x18:
      return MessageKind::kOfHandset;
    default:
      return MessageKind::kReceipt;
  }
}

}  // namespace dlrgw::normalise
