// SPDX-License-Identifier: Apache-2.0
#include "pipeline/retired_snapshots.hpp"

#include <atomic>
#include <chrono>
#include <future>

#include <gtest/gtest.h>

namespace dlrgw::host {
namespace {

using namespace std::chrono_literals;

// What the one stage of the snapshots was told, and where.
struct Witness {
  std::promise<std::thread::id> destroyed_on;
  std::future<std::thread::id> destroyed = destroyed_on.get_future();
};

const PluginIdentity kPlugin{"p", "1.0.0", {}, "p.so"};

std::shared_ptr<Snapshot> snapshot_of(Witness& witness) {
  auto snapshot = std::make_shared<Snapshot>();
  StageSlot stage;
  stage.name = "s";
  stage.plugin = &kPlugin;
  stage.user = &witness;
  stage.table.create = [](void* user, std::uint32_t, void** self, dlrgw_error*) -> std::int32_t {
    *self = user;
    return DLRGW_OK;
  };
  stage.table.destroy = [](void* self) {
    static_cast<Witness*>(self)->destroyed_on.set_value(std::this_thread::get_id());
  };
  snapshot->stages.push_back(stage);
  EXPECT_TRUE(start_lanes(*snapshot, 1));
  return snapshot;
}

TEST(RetiredSnapshots, EndsNoInstanceOnTheThreadThatUsedItLast) {
  Mutex change;
  RetiredSnapshots retired(change);
  Witness witness;
  std::shared_ptr<Snapshot> used = retired.take_in_at_end(snapshot_of(witness));
  EXPECT_EQ(used->stages.at(0).name, "s");
  std::thread lane([last = std::move(used)]() mutable { last.reset(); });
  const std::thread::id lane_was = lane.get_id();
  lane.join();
  const std::thread::id where = witness.destroyed.get();
  EXPECT_NE(where, lane_was);
  EXPECT_NE(where, std::this_thread::get_id());
}

TEST(RetiredSnapshots, EndsNoInstanceWhileAChangeIsMade) {
  Mutex change;
  RetiredSnapshots retired(change);
  Witness witness;
  {
    const MutexLock changing(change);
    retired.take_in_at_end(snapshot_of(witness)).reset();
    EXPECT_EQ(witness.destroyed.wait_for(50ms), std::future_status::timeout);
  }
  witness.destroyed.wait();
}

TEST(RetiredSnapshots, EndsAllThatWaitsAndLeavesTheRestToItsHolder) {
  Mutex change;
  Witness early, late;
  std::shared_ptr<Snapshot> kept;
  {
    const RetiredSnapshots retired(change);
    kept = retired.take_in_at_end(snapshot_of(late));
    retired.take_in_at_end(snapshot_of(early)).reset();
  }
  EXPECT_EQ(early.destroyed.wait_for(0s), std::future_status::ready);
  EXPECT_EQ(late.destroyed.wait_for(0s), std::future_status::timeout);
  kept.reset();
  EXPECT_EQ(late.destroyed.get(), std::this_thread::get_id());
}

}  // namespace
}  // namespace dlrgw::host
