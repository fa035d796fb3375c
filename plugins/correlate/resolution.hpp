// SPDX-License-Identifier: Apache-2.0
// Which message a receipt belongs to, and what to do when none is found. Pure; any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dlrgw::correlate {

// One submit of one candidate id within the window, with its message.
struct Hit {
  std::uint32_t candidate = 0;  // its place among the receipt's candidates
  std::uint32_t rank = 0;       // of the candidate
  std::string message_id;
  std::uint32_t segment_index = 1;
  std::uint32_t segment_total = 1;
  bool dlr_requested = true;
  std::string connector_id;
  std::int64_t submitted_at_us = 0;
  bool message_exists = false;  // false: the correlation row points to no message; the rest is empty
  std::string account_id;
  std::uint32_t segment_count = 1;
  std::string to_addr;  // a phone number
};

// What a receipt says about where it comes from. Needed only when an id has several rows.
struct Claim {
  std::string source_phone;  // phone_digits() of sourceAddr: the handset, in a deliver_sm
  std::string dest_phone;    // of destAddr: the handset with producers that turn it round
  std::string_view connector_id;
  std::int64_t received_at_us = 0;
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

// Whether rows that were not read could change the choice. kConnector: only a row of the same phone on the receipt's
// own connector could.
enum class Doubt { kNone, kConnector, kAny };

struct Resolution {
  Finding finding = Finding::kNoCorrelation;
  const Hit* hit = nullptr;  // set when found; points into the hits
  Doubt doubt = Doubt::kNone;
};

// The best rank that hit anything decides; worse ranks are not considered. Among the rows of one candidate the claim
// chooses by filters, one after the other, each skipped if it would leave none: the phone, the connector, the newest
// submit that is not later than the receipt, or else the earliest later one. Spellings of one rank that hit different
// messages or segments are ambiguous; there is no guessing.
// hits: the newest `page` rows of each candidate; if there are fewer, those are all.
Resolution resolve(std::span<const Hit> hits, const Claim& claim, std::size_t page);

// True when the claim can make a difference: some candidate has several rows.
bool needs_claim(std::span<const Hit> hits);

// How many rows of each candidate are read at first, and for receipts in doubt. An id of two digits may have thousands:
// a receipt that comes soon after its submit finds it among the newest.
inline constexpr std::uint32_t kPages[] = {8, 128, 1024};

// The size of the page to read next; nullopt: no more rows are read. If only the connector is in doubt, two pages are
// enough.
std::optional<std::uint32_t> next_page(std::uint32_t page, Doubt doubt);

// The result when no further rows are read. A choice that unread rows could overturn does not count: the right row may
// be among them, or may not have been written yet.
Resolution final_answer(const Resolution& resolution);

enum class Step { kContinue, kRetry, kOrphan };

// looked_up_before: look-ups already made for this receipt. Ambiguity is final at once: another look-up cannot remove a
// row. A missing row or message may still be on its way.
Step next_step(Finding finding, std::uint32_t looked_up_before, std::uint32_t retries);

}  // namespace dlrgw::correlate
