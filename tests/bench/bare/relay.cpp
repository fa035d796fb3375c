// SPDX-License-Identifier: Apache-2.0
#include "bench/bare/relay.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace dlrgw::bench {
namespace {

constexpr const char* kAnswers = "bench.answers.";
constexpr std::size_t kWindow = 4096;  // answers that may be outstanding
constexpr std::int64_t kFlushTimeout_ms = 10'000;

std::string session_without_waiting(const std::string& conninfo) {
  return conninfo + " options='-c synchronous_commit=off'";
}

}  // namespace

BareRelay::BareRelay(const std::string& nats_url, const std::string& conninfo)
    : nats_(nats_url), store_(session_without_waiting(conninfo)) {
  natsSubscription* raw = nullptr;
  test::nats_check(natsConnection_Subscribe(&raw, nats_.connection(), (std::string(kAnswers) + "*").c_str(),
                                            &BareRelay::on_answer, this),
                   "subscribe to the answers");
  answers_ = test::NatsSubscriptionPtr(raw, {nats_.connection()});
  test::nats_check(natsSubscription_SetPendingLimits(raw, -1, -1), "set limits");
}

void BareRelay::add(CommittedBatch batch) {
  {
    const std::lock_guard lock(mutex_);
    committed_.push_back(std::move(batch));
  }
  changed_.notify_one();
}

void BareRelay::finish() {
  {
    const std::lock_guard lock(mutex_);
    finished_ = true;
  }
  changed_.notify_one();
}

void BareRelay::on_answer(natsConnection*, natsSubscription*, natsMsg* answer, void* self) {
  const test::NatsMsgPtr owned(answer);
  const std::string_view data(natsMsg_GetData(answer), static_cast<std::size_t>(natsMsg_GetDataLength(answer)));
  const std::string_view subject = natsMsg_GetSubject(answer);
  std::int64_t batch = -1;
  std::from_chars(subject.data() + std::string_view(kAnswers).size(), subject.data() + subject.size(), batch);
  if (data.empty() || data.find("\"error\"") != std::string_view::npos) {
    std::fprintf(stderr, "an event was not stored: %.*s\n", static_cast<int>(data.size()), data.data());
    std::_Exit(EXIT_FAILURE);
  }
  static_cast<BareRelay*>(self)->answered(batch);
}

void BareRelay::answered(std::int64_t batch) {
  const std::lock_guard lock(mutex_);
  --outstanding_;
  const auto found = waiting_.find(batch);
  const bool complete = --found->second.answers == 0;
  if (complete) {
    to_delete_.insert(to_delete_.end(), found->second.outbox_rows.begin(), found->second.outbox_rows.end());
    waiting_.erase(found);
  }
  if (complete || outstanding_ == kWindow / 2) changed_.notify_one();
}

void BareRelay::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto may_publish = [this] { return !committed_.empty() && outstanding_ <= kWindow / 2; };
    changed_.wait(lock, [&] {
      return may_publish() || !to_delete_.empty() || (finished_ && committed_.empty() && waiting_.empty());
    });
    const auto rows = std::exchange(to_delete_, {});
    if (rows.empty() && !may_publish()) return;
    CommittedBatch batch;
    if (may_publish()) {
      batch = std::move(committed_.front());
      committed_.pop_front();
      waiting_[++next_] = {batch.events.size(), batch.outbox_rows};
      outstanding_ += batch.events.size();
    }
    lock.unlock();
    if (!batch.events.empty()) publish(batch, next_);
    if (!rows.empty()) store_.remove(rows);
    lock.lock();
  }
}

void BareRelay::publish(const CommittedBatch& batch, std::int64_t number) {
  const std::string inbox = kAnswers + std::to_string(number);
  std::vector<test::NatsMsgPtr> messages;  // freed together: nats.c wakes a thread of its own for each
  messages.reserve(batch.events.size());
  for (std::size_t i = 0; i < batch.events.size(); ++i) {
    const BareEvent& event = batch.events[i];
    const std::string subject(kEventSubjects[i % kEventSubjects.size()]);
    natsMsg* raw = nullptr;
    test::nats_check(
        natsMsg_Create(&raw, subject.c_str(), inbox.c_str(), event.json.data(), static_cast<int>(event.json.size())),
        "create an event");
    messages.emplace_back(raw);
    test::nats_check(natsMsgHeader_Set(raw, "Nats-Msg-Id", event.id.c_str()), "set a header");
    test::nats_check(natsMsgHeader_Set(raw, "Dlr-Schema", (subject + "/1").c_str()), "set a header");
    test::nats_check(natsConnection_PublishMsg(nats_.connection(), raw), "publish");
  }
}

}  // namespace dlrgw::bench
