// SPDX-License-Identifier: Apache-2.0
#include "fingerprint_stage.hpp"

#include "fingerprint_rules.hpp"

namespace dlrgw::dedup {
namespace {
using std::chrono::milliseconds;
constexpr milliseconds kBatchBudget{20};
constexpr milliseconds kWarmUpBudget{500};
}  // namespace

FingerprintShared::FingerprintShared(Host host, const RedisOptions& redis, std::chrono::seconds key_ttl)
    : ttl(key_ttl),
      monitor(host),
      access(redis.url, redis.files,
             [this](std::string_view option, std::string_view why) { monitor.refused(option, why); }),
      handover(host),
      fail_points(host) {}

template <class F>
bool FingerprintStage::ask(milliseconds budget, F&& call) {
  const Breaker::Gate gate = shared_.monitor.enter();
  if (gate == Breaker::Gate::kOpen) return false;
  if (const std::uint64_t now = shared_.monitor.generation(); now != generation_) {
    link_.drop();  // this connection was made before the last outage
    generation_ = now;
  }
  try {
    call(std::chrono::steady_clock::now() + budget);
  } catch (const RedisError& e) {
    shared_.monitor.failed(e.what());
    return false;
  }
  shared_.monitor.succeeded(gate);
  return true;
}

void FingerprintStage::activate() {
  ++shared_.lanes;
  ask(kWarmUpBudget, [&](RedisLink::Deadline deadline) { link_.ping(deadline); });
}

void FingerprintStage::deactivate() {
  --shared_.lanes;
  link_.drop();
}

void FingerprintStage::process(Batch& batch) {
  seen_.clear();
  std::vector<std::string> keys;  // current and previous minute of each receipt that has a fingerprint
  std::vector<std::uint32_t> owners;
  for (std::uint32_t i = 0; i < batch.size(); ++i) {
    batch.pass(i);
    const ReceiptView receipt = batch[i];
    const auto current = shared_.handover.find(receipt.handle(), message::kFingerprint);
    if (!current) continue;
    std::string key = redis_key(message::bytes_of(*current));
    const auto previous = shared_.handover.find(receipt.handle(), message::kPreviousFingerprint);
    owners.push_back(i);
    seen_.emplace(receipt.handle(), Seen{key});
    keys.push_back(key);
    keys.push_back(previous ? redis_key(message::bytes_of(*previous)) : std::move(key));
  }
  if (keys.empty()) return;
  std::vector<std::optional<std::string>> values;
  const bool answered =
      ask(kBatchBudget, [&](RedisLink::Deadline deadline) { values = link_.get_all(keys, deadline); });
  if (!answered) return;
  for (std::size_t k = 0; k < owners.size(); ++k) {
    const ReceiptView receipt = batch[owners[k]];
    const FingerprintHit hit = judge(values[2 * k], values[2 * k + 1], receipt.event_id());
    seen_[receipt.handle()].own_orphan = hit.own_orphan;
    if (!hit.mark.empty()) shared_.handover.leave(receipt.handle(), message::kFingerprintMark, hit.mark);
  }
}

void FingerprintStage::settled(const Settled& settled) {
  std::vector<RedisLink::Item> items;
  for (std::uint32_t i = 0; i < settled.size(); ++i) {
    if (!settled.committed(i) || !is_stored_outcome(settled.outcome(i))) continue;
    const ReceiptView receipt = settled[i];
    const auto found = seen_.find(receipt.handle());
    if (found == seen_.end()) continue;
    // An orphan that has found its message: replace the key, so that it names the message.
    items.push_back({found->second.key, redis_value(receipt.event_id(), receipt.message_id()),
                     found->second.own_orphan && !receipt.message_id().empty()});
  }
  if (items.empty()) return;
  shared_.fail_points.hit("dedup.before_redis_set");
  ask(kBatchBudget, [&](RedisLink::Deadline deadline) { link_.set_all(items, shared_.ttl, deadline); });
}

}  // namespace dlrgw::dedup
