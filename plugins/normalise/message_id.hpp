// SPDX-License-Identifier: Apache-2.0
// The spellings under which an operator's message id may be stored. Pure; any thread.
// Ids are strings of any length: conversion works digit by digit, never through an integer type that could saturate,
// and an id that is not a number of the given base (a UUID, say) stays exactly as received.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dlrgw::normalise {

enum class IdBase : std::uint32_t { kText = 0, kDecimal = 10, kHex = 16 };
enum class IdCase { kKeep, kUpper, kLower };

struct IdFormat {
  IdBase base = IdBase::kText;
  std::uint32_t padding = 0;  // digits, filled up with zeros on the left
  IdCase letters = IdCase::kKeep;
};

// Profile keys receipt_id and submit_id.
struct IdFormats {
  IdFormat receipt;             // how receipts spell it
  IdFormat submit;              // how the submit response spelled it, which is what was stored
  bool tlv_is_receipt = false;  // TLV 0x001E is spelled as in the receipt text instead of as in the submit response
};

// What the submit response may have spelled; never empty. Two when decimal becomes hex whose case the profile does not
// give: lower case and upper case. Numbers lose their leading zeros unless `to` pads them, but 32 hex digits that stay
// hex are a UUID, whose zeros are part of it.
std::vector<std::string> respell(std::string_view id, const IdFormat& from, const IdFormat& to);

// Where ids were found; empty = not there.
struct IdSources {
  std::string_view field;  // operatorMessageId of the event
  std::string_view tlv;    // 0x001E receipted_message_id
  std::string_view body;   // "id:" of the receipt text
};

struct IdCandidate {
  std::string id;
  std::uint32_t rank = 0;  // tried in this order; equal: two spellings of one id, neither better than the other
};

// Field, TLV, body in this order – or body, TLV – each spelled for the look-up, without repetitions. With formats an id
// is tried in its converted spelling only: as a fall-back the received one could hit another message. A source whose id
// is the proper beginning of another's – a text cut to ten characters beside the whole id in the TLV – is left out: it
// could hit another message, too.
std::vector<IdCandidate> candidates_of(const IdSources& sources, const std::optional<IdFormats>& formats,
                                       bool body_before_tlv = false);

}  // namespace dlrgw::normalise
