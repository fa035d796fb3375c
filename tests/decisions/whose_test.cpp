// SPDX-License-Identifier: Apache-2.0
// Random messages that share ids, against the pure rules: Redis marks, correlation chooses, the history decides. Rows
// that come late, receipts without a phone or of another connector, copies, redeliveries, a Redis that forgets. A
// failure names its seed; DLRGW_SEED=<seed> runs that one alone.
#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "decisions/histories.hpp"
#include "decisions/model.hpp"
#include "fingerprint_rules.hpp"
#include "message/decide.hpp"
#include "phone.hpp"
#include "resolution.hpp"

namespace dlrgw::decisions {
namespace {

using correlate::Hit;
using dedup::FingerprintHit;

constexpr std::size_t kHistories = 20'000;
constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kMinuteUs = 60 * kSecondUs;
constexpr std::int64_t kWindowUs = 96 * 60 * kMinuteUs;
constexpr std::int64_t kAheadUs = 5 * kMinuteUs;
constexpr std::int64_t kStartUs = 1'760'000'000'000'000;

struct Submitted {
  std::string message_id;
  std::string id;  // of the operator
  std::string phone;
  std::string connector;
  std::int64_t at_us = 0;
  std::size_t visible_from = 0;  // its row is written after so many receipts
  DlrStatus status = DlrStatus::kDelivered;
};

struct Came {
  std::size_t message = 0;  // the one it belongs to
  std::string event_id;
  std::string phone;  // as the producer writes it; empty: it does not
  std::string connector;
  std::int64_t received_at_us = 0;
};

struct World {
  std::vector<Submitted> messages;
  std::vector<Came> receipts;
};

std::string uuid(std::size_t number) {
  std::string digits = std::to_string(number);
  return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

std::string written(Random& random, const std::string& phone) {
  switch (random() % 4) {
    case 0:
      return "+" + phone;
    case 1:
      return "00" + phone;
    case 2:
      return "0" + phone.substr(2);  // national
    default:
      return phone;
  }
}

struct WorldOptions {
  bool all_tell =
      false;  // all rows are there in time, each phone belongs to one message, and each receipt has its phone
};

World random_world(Random& random, const WorldOptions& options) {
  World world;
  const std::size_t count = 1 + random() % 40;
  const std::uint64_t ids = 1 + random() % 3;
  std::size_t event = 1000;
  for (std::size_t i = 0; i < count; ++i) {
    Submitted m;
    m.message_id = uuid(i + 1);
    m.id = std::to_string(10 + random() % ids);
    m.phone = "4917155" + std::to_string(50000 + (options.all_tell || !once_in(random, 4) ? i : random() % 5));
    m.connector = once_in(random, 2) ? "node-1" : "node-2";
    m.at_us =
        kStartUs + static_cast<std::int64_t>(i) * 40 * kSecondUs + static_cast<std::int64_t>(random() % 50) * 1000;
    if (!options.all_tell && once_in(random, 6)) m.visible_from = random() % (2 * count);
    m.status = once_in(random, 4) ? DlrStatus::kFailed : DlrStatus::kDelivered;
    world.messages.push_back(m);
    for (std::uint64_t copies = once_in(random, 8) ? 0 : 1 + random() % 3; copies > 0; --copies) {
      Came r;
      r.message = i;
      r.event_id = uuid(++event);
      if (options.all_tell || !once_in(random, 5)) r.phone = written(random, m.phone);
      if (once_in(random, 2)) r.connector = once_in(random, 5) ? "receiver" : m.connector;
      r.received_at_us = m.at_us + static_cast<std::int64_t>(random() % 90) * kSecondUs;
      if (once_in(random, 6)) r.received_at_us = m.at_us - static_cast<std::int64_t>(random() % 200) * kSecondUs;
      if (once_in(random, 6)) r.received_at_us += static_cast<std::int64_t>(random() % 3600) * kSecondUs;
      world.receipts.push_back(r);
      if (once_in(random, 4)) world.receipts.push_back(r);  // the stream delivers it again
    }
  }
  std::ranges::shuffle(world.receipts, random);
  return world;
}

enum class Ends { kApplied, kDuplicate, kLate, kRedelivered, kDedup, kOrphan };

class Chain {
 public:
  Chain(Random& random, const World& world, bool redis) : random_(random), world_(world), redis_on_(redis) {}

  void play() {
    for (seen_ = 0; seen_ < world_.receipts.size(); ++seen_) {
      if (once_in(random_, 12)) redis_.clear();
      take(world_.receipts[seen_]);
    }
  }
  [[nodiscard]] int applied(std::size_t message) const {
    const auto found = applied_.find(message);
    return found == applied_.end() ? 0 : found->second;
  }
  [[nodiscard]] const std::string& status(std::size_t message) { return histories_[message].message_status; }

 private:
  [[nodiscard]] bool visible(const Submitted& m, const Came& r) const {
    return m.id == world_.messages[r.message].id && m.visible_from <= seen_ &&
           m.at_us >= r.received_at_us - kWindowUs && m.at_us <= r.received_at_us + kAheadUs;
  }

  // As the statement answers: the newest first, so many at most.
  [[nodiscard]] std::vector<Hit> look_up(const Came& r, std::size_t page) const {
    std::vector<Hit> hits;
    for (const Submitted& m : world_.messages) {
      if (!visible(m, r)) continue;
      Hit hit;
      hit.message_id = m.message_id;
      hit.connector_id = m.connector;
      hit.submitted_at_us = m.at_us;
      hit.message_exists = true;
      hit.to_addr = "+" + m.phone;
      hits.push_back(std::move(hit));
    }
    std::ranges::sort(hits, std::greater{}, &Hit::submitted_at_us);
    hits.resize(std::min(hits.size(), page));
    return hits;
  }

  [[nodiscard]] std::optional<std::size_t> correlate(const Came& r) const {
    const correlate::Claim claim{correlate::phone_digits(r.phone), {}, r.connector, r.received_at_us};
    std::uint32_t page = correlate::kPages[0];
    for (;;) {
      const std::vector<Hit> hits = look_up(r, page);
      const correlate::Resolution resolution = resolve(hits, claim, page);
      if (const auto next = next_page(page, resolution.doubt)) {
        page = *next;
        continue;
      }
      const correlate::Resolution answer = final_answer(resolution);
      if (answer.hit == nullptr) return std::nullopt;
      const auto found = std::ranges::find(world_.messages, answer.hit->message_id, &Submitted::message_id);
      return static_cast<std::size_t>(found - world_.messages.begin());
    }
  }

  // Own row there, and no other row that could be meant has its phone.
  [[nodiscard]] bool phone_tells(const Came& r) const {
    const Submitted& own = world_.messages[r.message];
    return !r.phone.empty() && visible(own, r) && std::ranges::none_of(world_.messages, [&](const Submitted& m) {
      return m.message_id != own.message_id && visible(m, r) && m.phone == own.phone;
    });
  }

  [[nodiscard]] std::string key(const Came& r, std::int64_t minutes_before) const {
    const Submitted& m = world_.messages[r.message];
    return m.id + " " + std::string(to_string(m.status)) + " " +
           std::to_string(r.received_at_us / kMinuteUs - minutes_before);
  }
  [[nodiscard]] std::optional<std::string> stored(const std::string& key) const {
    const auto found = redis_.find(key);
    return found == redis_.end() ? std::nullopt : std::optional(found->second);
  }

  void take(const Came& r) {
    const FingerprintHit hit = dedup::judge(stored(key(r, 0)), stored(key(r, 1)), r.event_id);
    const std::optional<std::size_t> found = correlate(r);
    if (phone_tells(r)) {
      ASSERT_TRUE(found.has_value()) << r.event_id << " found nothing";
      ASSERT_EQ(*found, r.message) << r.event_id << " went to another's message";
    }
    const Ends end = found ? decide(r, hit, *found) : lose(r, hit);
    if (!redis_on_ || end == Ends::kDuplicate || end == Ends::kRedelivered || end == Ends::kDedup) return;
    const std::string value = dedup::redis_value(r.event_id, found ? world_.messages[*found].message_id : "");
    if (hit.own_orphan && found)
      redis_[key(r, 0)] = value;
    else
      redis_.emplace(key(r, 0), value);
  }

  Ends decide(const Came& r, const FingerprintHit& hit, std::size_t message) {
    const DlrStatus status = world_.messages[r.message].status;
    if (hit.mark.is_copy_for(world_.messages[message].message_id)) {
      EXPECT_TRUE(kept_.contains({message, key(r, 0)}) || kept_.contains({message, key(r, 1)}))
          << r.event_id << " is no copy of anything that is kept";
      return Ends::kDedup;
    }
    message::Incoming incoming;
    incoming.status = status;
    incoming.identity = {r.event_id, key(r, 0)};
    message::History& history = histories_[message];
    const message::Decision decision = message::decide(history, incoming, kModelLimits, kStartUs);
    fold(history, incoming, decision, kStartUs);
    switch (decision.outcome) {
      case message::Outcome::kRedelivered:
        return Ends::kRedelivered;
      case message::Outcome::kDuplicate:
        return Ends::kDuplicate;
      case message::Outcome::kApplied:
        ++applied_[message];
        kept_.emplace(message, key(r, 0));
        return Ends::kApplied;
      case message::Outcome::kLate:
      case message::Outcome::kQuarantined:
        break;
    }
    kept_.emplace(message, key(r, 0));
    return Ends::kLate;
  }

  Ends lose(const Came& r, const FingerprintHit& hit) {
    if (orphans_.contains(r.event_id)) return Ends::kRedelivered;
    if (hit.mark.is_copy_of_orphan()) {
      EXPECT_TRUE(orphan_keys_.contains(key(r, 0)) || orphan_keys_.contains(key(r, 1)))
          << r.event_id << " is no copy of an orphan that is kept";
      return Ends::kDedup;
    }
    orphans_.insert(r.event_id);
    orphan_keys_.insert(key(r, 0));
    return Ends::kOrphan;
  }

  Random& random_;
  const World& world_;
  const bool redis_on_;
  std::size_t seen_ = 0;
  std::map<std::string, std::string> redis_;
  std::map<std::size_t, message::History> histories_;
  std::map<std::size_t, int> applied_;
  std::set<std::pair<std::size_t, std::string>> kept_;  // message and key of what is stored against it
  std::set<std::string> orphans_, orphan_keys_;
};

TEST(Whose, NoReceiptGoesToAnothersMessageWhereThePhoneTells) {
  for (const std::uint64_t seed : seeds(kHistories)) {
    SCOPED_TRACE("DLRGW_SEED=" + std::to_string(seed));
    Random random(seed);
    const World world = random_world(random, {});
    Chain(random, world, !once_in(random, 3)).play();
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Whose, WhereAllPhonesTellEachMessageEndsByItsOwnReceiptOnce) {
  for (const std::uint64_t seed : seeds(kHistories)) {
    SCOPED_TRACE("DLRGW_SEED=" + std::to_string(seed));
    Random random(seed);
    const World world = random_world(random, {.all_tell = true});
    Chain run(random, world, !once_in(random, 3));
    run.play();
    std::set<std::size_t> told;
    for (const Came& receipt : world.receipts) told.insert(receipt.message);
    for (std::size_t i = 0; i < world.messages.size(); ++i) {
      EXPECT_EQ(run.applied(i), told.contains(i) ? 1 : 0) << world.messages[i].message_id;
      if (told.contains(i)) {
        EXPECT_EQ(run.status(i), to_string(world.messages[i].status));
      }
    }
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace dlrgw::decisions
