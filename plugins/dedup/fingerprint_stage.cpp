#include "fingerprint_stage.hpp"

#include "fingerprint_rules.hpp"
#include "reasons.hpp"

namespace dlrgw::dedup {
namespace {
using std::chrono::milliseconds;
constexpr milliseconds kBatchBudget{20};
constexpr milliseconds kWarmUpBudget{500};
}  // namespace

FingerprintShared::FingerprintShared(Host host, RedisUrl redis_url, std::chrono::seconds key_ttl)
    : url(std::move(redis_url)),
      ttl(key_ttl),
      monitor(host),
      handover(host),
      fail_points(host),
      log(host),
      dedup(host, Metric::Type::kCounter, "dlr_dedup_total", "Receipts dropped by their fingerprint in Redis.",
            {"operatorId"}),
      duplicates(host, Metric::Type::kCounter, "dlr_duplicates_total", "Receipts of the outcomes duplicate and dedup.",
                 {"operatorId"}) {}

template <class F>
bool FingerprintStage::ask(milliseconds budget, F&& call) {
  const Breaker::Gate gate = shared_.monitor.enter();
  if (gate == Breaker::Gate::kOpen) return false;
  if (const std::uint64_t now = shared_.monitor.generation(); now != generation_) {
    link_.drop();  // made before the last outage
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
    seen_.emplace(receipt.handle(), std::pair(key, std::string(receipt.event_id())));
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
    if (judge(values[2 * k], values[2 * k + 1], receipt.event_id()) != FingerprintHit::kOther) continue;
    batch.drop(owners[k], kDedup);
    shared_.dedup.record(receipt.handle(), {receipt.operator_id()});
    shared_.duplicates.record(receipt.handle(), {receipt.operator_id()});
    shared_.log.info("dlr.duplicate", receipt.handle(),
                     {field("operatorId", receipt.operator_id()), field("eventId", receipt.event_id()),
                      field("dlrStatus", to_string(receipt.status())), field("foundBy", "fingerprint")});
  }
}

void FingerprintStage::settled(const Settled& settled) {
  std::vector<std::pair<std::string, std::string>> items;
  for (std::uint32_t i = 0; i < settled.size(); ++i) {
    if (!settled.committed(i) || !is_stored_outcome(settled.outcome(i))) continue;
    if (const auto found = seen_.find(settled[i].handle()); found != seen_.end()) items.push_back(found->second);
  }
  if (items.empty()) return;
  shared_.fail_points.hit("dedup.before_redis_set");
  ask(kBatchBudget, [&](RedisLink::Deadline deadline) { link_.set_all(items, shared_.ttl, deadline); });
}

}  // namespace dlrgw::dedup
