// SPDX-License-Identifier: Apache-2.0
#include "resolution.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "phone.hpp"

namespace dlrgw::correlate {
namespace {

using Rows = std::vector<const Hit*>;

// What remains of one candidate's rows.
struct Choice {
  const Hit* hit = nullptr;
  bool tied = false;  // two messages were submitted under this id at one instant
  Doubt doubt = Doubt::kNone;
};

// Keeps the rows that pass the rule. Returns whether any did; if none did, all rows stay.
template <class Rule>
bool keep(Rows& rows, Rule&& rule) {
  Rows left;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(left), rule);
  if (left.empty()) return false;
  rows = std::move(left);
  return true;
}

bool has_phone(const Hit& hit, std::string_view phone) {
  return !phone.empty() && same_phone(phone_digits(hit.to_addr), phone);
}

Choice choose(Rows rows, const Claim& claim, bool all_read) {
  const bool phone = keep(rows, [&](const Hit* hit) { return has_phone(*hit, claim.source_phone); }) ||
                     keep(rows, [&](const Hit* hit) { return has_phone(*hit, claim.dest_phone); });
  const bool connector = !claim.connector_id.empty() &&
                         keep(rows, [&](const Hit* hit) { return hit->connector_id == claim.connector_id; });
  const auto older = [](const Hit* a, const Hit* b) { return a->submitted_at_us < b->submitted_at_us; };
  const bool before = keep(rows, [&](const Hit* hit) { return hit->submitted_at_us <= claim.received_at_us; });
  Choice choice;
  choice.hit =
      before ? *std::max_element(rows.begin(), rows.end(), older) : *std::min_element(rows.begin(), rows.end(), older);
  choice.tied = std::any_of(rows.begin(), rows.end(), [&](const Hit* hit) {
    return hit->submitted_at_us == choice.hit->submitted_at_us &&
           (hit->message_id != choice.hit->message_id || hit->segment_index != choice.hit->segment_index);
  });
  if (all_read) return choice;
  const bool phone_known = !claim.source_phone.empty() || !claim.dest_phone.empty();
  if ((phone_known && !phone) || !before)
    choice.doubt = Doubt::kAny;
  else if (!claim.connector_id.empty() && !connector)
    choice.doubt = Doubt::kConnector;
  return choice;
}

}  // namespace

Resolution resolve(std::span<const Hit> hits, const Claim& claim, std::size_t page) {
  if (hits.empty()) return {};
  if (hits.size() == 1) {  // nearly always
    return hits[0].message_exists ? Resolution{Finding::kFound, &hits[0]} : Resolution{Finding::kMessageMissing};
  }
  const auto by_rank = [](const Hit& a, const Hit& b) { return a.rank < b.rank; };
  const std::uint32_t best = std::min_element(hits.begin(), hits.end(), by_rank)->rank;
  Resolution out;
  Rows left;
  for (const Hit& hit : hits) {
    if (hit.rank == best) left.push_back(&hit);
  }
  bool ambiguous = false;
  while (!left.empty()) {
    const auto others = std::stable_partition(
        left.begin(), left.end(), [&](const Hit* hit) { return hit->candidate == left.front()->candidate; });
    Rows rows(left.begin(), others);
    left.erase(left.begin(), others);
    const bool all_read = rows.size() < page;
    const Choice choice = choose(std::move(rows), claim, all_read);
    out.doubt = std::max(out.doubt, choice.doubt);
    ambiguous = ambiguous || choice.tied ||
                (out.hit != nullptr && (out.hit->message_id != choice.hit->message_id ||
                                        out.hit->segment_index != choice.hit->segment_index));
    if (out.hit == nullptr || choice.hit->submitted_at_us > out.hit->submitted_at_us) out.hit = choice.hit;
  }
  out.finding = ambiguous                 ? Finding::kAmbiguousCorrelation
                : out.hit->message_exists ? Finding::kFound
                                          : Finding::kMessageMissing;
  if (out.finding != Finding::kFound) out.hit = nullptr;
  return out;
}

bool needs_claim(std::span<const Hit> hits) {
  for (std::size_t i = 1; i < hits.size(); ++i) {
    const auto same = [&](const Hit& hit) { return hit.candidate == hits[i].candidate; };
    if (std::any_of(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(i), same)) return true;
  }
  return false;
}

std::optional<std::uint32_t> next_page(std::uint32_t page, Doubt doubt) {
  if (doubt == Doubt::kNone) return std::nullopt;
  const auto* last = doubt == Doubt::kConnector ? std::prev(std::end(kPages)) : std::end(kPages);
  const auto* next = std::upper_bound(std::begin(kPages), last, page);
  return next == last ? std::nullopt : std::optional(*next);
}

Resolution final_answer(const Resolution& resolution) {
  if (resolution.doubt != Doubt::kAny) return resolution;
  return {Finding::kNoCorrelation, nullptr, resolution.doubt};
}

Step next_step(Finding finding, std::uint32_t looked_up_before, std::uint32_t retries) {
  switch (finding) {
    case Finding::kFound:
      return Step::kContinue;
    case Finding::kAmbiguousCorrelation:
      return Step::kOrphan;
    case Finding::kNoCorrelation:
    case Finding::kMessageMissing:
      break;
  }
  return looked_up_before < retries ? Step::kRetry : Step::kOrphan;
}

}  // namespace dlrgw::correlate
