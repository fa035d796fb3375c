#include "resolution.hpp"

namespace dlrgw::correlate {

Resolution resolve(std::span<const Hit> hits) {
  const Hit* best = nullptr;
  for (const Hit& hit : hits) {
    if (best == nullptr || hit.rank < best->rank) best = &hit;
  }
  if (best == nullptr) return {Finding::kNoCorrelation, nullptr};
  for (const Hit& hit : hits) {
    if (hit.rank != best->rank) continue;
    if (hit.message_id != best->message_id || hit.segment_index != best->segment_index) {
      return {Finding::kAmbiguousCorrelation, nullptr};
    }
    if (hit.submitted_at_us > best->submitted_at_us) best = &hit;
  }
  if (!best->message_exists) return {Finding::kMessageMissing, nullptr};
  return {Finding::kFound, best};
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
