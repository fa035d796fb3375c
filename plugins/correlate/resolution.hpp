// Which message a receipt belongs to, and what to do when none is found. Pure; any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dlrgw::correlate {

// The newest submit of one candidate id within the window, with its message.
struct Hit {
  std::uint32_t rank = 0;  // of the candidate
  std::string message_id;
  std::uint32_t segment_index = 1;
  std::uint32_t segment_total = 1;
  bool dlr_requested = true;
  std::int64_t submitted_at_us = 0;
  bool message_exists = false;  // false: the correlation row points to no message; the rest is empty
  std::string account_id;
  std::uint32_t segment_count = 1;
  std::string to_addr;  // a phone number
};

enum class Finding { kFound, kNoCorrelation, kAmbiguousCorrelation, kMessageMissing };

// Names in tables, events and logs; empty for kFound.
constexpr std::string_view to_string(Finding finding) {
  switch (finding) {
    case Finding::kNoCorrelation:
      return "no_correlation";
    case Finding::kAmbiguousCorrelation:
      return "ambiguous_correlation";
    case Finding::kMessageMissing:
      return "message_missing";
    case Finding::kFound:
      break;
  }
  return {};
}

struct Resolution {
  Finding finding = Finding::kNoCorrelation;
  const Hit* hit = nullptr;  // set when found; points into the hits
};

// The best rank that hit anything decides; a worse one is not asked. Spellings of that rank that hit different messages
// or segments are ambiguous: never a guess.
Resolution resolve(std::span<const Hit> hits);

enum class Step { kContinue, kRetry, kOrphan };

// looked_up_before: look-ups already made for this receipt. Ambiguity is final at once: another look-up cannot remove a
// row. A missing row or message may still be on its way.
Step next_step(Finding finding, std::uint32_t looked_up_before, std::uint32_t retries);

}  // namespace dlrgw::correlate
