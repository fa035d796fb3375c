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

// Hex without a case is written in lower case.
std::string respell(std::string_view id, const IdFormat& from, const IdFormat& to);

// Where ids were found; empty = not there.
struct IdSources {
  std::string_view field;  // operatorMessageId of the event
  std::string_view tlv;    // 0x001E receipted_message_id
  std::string_view body;   // "id:" of the receipt text
};

struct IdCandidate {
  std::string id;
  std::uint32_t rank = 0;  // tried in this order
};

// Field, TLV, body in this order, each spelled for the look-up, without repetitions. With formats an id is tried in its
// converted spelling only: as a fall-back the received one could hit another message.
std::vector<IdCandidate> candidates_of(const IdSources& sources, const std::optional<IdFormats>& formats);

}  // namespace dlrgw::normalise
