// SPDX-License-Identifier: Apache-2.0
// Follows what a lane has taken at once until all of it is settled, waits, or is given back: decides which group runs
// next and what becomes of one whose run failed. A state machine without I/O: the lane runs the groups and carries out
// the tasks. Owned by one lane, on its thread.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "intake/delivery.hpp"
#include "pipeline/replay_plan.hpp"
#include "pipeline/waiting_room.hpp"

namespace dlrgw::host {

// Receipts that run together.
struct Group {
  std::vector<Delivery> deliveries;
  std::uint32_t runs = 0;     // that failed
  std::int64_t began_us = 0;  // the latest run, monotonic
  bool told = false;          // it was logged that they were received
  std::string message_id;     // of a group of one: what its latest run found out
};

// What the lane has to do with receipts that leave this take, or before the next run.
struct LaneTask {
  enum class Kind {
    kPause,      // for delay_ms, before the next run
    kGiveBack,   // to the stream; the counts of their retries are forgotten
    kWait,       // come again after delay_ms, without a retry being counted
    kPutAway,    // store it as held, and acknowledge it
    kRetryEach,  // wait with back-off, counted
    kReject,     // store it as rejected
  };
  Kind kind = Kind::kPause;
  std::vector<Delivery> deliveries;
  std::uint32_t delay_ms = 0;
  std::string message_id;  // kPutAway
};

struct LaneTasks {
  std::vector<LaneTask> tasks;
  bool server_lost = false;  // hold the intake until PostgreSQL answers
  bool hold = false;         // hold the intake until work gets through; before the tasks
};

// What the lane sees around it when a run has failed.
struct Surroundings {
  std::int64_t last_commit_us = 0;  // of any lane, monotonic
  std::int64_t now_us = 0;          // monotonic
  bool stopping = false;
  std::uint64_t dice = 0;  // picks the receipt that is tried alone, another one each time
};

class TakePlan {
 public:
  // Receipts that wait already, and those that `alone` names, run alone, behind the others.
  TakePlan(std::vector<Delivery> deliveries, WaitingRoom& waiting, CommonTrouble& trouble,
           const std::function<bool(const Delivery&)>& alone = {});

  [[nodiscard]] bool done() const { return groups_.empty(); }
  // Not when done().
  Group next();
  // The group that was taken last was committed. got_through: the causes (BatchFailure::cause) that its run got past.
  void committed(const std::vector<std::uint64_t>& sequences, const std::set<std::string>& got_through);
  // Its run failed. The group's deliveries are back in it.
  LaneTasks failed(Group group, const BatchFailure& failure, const Surroundings& around);

 private:
  void split(Group group, std::size_t first);
  [[nodiscard]] ReplayFacts facts_of(const Group& group, const BatchFailure& failure, const Surroundings& around);
  void wait(Group group, const BatchFailure& failure, std::int64_t now_us, LaneTasks& out);
  void hold(const BatchFailure& failure, LaneTasks& out);
  void give_everything_back(Group group, LaneTasks& out);

  WaitingRoom& waiting_;
  CommonTrouble& trouble_;
  std::vector<Group> groups_;   // the next one last
  std::uint32_t timeouts_ = 0;  // in a row
  bool failed_before_ = false;
  bool serves_ = false;  // a group was committed after another had failed
};

}  // namespace dlrgw::host
